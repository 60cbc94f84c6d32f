// SPDX-License-Identifier: Apache-2.0
// RowValues: the values of one row as texts, and the position that they say. Checks every range;
// the words for "not available" of ITU-R M.1371 (speed 102.3, course 360, heading 511) are absent
// values in files that do not say their source, which ours always do. An error says in `where`
// which value it was.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/fix.hpp"
#include "picture/exchange/reader.hpp"

namespace jinglue::picture::exchange {

enum class Column : std::uint8_t {
  kTrack,
  kTime,
  kLatitude,
  kLongitude,
  kSpeedKn,
  kCourse,
  kHeading,
  kStatus,
  kSource,
  kQuality,
  kSpeedMps,
  kSpeedKmh,
};
inline constexpr std::size_t kColumnCount = 12;

/// Our names, and those that are usual elsewhere (mmsi, BaseDateTime, LAT, SOG, 经度 ...).
std::optional<Column> column_from(std::string_view heading);

class RowValues {
 public:
  explicit RowValues(const ReadOptions& options) : m_options(options) {}
  void clear() { m_texts = {}; }
  void set(Column column, std::string_view text) { text_of(column) = text; }
  base::Result<model::Fix> fix() const;

 private:
  std::string& text_of(Column column) { return m_texts[static_cast<std::size_t>(column)]; }
  std::string_view text(Column column) const { return m_texts[static_cast<std::size_t>(column)]; }
  model::TerminalKind terminal_kind() const;
  base::Result<model::TrackId> track() const;
  base::Result<base::Instant> time() const;
  base::Status read_motion(model::Fix& fix) const;
  base::Status read_words(model::Fix& fix) const;

  const ReadOptions& m_options;
  std::array<std::string, kColumnCount> m_texts;
};

}  // namespace jinglue::picture::exchange
