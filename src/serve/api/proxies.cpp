// SPDX-License-Identifier: Apache-2.0
#include "serve/api/proxies.hpp"

#include "base/text.hpp"

namespace jinglue::serve {

base::Result<Proxies> Proxies::parse(const std::vector<std::string>& texts) {
  auto networks = base::Networks::parse(texts);
  if (!networks) return tl::unexpected(networks.error());
  Proxies out;
  out.m_networks = std::move(*networks);
  return out;
}

std::string Proxies::client_of(const std::string& peer, std::string_view forwarded_for) const {
  if (m_networks.empty() || forwarded_for.empty()) return peer;
  auto at = base::Networks::address_of(peer);
  if (!at || !m_networks.contain(*at)) return peer;
  const auto hops = base::split(forwarded_for, ',');
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    const auto next = base::Networks::address_of(std::string(base::trim(*hop)));
    if (!next) return peer;
    at = next;
    if (!m_networks.contain(*at)) break;
  }
  return base::Networks::text_of(*at);
}

}  // namespace jinglue::serve
