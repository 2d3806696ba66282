// SPDX-License-Identifier: BSD-2-Clause
// Opens what the command line names: interfaces or stored captures; and tells at the end what they have
// lost.
#pragma once

#include <memory>
#include <vector>

#include "capture/source.hpp"
#include "tools/options.hpp"

namespace tools {

using Sources = std::vector<std::unique_ptr<capture::Source>>;

/// A setuid program needs its privileges to open interfaces, for nothing else. Throws an Error.
void drop_privileges();

/// The names of the captures to read, those of the list too. Throws an Error.
std::vector<std::string> capture_names(const Options& options);

/// The names of the interfaces to capture on; chooses one where none is given. Throws an Error.
std::vector<std::string> interface_names(std::vector<std::string> names, const capture::Notice& notice);

/// Starts capturing on the interfaces, then drops the privileges that it took. Throws an Error.
Sources open_live(const capture::LiveOptions& options, const std::vector<std::string>& names,
                  const capture::Notice& notice);

/// `names` as one sample, or the one that grows. Throws an Error.
Sources open_stored(const Options& options, const std::vector<std::string>& names,
                    const capture::Notice& notice);

/// Tells what the kernel or the interfaces have lost, if anything.
void report_drops(const Sources& sources, const capture::Notice& notice);

/// Tells how many connections have made room for others, if any.
void report_evicted(std::uint64_t count, std::size_t connections_most, const capture::Notice& notice);

/// Tells how many packets belong to no connection, if any.
void report_unattributed(std::uint64_t count, const capture::Notice& notice);

/// Tells how many packets count in a later interval than theirs, if any.
void report_late(std::uint64_t count, const capture::Notice& notice);

}  // namespace tools
