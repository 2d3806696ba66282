// SPDX-License-Identifier: BSD-2-Clause
#include "base/mapping.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <utility>

namespace base {

namespace {

/// The window that is guarded; the handler runs in the thread that reads it, in the middle of the read.
std::uint8_t* volatile guarded_begin = nullptr;
std::uint8_t* volatile guarded_end = nullptr;
volatile bool is_guarded_broken = false;
struct sigaction former_action {};  // of what is not ours; all zeros is the default

/// Puts zeros in the place of what cannot be read, and lets the read go on.
void on_bus_error(int number, siginfo_t* info, void*) {
  auto* const address = static_cast<std::uint8_t*>(info->si_addr);
  if (address < guarded_begin || address >= guarded_end) {
    ::sigaction(number, &former_action, nullptr);  // not ours: the faulty instruction runs again, for another
    return;
  }
  const std::size_t page = Mapping::page_bytes();
  std::uint8_t* const from = guarded_begin + static_cast<std::size_t>(address - guarded_begin) / page * page;
  const auto count = static_cast<std::size_t>(guarded_end - from);
  is_guarded_broken = ::mmap(from, count, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == from;
  if (!is_guarded_broken) ::sigaction(number, &former_action, nullptr);
}

void guard(std::uint8_t* begin, std::size_t bytes) {
  static const bool is_installed = [] {
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO;
    return ::sigaction(SIGBUS, &action, &former_action) == 0;
  }();
  static_cast<void>(is_installed);  // where it is refused, SIGBUS acts as by default
  is_guarded_broken = false;
  guarded_begin = begin;
  guarded_end = begin + bytes;
}

}  // namespace

Mapping::Mapping(int descriptor, std::uint64_t offset, std::size_t bytes) {
  void* const address = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, descriptor, static_cast<off_t>(offset));
  if (address == MAP_FAILED) return;
  data_ = static_cast<std::uint8_t*>(address);
  size_ = bytes;
  guard(data_, size_);
}

Mapping::~Mapping() {
  if (data_ == nullptr) return;
  if (data_ == guarded_begin) guard(nullptr, 0);
  ::munmap(data_, size_);
}

Mapping::Mapping(Mapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

bool Mapping::is_broken() const { return data_ != nullptr && data_ == guarded_begin && is_guarded_broken; }

std::size_t Mapping::page_bytes() {
  static const auto bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return bytes;
}

}  // namespace base
