// SPDX-License-Identifier: Apache-2.0
// Why a connection to a broker did not come about, in a sentence with what to do: the return codes
// of CONNACK (MQTT 3.1.1 section 3.2.2.3), what OpenSSL says, else the network. Never a password.
#pragma once

#include <string>
#include <string_view>

#include "mqtt/settings.hpp"

namespace jinglue::mqtt {

struct Attempt {
  int code{0};      ///< of CONNACK when 1 to 5; negative: of the client library
  std::string tls;  ///< what OpenSSL said; empty when nothing
};

/// "broker.example:8883"; IPv6 in brackets.
std::string address_of(const Settings& settings);
std::string explain(const Settings& settings, const Attempt& attempt);

}  // namespace jinglue::mqtt
