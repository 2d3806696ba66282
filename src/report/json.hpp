// SPDX-License-Identifier: BSD-2-Clause
// A JSON object on a line of its own (RFC 8259), member by member, and what a value looks like in one. Keys come
// from this program and need no escapes; numbers are as append_raw() writes them, never inf or NaN.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/fields.hpp"

namespace report {

/// Text is valid UTF-8, whatever it was before; nothing is null.
void append_json(std::string& out, const Value& value);

/// Records of the same fields as objects, a line each.
class JsonRecords {
 public:
  explicit JsonRecords(std::vector<Field> fields);
  /// The record has to be of the subject of the fields.
  void append(std::string& out, const Record& record) const;

 private:
  std::vector<Field> fields_;
  std::vector<std::string> keys_;  // with what stands before and behind them
};

class JsonLine {
 public:
  /// `kind` tells records of different kinds apart: the member "record".
  JsonLine(std::string& out, std::string_view kind) : out_(out) {
    out_ += "{\"record\":\"";
    (out_ += kind) += '"';
  }
  ~JsonLine() { out_ += "}\n"; }
  JsonLine(const JsonLine&) = delete;
  JsonLine& operator=(const JsonLine&) = delete;

  JsonLine& add(std::string_view key, const Value& value) {
    append_json(at(key), value);
    return *this;
  }
  JsonLine& add(std::string_view key, double value) { return add(key, Value::of_real(value)); }
  JsonLine& add(std::string_view key, std::uint64_t value) { return add(key, Value::of_count(value)); }
  /// There is no such number: null.
  JsonLine& none(std::string_view key) { return add(key, Value::nothing()); }
  JsonLine& text(std::string_view key, std::string_view value) { return add(key, Value::of_text(value)); }

 private:
  std::string& at(std::string_view key) { return ((out_ += ",\"") += key) += "\":"; }

  std::string& out_;
};

}  // namespace report
