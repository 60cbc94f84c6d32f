// SPDX-License-Identifier: Apache-2.0
// HTTP without TLS. One of the four units that compile Beast, see stream_layer.hpp.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>

#include "serve/http/connection.hpp"

namespace jinglue::serve::http {

asio::awaitable<bool> open_stream_layer(beast::tcp_stream&) {
  co_return true;
}

asio::awaitable<void> close_stream_layer(beast::tcp_stream& stream) {
  Error ignored;
  stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  co_return;
}

void serve_plain(Shared& shared, asio::ip::tcp::socket socket, std::string address) {
  const auto executor = socket.get_executor();
  auto connection = std::make_shared<Connection<beast::tcp_stream>>(
      shared, beast::tcp_stream(std::move(socket)), std::move(address));
  asio::co_spawn(executor, connection->run(connection), asio::detached);
}

}  // namespace jinglue::serve::http
