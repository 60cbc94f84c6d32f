// SPDX-License-Identifier: Apache-2.0
// WebSockets without TLS. One of the four units that compile Beast, see stream_layer.hpp.
#include "serve/http/stream_layer.hpp"
#include "serve/http/web_socket.hpp"

namespace jinglue::serve::http {

asio::awaitable<void> run_web_socket(Shared& shared, beast::tcp_stream stream,
                                     std::shared_ptr<StreamListener> listener, Head head) {
  // Shared: the hub keeps it for sending.
  auto socket = std::make_shared<WebSocket<beast::tcp_stream>>(shared, std::move(stream),
                                                               std::move(listener));
  co_await socket->run(socket, std::move(head));
}

}  // namespace jinglue::serve::http
