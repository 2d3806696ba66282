// SPDX-License-Identifier: BSD-2-Clause
// Reads a command line by CLI11 as getopt would: what CLI11 takes in another way than people mean is refused. Every
// error is one sentence that says where help is.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace tools {

enum class Parsed { words, help };

/// Reads the words into what the options of `app` are bound to. `hint` is asked about the first word that nothing
/// takes; empty: no hint. Throws a usage Error.
Parsed parse_words(CLI::App& app, const std::string& tool, int argc, const char* const* argv,
                   const std::function<std::string(const std::string& word)>& hint);

}  // namespace tools
