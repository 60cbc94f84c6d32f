// SPDX-License-Identifier: Apache-2.0
// ParquetColumn: the values of one column of a row group, and their pages (apache/parquet-format,
// README and Encodings.md): data pages of version 1, definition levels in the RLE hybrid, values
// plain or DELTA_BINARY_PACKED, compressed with zstd; with least, greatest and number of absent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jinglue::picture::exchange {

enum class ParquetType : std::int32_t { kInt32 = 1, kInt64 = 2, kDouble = 5, kText = 6 };
enum class ParquetEncoding : std::int32_t { kPlain = 0, kRle = 3, kDelta = 5 };

/// Blocks of 128 values in four miniblocks of 32. `bits`: 32 or 64; differences wrap.
std::string encode_delta(const std::vector<std::int64_t>& values, int bits);
/// Whether each row has a value, with the length in front as data pages of version 1 have it.
std::string encode_levels(const std::vector<bool>& present);

struct ParquetPages {
  std::string bytes;  ///< headers and compressed pages
  std::uint64_t uncompressed{0};
};

class ParquetColumn {
 public:
  ParquetColumn(std::string name, ParquetType type, bool optional);

  void add_integer(std::int64_t value);
  void add_double(double value);
  void add_text(std::string_view value);
  void add_absent();

  const std::string& name() const { return m_name; }
  ParquetType type() const { return m_type; }
  bool optional() const { return m_optional; }
  ParquetEncoding encoding() const;
  std::size_t rows() const { return m_present.size(); }
  std::size_t absent() const;
  /// Plain bytes of the least and the greatest value; empty when there is none.
  std::string least() const;
  std::string greatest() const;

  ParquetPages pages(std::size_t page_rows) const;
  void clear();

 private:
  std::string plain(std::size_t begin, std::size_t end) const;
  std::string body(std::size_t first_row, std::size_t rows, std::size_t first_value,
                   std::size_t values) const;

  std::string m_name;
  ParquetType m_type;
  bool m_optional;
  std::vector<bool> m_present;
  std::vector<std::int64_t> m_integers;
  std::vector<double> m_doubles;
  std::vector<std::string> m_texts;
};

}  // namespace jinglue::picture::exchange
