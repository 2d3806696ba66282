// SPDX-License-Identifier: BSD-2-Clause
// Which known name a misspelt one was meant to be: the hint behind "did you mean". Letters are bytes,
// upper and lower case differ.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace base {

/// The candidate with the fewest edits (one letter more, less or another, or two neighbours swapped) from
/// `name`: at most a third of its length, rounded up, and not all of it. The first of several; empty where
/// none is near.
std::string nearest(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace base
