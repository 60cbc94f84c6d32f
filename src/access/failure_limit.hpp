// SPDX-License-Identifier: Apache-2.0
// FailureLimit: counts failed sign-ins per key (an address or a name) in a sliding window, in
// memory. An attempt is counted before its password is looked at, so that many at once gain
// nothing, and taken back when it succeeds.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "base/instant.hpp"

namespace jinglue::access {

class FailureLimit {
 public:
  FailureLimit(std::size_t most, base::Duration window) : m_most(most), m_window(window) {}

  /// False when `key` has used up its attempts; then nothing is counted.
  bool begin(const std::string& key, base::Instant now);
  void succeeded(const std::string& key, base::Instant began);
  void forget(const std::string& key);

 private:
  void drop_old(base::Instant now);

  const std::size_t m_most;
  const base::Duration m_window;
  std::mutex m_mutex;
  std::map<std::string, std::deque<base::Instant>> m_attempts;
};

}  // namespace jinglue::access
