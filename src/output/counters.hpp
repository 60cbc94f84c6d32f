// SPDX-License-Identifier: Apache-2.0
// Counters of one destination, read from any thread. Every message that reaches the outputs while
// it is approved ends in exactly one of sent, filtered, dropped, or waits:
// seen = sent + filtered + dropped + waiting.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "base/json.hpp"

namespace jinglue::output {

/// Why the filter left a message out; the first that applies, in this order.
enum class Filtered : std::uint8_t {
  kHidden = 0,  ///< a sender that never goes out, or a message that names one
  kInput,
  kCopy,
  kWithheld,
  kType,
  kMmsi,
  kRegister,  ///< district or group
  kClass,
  kArea,  ///< outside, or nobody knows where the sender is
  kThinned,
  kCount
};
std::string_view to_key(Filtered cause);

/// Why a message that should have gone did not.
enum class Dropped : std::uint8_t {
  kQueueFull = 0,  ///< the oldest gave way to newer ones
  kNotConnected,
  kSendError,   ///< the system would not send it
  kSlowClient,  ///< no client of a tcp_server took it in time
  kStopped,     ///< it waited when the approval ended
  kRefused,     ///< a BeiDou card would not send it
  kCount
};
std::string_view to_key(Dropped cause);

struct Counters {
  std::atomic<std::uint64_t> seen{0}, sent{0}, bytes{0};
  std::array<std::atomic<std::uint64_t>, std::size_t(Filtered::kCount)> filtered{};
  std::array<std::atomic<std::uint64_t>, std::size_t(Dropped::kCount)> dropped{};
  std::atomic<std::uint64_t> connects{0}, disconnects{0};
  /// Of a tcp_server: messages that one client was too slow for, once per client, also when others
  /// got them. Beside the account of messages.
  std::atomic<std::uint64_t> client_losses{0};
  std::atomic<std::int64_t> last_sent_ms{0};  ///< wall clock; 0 = never

  void filter(Filtered cause) { ++filtered[std::size_t(cause)]; }
  void drop(Dropped cause, std::uint64_t count = 1) { dropped[std::size_t(cause)] += count; }
  std::uint64_t dropped_total() const;
  std::uint64_t filtered_total() const;

  /// {seen, sent, bytes, connects, disconnects, client_losses, filtered{}, dropped{}, last_sent?};
  /// causes that did not occur are left out.
  base::Json to_json() const;
  /// Adds what to_json() of an earlier run said.
  void restore(const base::Json& json);
};

}  // namespace jinglue::output
