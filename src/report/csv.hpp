// SPDX-License-Identifier: BSD-2-Clause
// What a value looks like in CSV (RFC 4180): numbers as append_raw() writes them, text with quotes around it
// where it needs them, nothing as nothing.
#pragma once

#include <string>

#include "report/value.hpp"

namespace report {

void append_csv(std::string& out, const Value& value);

}  // namespace report
