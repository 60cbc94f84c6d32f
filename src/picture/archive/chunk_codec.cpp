// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/chunk_codec.hpp"

#include <zstd.h>

#include <cassert>
#include <limits>
#include <memory>
#include <optional>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "picture/archive/column.hpp"

namespace jinglue::picture {
namespace {

using detail::Column;
using model::Fix;

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kCompressed = 1;  // flag
constexpr int kLevel = 6;
constexpr std::size_t kHeader = 18;
constexpr std::size_t kCheckSum = 4;
constexpr std::size_t kMostColumnBytes = 160;  // per row, more than 11 columns of 10 bytes

/// `get(row)` is an integer or an optional one.
template <class Get>
Column column_of(std::span<const Fix> rows, Get get) {
  Column out;
  out.values.reserve(rows.size());
  out.present.reserve(rows.size());
  for (const auto& row : rows) {
    const std::optional<std::int64_t> value = get(row);
    out.values.push_back(value.value_or(0));
    out.present.push_back(value.has_value() ? 1 : 0);
  }
  return out;
}

/// Reads the columns one after another and puts each into the rows; keeps the first failure.
class ColumnReader {
 public:
  ColumnReader(std::string_view bytes, std::vector<Fix>& rows) : m_rest(bytes), m_rows(rows) {}

  /// `set(row, value)` for each value present; `required`: none may be absent.
  template <class Set>
  void take(const char* name, std::int64_t low, std::int64_t high, bool required, Set set) {
    if (!m_error.empty()) return;
    if (!detail::get_column(m_rest, m_rows.size(), m_times, m_column)) return fail(name, "broken");
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
      if (!m_column.has(i)) {
        if (required) return fail(name, "incomplete");
        continue;
      }
      const auto value = m_column.values[i];
      if (value < low || value > high) return fail(name, "out of range");
      set(m_rows[i], value);
    }
  }
  void use_times() {
    for (const auto& row : m_rows) m_times.push_back(row.time.ms);
  }
  void without_times() { m_times.clear(); }
  const std::string& error() const { return m_error; }
  std::size_t left() const { return m_rest.size(); }

 private:
  void fail(const char* name, const char* what) {
    m_error = std::string("column ") + name + " is " + what;
  }
  std::string_view m_rest;
  std::vector<Fix>& m_rows;
  std::vector<std::int64_t> m_times;
  Column m_column;
  std::string m_error;
};

/// One per thread: making a context costs more than compressing a chunk.
std::string compressed(const std::string& bytes) {
  struct Free {
    void operator()(ZSTD_CCtx* c) const { ZSTD_freeCCtx(c); }
  };
  thread_local const std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const auto size =
      ZSTD_compressCCtx(context.get(), out.data(), out.size(), bytes.data(), bytes.size(), kLevel);
  if (ZSTD_isError(size) != 0) return bytes;  // stored as it is
  out.resize(size);
  return out;
}

/// Empty when the bytes do not decompress to exactly `size` bytes.
std::string decompressed(std::string_view bytes, std::size_t size) {
  struct Free {
    void operator()(ZSTD_DCtx* c) const { ZSTD_freeDCtx(c); }
  };
  thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  std::string out(size, '\0');
  const auto got = ZSTD_decompressDCtx(context.get(), out.data(), size, bytes.data(), bytes.size());
  if (ZSTD_isError(got) != 0 || got != size) out.clear();
  return out;
}

tl::unexpected<base::Error> damaged(const std::string& reason) {
  return base::fail(base::Code::kMalformed, "the chunk is damaged: " + reason);
}

}  // namespace

std::string encode_columns(std::span<const Fix> rows) {
  std::vector<std::int64_t> times;
  for (const auto& row : rows) times.push_back(row.time.ms);
  std::string out;
  const auto put = [&](auto get, bool with_times = false) {
    detail::put_column(
        out, column_of(rows, get),
        with_times ? std::span<const std::int64_t>(times) : std::span<const std::int64_t>());
  };
  put([](const Fix& f) { return f.time.ms; });
  put([](const Fix& f) { return f.arrival.ms - f.time.ms; });
  put([](const Fix& f) { return static_cast<std::int64_t>(f.offset); });
  put([](const Fix& f) { return f.position.lat; }, true);
  put([](const Fix& f) { return f.position.lon; }, true);
  put([](const Fix& f) { return f.sog_ckn; });
  put([](const Fix& f) { return f.cog_cdeg; });
  put([](const Fix& f) { return f.heading_deg; });
  put([](const Fix& f) { return f.nav_status; });
  put([](const Fix& f) { return std::int64_t(f.source); });
  put([](const Fix& f) { return std::int64_t(f.quality); });
  return out;
}

