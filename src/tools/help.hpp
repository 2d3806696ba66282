// SPDX-License-Identifier: BSD-2-Clause
// How a program's options look in its help: grouped, in two columns, at most 80 columns wide. The texts
// stand with the options themselves.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "base/error.hpp"

namespace tools {

/// The help of `app`: usage line, options by group, then `epilogue`.
std::string render_help(const CLI::App& app, const std::string& usage, const std::string& epilogue);

/// Rows of a name and a text, the texts aligned in a column and folded at 80 columns.
void append_row(std::string& out, const std::string& name, const std::string& text, std::size_t text_column);

/// Writes it to standard output. Throws an Error.
base::ExitStatus print(const std::string& text);

}  // namespace tools
