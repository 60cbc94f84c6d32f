// SPDX-License-Identifier: Apache-2.0
// What differs between plain TCP and TLS. Each of these functions has a unit of its own kind, so
// that no unit compiles all of Beast: HTTP and WebSocket, plain and TLS, are four.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "serve/http/shared.hpp"

namespace jinglue::serve::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Error = boost::system::error_code;
using Head = beast::http::request<beast::http::string_body>;

using TlsStream = beast::ssl_stream<beast::tcp_stream>;

/// What TLS does before the first and after the last byte; for plain TCP only a shutdown.
asio::awaitable<bool> open_stream_layer(beast::tcp_stream& stream);
asio::awaitable<void> close_stream_layer(beast::tcp_stream& stream);
asio::awaitable<bool> open_stream_layer(TlsStream& stream);
asio::awaitable<void> close_stream_layer(TlsStream& stream);

/// Answers the upgrade and serves the WebSocket until it ends.
asio::awaitable<void> run_web_socket(Shared& shared, beast::tcp_stream stream,
                                     std::shared_ptr<StreamListener> listener, Head head);
asio::awaitable<void> run_web_socket(Shared& shared, TlsStream stream,
                                     std::shared_ptr<StreamListener> listener, Head head);

}  // namespace jinglue::serve::http
