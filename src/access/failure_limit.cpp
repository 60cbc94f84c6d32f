// SPDX-License-Identifier: Apache-2.0
#include "access/failure_limit.hpp"

#include <algorithm>

namespace jinglue::access {

namespace {
constexpr std::size_t kMostKeys = 10'000;  // an attacker with many addresses must not fill memory
}

void FailureLimit::drop_old(base::Instant now) {
  for (auto it = m_attempts.begin(); it != m_attempts.end();) {
    auto& times = it->second;
    // A clock set back must not lock anyone out: times of the future are dropped as well.
    std::erase_if(times, [&](base::Instant t) { return t + m_window <= now || t > now; });
    it = times.empty() ? m_attempts.erase(it) : std::next(it);
  }
}

bool FailureLimit::begin(const std::string& key, base::Instant now) {
  const std::lock_guard lock(m_mutex);
  drop_old(now);
  if (m_attempts.size() >= kMostKeys && !m_attempts.contains(key)) return false;
  auto& times = m_attempts[key];
  if (times.size() >= m_most) return false;
  times.push_back(now);
  return true;
}

void FailureLimit::succeeded(const std::string& key, base::Instant began) {
  const std::lock_guard lock(m_mutex);
  const auto found = m_attempts.find(key);
  if (found == m_attempts.end()) return;
  auto& times = found->second;
  const auto mine = std::find(times.begin(), times.end(), began);
  if (mine != times.end()) times.erase(mine);
}

void FailureLimit::forget(const std::string& key) {
  const std::lock_guard lock(m_mutex);
  m_attempts.erase(key);
}

}  // namespace jinglue::access
