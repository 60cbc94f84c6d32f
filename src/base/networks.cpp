// SPDX-License-Identifier: Apache-2.0
#include "base/networks.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace jinglue::base {
namespace {

constexpr unsigned kMappedBits = 96;  // before the IPv4 address in ::ffff:a.b.c.d

}  // namespace

std::string Networks::text_of(const Address& address) {
  char out[INET6_ADDRSTRLEN] = {};
  static constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};
  const bool mapped = std::equal(kMapped.begin(), kMapped.end(), address.begin());
  if (mapped) {
    inet_ntop(AF_INET, address.data() + 12, out, sizeof out);
  } else {
    inet_ntop(AF_INET6, address.data(), out, sizeof out);
  }
  return out;
}

std::optional<Networks::Address> Networks::address_of(const std::string& text) {
  Address out{};
  if (text.find(':') != std::string::npos) {
    if (inet_pton(AF_INET6, text.c_str(), out.data()) != 1) return std::nullopt;
    return out;
  }
  if (inet_pton(AF_INET, text.c_str(), out.data() + 12) != 1) return std::nullopt;
  out[10] = out[11] = 255;
  return out;
}

Result<Networks> Networks::parse(const std::vector<std::string>& texts) {
  Networks out;
  for (const auto& text : texts) {
    const auto slash = text.find('/');
    const auto address = address_of(text.substr(0, slash));
    const bool v4 = text.find(':') == std::string::npos;
    const unsigned most = v4 ? 32 : 128;
    unsigned bits = most;
    if (slash != std::string::npos) {
      const char* end = text.data() + text.size();
      const auto parsed = std::from_chars(text.data() + slash + 1, end, bits);
      if (parsed.ec != std::errc{} || parsed.ptr != end) bits = most + 1;
    }
    if (!address || bits > most) {
      return fail(Code::kMalformed, "\"" + text + "\" is no address or network", {},
                  "write for example 10.0.0.7, 10.0.0.0/8 or fd00::/8");
    }
    out.m_networks.push_back({*address, v4 ? kMappedBits + bits : bits});
  }
  return out;
}

bool Networks::contain(const Address& address) const {
  return std::any_of(m_networks.begin(), m_networks.end(), [&](const Network& network) {
    for (unsigned bit = 0; bit < network.bits; bit += 8) {
      const unsigned left = std::min(8u, network.bits - bit);
      const unsigned mask = 0xFFu << (8 - left) & 0xFFu;
      if (((address[bit / 8] ^ network.address[bit / 8]) & mask) != 0) return false;
    }
    return true;
  });
}

}  // namespace jinglue::base
