// SPDX-License-Identifier: Apache-2.0
// HeardBy: of the last positions of each terminal, which stations heard them, when, how strongly.
// Three messages are kept, because copies still come when the next message has been heard; eight
// receptions of each, the others are counted. Stations are numbers; Coverage knows their names.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"
#include "base/instant.hpp"
#include "geo/point.hpp"
#include "model/terminal.hpp"

namespace jinglue::picture {

struct ReceptionBy {
  std::uint16_t station{0};
  std::int16_t signal_dbm{INT16_MIN};  ///< INT16_MIN: its line carried none
  base::Instant at;                    ///< the station's stamp, else the arrival
};

struct HeardMessage {
  std::uint16_t segment{0};
  base::Instant time;  ///< of the message
  base::Instant arrival;
  geo::Position position;
  std::uint32_t count{0};  ///< of receptions, those that are not kept too
  std::vector<ReceptionBy> receptions;
};

class HeardBy {
 public:
  static constexpr std::size_t kMessages = 3;
  static constexpr std::size_t kReceptions = 8;

  /// A message, heard for the first time.
  void first(model::TerminalId from, HeardMessage message);
  /// A copy of one of the messages kept. False when that one is not kept (any more).
  bool copy(model::TerminalId from, base::Instant time, const ReceptionBy& by);
  /// Newest first; empty when nothing is kept.
  const std::vector<HeardMessage>* find(model::TerminalId from) const;
  void forget_before(base::Instant oldest);
  std::size_t size() const { return m_messages.size(); }

  void save(base::ByteWriter& out) const;
  /// False when a station is not below `stations`.
  bool load(base::ByteReader& in, std::size_t stations);

 private:
  std::unordered_map<model::TerminalId, std::vector<HeardMessage>> m_messages;
};

}  // namespace jinglue::picture
