// SPDX-License-Identifier: BSD-2-Clause
// A line of text that is being typed: what it is for, and what there is of it so far. Edited at its end,
// cleared by Delete; at most 4,096 bytes.
#pragma once

#include <string>

#include "layout/picture.hpp"
#include "view/keys.hpp"

namespace view {

class Prompt {
 public:
  Prompt(std::string title, std::string text) : title_(std::move(title)), text_(std::move(text)) {}

  enum class State { typing, done, given_up };
  State on_key(const Key& key);

  const std::string& text() const { return text_; }
  /// Text of any length: its end is what is seen.
  layout::Line line(std::size_t columns) const;
  std::size_t cursor_column(std::size_t columns) const;

 private:
  std::string seen(std::size_t columns) const;

  std::string title_;
  std::string text_;  // UTF-8
};

}  // namespace view
