// SPDX-License-Identifier: Apache-2.0
// Outbox: messages to boats through one BeiDou card, at the pace that the card allows. It asks the
// card ($CCICA) for its service interval and gives out nothing before the answer ($BDICI); then one
// $CCTXA an interval, oldest first. What the card refuses ($BDFKI,TXA,N) is tried again after the
// interval. No clock and no port: the caller gives times and the sentences that came, and writes
// what next() returns. Interval and interval fields: docs/format/beidou.md.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "observe/beidou/gbk.hpp"
#include "observe/nmea/sentence.hpp"

namespace jinglue::observe::beidou {

class Outbox {
 public:
  struct Options {
    /// Of a civil card of level 3, 628 bits; ask the operator for yours.
    std::size_t longest_octets{78};
    std::size_t most_waiting{1000};
    int tries{3};
    base::Duration ask_again{10'000};  ///< the card, while it does not say its interval
  };
  struct Counts {
    std::uint64_t sent{0};     ///< taken by the card, or not refused within the interval
    std::uint64_t refused{0};  ///< by the card; tried again
    std::uint64_t given_up{0};
  };

  Outbox() : Outbox(Options{}) {}
  explicit Outbox(Options options) : m_options(options) {}

  /// kOutOfRange for a number that is no card, kMalformed for text without a form in GBK, kTooLarge
  /// for one that the card cannot send, kTooMany when the queue is full.
  base::Status push(std::uint64_t receiver, const std::string& text);
  /// FKI and ICI sentences; others are ignored.
  void take(const nmea::Sentence& sentence);
  /// The sentence to write now, if any; once each.
  std::optional<std::string> next(base::Instant now);

  std::optional<base::Duration> interval() const { return m_interval; }
  std::uint64_t card() const { return m_card; }  ///< 0 until it has answered
  std::size_t waiting() const { return m_waiting.size() + (m_flying ? 1 : 0); }
  const Counts& counts() const { return m_counts; }

 private:
  struct Message {
    std::uint64_t receiver{0};
    std::string octets;
    int tried{0};
  };
  void land();

  Options m_options;
  Gbk m_gbk;
  std::optional<base::Duration> m_interval;
  std::uint64_t m_card{0};
  std::deque<Message> m_waiting;
  std::optional<Message> m_flying;  ///< given out; the card has not refused it
  std::optional<base::Instant> m_last;
  std::optional<base::Instant> m_asked;
  Counts m_counts;
};

}  // namespace jinglue::observe::beidou
