// SPDX-License-Identifier: Apache-2.0
// The text of a position's values, made and read with integers: reading gives back what was
// written. The names of the columns and members are those of docs/format/exchange.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "model/fix.hpp"

namespace jinglue::picture::exchange {

inline constexpr std::array<std::string_view, 10> kColumns = {
    "track",      "time_utc",    "latitude_deg", "longitude_deg", "speed_kn",
    "course_deg", "heading_deg", "nav_status",   "source",        "time_quality"};

/// Units of 1/6,000,000 degree as degrees with seven decimals; without zeros at the end.
void append_degrees(std::string& out, std::int32_t units);
/// 1234 is "12.34", 1200 is "12".
void append_hundredths(std::string& out, std::uint32_t value);

std::optional<model::FixSource> source_from(std::string_view key);
std::optional<model::TimeQuality> quality_from(std::string_view key);

/// XML 1.0: & < > " as entities, characters that XML does not have left out.
void append_xml(std::string& out, std::string_view text);

/// Collects bytes and gives them to a sink in pieces of about 64 KiB.
template <class Sink>
class Buffered {
 public:
  explicit Buffered(Sink sink) : m_sink(std::move(sink)) {}
  std::string& text() { return m_text; }
  /// After each row.
  void offer() {
    if (m_text.size() >= kPiece) flush();
  }
  void flush() {
    if (!m_text.empty()) m_sink(std::string_view(m_text));
    m_text.clear();
  }

 private:
  static constexpr std::size_t kPiece = 65'536;
  Sink m_sink;
  std::string m_text;
};

}  // namespace jinglue::picture::exchange
