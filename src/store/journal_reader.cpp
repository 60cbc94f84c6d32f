// SPDX-License-Identifier: Apache-2.0
// JournalReader: follows the segments, also while a writer (perhaps another process) extends them.
// A record that is not whole is the present end, unless something behind it proves that it had
// been durable, or a later segment exists: then the file is damaged.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>

#include "base/result.hpp"
#include "base/text.hpp"
#include "store/journal.hpp"
#include "store/journal_format.hpp"

namespace jinglue::store {

namespace {

constexpr std::size_t kReadBytes = 1u << 20;

[[noreturn]] void fail(const std::filesystem::path& file, const char* what, int error) {
  throw base::WorldError(fmt::format("{}: {}", file.string(), what), base::errno_text(error),
                         "check the rights of the file and the disk (dmesg, smartctl)");
}

/// One segment open for reading, with what was read last.
class SegmentReader {
 public:
  explicit SegmentReader(SegmentFile file)
      : m_file(std::move(file)), m_fd(::open(m_file.path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (m_fd < 0 && errno != ENOENT) fail(m_file.path, "cannot read", errno);
  }
  ~SegmentReader() {
    if (m_fd >= 0) ::close(m_fd);
  }
  SegmentReader(const SegmentReader&) = delete;
  SegmentReader& operator=(const SegmentReader&) = delete;

  bool is_open() const { return m_fd >= 0; }
  const SegmentFile& file() const { return m_file; }
  std::uint64_t at() const { return m_at; }
  void advance(std::size_t bytes) {
    m_at += bytes;
    m_used += bytes;
  }

  std::uint64_t size() const {
    struct stat info{};
    if (::fstat(m_fd, &info) != 0) fail(m_file.path, "cannot read the size", errno);
    return static_cast<std::uint64_t>(info.st_size);
  }
  std::string_view buffered() const { return std::string_view(m_buffer).substr(m_used); }
  /// Reads up to `most` bytes anew from the present place: what was buffered may be out of date.
  std::string_view reread(std::size_t most) {
    const std::uint64_t end = size();
    most = std::min<std::uint64_t>(most, end > m_at ? end - m_at : 0);
    m_buffer.resize(most);
    std::size_t got = 0;
    while (got < most) {
      const ssize_t n =
          ::pread(m_fd, m_buffer.data() + got, most - got, static_cast<off_t>(m_at + got));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail(m_file.path, "cannot read", errno);
      if (n == 0) break;
      got += static_cast<std::size_t>(n);
    }
    m_buffer.resize(got);
    m_used = 0;
    return m_buffer;
  }

 private:
  SegmentFile m_file;
  int m_fd;
  std::uint64_t m_at{0};
  std::string m_buffer;
  std::size_t m_used{0};
};

/// The segment that holds `offset`, or the oldest one when that is later.
std::optional<SegmentFile> segment_for(const std::filesystem::path& folder, std::uint64_t offset) {
  std::optional<SegmentFile> found;
  for (auto& file : list_segments(folder)) {
    if (found && file.first > offset) break;
    found = std::move(file);
  }
  return found;
}

std::optional<SegmentFile> segment_after(const std::filesystem::path& folder, std::uint64_t first) {
  for (auto& file : list_segments(folder)) {
    if (file.first > first) return std::move(file);
  }
  return std::nullopt;
}

}  // namespace

struct JournalReader::Impl {
  std::filesystem::path folder;
  std::uint64_t from{1};      // entries below are passed over
  std::uint64_t expected{0};  // next offset; 0 = none read yet
  std::unique_ptr<SegmentReader> segment;
  std::uint64_t judged_size{0};  // size of the last segment when its tail was judged "not yet"
  Record record;

  bool enter(const SegmentFile& file);
  bool next_record();
  bool parse_here();
  bool at_end();
};

/// False when the header is not there yet.
bool JournalReader::Impl::enter(const SegmentFile& file) {
  auto fresh = std::make_unique<SegmentReader>(file);
  if (!fresh->is_open()) return false;       // trimmed between listing and opening: list again
  const std::uint64_t size = fresh->size();  // before the header is read: it may appear meanwhile
  const auto header = decode_header(fresh->reread(kReadBytes));
  if (!header) {
    if (size > kSegmentHeaderBytes || segment_after(folder, file.first)) {
      refuse_damaged(file.path, 0, "the header of the segment is not readable");
    }
    return false;
  }
  if (header->first != file.first) {
    refuse_damaged(file.path, 8, fmt::format("it is the segment of offset {}", header->first));
  }
  fresh->advance(kSegmentHeaderBytes);
  segment = std::move(fresh);
  expected = file.first;
  judged_size = 0;
  return true;
}

bool JournalReader::Impl::parse_here() {
  Parsed parsed = parse_record(segment->buffered(), record);
  if (parsed != Parsed::kRecord) {
    parsed = parse_record(segment->reread(kReadBytes), record);
    if (parsed == Parsed::kShort && segment->buffered().size() == kReadBytes) {
      parsed = parse_record(segment->reread(kMostRecordBytes + 8), record);
    }
  }
  return parsed == Parsed::kRecord && record.entry.offset == expected;
}

/// No whole record here. True when the reader went on to the next segment.
bool JournalReader::Impl::at_end() {
  const auto later = segment_after(folder, segment->file().first);
  // Read the size after the listing: the writer completes a segment before it starts the next.
  const std::uint64_t size = segment->size();
  if (later && parse_here()) return true;
  if (later && segment->at() == size) {
    if (later->first != expected) {
      throw base::WorldError(
          fmt::format("{}: entries {} to {} are gone", folder.string(), expected, later->first - 1),
          "the journal was trimmed while it was read, or a segment is missing",
          "read again from the first kept entry, or read the archive instead");
    }
    return enter(*later);
  }
  if (!later && (segment->at() >= size || size == judged_size)) return false;
  const auto rest = segment->reread(size - std::min(size, segment->at()));
  if (later || (rest.size() > 1 && proves_durable(rest.substr(1), expected))) {
    refuse_damaged(segment->file().path, segment->at(),
                   fmt::format("the record of offset {} is bad", expected));
  }
  judged_size = size;
  return false;
}

bool JournalReader::Impl::next_record() {
  if (!segment) {
    const auto start = segment_for(folder, from);
    if (!start || !enter(*start)) return false;
  }
  while (!parse_here()) {
    if (!at_end()) return false;
  }
  segment->advance(record.bytes);
  ++expected;
  return true;
}

JournalReader::JournalReader(std::filesystem::path folder, std::uint64_t from_offset)
    : m_impl(std::make_unique<Impl>()) {
  m_impl->folder = std::move(folder);
  m_impl->from = std::max<std::uint64_t>(from_offset, 1);
}
JournalReader::JournalReader(JournalReader&&) noexcept = default;
JournalReader::~JournalReader() = default;

bool JournalReader::next(model::JournalEntry& entry) {
  while (m_impl->next_record()) {
    if (m_impl->record.entry.offset < m_impl->from) continue;
    std::swap(entry, m_impl->record.entry);  // its strings are used again
    return true;
  }
  return false;
}

}  // namespace jinglue::store
