// SPDX-License-Identifier: Apache-2.0
// BoatMessages: short messages to boats by BeiDou, in records.db: who wrote what to which terminal,
// until when it is of use, and what became of it. A destination of kind beidou_card takes them one
// at a time at its card's pace (beidou_card_sender.cpp); without an approved one none is accepted,
// and in a drill none is sent. Writing and each outcome are audit lines of the same transaction.
// Time is the wall clock, as for destinations.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.hpp"
#include "base/instant.hpp"
#include "base/result.hpp"
#include "model/terminal.hpp"

namespace jinglue::store {
class Database;
}

namespace jinglue::output {

enum class BoatState : std::uint8_t {
  kWaiting = 0,  ///< for a card
  kGiven,        ///< to the card, whose answer is not known (yet)
  kSent,         ///< the card took it, or did not refuse it within its interval
  kRefused,      ///< by the card, each time; or the card cannot send it
  kExpired,      ///< no card had taken it when its time was over
  kDrill,        ///< of a drill: never sent
};
std::string_view to_key(BoatState state);

struct BoatMessage {
  std::int64_t id{0};
  model::TerminalId to;  ///< a BeiDou card
  std::string text;
  std::string by;
  base::Instant at;     ///< when it was written
  base::Instant until;  ///< exclusive: it is not given to a card later
  BoatState state{BoatState::kWaiting};
  base::Instant changed;  ///< of the state
  std::string output;     ///< the destination whose card it was given to
};

class BoatMessages {
 public:
  static constexpr std::size_t kMostOctets = 78;  ///< in GBK: a civil card of level 3, 628 bits
  static constexpr std::size_t kMostWaiting = 500;
  static constexpr base::Duration kLongest{std::chrono::hours(24)};

  /// `cards`: whether a destination of kind beidou_card is approved now.
  BoatMessages(store::Database& records, access::Access& access, std::function<bool()> cards,
               bool drill);

  struct Draft {
    model::TerminalId to;
    std::string text;
    base::Duration valid_for{std::chrono::hours(1)};
  };
  /// kForbidden, kMalformed (no card, text without a form in GBK), kTooLarge (octets), kOutOfRange
  /// (time), kConflict (no card is approved), kTooMany.
  base::Result<BoatMessage> write(const Draft& draft, const access::Actor& by, base::Instant now);

  /// The oldest that waits and is still of use becomes given to the card of `output`.
  std::optional<BoatMessage> next(const std::string& output, base::Instant now);
  /// Of a given one. Back to waiting when it never reached the card.
  void became(std::int64_t id, BoatState state, base::Instant now);
  /// Those whose time is over; how many.
  std::size_t expire(base::Instant now);

  /// Newest first; to one of `terminals`, all when it is empty. Behind `before` (id) when it is not
  /// zero.
  std::vector<BoatMessage> list(const std::vector<model::TerminalId>& terminals,
                                std::int64_t before, std::size_t limit) const;
  std::size_t waiting() const;

  /// Called after each committed change, in the thread that made it.
  void on_change(std::function<void()> told) { m_told = std::move(told); }

 private:
  void settle(std::int64_t id, BoatState state, std::string_view act, base::Instant now);

  store::Database& m_records;
  access::Access& m_access;
  std::function<bool()> m_cards;
  const bool m_drill;
  std::function<void()> m_told;
};

}  // namespace jinglue::output
