// SPDX-License-Identifier: Apache-2.0
// HTTP over TLS (1.2 or newer, see http_server.cpp). One of the four units that compile Beast, see
// stream_layer.hpp.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>

#include "serve/http/connection.hpp"

namespace jinglue::serve::http {

asio::awaitable<bool> open_stream_layer(TlsStream& stream) {
  Error error;
  co_await stream.async_handshake(asio::ssl::stream_base::server,
                                  asio::redirect_error(asio::use_awaitable, error));
  co_return !error;
}

asio::awaitable<void> close_stream_layer(TlsStream& stream) {
  Error error;
  beast::get_lowest_layer(stream).expires_after(std::chrono::seconds(2));
  co_await stream.async_shutdown(asio::redirect_error(asio::use_awaitable, error));
}

void serve_tls(Shared& shared, asio::ip::tcp::socket socket, std::string address) {
  const auto executor = socket.get_executor();
  auto connection = std::make_shared<Connection<TlsStream>>(
      shared, TlsStream(beast::tcp_stream(std::move(socket)), *shared.tls), std::move(address));
  asio::co_spawn(executor, connection->run(connection), asio::detached);
}

}  // namespace jinglue::serve::http
