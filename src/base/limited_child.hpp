// SPDX-License-Identifier: Apache-2.0
// A program run as a child with limits: of processor time, memory, file sizes, open files and time
// on the clock; no input, no descriptor of ours, a small environment, its own process group, which
// is ended as a whole.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace jinglue::base {

struct ChildLimits {
  std::chrono::seconds processor{60};
  std::chrono::milliseconds clock{120'000};
  std::uint64_t memory{2'000'000'000};  ///< address space in bytes
  std::uint64_t file{1'000'000'000};    ///< bytes of one file that it writes
  std::uint64_t open_files{64};
};
struct ChildEnd {
  int exit_code{-1};  ///< -1: it was ended
  bool out_of_time{false};
  bool left{false};  ///< nobody waited any more
  std::string said;  ///< first 4000 bytes of its errors
  bool good() const { return exit_code == 0; }
};
/// Full path of a program in PATH; empty when it is not there.
std::filesystem::path find_program(const std::string& name);
/// Waits for its end, in `folder`, which is its home too; `gone` is asked meanwhile whether to give
/// up. Error kUnavailable when it cannot be started.
Result<ChildEnd> run_limited(const std::filesystem::path& program,
                             const std::vector<std::string>& arguments,
                             const std::filesystem::path& folder, const ChildLimits& limits = {},
                             const std::function<bool()>& gone = {});

}  // namespace jinglue::base
