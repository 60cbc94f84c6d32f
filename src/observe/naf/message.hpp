// SPDX-License-Identifier: Apache-2.0
// Message: one NAF message of a vessel monitoring system, "//SR//AD/CHN//TM/POS//...//ER//" (North
// Atlantic Format, naf-format.org; NEAFC Scheme annex IX, NAFO CEM annex II.D). Read as real
// senders write it: DA as yyyymmdd or yymmdd, LT/LG in degrees or LA/LO in degrees and minutes,
// empty values, a tail of "//ER" without its slashes. Times are UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "geo/point.hpp"
#include "model/fix.hpp"

namespace jinglue::observe::naf {

/// Of SP. The standard has tenths of a knot; some senders write knots. A value with a decimal point
/// is always knots.
enum class SpeedUnit : std::uint8_t { kTenths = 0, kKnots };

enum class Cause : std::uint8_t {
  kNone = 0,
  kForm,        ///< no //SR//, no //ER, or no codes between
  kCut,         ///< ends within a value
  kMissing,     ///< TM, RC, DA or TI is missing or empty
  kValue,       ///< a date, time, place or call sign that cannot be
  kNoPosition,  ///< a sound message of a kind that has no place (notification, catch)
  kAnswer,      ///< TM/RET: the other side answers a message of ours
  kCount,
};
std::string_view to_key(Cause cause);

struct Message {
  std::string type;             ///< TM: POS, ENT, EXI, MAN, RET ...
  std::string from, to;         ///< FR, AD
  std::string sequence;         ///< SQ
  std::string record;           ///< RN
  std::string call_sign, name;  ///< RC, NA
  std::string side_number;      ///< XR
  std::string internal_number;  ///< IR
  std::string flag;             ///< FS: ISO 3166 alpha-3
  std::string status;           ///< RS of an answer: ACK or NAK
  std::string error;            ///< RE of an answer
  std::optional<base::Instant> time;
  std::optional<geo::Position> position;
  std::optional<std::uint16_t> sog_ckn, cog_cdeg;
};

/// The message that begins at the first "//SR" of `text`; `rest` is what follows it. On a fault
/// `out` holds what was read, so that it can be answered.
Cause read_message(std::string_view text, SpeedUnit unit, Message& out, std::string_view& rest);

struct Report {
  std::optional<model::Fix> fix;
  std::optional<model::StaticReport> stated;
};
/// Track: the call sign (model/call_sign.hpp).
Report to_report(const Message& message, base::Instant arrival, std::uint64_t offset);

/// The answer to a message: "//SR//AD/NOR//FR/CHN//TM/RET//RS/ACK//RN/12//RD/...//RT/...//ER//", or
/// RS/NAK with RE, the return error number: 101 unreadable, 102 value out of range, 104 mandatory
/// data missing. Empty for an answer: answers are not answered.
std::string answer(const Message& message, Cause cause, std::string_view own_address,
                   base::Instant now);

/// A position as a message, for exercises and tests.
std::string to_text(const Message& message);

}  // namespace jinglue::observe::naf
