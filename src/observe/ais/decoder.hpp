// SPDX-License-Identifier: Apache-2.0
// Decoder: AIS sentences to values. One line in, at most one message out; parts of a message are
// kept until complete or timed out in feed time. Every reject is counted by cause; nothing stops
// the stream. No I/O and no clock. ITU-R M.1371-5, IEC 61162-1 (VDM, VDO), NMEA 4.10 tag blocks.
// What is recovered from each kind of line, and what each cause means, is in docs/format/ais.md.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.hpp"
#include "base/instant.hpp"
#include "observe/ais/armour.hpp"
#include "observe/ais/message.hpp"

namespace jinglue::observe::ais {

/// Why a line gave no message. Every line is counted under exactly one of them, kNone for a
/// message. kPart and kNotAis are no faults. kTagBlock, kPartLost and kPartTimeout are counted
/// beside the line's own cause and are never a line's cause.
enum class Cause : std::uint8_t {
  kNone = 0,
  kPart,         ///< a part of a message that is not complete yet
  kNotAis,       ///< no VDM or VDO on the line
  kTooLong,      ///< a line over kMaxLine or parts that together exceed any message
  kChecksum,     ///< wrong
  kNoChecksum,   ///< absent or cut
  kForm,         ///< fields are missing, too many or impossible
  kTagBlock,     ///< a tag block that is damaged: the sentence counts, source and time do not
  kPayload,      ///< a character outside the armour alphabet
  kTooShort,     ///< fewer bits than the type needs
  kTypeUnknown,  ///< no type of ITU-R M.1371-5
  kPartLost,     ///< a message given up: its number was reused, or too many were open
  kPartTimeout,  ///< a message given up after kPartPatience
  kValue,        ///< an MMSI of ten digits, an unknown part of type 24
  kLength,       ///< strict only: bits that no message of the type has
  kCount,
};
std::string_view to_key(Cause cause);

class Applications;

struct Decoded {
  Cause cause{Cause::kNone};
  std::optional<Message> message;            ///< exact integers in AIS units
  std::optional<base::Instant> stated_time;  ///< tag block c:, else epoch beside it, else $PGHP
  /// Tag block s:, else the station of the suffix, else the line's station. Views into the
  /// arguments of decode() or into the decoder: valid until its next call.
  std::string_view source;
  /// The message as it came, for fields.hpp; valid until the next call. Empty without a message.
  BitReader bits{nullptr, 0};
  std::string_view tag_text;  ///< tag block t: of the line that completed the message
  std::string_view talker;    ///< "AI", "BS", ...; a view into the line
  char channel{'\0'};         ///< 'A', 'B', '1', ..., '\0' when the sentence names none
  bool own_ship{false};       ///< VDO: from the ship that carries the receiver
  std::uint8_t parts{1};      ///< sentences that the message came in
  /// Of a message in parts: which calls of decode(), counted from 1, brought them, in part order;
  /// valid until the next call. Empty for a message of one sentence.
  std::span<const std::uint64_t> calls;
  std::optional<std::int16_t> signal_dbm;  ///< of the line that completed it; suffix only
};

class Decoder {
 public:
  static constexpr std::size_t kMaxLine = 1024;
  static constexpr std::size_t kMaxOpen = 512;  ///< messages in parts; the oldest gives way
  /// How long a message waits for its next part, in feed time. An earlier part, which only the
  /// network can have delayed, must follow within few lines too: a station uses a sequence number
  /// again after ten messages, and what waits longer belongs to another one.
  static constexpr base::Duration kPartPatience{10'000};
  static constexpr base::Duration kDisorderPatience{2'000};
  static constexpr std::uint64_t kDisorderLines{32};

  /// Usual is for the picture. Lenient also reads messages of an MMSI of ten digits and unknown
  /// parts of type 24, which a log may hold and no vessel can be. Strict also refuses messages of a
  /// length that the standard does not know, and binary data that are too short or too long for
  /// what their tables say they are (kLength).
  enum class Rigour : std::uint8_t { kLenient, kUsual, kStrict };

  /// The tables, when there are some, must outlive the decoder.
  explicit Decoder(Rigour rigour = Rigour::kUsual, const Applications* tables = nullptr);
  ~Decoder();
  /// `input` names the feed (parts of different inputs never join), `now` is the arrival.
  Decoded decode(std::string_view line, std::string_view input, std::string_view station,
                 base::Instant now);
  /// The same into memory that is used again; what it held is forgotten.
  void decode(std::string_view line, std::string_view input, std::string_view station,
              base::Instant now, Decoded& out);
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
/// Parts of it, when the time is known. read_fix() fills a fresh Fix; false without a position.
struct EventTime {
  base::Instant time;
  model::TimeQuality quality{model::TimeQuality::kArrival};
};
bool read_fix(const Message& message, const EventTime& when, base::Instant arrival,
              std::uint64_t offset, model::Fix& out);
bool read_position(const Message& message, geo::Position& out);
std::optional<model::StaticReport> stated_of(const Message& message, base::Instant time,
                                             std::uint64_t offset);

}  // namespace jinglue::observe::ais
