// SPDX-License-Identifier: Apache-2.0
// HttpServer: sockets, TLS, HTTP/1.1 and WebSocket framing. Knows nothing of resources: it reads a
// request within its limits, gives it to the Application and writes the answer. Each connection
// lives on one strand; the I/O threads share them.
#pragma once

#include <cstdint>
#include <memory>

#include "base/json.hpp"
#include "serve/api/application.hpp"
#include "serve/api/settings.hpp"

namespace jinglue::serve::http {

struct Shared;

class HttpServer {
 public:
  /// Binds and listens. Throws WorldError (see serve/server.hpp).
  HttpServer(const Settings& settings, Application& application);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  void start();
  /// No new connections; waits a little for answers under way, then closes what is left.
  void stop();
  std::uint16_t port() const;
  base::Json counters() const;

 private:
  std::unique_ptr<Shared> m_shared;
};

}  // namespace jinglue::serve::http
