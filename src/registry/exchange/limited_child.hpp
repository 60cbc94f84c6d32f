// SPDX-License-Identifier: Apache-2.0
// A program run as a child with limits: of processor time, memory, file sizes, open files and time
// on the clock; no input, a small environment, its own process group, which is ended as a whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace jinglue::registry {

struct ChildLimits {
  unsigned cpu_s{60};
  unsigned clock_s{120};
  std::uint64_t memory{2'000'000'000};  ///< address space in bytes
  std::uint64_t file{1'000'000'000};    ///< bytes of one file that it writes
};
struct ChildEnd {
  int exit_code{-1};  ///< -1: it was ended
  bool out_of_time{false};
  std::string said;  ///< first 4000 bytes of its errors
};
/// Full path of a program in PATH; empty when it is not there.
std::filesystem::path find_program(const std::string& name);
/// Waits for its end. Error kUnavailable when it cannot be started.
base::Result<ChildEnd> run_limited(const std::filesystem::path& program,
                                   const std::vector<std::string>& arguments,
                                   const std::filesystem::path& folder,
                                   const ChildLimits& limits = {});

}  // namespace jinglue::registry
