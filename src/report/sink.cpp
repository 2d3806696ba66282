// SPDX-License-Identifier: BSD-2-Clause
#include "report/sink.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/descriptor.hpp"
#include "base/error.hpp"

namespace report {

std::size_t Sinks::open(int descriptor) {
  for (std::size_t place = 0; place < sinks_.size(); ++place) {
    if (sinks_[place].descriptor == descriptor) return place;
  }
  const int flags = ::fcntl(descriptor, F_GETFL);
  const std::string name = "file descriptor " + std::to_string(descriptor);
  if (flags < 0) {
    throw base::usage_error(name + " is not open: open it in the shell, as in " + std::to_string(descriptor) +
                            ">file");
  }
  if ((flags & O_ACCMODE) == O_RDONLY) throw base::usage_error(name + " is open for reading only");
  struct stat status {};
  const bool may_block = ::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode);
  sinks_.push_back({descriptor, may_block, {}});
  return sinks_.size() - 1;
}

void Sinks::flush() {
  std::string problem;
  for (Sink& sink : sinks_) {
    if (sink.text.empty()) continue;
    const int error_number = sink.may_block ? base::write_patiently(sink.descriptor, sink.text)
                                            : base::write_all(sink.descriptor, sink.text);
    sink.is_inside_line = sink.text.back() != '\n';
    sink.text.clear();
    if (error_number == 0 || !problem.empty()) continue;
    const std::string name =
        sink.descriptor == 1 ? "standard output" : "file descriptor " + std::to_string(sink.descriptor);
    problem = name + ": " + base::system_reason(error_number);
  }
  if (!problem.empty()) throw base::Error(problem);
}

}  // namespace report
