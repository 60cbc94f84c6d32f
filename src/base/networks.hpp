// SPDX-License-Identifier: Apache-2.0
// Networks: a list of numeric addresses and networks, and whether an address is one of them. IPv4
// and IPv6 (RFC 4632 notation); names are never looked up.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace jinglue::base {

class Networks {
 public:
  using Address = std::array<std::uint8_t, 16>;  ///< IPv4 as ::ffff:a.b.c.d

  /// Absent when the text is no numeric address.
  static std::optional<Address> address_of(const std::string& text);
  static std::string text_of(const Address& address);
  /// "10.0.0.7", "10.0.0.0/8", "fd00::/8"; kMalformed names the one that is not.
  static Result<Networks> parse(const std::vector<std::string>& texts);

  bool contain(const Address& address) const;
  bool empty() const { return m_networks.empty(); }

 private:
  struct Network {
    Address address{};
    unsigned bits{128};
  };
  std::vector<Network> m_networks;
};

}  // namespace jinglue::base
