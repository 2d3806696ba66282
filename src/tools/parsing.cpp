// SPDX-License-Identifier: BSD-2-Clause
// g++ 12 sees null pointers in CLI11 where there are none, once it is inlined.
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wnull-dereference"
#endif
#include "tools/parsing.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace tools {

namespace {

/// CLI11 would take the next word for the value of `--filter=`; and values for flags.
void check_words(const CLI::App& app, int argc, const char* const* argv) {
  for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i) {
    const std::string word = argv[i];
    const std::size_t equals = word.find('=');
    if (!word.starts_with("--") || equals == std::string::npos) continue;
    const std::string name = word.substr(0, equals);
    if (equals + 1 == word.size()) throw base::usage_error(base::printable(word) + ": the value is missing");
    const CLI::Option* option = app.get_option_no_throw(name);
    if (option != nullptr && option->get_items_expected_max() == 0) {
      throw base::usage_error(name + ": takes no value");
    }
  }
}

/// The Error for words that nothing takes; there may be thousands.
base::Error unexpected(const std::vector<std::string>& words, const std::string& hint) {
  const std::string others =
      words.size() > 1 ? " and " + std::to_string(words.size() - 1) + " more are" : " is";
  return base::usage_error("'" + base::printable(words.front()) + "'" + others + " not expected" + hint);
}

}  // namespace

Parsed parse_words(CLI::App& app, const std::string& tool, int argc, const char* const* argv,
                   const std::function<std::string(const std::string& word)>& hint) {
  const std::string help_hint = " (" + tool + " -h lists the options)";
  for (CLI::Option* option : app.get_options()) {
    if (option->get_items_expected_max() == 0) option->disable_flag_override();
  }
  check_words(app, argc, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return Parsed::help;
  } catch (const CLI::ExtrasError&) {
    const std::string of_word = hint(app.remaining().front());
    throw unexpected(app.remaining(), of_word.empty() ? help_hint : of_word);
  } catch (const CLI::ParseError& error) {
    throw base::usage_error(base::printable(error.what()) + help_hint);
  }
  return Parsed::words;
}

}  // namespace tools
