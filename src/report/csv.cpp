// SPDX-License-Identifier: BSD-2-Clause
#include "report/csv.hpp"

namespace report {

void append_csv(std::string& out, const Value& value) {
  if (value.kind == Value::Kind::nothing) return;
  const std::size_t begin = out.size();
  append_raw(out, value);
  if (value.kind != Value::Kind::text || out.find_first_of(",\"", begin) == std::string::npos) return;
  for (std::size_t at = begin; (at = out.find('"', at)) != std::string::npos; at += 2) out.insert(at, 1, '"');
  out.insert(begin, 1, '"');
  out += '"';
}

}  // namespace report
