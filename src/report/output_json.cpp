// SPDX-License-Identifier: BSD-2-Clause
// Records as JSON Lines (RFC 8259, one object a line). Keys are names of the table; numbers are raw:
// no prefixes, times as seconds since the epoch with nine decimals.
#include "report/json.hpp"
#include "report/output.hpp"

namespace report {

namespace {

class Json final : public Output {
 public:
  explicit Json(std::vector<Field> fields) : fields_(std::move(fields)) {
    for (const Field& field : fields_) {
      const bool is_of_connection = field.directive->get.subject == Subject::connection;
      const char* opening = is_of_connection ? "{\"record\":\"connection\",\"" : "{\"";
      keys_.push_back((keys_.empty() ? opening : ",\"") + field.name + "\":");  // names need no escapes
    }
  }

  void render(const Record& record, Sinks& sinks) override {
    std::string& out = sinks.text(sinks.open(1));
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      out += keys_[i];
      append_json(out, fields_[i].value(record));
    }
    out += "}\n";
  }

 private:
  std::vector<Field> fields_;
  std::vector<std::string> keys_;  // with what stands before and behind them
};

}  // namespace

std::unique_ptr<Output> make_json(std::vector<Field> fields) {
  return std::make_unique<Json>(std::move(fields));
}

}  // namespace report
