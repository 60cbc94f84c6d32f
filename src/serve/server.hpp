// SPDX-License-Identifier: Apache-2.0
// Server: HTTP/1.1 and WebSocket for people and programs. The app makes one with its Services,
// starts it, and tells it what happened; nothing here calls back into the app but Services.
// Threads: a few for sockets, a pool for work that may touch a database, one for the streams.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "base/json.hpp"
#include "model/finding.hpp"
#include "model/record_change.hpp"
#include "serve/api/services.hpp"

namespace jinglue::serve {

struct Settings {
  std::string address{"127.0.0.1"};        ///< numeric; another one needs TLS or allow_plain
  std::uint16_t port{8080};                ///< 0 = any free one, see Server::port()
  bool allow_plain{false};                 ///< plain HTTP on a non-loopback address is wanted
  std::filesystem::path certificate, key;  ///< PEM; both or none
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
  std::chrono::milliseconds stream_period{100};
};

class Server {
 public:
  /// Binds the port. Throws WorldError: port taken, address not ours, certificate not readable,
  /// plain HTTP on a non-loopback address without allow_plain, web folder without index.html.
  Server(Settings settings, Services services);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void start();
  /// Closes every connection and ends the threads; running requests are waited for.
  void stop();
  std::uint16_t port() const;

  /// Any thread; return at once. Steps are durable already.
  void publish_steps(std::span<const model::FindingStep> steps);
  void publish_change(const model::RecordChange& change);
  /// A new rule pack is in force: browsers fetch rules and zones again.
  void publish_rules(const std::string& revision);

  /// Requests, streams, bytes, resyncs, ... for the System page and /metrics.
  base::Json counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::serve
