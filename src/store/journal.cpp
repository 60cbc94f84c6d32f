// SPDX-License-Identifier: Apache-2.0
// The journal's writer: opening (check of the chain, torn tail), appending, rotation, trimming.
#include "store/journal.hpp"

#include <fmt/format.h>
#include <atomic>
#include <cassert>
#include <fstream>
#include <sstream>
#include <vector>

#include "base/log.hpp"
#include "base/result.hpp"
#include "store/journal_format.hpp"

namespace jinglue::store {

namespace {

struct Segment {
  std::uint64_t first{0};
  std::filesystem::path path;
  std::uint64_t bytes{0};
  base::Instant last_arrival{base::kDistantPast};
};

std::string read_bytes(const std::filesystem::path& file, std::size_t most) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    throw base::WorldError(fmt::format("{}: cannot read", file.string()), "the file does not open",
                           "make it readable for the user that runs the program");
  }
  std::string out(most, '\0');
  in.read(out.data(), static_cast<std::streamsize>(most));
  out.resize(static_cast<std::size_t>(in.gcount()));
  return out;
}

void check_chain(const Segment& before, const Segment& segment, const SegmentHeader& header) {
  if (header.previous_first != before.first) {
    const auto missing = segment_path(segment.path.parent_path(), header.previous_first);
    throw base::WorldError(
        fmt::format("{}: a segment of the journal is missing", missing.string()),
        fmt::format("{} follows it", segment.path.filename().string()),
        "put the file back from a backup, or move it and all older segments away together");
  }
  if (header.previous_bytes != before.bytes) {
    refuse_damaged(
        before.path, std::min(header.previous_bytes, before.bytes),
        fmt::format("it holds {} bytes, {} were written", before.bytes, header.previous_bytes));
  }
}

}  // namespace

struct Journal::Impl {
  Options options;
  std::vector<Segment> segments;
  std::unique_ptr<DiskFile> current;  // of segments.back()
  std::string buffer;
  bool stopped{false};
  // Atomic: other threads show them.
  std::atomic<std::uint64_t> last{0}, durable{0}, first{1}, bytes{0}, cut{0};

  void open();
  void load_segment(const SegmentFile& file, bool is_last);
  void drop_unborn(const Segment& segment);
  void read_tail();
  void start_segment();
  void write_batch(std::size_t count);
  void refuse_below_floor() const;
  void check_usable() const;
  void count_bytes();
};

void Journal::Impl::check_usable() const {
  if (!stopped) return;
  throw base::WorldError(
      fmt::format("{}: the journal is stopped", options.folder.string()),
      "an earlier write or sync failed, and what the disk holds since then is not known",
      "mend the disk and start the program again; it checks the tail and continues");
}

void Journal::Impl::count_bytes() {
  std::uint64_t sum = 0;
  for (const auto& s : segments) sum += s.bytes;
  bytes = sum;
  first = segments.empty() ? last + 1 : segments.front().first;
}

/// The header is synced before the first record is written, so a file that is no longer than it
/// holds nothing that was acknowledged.
void Journal::Impl::drop_unborn(const Segment& segment) {
  base::log_warn("store", "{}: removed, its creation was cut off ({} bytes)", segment.path.string(),
                 segment.bytes);
  cut += segment.bytes;
  options.disk->remove(segment.path);
}

void Journal::Impl::load_segment(const SegmentFile& file, bool is_last) {
  Segment segment{file.first, file.path, std::filesystem::file_size(file.path)};
  const auto header = decode_header(read_bytes(file.path, kSegmentHeaderBytes));
  if (!header && is_last && segment.bytes <= kSegmentHeaderBytes) return drop_unborn(segment);
  if (!header) refuse_damaged(file.path, 0, "the header of the segment is not readable");
  if (header->first != file.first) {
    refuse_damaged(file.path, 8, fmt::format("it is the segment of offset {}", header->first));
  }
  if (!segments.empty()) {
    check_chain(segments.back(), segment, *header);
    segments.back().last_arrival = header->previous_last_arrival;
  }
  segments.push_back(std::move(segment));
}

/// Reads the last segment to its end and cuts off a torn tail.
void Journal::Impl::read_tail() {
  Segment& tail = segments.back();
  const std::string all = read_bytes(tail.path, tail.bytes);
  std::string_view rest = std::string_view(all).substr(kSegmentHeaderBytes);
  std::uint64_t expected = tail.first;
  Record record;
  while (!rest.empty()) {
    if (parse_record(rest, record) != Parsed::kRecord || record.entry.offset != expected) break;
    tail.last_arrival = record.entry.arrival;
    rest.remove_prefix(record.bytes);
    ++expected;
  }
  last = expected - 1;
  if (rest.empty()) return;
  const std::uint64_t sound = all.size() - rest.size();
  if (proves_durable(rest.substr(1), expected)) {
    refuse_damaged(tail.path, sound, fmt::format("the record of offset {} is bad", expected));
  }
  base::log_warn("store", "{}: cut off {} bytes after offset {} that were never durable",
                 tail.path.string(), rest.size(), expected - 1);
  cut += rest.size();
  current->truncate(sound);
  tail.bytes = sound;
}

