// SPDX-License-Identifier: Apache-2.0
// Journal: the one total order of inputs, in segment files of var/journal. Offsets are 1, 2, 3 ...
// without a gap. append() gives offsets, sync() makes them durable (fdatasync); what was not synced
// may be lost by a power cut, and a torn tail is cut off on opening and counted.
// One writer; any number of readers, also of another process's journal.
// Record: u32 length, u32 crc32c of the body, body = (u64 offset, u8 kind, i64 arrival ms, texts).
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
    std::shared_ptr<Disk> disk{};  // shared: null = the real one; a power-cut shim in tests
  };
  /// Throws WorldError when the folder cannot be used, a segment is missing, or one in the middle
  /// is damaged (with file, byte and what to do).
  explicit Journal(Options options);
  ~Journal();

  /// Gives entries their offsets and writes them. Throws WorldError on a full disk (nothing of the
  /// batch counts then: the tail is cut back).
  void append(std::span<model::JournalEntry> entries);
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

/// Reads entries in order from `from_offset` (or the first kept one after it).
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
