// SPDX-License-Identifier: Apache-2.0
// Bytes of journal segments (docs/format/journal.md), shared by writer and readers of the journal.
// Segment: header of 52 bytes, then records. Each header repeats what the segment before it must
// be, so that a missing or shortened one is found without reading it. Each record says how far the
// journal was durable when it was written: a bad record is a torn tail unless a later one proves
// that it had been durable.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "model/journal_entry.hpp"

namespace jinglue::store {

inline constexpr std::size_t kSegmentHeaderBytes = 52;
inline constexpr std::size_t kMostRecordBytes = 64u << 20;

struct SegmentHeader {
  std::uint64_t first{1};           ///< offset of its first record; also the file's name
  std::uint64_t previous_first{0};  ///< 0 = there was none
  std::uint64_t previous_bytes{0};
  base::Instant previous_last_arrival;
};
std::string encode_header(const SegmentHeader& header);
std::optional<SegmentHeader> decode_header(std::string_view bytes);

/// Appends one record. `durable` < entry.offset is what had been synced before it.
void encode_record(std::string& out, const model::JournalEntry& entry, std::uint64_t durable);

struct Record {
  model::JournalEntry entry;
  std::uint64_t durable{0};
  std::size_t bytes{0};  ///< its length in the file
};
enum class Parsed {
  kRecord,
  kShort,  ///< perhaps a record, but its end is not there
  kBad
};
Parsed parse_record(std::string_view bytes, Record& record);

/// True when a whole record in `bytes`, at any position, says that `offset` had been durable.
bool proves_durable(std::string_view bytes, std::uint64_t offset);

struct SegmentFile {
  std::uint64_t first{0};
  std::filesystem::path path;
};
std::filesystem::path segment_path(const std::filesystem::path& folder, std::uint64_t first);
/// In order of offsets; other files are ignored. Empty when there is no such folder; throws
/// WorldError when it cannot be read.
std::vector<SegmentFile> list_segments(const std::filesystem::path& folder);

/// Throws the WorldError for bytes that were durable once and are bad now.
[[noreturn]] void refuse_damaged(const std::filesystem::path& file, std::uint64_t byte,
                                 const std::string& what);

}  // namespace jinglue::store
