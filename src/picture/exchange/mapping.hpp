// SPDX-License-Identifier: Apache-2.0
// Mapping: what the columns of other people's tables mean, as a TOML file (docs/format/mapping.md):
// headings by which a column is known, units, words and numbers for "not available", the order of
// dates, the zone of times. It turns the cells of a row into the texts that RowValues reads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/config.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "model/terminal.hpp"

namespace jinglue::picture::exchange {

enum class Column : std::uint8_t;

/// Of one of our columns.
struct MappedColumn {
  Column column{};
  std::string key;                    ///< its table in the file: "speed"
  std::vector<std::string> headings;  ///< the first that the file has is taken
  bool needed{false};
  double scale{1};                  ///< to our unit
  std::vector<std::string> absent;  ///< cells that hold no value
  /// Words of the file and ours; when there are some, others are refused.
  std::vector<std::pair<std::string, std::string>> values;
  std::vector<std::string> skip;  ///< words of rows that are no position and are passed over
};

/// How times are written.
struct TimeForm {
  /// "dd/mm/yyyy HH:MM:SS": yyyy, yy, mm, dd, HH, MM, SS, the rest as it stands; a fraction may
  /// follow. Empty: RFC 3339, seconds or milliseconds since 1970, or 2024-05-01 12:00:00.
  std::string form;
  std::string zone;                       ///< IANA; of times without an offset
  std::optional<int> year;                ///< of a form without one
  std::vector<std::string> milliseconds;  ///< headings of a column that is added
};

class Mapping {
 public:
  /// An Error names file, line and key.
  static base::Result<Mapping> read(const base::ConfigNode& document);
  /// A file, or the name of one of `folder` (NAME.toml). Throws WorldError with what there is.
  /// `year`: of times without one; 0 = that of the file.
  static Mapping open(const std::string& name, const std::filesystem::path& folder,
                      std::uint64_t year = 0);

  /// Chooses the columns of a heading; an Error names what is missing.
  base::Status bind(const std::vector<std::string>& headings);
  /// What the row says, by column: texts as RowValues reads them. Error kUnknown with where
  /// "skipped" for a row that is no position.
  base::Result<std::vector<std::pair<Column, std::string>>> texts(
      const std::vector<std::string>& cells) const;

  const std::string& name() const { return m_name; }
  const base::Words& title() const { return m_title; }
  model::TerminalKind terminal() const { return m_terminal; }
  bool wants_year() const;
  /// Of times without a form and an offset.
  const std::string& zone() const { return m_time.zone; }
  /// Of everything that changes the meaning of a file.
  std::string fingerprint() const;

 private:
  base::Result<std::string> time_text(std::string_view cell, std::string_view ms) const;
  base::Result<std::string> value_text(const MappedColumn& column, std::string_view cell) const;

  std::string m_name;
  base::Words m_title;
  model::TerminalKind m_terminal{model::TerminalKind::kMmsi};
  TimeForm m_time;
  std::vector<MappedColumn> m_columns;
  std::vector<std::optional<std::size_t>> m_bound;  ///< place in the row, by m_columns
  std::optional<std::size_t> m_bound_ms;
};

}  // namespace jinglue::picture::exchange
