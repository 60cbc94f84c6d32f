// SPDX-License-Identifier: Apache-2.0
#include "base/ids.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/hash.hpp"

namespace jinglue::base {

namespace {

/// Random octets of the system, drawn for many ids at once: a call of the kernel for each would
/// cost more than the rest of an id.
std::array<unsigned char, 16> random_octets() {
  thread_local std::array<unsigned char, 64 * 16> drawn{};
  thread_local std::size_t used = drawn.size();
  if (used == drawn.size()) {
    randombytes_buf(drawn.data(), drawn.size());
    used = 0;
  }
  std::array<unsigned char, 16> out{};
  std::copy_n(drawn.begin() + std::ptrdiff_t(used), out.size(), out.begin());
  used += out.size();
  return out;
}

}  // namespace

std::string new_uuid7(Instant now) {
  auto octets = random_octets();
  const auto ms = static_cast<std::uint64_t>(now.ms);
  for (std::size_t i = 0; i < 6; ++i) octets[i] = static_cast<unsigned char>(ms >> (40 - 8 * i));
  octets[6] = static_cast<unsigned char>((octets[6] & 0x0F) | 0x70);
  octets[8] = static_cast<unsigned char>((octets[8] & 0x3F) | 0x80);
  std::string hex = to_hex({reinterpret_cast<const char*>(octets.data()), octets.size()});
  for (const std::size_t at : {8U, 13U, 18U, 23U}) hex.insert(at, 1, '-');
  return hex;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (dash ? c != '-' : !digit) return false;
  }
  return true;
}

std::string random_token(std::size_t octets) {
  std::vector<char> bytes(octets);
  randombytes_buf(bytes.data(), bytes.size());
  return to_hex(std::string_view(bytes.data(), bytes.size()));
}

}  // namespace jinglue::base
