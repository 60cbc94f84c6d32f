// SPDX-License-Identifier: Apache-2.0
// Sign-in and sessions. A token is given out once and stored as its SHA-256 only. Whatever is wrong
// with a name or a password, the answer and its time are the same.
#include <fmt/format.h>

#include "access/access_impl.hpp"
#include "base/hash.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"

namespace jinglue::access {

namespace {

using base::Code;

constexpr base::Duration kIdle = std::chrono::hours(12);
constexpr base::Duration kAbsolute = std::chrono::hours(24);
constexpr base::Duration kSeenStep = std::chrono::minutes(5);  // how exactly last use is kept
constexpr std::size_t kTokenOctets = 32;
constexpr std::size_t kMostNameBytes = 64;

/// Not stored: derived from the token, which only the browser holds.
std::string csrf_of(std::string_view token) {
  return base::sha256_hex(fmt::format("csrf of {}", token)).substr(0, 32);
}

base::Instant end_of(base::Instant created, base::Instant seen) {
  return std::min(created + kAbsolute, seen + kIdle);
}

tl::unexpected<base::Error> refused() {
  return base::fail(Code::kUnauthorised, "the name or the password is wrong", {},
                    "try again, or ask an administrator for a new password");
}

tl::unexpected<base::Error> too_many() {
  return base::fail(Code::kTooMany, "too many failed attempts", {},
                    "wait 15 minutes, or ask an administrator for a new password");
}

void insert_session(store::Db& db, const std::string& token, const Actor& actor,
                    base::Instant now) {
  db.prepare("DELETE FROM access_session WHERE created_ms < ? OR seen_ms < ?")
      .bind(1, (now - kAbsolute).ms)
      .bind(2, (now - kIdle).ms)
      .run();
  db.prepare("INSERT INTO access_session VALUES (?, ?, ?, ?, ?)")
      .bind(1, base::sha256_hex(token))
      .bind(2, actor.user)
      .bind(3, actor.address)
      .bind(4, now.ms)
      .bind(5, now.ms)
      .run();
}

void store_hash(store::Db& db, const std::string& name, const std::string& hash) {
  db.prepare("UPDATE access_user SET password_hash = ? WHERE name = ?")
      .bind(1, hash)
      .bind(2, name)
      .run();
}

}  // namespace

Actor Access::Impl::actor_of(const User& user, const std::string& address) const {
  Actor out{user.name, user.display_name, user.roles, user.district, address, {}};
  const std::shared_lock lock(below_mutex);
  if (below && !out.district.empty()) out.below = below(out.district);
  return out;
}

void Access::set_below(Below below) {
  const std::unique_lock lock(m_impl->below_mutex);
  m_impl->below = std::move(below);
}

base::Result<SignedIn> Access::sign_in(const std::string& name, std::string_view password,
                                       const std::string& address, base::Instant now) {
  Impl& my = *m_impl;
  // Names are short; a longer one is some other user's password typed into the wrong field.
  const std::string key = base::to_lower_ascii(name).substr(0, kMostNameBytes);
  if (my.passwords.crowded() || !my.by_address.begin(address, now)) return too_many();
  if (!my.by_name.begin(key, now)) {
    base::log_warn("access", "sign-ins for one name refused for a while; last from {}", address);
    return too_many();
  }
  const auto account = my.account(key);
  const bool right = my.passwords.matches(password, account ? account->password_hash : "");
  if (!right || account->user.disabled) {
    // An unknown name is not kept: people type their password there by mistake.
    Actor who;
    who.user = account ? account->user.name : "";
    who.address = address;
    audit(who, "session.refused", account ? "user/" + key : "user",
          base::Json::object({{"disabled", account && account->user.disabled}}), now);
    return refused();
  }
  my.by_address.succeeded(address, now);
  my.by_name.forget(key);
  const bool renew = my.passwords.outdated(account->password_hash);
  const std::string renewed = renew ? my.passwords.hash(password) : "";
  SignedIn out;
  out.token = base::random_token(kTokenOctets);
  out.csrf = csrf_of(out.token);
  out.actor = my.actor_of(account->user, address);
  out.expires = end_of(now, now);
  my.records.write([&](store::Db& db) {
    if (renew) store_hash(db, key, renewed);
    insert_session(db, out.token, out.actor, now);
    audit(out.actor, "session.sign_in", "user/" + key, {}, now);
  });
  return out;
}

std::optional<SignedIn> Access::session(std::string_view token, base::Instant now) const {
  const std::string hash = base::sha256_hex(token);
  base::Instant seen;
  User user;
  std::string address;
  auto out = m_impl->records.read([&](store::Db& db) -> std::optional<SignedIn> {
    auto row = db.prepare(fmt::format(
        "SELECT {}, s.address, s.created_ms, s.seen_ms FROM access_session s"
        " JOIN access_user u ON u.name = s.user_name WHERE s.token_hash = ? AND u.disabled = 0",
        kUserColumns));
    row.bind(1, hash);
    if (!row.step()) return std::nullopt;
    const base::Instant created{row.integer(kUserColumnCount + 1)};
    seen.ms = row.integer(kUserColumnCount + 2);
    if (now >= end_of(created, seen)) return std::nullopt;
    SignedIn found;
    found.token = token;
    found.csrf = csrf_of(token);
    user = user_of(row);
    address = row.text(kUserColumnCount);
    found.expires = end_of(created, std::max(seen, now));
    return found;
  });
  // Outside of the read above: the tree of units has a read of its own.
  if (out) out->actor = m_impl->actor_of(user, address);
  if (out && now - seen >= kSeenStep) {
    m_impl->records.write_later(
        [hash, now](store::Db& db) {
          db.prepare("UPDATE access_session SET seen_ms = max(seen_ms, ?) WHERE token_hash = ?")
              .bind(1, now.ms)
              .bind(2, hash)
              .run();
        },
        nullptr);
  }
  return out;
}

void Access::sign_out(std::string_view token, base::Instant now) {
  const auto open = session(token, now);
  if (!open) return;
  m_impl->records.write([&](store::Db& db) {
    db.prepare("DELETE FROM access_session WHERE token_hash = ?")
        .bind(1, base::sha256_hex(token))
        .run();
    audit(open->actor, "session.sign_out", "user/" + open->actor.user, {}, now);
  });
}

}  // namespace jinglue::access
