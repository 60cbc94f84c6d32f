// SPDX-License-Identifier: Apache-2.0
#include "access/password.hpp"

#include <sodium.h>
#include <algorithm>
#include <array>
#include <set>

#include "base/ids.hpp"

namespace jinglue::access {

namespace {

constexpr std::ptrdiff_t kLeastCharacters = 10;
constexpr std::size_t kMostBytes = 1024;
constexpr std::size_t kLeastDifferent = 4;
constexpr int kMostWorking = 2;
constexpr int kMostWaiting = 32;

std::ptrdiff_t characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

}  // namespace

base::Status check_password(std::string_view password, std::string_view name) {
  const auto refuse = [](std::string why) {
    return base::fail(base::Code::kMalformed, std::move(why), "password",
                      "take a sentence of several words that only you know");
  };
  if (characters(password) < kLeastCharacters) {
    return refuse("a password has at least 10 characters");
  }
  if (password.size() > kMostBytes) return refuse("a password has at most 1024 bytes");
  if (std::set<char>(password.begin(), password.end()).size() < kLeastDifferent) {
    return refuse("a password has at least 4 different characters");
  }
  if (password == name) return refuse("a password is not the sign-in name");
  return {};
}

/// Waits for one of the few places.
class Passwords::Turn {
 public:
  explicit Turn(Passwords& of) : m_of(of) {
    std::unique_lock lock(m_of.m_mutex);
    ++m_of.m_waiting;
    m_of.m_free.wait(lock, [&] { return m_of.m_working < kMostWorking; });
    --m_of.m_waiting;
    ++m_of.m_working;
  }
  ~Turn() {
    const std::lock_guard lock(m_of.m_mutex);
    --m_of.m_working;
    m_of.m_free.notify_one();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  Passwords& m_of;
};

Passwords::Passwords(PasswordCost cost) : m_cost(cost) {
  if (sodium_init() < 0) throw base::WorldError("no source of random numbers", "libsodium");
  m_nobody = hash(base::random_token(32));
}

std::string Passwords::hash(std::string_view password) {
  const Turn turn(*this);
  std::array<char, crypto_pwhash_STRBYTES> out{};
  const int code =
      crypto_pwhash_str_alg(out.data(), password.data(), password.size(), m_cost.passes,
                            m_cost.memory_bytes, crypto_pwhash_ALG_ARGON2ID13);
  if (code != 0) {
    throw base::WorldError("cannot hash a password", "not enough memory",
                           "free memory on this machine; one hash needs 64 MiB");
  }
  return out.data();
}

bool Passwords::matches(std::string_view password, const std::string& hash) {
  const Turn turn(*this);
  const std::string& against = hash.empty() ? m_nobody : hash;
  const bool same =
      crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
  return same && !hash.empty();
}

bool Passwords::outdated(const std::string& hash) const {
  return crypto_pwhash_str_needs_rehash(hash.c_str(), m_cost.passes, m_cost.memory_bytes) != 0;
}

bool Passwords::crowded() const {
  const std::lock_guard lock(m_mutex);
  return m_waiting >= kMostWaiting;
}

}  // namespace jinglue::access
