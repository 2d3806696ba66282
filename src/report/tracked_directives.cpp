// SPDX-License-Identifier: BSD-2-Clause
// The rows of a connection as it is at the moment: those of a connection, and what is only known while it is looked
// at.
#include <algorithm>
#include <array>

#include "report/directives.hpp"

namespace report {

namespace {

/// A getter of tracked records.
template <Value::Kind kind, Value (*get)(const TrackedRecord&)>
constexpr Getter got{
    kind, [](const Record& record, std::size_t) { return get(static_cast<const TrackedRecord&>(record)); },
    true, Subject::tracked};

Value text_or_nothing(std::string_view text) {
  return text.empty() ? Value::nothing() : Value::of_text(text);
}

Value time(const TrackedRecord& record) { return Value::of_time(base::Int128{record.now} * 2); }

/// Its last packet may be stamped later than the clock that is asked.
Value idle(const TrackedRecord& record) {
  const base::Nanoseconds idle = std::max<base::Nanoseconds>(0, record.now - record.connection.end);
  return Value::of_seconds(base::Int128{idle} * 2);
}

Value active(const TrackedRecord& record) {
  return record.has_present ? Value::of_flag(record.is_active) : Value::nothing();
}

Value present(const TrackedRecord& record, std::uint64_t value) {
  return record.has_present ? Value::of_count(value) : Value::nothing();
}
Value rate(const TrackedRecord& record) {
  return present(record, record.bytes_per_second_out + record.bytes_per_second_in);
}
Value rate_out(const TrackedRecord& record) { return present(record, record.bytes_per_second_out); }
Value rate_in(const TrackedRecord& record) { return present(record, record.bytes_per_second_in); }

Value retransmissions(const TrackedRecord& record) {
  const auto& directions = record.connection.directions;
  return Value::of_count(std::uint64_t{directions[0].retransmissions} + directions[1].retransmissions);
}

Value client_name(const TrackedRecord& record) { return text_or_nothing(record.client_name); }
Value server_name(const TrackedRecord& record) { return text_or_nothing(record.server_name); }
Value process(const TrackedRecord& record) { return text_or_nothing(record.process); }

constexpr std::array table = std::to_array<Directive>({
    {0, "time", "s", "when it was looked at", got<Value::Kind::time, time>},
    {0, "idle", "s", "since its last packet", got<Value::Kind::seconds, idle>},
    {0, "active", "", "whether it had packets since the last look", got<Value::Kind::flag, active>},
    {0, "bytes_per_second", "bytes/s", "present rate of both ends", got<Value::Kind::count, rate>},
    {0, "bytes_per_second_out", "bytes/s", "of the client", got<Value::Kind::count, rate_out>},
    {0, "bytes_per_second_in", "bytes/s", "of the server", got<Value::Kind::count, rate_in>},
    {0, "retransmissions", "segments", "sent again by either", got<Value::Kind::count, retransmissions>},
    {0, "client_name", "", "name of the client's address (--resolve)", got<Value::Kind::text, client_name>},
    {0, "server_name", "", "name of the server's address (--resolve)", got<Value::Kind::text, server_name>},
    {0, "process", "", "name and number of the local process", got<Value::Kind::text, process>},
});

}  // namespace

std::span<const Directive> tracked_directives() {
  static const std::vector<Directive> all = [] {
    const auto of_connection = connection_directives();
    std::vector<Directive> rows(of_connection.begin(), of_connection.end());
    rows.insert(rows.end(), table.begin(), table.end());
    return rows;
  }();
  return all;
}

}  // namespace report
