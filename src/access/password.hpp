// SPDX-License-Identifier: Apache-2.0
// Passwords: argon2id hashes (libsodium) and what a password must be. At most a few are worked on
// at once, so that a flood of sign-ins takes neither all memory nor all cores.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>

#include "access/access.hpp"

namespace jinglue::access {

/// kMalformed with what is wrong with it; never with the password.
base::Status check_password(std::string_view password, std::string_view name);

class Passwords {
 public:
  explicit Passwords(PasswordCost cost);

  std::string hash(std::string_view password);
  /// Takes the same time whether `hash` is empty (no such user) or not.
  bool matches(std::string_view password, const std::string& hash);
  /// Made with another cost than this one's.
  bool outdated(const std::string& hash) const;
  /// True when so many wait already that another sign-in should be refused.
  bool crowded() const;

 private:
  class Turn;
  PasswordCost m_cost;
  std::string m_nobody;  ///< hash that nothing matches
  mutable std::mutex m_mutex;
  std::condition_variable m_free;
  int m_working{0}, m_waiting{0};
};

}  // namespace jinglue::access
