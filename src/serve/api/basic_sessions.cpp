// SPDX-License-Identifier: Apache-2.0
#include "serve/api/basic_sessions.hpp"

#include "base/hash.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"

namespace jinglue::serve {
namespace {

constexpr std::size_t kMostSessions = 256;
constexpr std::size_t kMostHeader = 1024;

/// Value of a base64 digit (RFC 4648, table 1); -1 for another character.
int digit_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

std::optional<std::string> from_base64(std::string_view text) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const int digit = digit_of(c);
    if (digit < 0) return std::nullopt;
    bits = (bits << 6 | unsigned(digit)) & 0xFFFFU;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += char(bits >> count & 0xFFU);
  }
  return out;
}

}  // namespace

std::optional<std::pair<std::string, std::string>> read_basic(std::string_view header) {
  const auto space = header.find(' ');
  if (space == std::string_view::npos || header.size() > kMostHeader) return std::nullopt;
  if (base::to_lower_ascii(header.substr(0, space)) != "basic") return std::nullopt;
  const auto pair = from_base64(base::trim(header.substr(space)));
  if (!pair || !base::is_utf8(*pair)) return std::nullopt;
  const auto colon = pair->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return std::pair(pair->substr(0, colon), pair->substr(colon + 1));
}

BasicSessions::BasicSessions() : m_key(base::random_token(32)) {}

base::Result<std::optional<access::SignedIn>> BasicSessions::session(const Request& request,
                                                                     access::Access& access) {
  const auto given = read_basic(request.header("authorization"));
  if (!given) return std::optional<access::SignedIn>();
  const auto now = base::wall_now();
  const std::string print =
      base::sha256_hex(m_key + '\n' + request.address + '\n' + given->first + '\n' + given->second);
  std::string token;
  {
    const std::lock_guard lock(m_mutex);
    if (const auto it = m_tokens.find(print); it != m_tokens.end()) token = it->second;
  }
  if (!token.empty()) {
    if (auto found = access.session(token, now)) return found;
  }
  auto fresh = access.sign_in(given->first, given->second, request.address, now);
  if (!fresh) return tl::unexpected(fresh.error());
  const std::lock_guard lock(m_mutex);
  if (m_tokens.size() >= kMostSessions) m_tokens.clear();  // they sign in again
  m_tokens[print] = fresh->token;
  return std::optional(std::move(*fresh));
}

}  // namespace jinglue::serve