base::Result<std::vector<Fix>> decode_columns(std::string_view columns, model::TrackId track,
                                              std::size_t count) {
  std::vector<Fix> rows(count);
  for (auto& row : rows) row.track = track;
  constexpr auto kLow = std::numeric_limits<std::int64_t>::min();
  constexpr auto kHigh = std::numeric_limits<std::int64_t>::max();
  constexpr auto kLow32 = std::numeric_limits<std::int32_t>::min();
  constexpr auto kHigh32 = std::numeric_limits<std::int32_t>::max();
  ColumnReader read(columns, rows);
  read.take("time", kLow / 4, kHigh / 4, true, [](Fix& f, std::int64_t v) { f.time = {v}; });
  read.take("arrival", kLow / 2, kHigh / 2, true,
            [](Fix& f, std::int64_t v) { f.arrival = {f.time.ms + v}; });
  read.take("offset", kLow, kHigh, true,
            [](Fix& f, std::int64_t v) { f.offset = static_cast<std::uint64_t>(v); });
  read.use_times();
  read.take("latitude", kLow32, kHigh32, true,
            [](Fix& f, std::int64_t v) { f.position.lat = static_cast<std::int32_t>(v); });
  read.take("longitude", kLow32, kHigh32, true,
            [](Fix& f, std::int64_t v) { f.position.lon = static_cast<std::int32_t>(v); });
  read.without_times();
  read.take("speed", 0, UINT16_MAX, false,
            [](Fix& f, std::int64_t v) { f.sog_ckn = static_cast<std::uint16_t>(v); });
  read.take("course", 0, UINT16_MAX, false,
            [](Fix& f, std::int64_t v) { f.cog_cdeg = static_cast<std::uint16_t>(v); });
  read.take("heading", 0, UINT16_MAX, false,
            [](Fix& f, std::int64_t v) { f.heading_deg = static_cast<std::uint16_t>(v); });
  read.take("status", 0, UINT8_MAX, false,
            [](Fix& f, std::int64_t v) { f.nav_status = static_cast<std::uint8_t>(v); });
  read.take("source", 0, UINT8_MAX, true,
            [](Fix& f, std::int64_t v) { f.source = static_cast<model::FixSource>(v); });
  read.take("quality", 0, 2, true,
            [](Fix& f, std::int64_t v) { f.quality = static_cast<model::TimeQuality>(v); });
  if (!read.error().empty()) return damaged(read.error());
  if (read.left() != 0) return damaged("bytes follow the last column");
  return rows;
}

std::string encode_chunk(std::span<const Fix> rows, ChunkPacking packing) {
  assert(!rows.empty() && rows.size() <= UINT16_MAX);
  const std::string columns = encode_columns(rows);
  std::string packed = packing == ChunkPacking::kFull ? compressed(columns) : columns;
  const bool smaller = packed.size() < columns.size();
  base::ByteWriter out;
  out.put(kVersion);
  out.put(smaller ? kCompressed : std::uint8_t{0});
  out.put(static_cast<std::uint16_t>(rows.size()));
  out.put(rows.front().track.terminal.value);
  out.put(rows.front().track.segment);
  out.put(static_cast<std::uint32_t>(columns.size()));
  out.put_raw(smaller ? packed : columns);
  out.put(base::crc32c(out.bytes()));
  return out.take();
}

base::Result<std::vector<Fix>> decode_chunk(std::string_view bytes) {
  if (bytes.size() < kHeader + kCheckSum) return damaged("it is too short");
  const auto body = bytes.substr(0, bytes.size() - kCheckSum);
  base::ByteReader tail(bytes.substr(body.size()));
  base::ByteReader in(body);
  const auto version = in.get<std::uint8_t>();
  if (version != kVersion) {
    return base::fail(base::Code::kUnknown, "chunk version " + std::to_string(version), {},
                      "a newer program wrote it, or the byte is damaged");
  }
  if (tail.get<std::uint32_t>() != base::crc32c(body)) return damaged("the check sum differs");
  const auto flags = in.get<std::uint8_t>();
  const auto rows = in.get<std::uint16_t>();
  model::TrackId track;
  track.terminal.value = in.get<std::uint64_t>();
  track.segment = in.get<std::uint16_t>();
  const auto size = in.get<std::uint32_t>();
  if (rows == 0 || flags > kCompressed) return damaged("the header is not of this version");
  if (size > kMostColumnBytes * rows) return damaged("its columns are too long");
  const auto packed = in.get_raw(in.left());
  if (flags == 0) return decode_columns(packed, track, rows);
  const auto columns = decompressed(packed, size);
  if (columns.empty()) return damaged("it does not decompress");
  return decode_columns(columns, track, rows);
}

}  // namespace jinglue::picture
