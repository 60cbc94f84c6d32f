// SPDX-License-Identifier: Apache-2.0
// CSV (RFC 4180, UTF-8). The heading says which columns there are; it is the context of a place, so
// that a file can be read on from its middle. A quote that does not close within 64 KiB is reported
// with its line, and the line after it is read on.
#include <algorithm>

#include "base/text.hpp"
#include "picture/exchange/row_values.hpp"
#include "registry/csv.hpp"

namespace jinglue::picture::exchange {
namespace {

using base::Code;

constexpr std::size_t kMostRecord = 65'536;
constexpr std::size_t kMostColumns = 1'000;

/// Follows the quotes of a record.
struct Quotes {
  bool open{false};
  bool closed{false};  ///< by the last character
  bool cell_begins{true};

  /// Whether c is the line end behind the record.
  bool ends_record(char c) {
    const bool inside = open;
    if (inside) {
      open = c != '"';
    } else if (c == '"') {
      open = cell_begins || closed;  // a doubled quote opens again
    }
    closed = inside && !open;
    cell_begins = !inside && c == ',';
    return !inside && c == '\n';
  }
};

class CsvReader final : public Reader {
 public:
  CsvReader(const ReadOptions& options, const Place& from)
      : m_options(options), m_values(m_options), m_place(from) {
    if (!m_place.context.empty()) m_problem = read_heading(m_place.context);
  }

  base::Status feed(std::string_view bytes, const Row& row) override {
    m_rest.append(bytes);
    return take(row, false);
  }
  base::Status finish(const Row& row) override {
    if (const auto good = take(row, true); !good) return good;
    if (m_place.context.empty()) {
      return base::fail(Code::kMissing, "the file has no heading", "line 1");
    }
    return {};
  }
  Place place() const override { return m_place; }

 private:
  /// Size of the record that begins at `at` with its line end; 0 when its end is not there yet.
  std::size_t record_size(std::size_t at, bool last) {
    Quotes quotes = m_scanned > at ? m_quotes : Quotes{};
    std::size_t i = std::max(at, m_scanned);
    for (; i < m_rest.size(); ++i) {
      if (quotes.ends_record(m_rest[i])) return i + 1 - at;
      if (i - at >= kMostRecord) return line_size(at);
    }
    if (last && at < m_rest.size()) return quotes.open ? line_size(at) : m_rest.size() - at;
    m_scanned = i;
    m_quotes = quotes;
    return 0;
  }
  std::size_t line_size(std::size_t at) const {
    const auto end = m_rest.find('\n', at);
    return (end == std::string::npos ? m_rest.size() : end + 1) - at;
  }

  base::Status take(const Row& row, bool last) {
    if (!m_problem) return m_problem;
    std::size_t at = 0;
    base::Status out;
    while (at < m_rest.size()) {
      const auto size = record_size(at, last);
      if (size == 0) break;
      m_scanned = 0;
      out = take_record(std::string_view(m_rest).substr(at, size), row);
      at += size;
      if (!out) break;
    }
    m_rest.erase(0, at);
    m_scanned = m_scanned > at ? m_scanned - at : 0;
    return out;
  }

  base::Status take_record(std::string_view bytes, const Row& row) {
    const auto line = m_place.line;
    m_place.position += bytes.size();
    m_place.line += static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
    if (m_place.context.empty()) {
      if (base::trim(bytes).empty()) return {};
      if (const auto good = read_heading(bytes); !good) return good;
      m_place.context = std::string(bytes);
      return {};
    }
    if (bytes.size() > kMostRecord) {
      row(line, base::fail(Code::kTooLarge, "the line is longer than 64 KiB"));
      return {};
    }
    const auto rows = registry::read_csv(bytes);
    if (!rows) {
      auto error = rows.error();
      error.where.clear();  // it counts lines from this record
      row(line, tl::unexpected(std::move(error)));
    } else if (!rows->empty()) {
      row(line, fix_of(rows->front().cells));
    }
    return {};
  }

  base::Result<model::Fix> fix_of(const std::vector<std::string>& cells) {
    if (cells.size() > m_columns.size()) {
      return base::fail(Code::kMalformed, "the row has more cells than the heading");
    }
    m_values.clear();
    if (m_options.described) {
      const auto texts = m_options.described->texts(cells);
      if (!texts) return tl::unexpected(texts.error());
      for (const auto& [column, text] : *texts) m_values.set(column, text);
      return m_values.fix();
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (m_columns[i]) m_values.set(*m_columns[i], base::trim(registry::unguarded(cells[i])));
    }
    return m_values.fix();
  }

  base::Status read_heading(std::string_view bytes) {
    const auto rows = registry::read_csv(bytes);
    if (!rows) return tl::unexpected(rows.error());
    if (rows->empty() || rows->front().cells.size() > kMostColumns) {
      return base::fail(Code::kMalformed, "the first line is no heading", "line 1");
    }
    const auto& cells = rows->front().cells;
    m_columns.assign(cells.size(), std::nullopt);
    if (m_options.described) return m_options.described->bind(cells);
    for (const auto& [ours, theirs] : m_options.mapping) {
      const auto column = column_from(ours);
      const auto at = std::find_if(cells.begin(), cells.end(),
                                   [&, name = std::string_view(theirs)](const auto& cell) {
                                     return base::trim(cell) == name;
                                   });
      if (!column) return unknown("there is no column '" + ours + "' of positions");
      if (at == cells.end()) return unknown("the file has no column '" + theirs + "'");
      m_columns[static_cast<std::size_t>(at - cells.begin())] = column;
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto column = column_from(cells[i]);
      const bool taken = std::find(m_columns.begin(), m_columns.end(), column) != m_columns.end();
      if (column && !m_columns[i] && !taken) m_columns[i] = column;
    }
    return check_columns();
  }
  base::Status check_columns() const {
    constexpr std::pair<Column, std::string_view> kNeeded[] = {
        {Column::kTrack, "track"},
        {Column::kTime, "time_utc"},
        {Column::kLatitude, "latitude_deg"},
        {Column::kLongitude, "longitude_deg"}};
    for (const auto& [column, name] : kNeeded) {
      if (std::find(m_columns.begin(), m_columns.end(), column) == m_columns.end()) {
        return unknown("no column for " + std::string(name));
      }
    }
    return {};
  }
  static base::Status unknown(std::string message) {
    return base::fail(Code::kMissing, std::move(message), "line 1",
                      "name it with --map OURS=THEIRS, e.g. --map time_utc=reported_at");
  }

  ReadOptions m_options;  // the mapping is bound to the heading
  RowValues m_values;
  Place m_place;
  base::Status m_problem;
  std::vector<std::optional<Column>> m_columns;
  std::string m_rest;
  // How far the record at the beginning of m_rest was looked at:
  std::size_t m_scanned{0};
  Quotes m_quotes;
};

}  // namespace

std::unique_ptr<Reader> make_csv_reader(const ReadOptions& options, const Place& from) {
  return std::make_unique<CsvReader>(options, from);
}

}  // namespace jinglue::picture::exchange
