// SPDX-License-Identifier: BSD-2-Clause
#include "tools/help.hpp"

#include "base/descriptor.hpp"

namespace tools {

namespace {

constexpr std::size_t columns = 80;
constexpr std::size_t text_column = 28;

/// `-b, --bandwidth BPS`, the long name aligned where there is no letter.
std::string names_of(const CLI::Option& option) {
  std::string names;
  for (const auto& letter : option.get_snames()) names.append(names.empty() ? "-" : ", -").append(letter);
  for (const auto& name : option.get_lnames()) {
    names += names.empty() ? "    --" : ", --";
    names += name;
  }
  if (option.get_items_expected_max() > 0) names += " " + option.get_type_name();
  return names;
}

}  // namespace

void append_row(std::string& out, const std::string& name, const std::string& text, std::size_t column) {
  std::string line = "  " + name;
  if (line.size() + 2 > column) {
    out += line + "\n";
    line.clear();
  }
  line.resize(column, ' ');
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t end = std::min(text.find(' ', begin), text.size());
    if (line.size() > column && line.size() + 1 + end - begin > columns) {
      out += line + "\n";
      line.assign(column, ' ');
    }
    if (line.size() > column) line += ' ';
    line += text.substr(begin, end - begin);
    begin = end + 1;
  }
  out += line + "\n";
}

base::ExitStatus print(const std::string& text) {
  const int error_number = base::write_all(1, text);
  if (error_number != 0) throw base::Error("standard output: " + base::system_reason(error_number));
  return base::ExitStatus::success;
}

std::string render_help(const CLI::App& app, const std::string& usage, const std::string& epilogue) {
  std::string help = usage;
  for (const std::string& group : app.get_groups()) {
    if (group.empty()) continue;
    std::string rows;
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_group() == group && option->nonpositional()) {
        append_row(rows, names_of(*option), option->get_description(), text_column);
      }
    }
    if (!rows.empty()) help.append("\n").append(group).append(":\n").append(rows);
  }
  return help + epilogue;
}

}  // namespace tools
