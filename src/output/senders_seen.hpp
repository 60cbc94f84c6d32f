// SPDX-License-Identifier: Apache-2.0
// SendersSeen: where each AIS sender was last, and of which class it is, so that a filter can
// judge messages that do not say it themselves (names, binary data, texts). Owned by one thread.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "observe/ais/message.hpp"
#include "output/heard.hpp"

namespace jinglue::output {

class SendersSeen {
 public:
  /// A place older than this tells nothing: ships at anchor report every three minutes, long-range
  /// messages come every three minutes too.
  static constexpr base::Duration kPlaceHolds{1'800'000};
  static constexpr std::size_t kMost = 200'000;

  /// Takes what the message says into account and fills place, position, class and distress.
  /// `payload` is a hash of its bits: a copy of a position that is withheld is withheld too.
  void judge(const observe::ais::Message& message, std::size_t payload, Subject& subject);
  std::size_t size() const { return m_senders.size(); }

 private:
  struct Sender {
    geo::LatLon place;
    base::Instant placed{base::kDistantPast};
    base::Instant heard;
    std::size_t withheld{0};  ///< payload of the last position that was
    bool class_a{false};
  };
  void forget_old(base::Instant now);

  std::unordered_map<std::uint32_t, Sender> m_senders;
};

}  // namespace jinglue::output
