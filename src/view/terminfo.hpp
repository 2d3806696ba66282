// SPDX-License-Identifier: BSD-2-Clause
// The terminal's description in the terminfo database: whether there is one that a screen can be drawn with, and how
// to take leave of it. Everything else that stands there only curses reads.
#pragma once

#include <string>

namespace view {

/// The type that TERM names. Throws an Error where it names none.
std::string terminal_type();

/// What brings the terminal, of this type and at this descriptor, from the screen back to where the program began;
/// for when curses can no longer be asked. Throws an Error where the type is not known or cannot place its cursor.
std::string farewell_of(const std::string& type, int descriptor);

/// Of the terminal that curses has: whether what stood there before comes back by itself.
bool has_alternate_screen();

}  // namespace view
