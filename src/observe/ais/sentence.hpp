// SPDX-License-Identifier: Apache-2.0
// Sentence: the fields of one "!AIVDM,..." (IEC 61162-1, VDM and VDO) as views into the line, and
// Wrapper: what stands around it in real feeds: NMEA 4.10 tag blocks, an epoch before the sentence,
// the suffix of the US Coast Guard (",s35971,r993689981,1163612855"), and the $PGHP line that
// GateHouse servers send before a sentence. No allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/instant.hpp"
#include "observe/ais/decoder.hpp"

namespace jinglue::observe::ais {

struct Sentence {
  std::string_view talker;  ///< "AI", "BS", ...
  bool own_ship{false};     ///< VDO
  std::uint8_t count{1};    ///< 1..9 parts
  std::uint8_t number{1};   ///< 1..count
  char sequence{'\0'};      ///< '0'..'9', '\0' when empty
  char channel{'\0'};       ///< 'A', 'B', '1', ..., '\0' when empty
  std::string_view payload;
  std::uint8_t fill_bits{0};
  std::uint8_t checksum{0};
  std::string_view after;  ///< what follows the checksum on the line
};

/// Tag block g: "sentence 1 of 2 of group 1234".
struct Group {
  std::uint8_t number{0};
  std::uint8_t count{0};
  std::uint64_t id{0};
  friend bool operator==(const Group&, const Group&) = default;
};

struct Wrapper {
  std::optional<base::Instant> time;
  std::string_view source;
  std::string_view text;                   ///< tag block t:
  std::optional<std::int16_t> signal_dbm;  ///< Coast Guard suffix d: as its station measured it
  std::optional<Group> group;
  std::optional<std::uint32_t> line_number;  ///< tag block n:
  bool bad_tag{false};  ///< a tag block that is cut, has a wrong checksum or an impossible value
};

/// Where the next "!xxVDM," or "!xxVDO," begins at or after `from`; npos when there is none.
std::size_t find_sentence(std::string_view line, std::size_t from);

/// `text` begins at the '!' that find_sentence() gave.
Cause read_sentence(std::string_view text, Sentence& out);

/// The same for the form that nearly all sentences have: `text` is the sentence and nothing else,
/// its star is the third character from the end. False for any other form and for any fault, which
/// the slower functions then name; true means what they would say. The alphabet of the payload is
/// left to Octets::fill.
bool read_plain_sentence(std::string_view text, Sentence& out);

/// The tag block that nearly all have, "\s:NAME,c:SECONDS*hh\" (or c: first), and nothing else.
/// False for any other and for any fault, which read_wrapper() then reads; true means what it would
/// say.
bool read_plain_tag(std::string_view before, base::Instant& time, std::string_view& source);

/// What the line says before and after its sentence.
Wrapper read_wrapper(std::string_view before, std::string_view after);

/// "$PGHP,1,2010,6,11,11,46,11,390,231,45,992190934,1,2B*5B": the time of the sentence that follows
/// and that sentence's checksum.
struct Pghp {
  base::Instant time;
  std::uint8_t next_checksum{0};
};
std::optional<Pghp> read_pghp(std::string_view line);

/// Seconds, milliseconds, microseconds or nanoseconds since 1970 by their size; absent outside the
/// years 1990 to 2099, in which a station's clock has not been set.
std::optional<base::Instant> read_epoch(std::string_view digits);

}  // namespace jinglue::observe::ais
