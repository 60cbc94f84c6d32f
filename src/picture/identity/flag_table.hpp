// SPDX-License-Identifier: Apache-2.0
// FlagTable: the flag in an MMSI, from the dated table data/mid.csv (ITU table of MIDs, columns
// from, to, flag, confidence; its head names the sources). MMSI forms: ITU-R M.585. A number whose
// MID is not listed has no flag here; that says nothing against the vessel.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/terminal.hpp"

namespace jinglue::picture {

/// The MID of a ship, coast station, group, aid to navigation, daughter craft or aircraft; 0 when
/// the number has none (beacons, irregular numbers).
unsigned mid_of_mmsi(std::uint64_t mmsi);

class FlagTable {
 public:
  /// Error with file and line on a bad row, ranges that overlap or are not ascending.
  static base::Result<FlagTable> parse(std::string_view csv, const std::string& name);
  static base::Result<FlagTable> read(const std::filesystem::path& file);

  /// ISO 3166 alpha-2; empty when not known or not an MMSI.
  std::string_view flag_of_mmsi(model::TerminalId terminal) const;
  std::size_t size() const { return m_rows.size(); }

 private:
  struct Row {
    unsigned from, to;
    std::string flag;
  };
  std::vector<Row> m_rows;  ///< ascending, disjoint
};

}  // namespace jinglue::picture
