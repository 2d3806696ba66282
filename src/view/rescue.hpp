// SPDX-License-Identifier: BSD-2-Clause
// The terminal as it was when the program crashes: abort(3) (so also an exception that nobody catches) and the signals
// of a fault. The signal then does what it would have done; a handler that was there before keeps its turn. One
// terminal at a time, and faults of the main thread where the stack has run out.
#pragma once

#include <termios.h>

#include <string_view>

namespace view {

/// From now on a crash writes `farewell` (at most 256 bytes) to `descriptor`, which must not block, and gives it back
/// this mode.
void arm_rescue(int descriptor, const termios& mode, std::string_view farewell);

void disarm_rescue();

}  // namespace view
