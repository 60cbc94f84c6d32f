// SPDX-License-Identifier: Apache-2.0
// Journal: the one total order of inputs, in segment files of var/journal. Offsets are 1, 2, 3 ...
// without a gap. append() gives offsets, sync() makes them durable (fdatasync); what was not synced
// may be lost by a power cut, and a torn tail is cut off on opening and counted.
// One writer thread; the numbers may be read by any. Any number of readers, also of another
// process's journal; those see entries that are written but may not be durable yet.
// Bytes: docs/format/journal.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "base/instant.hpp"
#include "model/journal_entry.hpp"
#include "store/disk.hpp"

namespace jinglue::store {

class Journal {
 public:
  struct Options {
    std::filesystem::path folder{};
    std::uint64_t segment_bytes{64u << 20};
    /// Offset that databases and snapshots already cover: an empty journal starts above it, one
    /// that ends below it is refused.
    std::uint64_t floor{0};
    std::shared_ptr<Disk> disk{};  // shared: null = the real one; a power-cut shim in tests
  };
  /// Throws WorldError when the folder cannot be used, a segment is missing or shortened, or the
  /// last one is damaged in its middle (file, byte, what to do). Damage inside an earlier segment
  /// is found by the reader that reaches it.
  explicit Journal(Options options);
  ~Journal();

  /// Gives entries their offsets and writes them. Throws WorldError on a full disk (nothing of the
  /// batch counts then: the tail is cut back; if even that fails, the journal takes nothing more).
  void append(std::span<model::JournalEntry> entries);
  /// After a failure the journal takes nothing more: what the disk holds is not known.
  void sync();
  std::uint64_t last_offset() const;  ///< 0 = empty
  std::uint64_t durable_offset() const;
  std::uint64_t first_offset() const;  ///< of the oldest segment kept
  std::uint64_t cut_bytes() const;     ///< torn tail removed when opening
  std::uint64_t size_bytes() const;
  /// Removes whole segments that end before `offset` and whose last entry arrived before `before`.
  void trim(std::uint64_t offset, base::Instant before);

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

/// Reads entries in order from `from_offset` (or the first kept one after it), without a gap.
/// Throws WorldError at damage, with file and byte, and when trimming overtook it.
class JournalReader {
 public:
  JournalReader(std::filesystem::path folder, std::uint64_t from_offset);
  ~JournalReader();
  JournalReader(JournalReader&&) noexcept;
  /// False at the present end; may be called again later.
  bool next(model::JournalEntry& entry);

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::store
