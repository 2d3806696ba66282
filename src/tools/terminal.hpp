// SPDX-License-Identifier: BSD-2-Clause
// What standard output is: a terminal or not, how large, in which characters and colours. The only place
// that asks the locale and the environment for that.
#pragma once

#include "report/output.hpp"

namespace tools {

/// As it is now: a terminal may have another size the next time. Colour only on a terminal, not a dumb one,
/// and not where NO_COLOR is set (no-color.org).
report::Screen look_at_screen();

}  // namespace tools
