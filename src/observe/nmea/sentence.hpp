// SPDX-License-Identifier: Apache-2.0
// Sentence: "$ttfff,field,field...*hh" on a line (IEC 61162-1: talker, formatter, fields, checksum)
// with whatever stands around it, as views into the line; and the values that its fields hold. The
// checksum must be there and right. Fields may hold octets above 127 (BeiDou carries GBK text), and
// a text may hold '*' and ',': the sentence ends at the first '*hh' whose checksum fits.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/instant.hpp"

namespace jinglue::observe::nmea {

struct Sentence {
  std::string_view talker;     ///< two characters
  std::string_view formatter;  ///< three characters
  std::string_view fields;     ///< behind the formatter's comma, before the '*'
  std::string_view before;     ///< what stands before the '$'
  std::string_view after;      ///< what follows the checksum
};

enum class Check : std::uint8_t {
  kSound = 0,
  kNone,        ///< there is none of these sentences on the line
  kChecksum,    ///< wrong
  kNoChecksum,  ///< absent or cut
};

/// The first sentence at or after `from` with one of these formatters.
Check find(std::string_view line, std::size_t from, std::span<const std::string_view> formatters,
           Sentence& out);

/// Takes the text up to the next comma off the front of `fields`.
std::string_view take_field(std::string_view& fields);

/// "$" + between + "*hh".
std::string framed(const std::string& between);

/// A whole decimal number without sign.
std::optional<std::uint64_t> read_number(std::string_view digits);
/// "123.45" to 12345 with `decimals` 2: digits with at most one point, further decimals rounded
/// half up. Absent for anything else, and above 2^52.
std::optional<std::int64_t> read_decimal(std::string_view text, int decimals);
/// "3730.12340", "N" to units of geo::Position; `degree_digits` is 2 for latitudes, 3 for
/// longitudes. Absent when a part is missing or out of range.
std::optional<std::int32_t> read_angle(std::string_view text, std::string_view side,
                                       int degree_digits);
/// "012345.00" to milliseconds of the day. A leap second counts as the second before.
std::optional<std::int64_t> read_time_of_day(std::string_view text);
/// The instant with that time of day that lies nearest to `now`.
base::Instant nearest(base::Instant now, std::int64_t of_day_ms);
/// Absent for what is no day of 1990 to 2099 or no time of a day. All UTC.
struct Clock {
  int year{0}, month{0}, day{0}, hour{0}, minute{0}, second{0};
};
std::optional<base::Instant> to_instant(const Clock& clock);

}  // namespace jinglue::observe::nmea
