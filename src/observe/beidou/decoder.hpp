// SPDX-License-Identifier: Apache-2.0
// Decoder of BeiDou receivers' sentences, one sentence in, one Message out. In: TXR (short message,
// BeiDou 2.1), TCI (short message, BeiDou 3), WAA (report of position); FKI and ICI are the card's
// answers (outbox.hpp). Any talker. The card number is the terminal's. No clock, no I/O, no state.
// Fields, forms and what is not verified: docs/format/beidou.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "model/fix.hpp"
#include "observe/beidou/content.hpp"
#include "observe/beidou/layout.hpp"
#include "observe/nmea/sentence.hpp"

namespace jinglue::observe::beidou {

/// Why a sentence gave nothing. Each is counted under exactly one, kNone for a message.
enum class Cause : std::uint8_t {
  kNone = 0,
  kForm,     ///< fields are missing or impossible
  kCard,     ///< the sender's number is none
  kContent,  ///< no layout describes the octets, and they are no text
  kText,     ///< a text that is no GBK
  kValue,    ///< a place or time that cannot be, and nothing else to use
  kAnswer,   ///< FKI, ICI: the card answers, no vessel speaks
  kCount,
};
std::string_view to_key(Cause cause);

struct Message {
  std::uint64_t card{0};
  std::string_view layout;  ///< id; empty for WAA and plain texts. Points into the Layouts
  Content content;
};

inline constexpr std::string_view kFormatters[] = {"TXR", "TCI", "WAA", "FKI", "ICI"};

/// `now`: the stated time of the line, else its arrival; gives the day of times that have none.
Cause read_sentence(const nmea::Sentence& sentence, const Layouts& layouts, base::Instant now,
                    Gbk& gbk, Message& out);

/// Absent when the message has no place. Event time: the content's (with its date: stated; by the
/// day's clock: derived), else the stated time of the line, else the arrival.
std::optional<model::Fix> to_fix(const Message& message, std::optional<base::Instant> stated,
                                 base::Instant arrival, std::uint64_t offset);

/// What the octets of a content are called on the line, back to octets: "A4B4AC" of a mixed
/// message, "4A01" of a code. Absent when they are no pairs of hexadecimal digits.
std::optional<std::string> read_hex(std::string_view digits);
std::string to_hex_digits(std::string_view octets);

}  // namespace jinglue::observe::beidou