void Journal::Impl::refuse_below_floor() const {
  if (last >= options.floor) return;
  throw base::WorldError(
      fmt::format("{}: the journal ends at offset {}", options.folder.string(), last.load()),
      fmt::format("databases or snapshots of this data folder reach offset {}", options.floor),
      "put the journal's files back, or move the whole journal folder away: it then starts above");
}

void Journal::Impl::open() {
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (error) {
    throw base::WorldError(fmt::format("{}: cannot make the folder", options.folder.string()),
                           error.message(), "make its parent writable for this user");
  }
  const auto files = list_segments(options.folder);
  for (const auto& file : files) load_segment(file, &file == &files.back());
  last = options.floor;
  if (!segments.empty()) {
    current = options.disk->open(segments.back().path);
    read_tail();
    refuse_below_floor();
    // A killed process may have left records that the system holds but the disk does not.
    current->sync();
  }
  options.disk->sync_folder(options.folder);
  durable = last.load();
  count_bytes();
}

/// The one before is synced first, so that only the last segment can ever have a torn tail.
void Journal::Impl::start_segment() {
  SegmentHeader header;
  header.first = last + 1;
  if (!segments.empty()) {
    const Segment& before = segments.back();
    header.previous_first = before.first;
    header.previous_bytes = before.bytes;
    header.previous_last_arrival = before.last_arrival;
  }
  Segment fresh{header.first, segment_path(options.folder, header.first), kSegmentHeaderBytes};
  try {
    auto file = options.disk->open(fresh.path);
    if (file->size() > 0) file->truncate(0);  // left by an attempt that failed
    file->write_at(0, encode_header(header));
    file->sync();
    options.disk->sync_folder(options.folder);
    current = std::move(file);
  } catch (...) {
    try {
      options.disk->remove(fresh.path);
    } catch (const base::WorldError&) {
      stopped = true;
    }
    throw;
  }
  segments.push_back(std::move(fresh));
}

void Journal::Impl::write_batch(std::size_t count) {
  Segment& tail = segments.back();
  try {
    current->write_at(tail.bytes, buffer);
  } catch (...) {
    try {
      current->truncate(tail.bytes);
    } catch (const base::WorldError&) {
      stopped = true;
    }
    throw;
  }
  tail.bytes += buffer.size();
  bytes += buffer.size();
  last += count;
}

Journal::Journal(Options options) : m_impl(std::make_unique<Impl>()) {
  m_impl->options = std::move(options);
  if (!m_impl->options.disk) m_impl->options.disk = real_disk();
  m_impl->open();
}
Journal::~Journal() = default;

void Journal::append(std::span<model::JournalEntry> entries) {
  Impl& my = *m_impl;
  my.check_usable();
  if (entries.empty()) return;
  if (my.segments.empty() || my.segments.back().bytes >= my.options.segment_bytes) {
    sync();
    my.start_segment();
    my.count_bytes();
  }
  my.buffer.clear();
  std::uint64_t offset = my.last;
  for (auto& entry : entries) {
    entry.offset = ++offset;
    const std::size_t before = my.buffer.size();
    encode_record(my.buffer, entry, my.durable);
    assert(my.buffer.size() - before <= kMostRecordBytes && "inputs are limited before this");
  }
  try {
    my.write_batch(entries.size());
  } catch (...) {
    for (auto& entry : entries) entry.offset = 0;
    throw;
  }
  my.segments.back().last_arrival = entries.back().arrival;
}

void Journal::sync() {
  Impl& my = *m_impl;
  my.check_usable();
  if (my.durable == my.last) return;
  try {
    my.current->sync();
  } catch (...) {
    my.stopped = true;
    throw;
  }
  my.durable = my.last.load();
}

std::uint64_t Journal::last_offset() const {
  return m_impl->last;
}
std::uint64_t Journal::durable_offset() const {
  return m_impl->durable;
}
std::uint64_t Journal::first_offset() const {
  return m_impl->first;
}
std::uint64_t Journal::cut_bytes() const {
  return m_impl->cut;
}
std::uint64_t Journal::size_bytes() const {
  return m_impl->bytes;
}

void Journal::trim(std::uint64_t offset, base::Instant before) {
  Impl& my = *m_impl;
  std::size_t gone = 0;
  while (gone + 1 < my.segments.size() && my.segments[gone + 1].first <= offset &&
         my.segments[gone].last_arrival < before) {
    my.options.disk->remove(my.segments[gone].path);
    ++gone;
  }
  if (gone == 0) return;
  my.segments.erase(my.segments.begin(), my.segments.begin() + static_cast<std::ptrdiff_t>(gone));
  my.options.disk->sync_folder(my.options.folder);
  my.count_bytes();
}

}  // namespace jinglue::store
