// SPDX-License-Identifier: Apache-2.0
// Proxies: reverse proxies whose X-Forwarded-For is believed. Anybody can write that header, so by
// default it is not read, and of a list only what trusted machines have added counts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/networks.hpp"
#include "base/result.hpp"

namespace jinglue::serve {

class Proxies {
 public:
  /// Numeric addresses and networks: "10.0.0.7", "10.0.0.0/8", "fd00::/8".
  static base::Result<Proxies> parse(const std::vector<std::string>& texts);
  /// The client of a request that came from `peer`: from the right of the header, the first address
  /// that is no trusted proxy. `peer` itself when it is none, or when the header is no list of
  /// addresses.
  std::string client_of(const std::string& peer, std::string_view forwarded_for) const;

 private:
  base::Networks m_networks;
};

}  // namespace jinglue::serve
