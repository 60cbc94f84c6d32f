// SPDX-License-Identifier: Apache-2.0
// WebSockets over TLS. One of the four units that compile Beast, see stream_layer.hpp.
#include <boost/beast/websocket/ssl.hpp>
#include "serve/http/stream_layer.hpp"
#include "serve/http/web_socket.hpp"

namespace jinglue::serve::http {

asio::awaitable<void> run_web_socket(Shared& shared, TlsStream stream,
                                     std::shared_ptr<StreamListener> listener, Head head) {
  // Shared: the hub keeps it for sending.
  auto socket =
      std::make_shared<WebSocket<TlsStream>>(shared, std::move(stream), std::move(listener));
  co_await socket->run(socket, std::move(head));
}

}  // namespace jinglue::serve::http
