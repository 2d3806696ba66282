// SPDX-License-Identifier: BSD-2-Clause
#include "report/json.hpp"

namespace report {

void append_json(std::string& out, const Value& value) {
  if (value.kind == Value::Kind::nothing) {
    out += "null";
    return;
  }
  if (!Value::is_text(value.kind)) return append_raw(out, value);
  out += '"';
  const std::size_t begin = out.size();
  append_raw(out, value);  // printable, so that there is nothing but these to escape
  for (std::size_t at = begin; (at = out.find_first_of("\"\\", at)) != std::string::npos; at += 2) {
    out.insert(at, 1, '\\');
  }
  out += '"';
}

}  // namespace report
