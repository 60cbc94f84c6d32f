// SPDX-License-Identifier: Apache-2.0
// Decoder: AIS sentences to values. One line in, at most one message out; parts of a message are
// kept until complete or timed out in feed time. Every reject is counted by cause; nothing stops
// the stream. No I/O and no clock. ITU-R M.1371-5, IEC 61162-1 (VDM, VDO), NMEA 4.10 tag blocks.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.hpp"
#include "base/instant.hpp"
#include "model/fix.hpp"
#include "observe/ais/message.hpp"

namespace jinglue::observe::ais {

/// Why a line gave no message. kPart and kNotAis are no faults.
enum class Cause : std::uint8_t {
  kNone = 0,
  kPart,
  kNotAis,
  kTooLong,
  kChecksum,
  kNoChecksum,
  kForm,
  kTagBlock,
  kPayload,
  kTooShort,
  kTypeUnknown,
  kPartLost,
  kPartTimeout,
  kValue,
  kCount,
};
std::string_view to_key(Cause cause);

struct Decoded {
  Cause cause{Cause::kNone};
  std::optional<Message> message;            ///< exact integers in AIS units
  std::optional<base::Instant> stated_time;  ///< tag block c:
  std::string_view source;                   ///< tag block s:, else the line's station
};

class Decoder {
 public:
  Decoder();
  ~Decoder();
  /// `input` names the feed (parts of different inputs never join), `now` is the arrival.
  Decoded decode(std::string_view line, std::string_view input, std::string_view station,
                 base::Instant now);
  const std::array<std::uint64_t, std::size_t(Cause::kCount)>& counts() const;
  void save(base::ByteWriter& out) const;  ///< open parts and counters
  bool load(base::ByteReader& in);

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

/// What a message says in the nouns of model/: a fix, a static report, or both (type 19, 21).
/// Event time: stated, else arrival corrected by the message's UTC second (derived), else arrival.
struct Report {
  std::optional<model::Fix> fix;
  std::optional<model::StaticReport> stated;
};
Report to_report(const Message& message, std::optional<base::Instant> stated_time,
                 base::Instant arrival, std::uint64_t offset);

}  // namespace jinglue::observe::ais
