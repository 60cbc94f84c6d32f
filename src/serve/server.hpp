// SPDX-License-Identifier: Apache-2.0
// Server: HTTP/1.1 and WebSocket for people and programs. The app makes one with its Services,
// starts it, and tells it what happened; nothing here calls back into the app but Services.
// Threads: a few for sockets, a pool for work that may touch a database, one for the streams.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/json.hpp"
#include "model/finding.hpp"
#include "model/record_change.hpp"
#include "serve/api/services.hpp"
#include "serve/api/settings.hpp"

namespace jinglue::serve {

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

  /// Any thread, all of these; they return at once. services.live() is new:
  void picture_changed();
  /// Steps are durable already.
  void publish_steps(std::span<const model::FindingStep> steps);
  void publish_change(const model::RecordChange& change);
  /// A new rule pack is in force: browsers fetch rules and zones again.
  void publish_outputs();  ///< destinations or their connections are others now
  void publish_rules(const std::string& revision);
  /// Buoys or sensors have said something new: browsers that show them fetch /sensors.
  void publish_sensors();

  /// Requests, streams, bytes, resyncs, ... for the System page and /metrics.
  base::Json counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::serve
