// SPDX-License-Identifier: Apache-2.0
// Settings of a connection to a broker, and the keys of jinglue.toml that say them
// (docs/format/settings.md). A password is never in the settings: it stands in a file of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/config.hpp"
#include "base/instant.hpp"
#include "base/result.hpp"

namespace jinglue::mqtt {

struct Tls {
  std::filesystem::path ca_file;           ///< PEM; empty = the authorities of the machine
  std::filesystem::path certificate, key;  ///< PEM, of this client; both or none
};

struct Settings {
  std::string host{"127.0.0.1"};
  std::uint16_t port{1883};
  std::string client_id;  ///< names our session at the broker: two clients may not share it
  std::optional<Tls> tls;
  std::string user;
  std::filesystem::path password_file;  ///< its first line; read at each connect
  base::Duration keep_alive{30'000};
  bool clean_session{false};        ///< true: the broker keeps nothing while we are away
  std::vector<std::string> topics;  ///< filters to subscribe to
  int qos{1};                       ///< of the subscriptions: 0 or 1
  std::size_t max_payload{65'536};  ///< bytes; longer messages are counted and left out
  std::uint32_t max_per_s{2'000};   ///< messages; more are counted and left out
};

/// host, port, client_id, tls, ca_file, certificate, key, user, password_file, keep_alive_s. The
/// files that are named have to be readable.
base::Status read_broker(const base::ConfigNode& table, Settings& out);
/// topics, qos, max_payload, max_per_s.
base::Status read_subscription(const base::ConfigNode& table, Settings& out);

}  // namespace jinglue::mqtt
