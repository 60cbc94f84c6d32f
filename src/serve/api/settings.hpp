// SPDX-License-Identifier: Apache-2.0
// Settings of the server: where it listens, what it gives, and every limit.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "serve/api/proxies.hpp"

namespace jinglue::serve {

struct Settings {
  std::string address{"127.0.0.1"};        ///< numeric; another one needs TLS or allow_plain
  std::uint16_t port{8080};                ///< 0 = any free one, see Server::port()
  bool allow_plain{false};                 ///< plain HTTP on a non-loopback address is wanted
  std::filesystem::path certificate, key;  ///< PEM; both or none
  Proxies trusted_proxies;                 ///< whose X-Forwarded-For names the client
  std::filesystem::path web;               ///< folder of the web client; empty = none
  std::size_t io_threads{2};
  std::size_t workers{4};
  std::size_t max_connections{2000};
  std::size_t max_streams{200};
  std::size_t max_body{1u << 20};  ///< bytes; imports may have max_import
  std::size_t max_import{32u << 20};
  std::size_t max_stream_queue{8u << 20};         ///< bytes that wait for one client before resync
  std::chrono::milliseconds header_time{10'000};  ///< for a whole request head
  std::chrono::milliseconds body_time{60'000};
  std::chrono::milliseconds idle_time{75'000};   ///< keep-alive
  std::chrono::milliseconds write_time{60'000};  ///< without any progress
  std::chrono::milliseconds stream_period{100};  ///< of the streams, when no picture is new
  std::chrono::milliseconds stream_least{20};    ///< from one new picture to the next
};

}  // namespace jinglue::serve
