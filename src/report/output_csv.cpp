// SPDX-License-Identifier: BSD-2-Clause
// Records as CSV (RFC 4180): a header of names, then numbers as in JSON, where nothing is empty.
#include "report/csv.hpp"
#include "report/output.hpp"

namespace report {

namespace {

class Csv final : public Output {
 public:
  explicit Csv(std::vector<Field> fields) : fields_(std::move(fields)) {}

  void begin(Sinks& sinks) override {
    std::string& out = sinks.text(sinks.open(1));
    for (const Field& field : fields_) {
      if (&field != &fields_.front()) out += ',';
      out += field.name;
    }
    out += "\r\n";
  }

  void render(const Record& record, Sinks& sinks) override {
    std::string& out = sinks.text(sinks.open(1));
    for (const Field& field : fields_) {
      if (&field != &fields_.front()) out += ',';
      append_csv(out, field.value(record));
    }
    out += "\r\n";
  }

 private:
  std::vector<Field> fields_;
};

}  // namespace

std::unique_ptr<Output> make_csv(std::vector<Field> fields) {
  return std::make_unique<Csv>(std::move(fields));
}

}  // namespace report
