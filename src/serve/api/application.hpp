// SPDX-License-Identifier: Apache-2.0
// Application: what the socket side (serve/http) asks of the rest, and what the two sides of a
// stream give to each other. No socket library above this line, no resource below it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "serve/api/request.hpp"
#include "serve/api/response.hpp"

namespace jinglue::serve {

/// The open WebSocket, for the one who writes to it. Any thread; never waits.
class StreamSocket {
 public:
  virtual ~StreamSocket() = default;
  virtual void send(std::string frame) = 0;  ///< one binary message
  virtual std::size_t waiting() const = 0;   ///< bytes given to send() and not on the network yet
  /// After what waits has been sent, at most; the code is RFC 6455's or ours (4000..4999).
  virtual void close(std::uint16_t code, std::string reason) = 0;
};

/// Who listens to an open WebSocket; called from one thread at a time.
class StreamListener {
 public:
  virtual ~StreamListener() = default;
  virtual void on_open(std::shared_ptr<StreamSocket> socket) = 0;  // shared with the connection
  virtual void on_text(std::string_view text) = 0;
  virtual void on_closed() = 0;
};

class Application {
 public:
  virtual ~Application() = default;
  /// From the head alone: how large the body may be.
  virtual std::size_t body_limit(const Request& head) const = 0;
  /// `done` is called once, from any thread, perhaps before answer() returns.
  virtual void answer(Request request, std::function<void(Response)> done) = 0;
  /// The listener of a WebSocket, or the answer that refuses it.
  using Opened = std::variant<Response, std::shared_ptr<StreamListener>>;
  virtual void open_stream(Request request, std::function<void(Opened)> done) = 0;
  /// Runs Response::produce on a worker; false when there is no room for it. The pipe is shared
  /// with the connection.
  virtual bool produce(std::shared_ptr<BodyPipe> pipe, std::function<void(BodyPipe&)> work) = 0;
  /// The answer to a request that could not be read; `language` is not known then.
  virtual Response refuse(int status, std::string_view code, std::string_view detail) = 0;
};

}  // namespace jinglue::serve
