// SPDX-License-Identifier: Apache-2.0
#include "picture/exchange/parquet_column.hpp"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "picture/exchange/thrift_compact.hpp"

namespace jinglue::picture::exchange {
namespace {

constexpr std::size_t kBlock = 128;
constexpr std::size_t kMiniblocks = 4;
constexpr std::size_t kMiniblock = kBlock / kMiniblocks;
constexpr int kZstdLevel = 3;

/// `width` low bits of each value, the first value in the lowest bits.
void put_bits(std::string& out, const std::uint64_t* values, std::size_t count, int width) {
  std::uint64_t kept = 0;
  int bits = 0;
  for (std::size_t i = 0; i < count; ++i) {
    for (int done = 0; done < width;) {
      const int take = std::min(width - done, 8 - bits);
      const std::uint64_t part = (values[i] >> done) & ((std::uint64_t{1} << take) - 1);
      kept |= part << bits;
      bits += take;
      done += take;
      if (bits == 8) {
        out += static_cast<char>(kept);
        kept = 0;
        bits = 0;
      }
    }
  }
}

template <class T>
std::string plain_bytes(T value) {
  base::ByteWriter out;
  out.put(value);
  return out.take();
}

std::string compressed(std::string_view bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const auto size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), kZstdLevel);
  if (ZSTD_isError(size) != 0) {
    throw base::WorldError("a page cannot be compressed", ZSTD_getErrorName(size));
  }
  out.resize(size);
  return out;
}

std::string page_header(std::size_t rows, std::size_t uncompressed, std::size_t packed,
                        ParquetEncoding encoding) {
  ThriftWriter out;
  out.i32(1, 0);  // data page
  out.i32(2, static_cast<std::int32_t>(uncompressed));
  out.i32(3, static_cast<std::int32_t>(packed));
  out.begin(5);
  out.i32(1, static_cast<std::int32_t>(rows));
  out.i32(2, static_cast<std::int32_t>(encoding));
  out.i32(3, static_cast<std::int32_t>(ParquetEncoding::kRle));
  out.i32(4, static_cast<std::int32_t>(ParquetEncoding::kRle));
  out.end();
  out.end();
  return out.bytes();
}

}  // namespace

std::string encode_delta(const std::vector<std::int64_t>& values, int bits) {
  const auto wrapped = [bits](std::uint64_t v) {
    return bits == 64 ? static_cast<std::int64_t>(v)
                      : std::int64_t{static_cast<std::int32_t>(static_cast<std::uint32_t>(v))};
  };
  const std::uint64_t mask = bits == 64 ? UINT64_MAX : UINT32_MAX;
  std::string out;
  put_varint(out, kBlock);
  put_varint(out, kMiniblocks);
  put_varint(out, values.size());
  put_varint(out, zigzag(values.empty() ? 0 : values.front()));
  for (std::size_t begin = 1; begin < values.size(); begin += kBlock) {
    const auto count = std::min(kBlock, values.size() - begin);
    std::array<std::int64_t, kBlock> steps{};
    for (std::size_t i = 0; i < count; ++i) {
      steps[i] = wrapped(static_cast<std::uint64_t>(values[begin + i]) -
                         static_cast<std::uint64_t>(values[begin + i - 1]));
    }
    const auto least = *std::min_element(steps.begin(), steps.begin() + std::ptrdiff_t(count));
    std::array<std::uint64_t, kBlock> above{};
    for (std::size_t i = 0; i < count; ++i) {
      above[i] = (static_cast<std::uint64_t>(steps[i]) - static_cast<std::uint64_t>(least)) & mask;
    }
    put_varint(out, zigzag(least));
    std::array<int, kMiniblocks> widths{};
    for (std::size_t i = 0; i < kBlock; ++i) {
      auto& width = widths[i / kMiniblock];
      width = std::max(width, static_cast<int>(std::bit_width(above[i])));
    }
    for (const int width : widths) out += static_cast<char>(width);
    for (std::size_t m = 0; m * kMiniblock < count; ++m) {
      put_bits(out, above.data() + m * kMiniblock, kMiniblock, widths[m]);
    }
  }
  return out;
}

std::string encode_levels(const std::vector<bool>& present) {
  std::string runs;
  const bool all = std::find(present.begin(), present.end(), false) == present.end();
  if (all) {
    put_varint(runs, present.size() << 1);
    runs += '\1';
  } else {
    const auto groups = (present.size() + 7) / 8;
    put_varint(runs, (groups << 1) | 1);
    for (std::size_t group = 0; group < groups; ++group) {
      unsigned bits = 0;
      for (std::size_t i = 0; i < 8 && group * 8 + i < present.size(); ++i) {
        bits |= unsigned{present[group * 8 + i]} << i;
      }
      runs += static_cast<char>(bits);
    }
  }
  return plain_bytes(static_cast<std::uint32_t>(runs.size())) + runs;
}

