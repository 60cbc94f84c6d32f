// SPDX-License-Identifier: Apache-2.0
// Snapshot files: opaque state of the pipeline that names the journal offset it stands for. Written
// to a new file, synced, renamed; the two newest are kept, so that a damaged one is never fatal.
// Compressed (zstd) and checksummed: docs/format/journal.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "store/disk.hpp"

namespace jinglue::store {

struct Snapshot {
  std::uint64_t offset{0};
  std::string state;
};

/// Durable on return. Throws WorldError (full, read-only); the snapshots before it stay.
/// `disk`: null = the real one; a power-cut shim in tests.
void save_snapshot(const std::filesystem::path& folder, const Snapshot& snapshot,
                   std::shared_ptr<Disk> disk = nullptr);
/// The newest sound one with offset <= `at_most`; damaged files are logged and passed over. Throws
/// WorldError when the folder cannot be read; none when there is no such folder.
std::optional<Snapshot> load_snapshot(const std::filesystem::path& folder,
                                      std::uint64_t at_most = UINT64_MAX);

}  // namespace jinglue::store
