// SPDX-License-Identifier: Apache-2.0
#include "model/call_sign.hpp"

#include <algorithm>

namespace jinglue::model {
namespace {

constexpr std::uint64_t kBase = 37;

/// 1 to 36; 0 for a character that call signs do not have.
std::uint64_t digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint64_t>(c - '0') + 1;
  if (c >= 'A' && c <= 'Z') return static_cast<std::uint64_t>(c - 'A') + 11;
  if (c >= 'a' && c <= 'z') return static_cast<std::uint64_t>(c - 'a') + 11;
  return 0;
}

}  // namespace

std::optional<std::uint64_t> pack_call_sign(std::string_view text) {
  std::uint64_t out = 0;
  std::size_t size = 0;
  for (const char c : text) {
    if (c == ' ' || c == '-' || c == '.') continue;
    const auto digit = digit_of(c);
    if (digit == 0 || ++size > kLongestCallSign) return std::nullopt;
    out = out * kBase + digit;
  }
  if (size == 0) return std::nullopt;
  return out;
}

std::optional<std::string> unpack_call_sign(std::uint64_t number) {
  std::string out;
  for (; number > 0; number /= kBase) {
    const auto digit = number % kBase;
    if (digit == 0 || out.size() == kLongestCallSign) return std::nullopt;
    out += static_cast<char>(digit <= 10 ? '0' + (digit - 1) : 'A' + (digit - 11));
  }
  if (out.empty()) return std::nullopt;
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace jinglue::model
