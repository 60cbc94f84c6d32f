// SPDX-License-Identifier: Apache-2.0
#include "observe/gnss/position.hpp"

#include <array>

#include "base/keys.hpp"

namespace jinglue::observe::gnss {
namespace {

using nmea::take_field;
using std::string_view;

constexpr std::array<string_view, std::size_t(Cause::kCount)> kKeys = {"none", "form", "no_fix"};
constexpr std::int64_t kDay_ms = 86'400'000;

/// "280224", a day of 2000 to 2089, or of the nineties.
std::optional<base::Instant> read_date(string_view text) {
  const auto number = text.size() == 6 ? nmea::read_number(text) : std::nullopt;
  if (!number) return std::nullopt;
  nmea::Clock clock;
  clock.day = static_cast<int>(*number / 10'000);
  clock.month = static_cast<int>(*number / 100 % 100);
  clock.year = static_cast<int>(*number % 100);
  clock.year += clock.year < 90 ? 2000 : 1900;
  return nmea::to_instant(clock);
}

/// Takes four fields: latitude, side, longitude, side.
bool take_place(string_view& fields, geo::Position& out) {
  const auto lat_text = take_field(fields);
  const auto lat = nmea::read_angle(lat_text, take_field(fields), 2);
  const auto lon_text = take_field(fields);
  const auto lon = nmea::read_angle(lon_text, take_field(fields), 3);
  if (!lat || !lon) return false;
  out = {*lat, *lon};
  return true;
}

Cause read_rmc(string_view fields, Position& out) {
  const auto of_day = nmea::read_time_of_day(take_field(fields));
  const auto status = take_field(fields);
  if (status == "V") return Cause::kNoFix;
  const bool placed = take_place(fields, out.at);
  const auto speed = nmea::read_decimal(take_field(fields), 2);
  const auto course = nmea::read_decimal(take_field(fields), 2);
  const auto date = read_date(take_field(fields));
  if (status != "A" || !placed || !of_day || !date) return Cause::kForm;
  out.time = *date + base::Duration(*of_day);
  out.whole_time = true;
  if (speed && *speed <= UINT16_MAX) out.sog_ckn = static_cast<std::uint16_t>(*speed);
  if (course && *course <= 36'000) out.cog_cdeg = static_cast<std::uint16_t>(*course % 36'000);
  return Cause::kNone;
}

Cause read_gga(string_view fields, base::Instant now, Position& out) {
  const auto of_day = nmea::read_time_of_day(take_field(fields));
  geo::Position at;
  const bool placed = take_place(fields, at);
  const auto quality = take_field(fields);
  if (quality == "0" || quality == "8") return Cause::kNoFix;
  const bool known = quality.size() == 1 && quality[0] >= '1' && quality[0] <= '7';
  if (!placed || !of_day || !known) return Cause::kForm;
  out.at = at;
  out.time = nmea::nearest(now, *of_day % kDay_ms);
  return Cause::kNone;
}

}  // namespace

string_view to_key(Cause cause) {
  return base::key_of(kKeys, cause);
}

Cause read_sentence(const nmea::Sentence& sentence, base::Instant now, Position& out) {
  return sentence.formatter == "RMC" ? read_rmc(sentence.fields, out)
                                     : read_gga(sentence.fields, now, out);
}

}  // namespace jinglue::observe::gnss
