// SPDX-License-Identifier: Apache-2.0
// Snapshot files: opaque state of the pipeline that names the journal offset it stands for. Written
// to a new file, synced, renamed; the two newest are kept, so that a damaged one is never fatal.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace jinglue::store {

struct Snapshot {
  std::uint64_t offset{0};
  std::string state;
};

void save_snapshot(const std::filesystem::path& folder, const Snapshot& snapshot);
/// The newest sound one with offset <= `at_most`; damaged files are logged and passed over.
std::optional<Snapshot> load_snapshot(const std::filesystem::path& folder,
                                      std::uint64_t at_most = UINT64_MAX);

}  // namespace jinglue::store
