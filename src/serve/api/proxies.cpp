// SPDX-License-Identifier: Apache-2.0
#include "serve/api/proxies.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace jinglue::serve {
namespace {

constexpr unsigned kMappedBits = 96;  // before the IPv4 address in ::ffff:a.b.c.d

std::string text_of(const std::array<std::uint8_t, 16>& address) {
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

}  // namespace

std::optional<Proxies::Address> Proxies::address_of(const std::string& text) {
  Address out{};
  if (text.find(':') != std::string::npos) {
    if (inet_pton(AF_INET6, text.c_str(), out.data()) != 1) return std::nullopt;
    return out;
  }
  if (inet_pton(AF_INET, text.c_str(), out.data() + 12) != 1) return std::nullopt;
  out[10] = out[11] = 255;
  return out;
}

base::Result<Proxies> Proxies::parse(const std::vector<std::string>& texts) {
  Proxies out;
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
      return base::fail(base::Code::kMalformed, "\"" + text + "\" is no address or network", {},
                        "write for example 10.0.0.7, 10.0.0.0/8 or fd00::/8");
    }
    out.m_networks.push_back({*address, v4 ? kMappedBits + bits : bits});
  }
  return out;
}

bool Proxies::trusts(const Address& address) const {
  return std::any_of(m_networks.begin(), m_networks.end(), [&](const Network& network) {
    for (unsigned bit = 0; bit < network.bits; bit += 8) {
      const unsigned left = std::min(8u, network.bits - bit);
      const unsigned mask = 0xFFu << (8 - left) & 0xFFu;
      if (((address[bit / 8] ^ network.address[bit / 8]) & mask) != 0) return false;
    }
    return true;
  });
}

std::string Proxies::client_of(const std::string& peer, std::string_view forwarded_for) const {
  if (m_networks.empty() || forwarded_for.empty()) return peer;
  auto at = address_of(peer);
  if (!at || !trusts(*at)) return peer;
  const auto hops = base::split(forwarded_for, ',');
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    const auto next = address_of(std::string(base::trim(*hop)));
    if (!next) return peer;
    at = next;
    if (!trusts(*at)) break;
  }
  return text_of(*at);
}

}  // namespace jinglue::serve
