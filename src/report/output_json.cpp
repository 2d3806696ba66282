// SPDX-License-Identifier: BSD-2-Clause
// Records as JSON Lines (RFC 8259, one object a line). Keys are names of the table; numbers are raw:
// no prefixes, times as seconds since the epoch with nine decimals.
#include "report/json.hpp"
#include "report/output.hpp"

namespace report {

JsonRecords::JsonRecords(std::vector<Field> fields) : fields_(std::move(fields)) {
  for (const Field& field : fields_) {
    const bool is_of_interval = field.directive->get.subject == Subject::interval;
    const char* opening = is_of_interval ? "{\"" : "{\"record\":\"connection\",\"";
    keys_.push_back((keys_.empty() ? opening : ",\"") + field.name + "\":");  // names need no escapes
  }
}

void JsonRecords::append(std::string& out, const Record& record) const {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    out += keys_[i];
    append_json(out, fields_[i].value(record));
  }
  out += "}\n";
}

namespace {

class Json final : public Output {
 public:
  explicit Json(std::vector<Field> fields) : records_(std::move(fields)) {}

  void render(const Record& record, Sinks& sinks) override {
    records_.append(sinks.text(sinks.open(1)), record);
  }

 private:
  JsonRecords records_;
};

}  // namespace

std::unique_ptr<Output> make_json(std::vector<Field> fields) {
  return std::make_unique<Json>(std::move(fields));
}

}  // namespace report