ParquetColumn::ParquetColumn(std::string name, ParquetType type, bool optional)
    : m_name(std::move(name)), m_type(type), m_optional(optional) {}

void ParquetColumn::add_integer(std::int64_t value) {
  m_present.push_back(true);
  m_integers.push_back(value);
}

void ParquetColumn::add_double(double value) {
  m_present.push_back(true);
  m_doubles.push_back(value);
}

void ParquetColumn::add_text(std::string_view value) {
  m_present.push_back(true);
  m_texts.emplace_back(value);
}

void ParquetColumn::add_absent() {
  m_present.push_back(false);
}

ParquetEncoding ParquetColumn::encoding() const {
  const bool integers = m_type == ParquetType::kInt32 || m_type == ParquetType::kInt64;
  return integers ? ParquetEncoding::kDelta : ParquetEncoding::kPlain;
}

std::size_t ParquetColumn::absent() const {
  return m_present.size() - m_integers.size() - m_doubles.size() - m_texts.size();
}

/// Zeros keep their sign apart in bytes but are equal in order: -0 for the least, +0 for the
/// greatest, as the format asks.
std::string ParquetColumn::least() const {
  if (absent() == rows()) return {};
  if (m_type == ParquetType::kText) return *std::min_element(m_texts.begin(), m_texts.end());
  if (m_type == ParquetType::kDouble) {
    const double value = *std::min_element(m_doubles.begin(), m_doubles.end());
    return plain_bytes(value == 0 ? -0.0 : value);
  }
  const auto value = *std::min_element(m_integers.begin(), m_integers.end());
  return m_type == ParquetType::kInt64 ? plain_bytes(value)
                                       : plain_bytes(static_cast<std::int32_t>(value));
}

std::string ParquetColumn::greatest() const {
  if (absent() == rows()) return {};
  if (m_type == ParquetType::kText) return *std::max_element(m_texts.begin(), m_texts.end());
  if (m_type == ParquetType::kDouble) {
    const double value = *std::max_element(m_doubles.begin(), m_doubles.end());
    return plain_bytes(value == 0 ? 0.0 : value);
  }
  const auto value = *std::max_element(m_integers.begin(), m_integers.end());
  return m_type == ParquetType::kInt64 ? plain_bytes(value)
                                       : plain_bytes(static_cast<std::int32_t>(value));
}

std::string ParquetColumn::plain(std::size_t begin, std::size_t end) const {
  base::ByteWriter out;
  for (std::size_t i = begin; i < end; ++i) {
    if (m_type == ParquetType::kText) {
      out.put_text(m_texts[i]);
    } else {
      out.put(m_doubles[i]);
    }
  }
  return out.take();
}

std::string ParquetColumn::body(std::size_t first_row, std::size_t rows, std::size_t first_value,
                                std::size_t values) const {
  std::string out;
  if (m_optional) {
    const auto from = m_present.begin() + std::ptrdiff_t(first_row);
    out = encode_levels({from, from + std::ptrdiff_t(rows)});
  }
  if (encoding() == ParquetEncoding::kPlain) return out + plain(first_value, first_value + values);
  const auto from = m_integers.begin() + std::ptrdiff_t(first_value);
  return out + encode_delta({from, from + std::ptrdiff_t(values)},
                            m_type == ParquetType::kInt64 ? 64 : 32);
}

ParquetPages ParquetColumn::pages(std::size_t page_rows) const {
  ParquetPages out;
  std::size_t value = 0;
  for (std::size_t row = 0; row < rows(); row += page_rows) {
    const auto count = std::min(page_rows, rows() - row);
    const auto from = m_present.begin() + std::ptrdiff_t(row);
    const auto values =
        static_cast<std::size_t>(std::count(from, from + std::ptrdiff_t(count), true));
    const auto bytes = body(row, count, value, values);
    const auto packed = compressed(bytes);
    const auto header = page_header(count, bytes.size(), packed.size(), encoding());
    out.bytes += header + packed;
    out.uncompressed += header.size() + bytes.size();
    value += values;
  }
  return out;
}

void ParquetColumn::clear() {
  m_present.clear();
  m_integers.clear();
  m_doubles.clear();
  m_texts.clear();
}

}  // namespace jinglue::picture::exchange
