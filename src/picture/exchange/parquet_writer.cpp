// SPDX-License-Identifier: Apache-2.0
// Apache Parquet (apache/parquet-format 2.10): one row a position, row groups of 131,072 rows, of
// which one is in memory. Columns as in CSV; times are INT64 of the logical type TIMESTAMP (ms,
// UTC), so that every reader knows them as such.
#include <utility>
#include <vector>

#include "picture/exchange/parquet_column.hpp"
#include "picture/exchange/thrift_compact.hpp"
#include "picture/exchange/value_text.hpp"
#include "picture/exchange/writer.hpp"

namespace jinglue::picture::exchange {
namespace {

constexpr std::string_view kMagic = "PAR1";
constexpr std::int32_t kZstd = 6;

/// What the end of the file says of a column of a row group.
struct Chunk {
  std::uint64_t at{0}, bytes{0}, uncompressed{0};
  std::size_t absent{0};
  std::string least, greatest;
};
struct RowGroup {
  std::size_t rows{0};
  std::vector<Chunk> chunks;
};

class ParquetWriter final : public Writer {
 public:
  ParquetWriter(Sink sink, const WriterOptions& options)
      : m_sink(std::move(sink)), m_options(options) {
    using enum ParquetType;
    constexpr ParquetType kTypes[] = {kText,   kInt64, kDouble, kDouble, kDouble,
                                      kDouble, kInt32, kInt32,  kText,   kText};
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      m_columns.emplace_back(std::string(kColumns[i]), kTypes[i], i >= 4 && i <= 7);
    }
    give(kMagic);
  }

  void add(const model::Fix& fix) override {
    const auto place = fix.position.degrees();
    if (m_columns[0].rows() == 0 || m_track != fix.track) {
      m_track = fix.track;
      m_name = model::to_text(fix.track);
    }
    m_columns[0].add_text(m_name);
    m_columns[1].add_integer(fix.time.ms);
    m_columns[2].add_double(place.lat_deg);
    m_columns[3].add_double(place.lon_deg);
    add_hundredths(m_columns[4], fix.sog_ckn);
    add_hundredths(m_columns[5], fix.cog_cdeg);
    add_whole(m_columns[6], fix.heading_deg);
    add_whole(m_columns[7], fix.nav_status);
    m_columns[8].add_text(model::to_key(fix.source));
    m_columns[9].add_text(model::to_key(fix.quality));
    if (m_columns[0].rows() >= m_options.row_group_rows) write_group();
  }

  void finish() override {
    if (m_columns[0].rows() > 0) write_group();
    const auto footer = footer_bytes();
    give(footer);
    const auto size = static_cast<std::uint32_t>(footer.size());
    give({reinterpret_cast<const char*>(&size), sizeof size});
    give(kMagic);
  }

 private:
  static void add_hundredths(ParquetColumn& column, std::optional<std::uint16_t> value) {
    if (value) {
      column.add_double(*value / 100.0);
    } else {
      column.add_absent();
    }
  }
  template <class T>
  static void add_whole(ParquetColumn& column, std::optional<T> value) {
    if (value) {
      column.add_integer(*value);
    } else {
      column.add_absent();
    }
  }
  void give(std::string_view bytes) {
    m_sink(bytes);
    m_at += bytes.size();
  }

  void write_group() {
    RowGroup group{m_columns[0].rows(), {}};
    for (auto& column : m_columns) {
      const auto pages = column.pages(m_options.page_rows);
      group.chunks.push_back({m_at, pages.bytes.size(), pages.uncompressed, column.absent(),
                              column.least(), column.greatest()});
      give(pages.bytes);
      column.clear();
    }
    m_groups.push_back(std::move(group));
  }

  void put_schema(ThriftWriter& out) const {
    out.list(2, ThriftWriter::kStruct, m_columns.size() + 1);
    out.begin_element();
    out.text(4, "positions");
    out.i32(5, static_cast<std::int32_t>(m_columns.size()));
    out.end();
    for (const auto& column : m_columns) {
      out.begin_element();
      out.i32(1, static_cast<std::int32_t>(column.type()));
      out.i32(3, column.optional() ? 1 : 0);
      out.text(4, column.name());
      if (column.type() == ParquetType::kText) {
        out.i32(6, 0);  // UTF8
        out.begin(10);
        out.empty(1);
        out.end();
      } else if (column.type() == ParquetType::kInt64) {
        out.i32(6, 9);  // TIMESTAMP_MILLIS
        out.begin(10);
        out.begin(8);
        out.boolean(1, true);  // UTC
        out.begin(2);
        out.empty(1);
        out.end();
        out.end();
        out.end();
      }
      out.end();
    }
  }

  static void put_statistics(ThriftWriter& out, const Chunk& chunk) {
    out.begin(12);
    out.i64(3, static_cast<std::int64_t>(chunk.absent));
    if (!chunk.greatest.empty()) {
      out.text(5, chunk.greatest);
      out.text(6, chunk.least);
    }
    out.end();
  }

  void put_chunk(ThriftWriter& out, const ParquetColumn& column, const RowGroup& group,
                 const Chunk& chunk) const {
    out.begin_element();
    out.i64(2, static_cast<std::int64_t>(chunk.at));
    out.begin(3);
    out.i32(1, static_cast<std::int32_t>(column.type()));
    out.list(2, ThriftWriter::kI32, 2);
    out.element(static_cast<std::int32_t>(column.encoding()));
    out.element(static_cast<std::int32_t>(ParquetEncoding::kRle));
    out.list(3, ThriftWriter::kBinary, 1);
    out.element(column.name());
    out.i32(4, kZstd);
    out.i64(5, static_cast<std::int64_t>(group.rows));
    out.i64(6, static_cast<std::int64_t>(chunk.uncompressed));
    out.i64(7, static_cast<std::int64_t>(chunk.bytes));
    out.i64(9, static_cast<std::int64_t>(chunk.at));
    put_statistics(out, chunk);
    out.end();
    out.end();
  }

  std::string footer_bytes() const {
    ThriftWriter out;
    out.i32(1, 2);
    put_schema(out);
    std::size_t rows = 0;
    for (const auto& group : m_groups) rows += group.rows;
    out.i64(3, static_cast<std::int64_t>(rows));
    out.list(4, ThriftWriter::kStruct, m_groups.size());
    for (const auto& group : m_groups) {
      std::uint64_t bytes = 0;
      out.begin_element();
      out.list(1, ThriftWriter::kStruct, m_columns.size());
      for (std::size_t i = 0; i < m_columns.size(); ++i) {
        put_chunk(out, m_columns[i], group, group.chunks[i]);
        bytes += group.chunks[i].uncompressed;
      }
      out.i64(2, static_cast<std::int64_t>(bytes));
      out.i64(3, static_cast<std::int64_t>(group.rows));
      out.end();
    }
    out.text(6, "Jinglue");
    out.list(7, ThriftWriter::kStruct, m_columns.size());
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
      out.begin_element();
      out.empty(1);  // values in the order of their type
      out.end();
    }
    out.end();
    return out.bytes();
  }

  Sink m_sink;
  WriterOptions m_options;
  std::uint64_t m_at{0};
  std::vector<ParquetColumn> m_columns;
  std::vector<RowGroup> m_groups;
  model::TrackId m_track;
  std::string m_name;
};

}  // namespace

std::unique_ptr<Writer> make_parquet_writer(Sink sink, const WriterOptions& options) {
  return std::make_unique<ParquetWriter>(std::move(sink), options);
}

}  // namespace jinglue::picture::exchange
