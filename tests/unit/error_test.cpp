// SPDX-License-Identifier: BSD-2-Clause
#include "base/error.hpp"

#include <unistd.h>

#include <new>

#include "support.hpp"

using base::ExitStatus;

namespace {

struct Ended {
  int status;
  std::string complaint;
};

/// run_tool, and what it writes to standard error.
Ended run(const std::function<ExitStatus()>& body) {
  const base::Descriptor file = test::memory_file(), former(::dup(2));
  ::dup2(file.number(), 2);
  const int status = base::run_tool("tcpstat", body);
  ::dup2(former.number(), 2);
  return {status, test::content_of(file)};
}

}  // namespace

TEST_CASE("a tool ends with the status of what happened, and says it in one line") {
  const Ended well = run([] { return ExitStatus::success; });
  CHECK(well.status == 0);
  CHECK(well.complaint == "");
  const Ended failed = run([]() -> ExitStatus { throw base::Error("day.pcap: is empty"); });
  CHECK(failed.status == 1);
  CHECK(failed.complaint == "tcpstat: day.pcap: is empty\n");
  const Ended misused = run([]() -> ExitStatus { throw base::usage_error("-b '0': no"); });
  CHECK(misused.status == 2);
  CHECK(misused.complaint == "tcpstat: -b '0': no\n");
  const Ended full = run([]() -> ExitStatus { throw std::bad_alloc(); });
  CHECK(full.status == 1);
  CHECK(full.complaint == "tcpstat: out of memory\n");
  const Ended odd = run([]() -> ExitStatus { throw std::runtime_error("x"); });
  CHECK(odd.status == 1);
  CHECK(odd.complaint.starts_with("tcpstat: internal error"));
}
