// SPDX-License-Identifier: Apache-2.0
// FlagTable: the flag in an MMSI, from the dated table data/mid.csv (ITU table of MIDs, columns
// from, to, flag, confidence; its head names the sources). MMSI forms: ITU-R M.585. A number whose
// MID is not listed has no flag here; that says nothing against the vessel. Also what a vessel
// states (three letters in NAF) as the two letters used here, from data/country.csv (ISO 3166-1).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/terminal.hpp"

namespace jinglue::picture {

/// The MID of a ship, coast station, group, aid to navigation, daughter craft or aircraft; 0 when
/// the number has none (beacons, irregular numbers).
unsigned mid_of_mmsi(std::uint64_t mmsi);

/// Where the flag of a vessel was taken from, best first.
enum class FlagSource : std::uint8_t {
  kNone = 0,
  kRegister,  ///< of its record
  kStated,    ///< by one of its terminals
  kMmsi,      ///< of the country in its number
};
std::string_view to_key(FlagSource source);  // none, register, stated, mmsi

struct Flag {
  std::string code;  ///< ISO 3166 alpha-2; empty when not known
  FlagSource source{FlagSource::kNone};
  friend bool operator==(const Flag&, const Flag&) = default;
};

class FlagTable {
 public:
  /// Error with file and line on a bad row, ranges that overlap or are not ascending.
  static base::Result<FlagTable> parse(std::string_view csv, const std::string& name);
  static base::Result<FlagTable> read(const std::filesystem::path& file);

  /// ISO 3166 alpha-2; empty when not known or not an MMSI.
  std::string_view flag_of_mmsi(model::TerminalId terminal) const;
  /// Adds the country codes: columns alpha2, alpha3. Errors as above.
  base::Status add_countries(std::string_view csv, const std::string& name);
  base::Status read_countries(const std::filesystem::path& file);
  /// "CHN", "chn" or "CN" as "CN"; empty for what is no code.
  std::string_view code_of(std::string_view stated) const;
  /// The register's flag, else the stated one, else that of the number. Each may be empty.
  Flag flag_of(std::string_view registered, std::string_view stated,
               model::TerminalId terminal) const;
  std::size_t size() const { return m_rows.size(); }

 private:
  struct Row {
    unsigned from, to;
    std::string flag;
  };
  std::vector<Row> m_rows;                                      ///< ascending, disjoint
  std::map<std::string, std::string, std::less<>> m_countries;  ///< alpha-2 and -3 to alpha-2
};

}  // namespace jinglue::picture
