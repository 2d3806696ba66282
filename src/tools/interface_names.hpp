// SPDX-License-Identifier: BSD-2-Clause
// What interfaces are called, by the numbers that packets carry: by their names where they are known (live), else by
// the numbers.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace tools {

class InterfaceNames {
 public:
  InterfaceNames() = default;
  explicit InterfaceNames(const std::vector<std::string>& names) : names_(names.begin(), names.end()) {}

  /// Good as long as this is there.
  std::string_view operator[](std::size_t number) {
    while (names_.size() <= number) names_.push_back(std::to_string(names_.size()));
    return names_[number];
  }

 private:
  std::deque<std::string> names_;
};

}  // namespace tools
