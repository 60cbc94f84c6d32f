// SPDX-License-Identifier: Apache-2.0
// check_archive: reads a whole archive (tracks.db with receptions.db beside it) and compares what
// its tables say with what its blocks, pools and waiting rows hold. Changes nothing; works beside a
// running station, on one moment of the file. docs/format/archive.md states the rules it checks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace jinglue::picture {

struct ArchiveReport {
  std::uint64_t tracks{0};
  std::uint64_t blocks{0};
  std::uint64_t pools{0};
  std::uint64_t positions{0};       ///< that can be read, those that wait among them
  std::uint64_t waiting{0};         ///< positions that wait for a block
  std::uint64_t with_reception{0};  ///< blocks and runs of which the arrival is known
  std::uint64_t problem_count{0};
  std::vector<std::string> problems;  ///< each with its place; the first kMostProblems

  static constexpr std::size_t kMostProblems = 1000;
  bool sound() const { return problem_count == 0; }
  void tell(std::string problem);
};

/// Of `all` blocks and runs `done` have been read; false ends the work.
using ArchiveProgress = std::function<bool(std::uint64_t done, std::uint64_t all)>;

/// Nothing when `progress` ended it. Throws DbError when the file cannot be opened at all.
std::optional<ArchiveReport> check_archive(const std::filesystem::path& file,
                                           const ArchiveProgress& progress);

}  // namespace jinglue::picture
