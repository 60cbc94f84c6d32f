// SPDX-License-Identifier: Apache-2.0
// VesselMessage: what a station said in words or in data: a BeiDou short message (text, GBK on the
// air, UTF-8 here), a safety related text of AIS (ITU-R M.1371 types 12 and 14), or a binary
// message of AIS with an application identifier (types 6, 8, 25, 26), kept whole as it came, so
// that a table that is added later still reads it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "model/terminal.hpp"

namespace jinglue::model {

enum class MessageKind : std::uint8_t { kBeidou = 1, kSafety = 2, kApplication = 3 };
std::string_view to_key(MessageKind kind);  // beidou, safety, application
std::optional<MessageKind> message_kind_from(std::string_view key);

struct VesselMessage {
  MessageKind kind{MessageKind::kBeidou};
  TerminalId from;
  std::optional<TerminalId> to;  ///< of an addressed one
  base::Instant time;            ///< event time
  base::Instant arrival;
  std::uint64_t offset{0};  ///< journal offset of the line that completed it
  std::uint32_t part{0};    ///< a line may hold several: 0, 1, 2 ...
  std::string text;
  bool sos{false};  ///< an alarm of distress, perhaps without words
  // Of kApplication:
  std::uint8_t type{0};  ///< 6, 8, 25, 26
  std::uint16_t dac{0};  ///< designated area code
  std::uint8_t fi{0};    ///< function identifier
  std::string octets;    ///< the whole message; bits beyond `bits` are zero
  std::uint16_t bits{0};

  friend bool operator==(const VesselMessage&, const VesselMessage&) = default;
};

}  // namespace jinglue::model
