// SPDX-License-Identifier: BSD-2-Clause
#include "tools/gathered.hpp"

namespace tools {

void Gathered::add(const flow::Connection& connection, flow::Ended ended) {
  if (gathered_.size() == most_) {
    ++left_out_;
  } else {
    gathered_.push_back({connection, ended});
  }
}

const report::Record& Gathered::record(std::size_t row) const {
  const Over& over = gathered_[row];
  const std::string_view interface_name = interface_names_[over.connection.interface];
  return record_.emplace(
      report::TrackedRecord{{{}, over.connection, over.ended, interface_name}, now_, false});
}

view::Identity Gathered::identity(std::size_t row) const { return {gathered_[row].connection.begin, row}; }

}  // namespace tools
