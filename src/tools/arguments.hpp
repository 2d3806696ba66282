// SPDX-License-Identifier: BSD-2-Clause
// The words of tcpstat's command line: every option, once, with its help. What they mean, and whether
// they go together, is looked at in options.
#pragma once

#include "tools/options.hpp"

namespace tools {

/// What the user typed, before it is looked at.
struct Typed {
  std::optional<std::string> interval;
  std::optional<std::string> count;
  bool is_whole_sample = false;
  std::optional<std::string> seconds;
  std::optional<std::string> subtracted;
  std::vector<std::string> carried_rates;
  std::vector<std::string> plain_rates;
  std::vector<std::string> capacity_rates;
  std::optional<std::string> overhead;
  std::optional<std::string> format;
  std::optional<std::string> connection_format;
  std::optional<std::string> connections_most;
  std::optional<std::string> top;
  std::vector<std::string> breakdowns;
  bool wants_table = false;
  bool wants_json = false;
  bool wants_csv = false;
  std::optional<std::string> direction;
  std::optional<std::string> snaplen;
  std::optional<std::string> buffer_size;
  bool is_not_promiscuous = false;
  bool wants_version = false;
  bool flushes = false;  // has no effect
};

/// `-r *.pcap` hands over one file and some words: a hint where `word` is a file, else empty.
std::string hint_of_files(const std::string& word);

/// Reads the words. What needs no look goes into `options`; options.message is set where that is all. Throws
/// a usage Error.
Typed parse_arguments(int argc, const char* const* argv, Options& options);

}  // namespace tools
