// SPDX-License-Identifier: Apache-2.0
#include "store/journal_format.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "base/result.hpp"

namespace jinglue::store {

namespace {

constexpr std::string_view kMagic = "JLJOURN1";
constexpr std::string_view kSuffix = ".journal";
constexpr std::size_t kNameDigits = 20;
constexpr std::size_t kFrameBytes = 8;  // length, checksum
// offset, offsets since the last sync, kind, arrival, three empty texts
constexpr std::size_t kLeastBody = 8 + 4 + 1 + 8 + 3 * 4;

std::uint32_t read_u32(std::string_view bytes) {
  std::uint32_t value = 0;
  std::copy_n(bytes.begin(), sizeof value, reinterpret_cast<char*>(&value));
  return value;
}

std::uint64_t read_u64(std::string_view bytes) {
  std::uint64_t value = 0;
  std::copy_n(bytes.begin(), sizeof value, reinterpret_cast<char*>(&value));
  return value;
}

Parsed parse_body(std::string_view body, Record& record) {
  base::ByteReader in(body);
  auto& entry = record.entry;
  entry.offset = in.get<std::uint64_t>();
  const auto unsynced = in.get<std::uint32_t>();
  entry.kind = in.get<model::EntryKind>();
  entry.arrival.ms = in.get<std::int64_t>();
  entry.input.assign(in.get_text());
  entry.station.assign(in.get_text());
  entry.payload.assign(in.get_text());
  record.bytes = kFrameBytes + body.size();
  const bool whole = in.ok() && in.left() == 0;
  if (!whole || unsynced == 0 || unsynced > entry.offset) return Parsed::kBad;
  record.durable = entry.offset - unsynced;
  return Parsed::kRecord;
}

}  // namespace

std::string encode_header(const SegmentHeader& header) {
  base::ByteWriter out;
  out.put_raw(kMagic);
  out.put(header.first);
  out.put(header.previous_first);
  out.put(header.previous_bytes);
  out.put(header.previous_last_arrival.ms);
  out.put(std::uint64_t{0});  // room for a later version; part of the checksum
  out.put(base::crc32c(out.bytes()));
  return out.take();
}

std::optional<SegmentHeader> decode_header(std::string_view bytes) {
  if (bytes.size() < kSegmentHeaderBytes) return std::nullopt;
  base::ByteReader in(bytes.substr(0, kSegmentHeaderBytes));
  const bool ours = in.get_raw(kMagic.size()) == kMagic;
  SegmentHeader header;
  header.first = in.get<std::uint64_t>();
  header.previous_first = in.get<std::uint64_t>();
  header.previous_bytes = in.get<std::uint64_t>();
  header.previous_last_arrival.ms = in.get<std::int64_t>();
  in.get<std::uint64_t>();
  const auto crc = in.get<std::uint32_t>();
  const auto covered = bytes.substr(0, kSegmentHeaderBytes - sizeof crc);
  if (!ours || crc != base::crc32c(covered)) return std::nullopt;
  return header;
}

void encode_record(std::string& out, const model::JournalEntry& entry, std::uint64_t durable) {
  const std::size_t texts = entry.input.size() + entry.station.size() + entry.payload.size();
  const std::size_t start = out.size();
  const auto put = [&](const auto value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  const auto put_text = [&](const std::string& text) {
    put(static_cast<std::uint32_t>(text.size()));
    out.append(text);
  };
  put(static_cast<std::uint32_t>(kLeastBody + texts));
  put(std::uint32_t{0});
  put(entry.offset);
  put(static_cast<std::uint32_t>(std::min<std::uint64_t>(entry.offset - durable, UINT32_MAX)));
  put(entry.kind);
  put(entry.arrival.ms);
  put_text(entry.input);
  put_text(entry.station);
  put_text(entry.payload);
  const std::uint32_t crc = base::crc32c(std::string_view(out).substr(start + kFrameBytes));
  std::memcpy(out.data() + start + 4, &crc, sizeof crc);
}

Parsed parse_record(std::string_view bytes, Record& record) {
  if (bytes.size() < kFrameBytes) return Parsed::kShort;
  const std::uint32_t length = read_u32(bytes);
  if (length < kLeastBody || length > kMostRecordBytes) return Parsed::kBad;
  if (bytes.size() - kFrameBytes < length) return Parsed::kShort;
  const std::string_view body = bytes.substr(kFrameBytes, length);
  if (base::crc32c(body) != read_u32(bytes.substr(4))) return Parsed::kBad;
  return parse_body(body, record);
}

bool proves_durable(std::string_view bytes, std::uint64_t offset) {
  Record record;
  for (std::size_t at = 0; at + kFrameBytes + kLeastBody <= bytes.size(); ++at) {
    // The offset is looked at before the checksum: nearly every wrong position fails here.
    const std::uint64_t later = read_u64(bytes.substr(at + kFrameBytes));
    if (later <= offset || later - offset > bytes.size()) continue;
    if (parse_record(bytes.substr(at), record) != Parsed::kRecord) continue;
    if (record.durable >= offset) return true;
    at += record.bytes - 1;
  }
  return false;
}

std::filesystem::path segment_path(const std::filesystem::path& folder, std::uint64_t first) {
  return folder / fmt::format("{:0{}}{}", first, kNameDigits, kSuffix);
}

std::vector<SegmentFile> list_segments(const std::filesystem::path& folder) {
  std::vector<SegmentFile> out;
  std::error_code error;
  for (const auto& item : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = item.path().filename().string();
    if (name.size() != kNameDigits + kSuffix.size() || !name.ends_with(kSuffix)) continue;
    std::uint64_t first = 0;
    const char* end = name.data() + kNameDigits;
    const auto [stop, bad] = std::from_chars(name.data(), end, first);
    if (bad == std::errc{} && stop == end) out.push_back({first, item.path()});
  }
  // An unreadable folder is not an empty journal.
  if (error && error != std::errc::no_such_file_or_directory) {
    throw base::WorldError(fmt::format("{}: cannot read the folder", folder.string()),
                           error.message(), "make it readable for the user that runs the program");
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return out;
}

void refuse_damaged(const std::filesystem::path& file, std::uint64_t byte,
                    const std::string& what) {
  throw base::WorldError(
      fmt::format("{}: the journal is damaged at byte {}", file.string(), byte), what,
      "put this file back from a backup; without one, move the journal folder and the snapshots "
      "away and start again: archive and records stay, inputs that they do not hold yet are lost");
}

}  // namespace jinglue::store
