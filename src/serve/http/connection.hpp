// SPDX-License-Identifier: Apache-2.0
// Connection: HTTP/1.1 on one socket, plain or TLS, as a coroutine on the socket's strand. Every
// wait has an end: for the first byte of a request (idle_time), for its head (header_time), for its
// body (body_time), and while writing for any progress (write_time) and for the whole.
#pragma once

#include <fmt/format.h>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_suffix.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "base/text.hpp"
#include "serve/api/body_pipe.hpp"
#include "serve/http/hand_over.hpp"
#include "serve/http/peer.hpp"
#include "serve/http/shared.hpp"
#include "serve/http/stream_layer.hpp"
#include "serve/http/write_head.hpp"

namespace jinglue::serve::http {

inline constexpr std::size_t kMaxHead = 16u << 10;

template <class Stream>
class Connection final : public Abortable, public std::enable_shared_from_this<Connection<Stream>> {
 public:
  using Parser = beast::http::request_parser<beast::http::string_body>;

  Connection(Shared& shared, Stream stream, std::string address)
      : m_shared(shared),
        m_stream(std::move(stream)),
        m_address(std::move(address)),
        m_membership(shared, *this) {
    ++m_shared.connections;
  }
  ~Connection() override { --m_shared.connections; }

  void abort() override {
    auto self = this->weak_from_this().lock();  // null while it is being destroyed
    if (!self) return;
    const auto executor = m_stream.get_executor();
    // Moved: the last reference must not end here, where stop() holds the lock of Membership.
    asio::post(executor, [self = std::move(self)] { self->cut(); });
  }
  bool busy() const override { return m_busy; }

  /// `self` keeps the connection alive until the coroutine ends.
  asio::awaitable<void> run(std::shared_ptr<Connection> self) {
    static_cast<void>(self);
    limit_time(m_shared.settings.header_time);
    const bool open = co_await open_stream_layer(m_stream);
    bool more = open;
    while (more && !m_shared.stopping) more = co_await serve_one();
    m_busy = false;
    if (!m_moved && open) co_await close_stream_layer(m_stream);
  }

 private:
  beast::tcp_stream& socket() { return beast::get_lowest_layer(m_stream); }
  void limit_time(std::chrono::milliseconds time) { socket().expires_after(time); }
  void cut() {
    m_peer->leave();
    if (!m_moved) socket().close();
  }

  asio::awaitable<bool> serve_one() {
    m_busy = false;
    const bool some = co_await wait_for_byte();
    if (!some) co_return false;
    m_busy = true;
    Parser parser;
    parser.header_limit(kMaxHead);
    parser.body_limit(boost::none);
    const bool head = co_await read_head(parser);
    if (!head) co_return false;
    ++m_shared.requests;
    Request request;
    const bool good = co_await take_head(parser, request);
    if (!good) co_return false;
    if (request.upgrade) {
      co_await upgrade(parser, std::move(request));
      co_return false;
    }
    const bool body = co_await read_body(parser, request);
    if (!body) co_return false;
    const bool keep = parser.get().keep_alive();
    const bool head_only = request.method == Method::kHead;
    // Chunks are of HTTP/1.1.
    m_chunks = parser.get().version() >= 11;
    co_return co_await reply(std::move(request), keep, head_only);
  }

  asio::awaitable<bool> reply(Request request, bool keep, bool head_only) {
    request.gone = [peer = m_peer] { return peer->gone(); };
    m_peer->watch(socket().socket().native_handle());
    std::function<void(std::function<void(Response)>)> start =
        [this, request = std::move(request)](std::function<void(Response)> done) mutable {
          m_shared.application.answer(std::move(request), std::move(done));
        };
    Response response = co_await hand_over<Response>(std::move(start));
    if (response.produce && !head_only) {
      const bool sent = co_await write_pieces(std::move(response), keep);
      m_peer->leave();
      co_return sent&& keep && !m_shared.stopping;
    }
    m_peer->leave();
    keep = keep && !response.close && !m_shared.stopping;
    const bool written = co_await write(std::move(response), keep, head_only);
    keep = keep && written;
    co_return keep;
  }

  asio::awaitable<bool> wait_for_byte() {
    if (m_buffer.size() > 0) co_return true;
    limit_time(m_shared.settings.idle_time);
    Error error;
    const auto space = m_buffer.prepare(4096);
    const std::size_t size =
        co_await m_stream.async_read_some(space, asio::redirect_error(asio::use_awaitable, error));
    m_buffer.commit(size);
    co_return !error;
  }

  asio::awaitable<bool> read_head(Parser& parser) {
    limit_time(m_shared.settings.header_time);
    Error error;
    const std::size_t size = co_await beast::http::async_read_header(
        m_stream, m_buffer, parser, asio::redirect_error(asio::use_awaitable, error));
    m_shared.bytes_in += size;
    if (!error) co_return true;
    co_await refuse(error);
    co_return false;
  }

  /// Answers what could not be read, where an answer can still arrive.
  asio::awaitable<void> refuse(Error error) {
    namespace http = beast::http;
    if (error == beast::error::timeout) {
      ++m_shared.timed_out;
      // The stream layer has closed the socket: no answer can be sent any more.
      co_return;
    }
    if (error == http::error::end_of_stream || error == http::error::partial_message ||
        error.category() != http::make_error_code(http::error::bad_method).category()) {
      co_return;
    }
    ++m_shared.malformed;
    if (error == http::error::header_limit) {
      co_await refuse_with(431, "too_large", "the request head is larger than 16 KiB");
    } else if (error == http::error::body_limit) {
      co_await refuse_with(413, "too_large", "the body is larger than this address takes");
    } else {
      co_await refuse_with(400, "malformed", "not a valid HTTP/1.1 request: " + error.message());
    }
  }

  asio::awaitable<void> refuse_with(int status, std::string code, std::string detail) {
    Response response = m_shared.application.refuse(status, code, detail);
    const bool written = co_await write(std::move(response), false, false);
    if (written) co_await drain();
  }

  /// Reads what the client still sends for a moment, so that it can read the answer before the
  /// socket is reset.
  asio::awaitable<void> drain() {
    Error error;
    socket().socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
    limit_time(std::chrono::seconds(2));
    std::array<char, 16384> waste{};
    for (std::size_t total = 0; !error && total < (1u << 20);) {
      total += co_await socket().async_read_some(asio::buffer(waste),
                                                 asio::redirect_error(asio::use_awaitable, error));
    }
  }

  asio::awaitable<bool> take_head(Parser& parser, Request& request) {
    const auto& head = parser.get();
    const auto view = [](const auto& text) { return std::string_view(text.data(), text.size()); };
    request.method = method_from(view(head.method_string()));
    request.address = m_address;
    request.secure = m_shared.tls.has_value();
    std::size_t hosts = 0;
    for (const auto& field : head) {
      std::string name = base::to_lower_ascii(view(field.name_string()));
      hosts += name == "host" ? 1 : 0;
      request.headers.emplace_back(std::move(name), view(field.value()));
    }
    request.upgrade = beast::websocket::is_upgrade(head);
    const auto target = request.set_target(view(head.target()));
    std::string wrong;
    if (!target) wrong = target.error().message;
    if (head.version() == 11 && hosts != 1) wrong = "HTTP/1.1 needs exactly one Host field";
    if (wrong.empty()) co_return true;
    ++m_shared.malformed;
    co_await refuse_with(400, "malformed", wrong);
    co_return false;
  }

  asio::awaitable<bool> read_body(Parser& parser, Request& request) {
    const std::size_t limit = m_shared.application.body_limit(request);
    const auto length = parser.content_length();
    if (length && *length > limit) {
      co_await refuse_with(413, "too_large", "the body is larger than this address takes");
      co_return false;
    }
    parser.body_limit(limit);
    limit_time(m_shared.settings.body_time);
    Error error;
    if (!parser.is_done() && base::to_lower_ascii(request.header("expect")) == "100-continue") {
      static constexpr std::string_view kGoOn = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(m_stream, asio::buffer(kGoOn),
                                 asio::redirect_error(asio::use_awaitable, error));
    }
    if (!error && !parser.is_done()) {
      const std::size_t size = co_await beast::http::async_read(
          m_stream, m_buffer, parser, asio::redirect_error(asio::use_awaitable, error));
      m_shared.bytes_in += size;
    }
    if (error) {
      co_await refuse(error);
      co_return false;
    }
    request.body = std::move(parser.get().body());
    co_return true;
  }

  asio::awaitable<void> upgrade(Parser& parser, Request request) {
    using Opened = Application::Opened;
    std::function<void(std::function<void(Opened)>)> start =
        [this, &request](std::function<void(Opened)> done) {
          m_shared.application.open_stream(request, std::move(done));
        };
    Opened opened = co_await hand_over<Opened>(std::move(start));
    if (auto* refusal = std::get_if<Response>(&opened)) {
      co_await write(std::move(*refusal), false, false);
      co_return;
    }
    m_moved = true;
    m_busy = false;
    co_await run_web_socket(m_shared, std::move(m_stream),
                            std::get<std::shared_ptr<StreamListener>>(std::move(opened)),
                            parser.release());
  }

  /// A body that is made while it is sent. It ends the worker when the client takes nothing.
  asio::awaitable<bool> write_pieces(Response response, bool keep) {
    if (!m_chunks) {
      Response old = m_shared.application.refuse(505, "malformed", "this answer needs HTTP/1.1");
      co_await write(std::move(old), false, false);
      co_return false;
    }
    // Shared: the worker may outlive a connection that is cut.
    const auto pipe = std::make_shared<BodyPipe>();
    const bool room = m_shared.application.produce(pipe, std::move(response.produce));
    if (!room) {
      Response full =
          m_shared.application.refuse(503, "unavailable", "the server is busy or stopping");
      co_await write(std::move(full), false, false);
      co_return false;
    }
    response.produce = [](BodyPipe&) {};  // says "chunked" in the head
    std::string head = response_head(response, keep && !m_shared.stopping);
    bool good = co_await write_text(std::move(head));
    while (good) {
      std::function<void(std::function<void(std::optional<std::string>)>)> start =
          [pipe](std::function<void(std::optional<std::string>)> done) {
            pipe->next(std::move(done));
          };
      const auto piece = co_await hand_over<std::optional<std::string>>(std::move(start));
      if (!piece) break;
      std::string chunk = fmt::format("{:x}\r\n{}\r\n", piece->size(), *piece);
      good = co_await write_text(std::move(chunk));
    }
    if (!good) pipe->abandon();
    // Without the last chunk the client knows that it is not whole.
    if (!good || !pipe->whole()) co_return false;
    std::string end = "0\r\n\r\n";
    good = co_await write_text(std::move(end));
    co_return good;
  }

  asio::awaitable<bool> write_text(std::string text) {
    std::size_t sent = 0;
    while (sent < text.size()) {
      limit_time(m_shared.settings.write_time);
      Error error;
      const std::size_t size =
          co_await m_stream.async_write_some(asio::buffer(text.data() + sent, text.size() - sent),
                                             asio::redirect_error(asio::use_awaitable, error));
      if (error) co_return false;
      m_shared.bytes_out += size;
      sent += size;
    }
    co_return true;
  }

  asio::awaitable<bool> write(Response response, bool keep, bool head_only) {
    using Clock = std::chrono::steady_clock;
    const std::string head = response_head(response, keep);
    const auto body = head_only ? std::string_view() : response.text();
    beast::buffers_suffix<std::array<asio::const_buffer, 2>> rest(
        std::array<asio::const_buffer, 2>{asio::buffer(head), asio::buffer(body)});
    // A client that takes a byte now and then must not hold the answer for ever: 4 KiB/s at least.
    const auto last =
        Clock::now() + m_shared.settings.write_time + std::chrono::seconds(body.size() / 4096);
    Error error;
    while (asio::buffer_size(rest) > 0 && Clock::now() < last) {
      limit_time(m_shared.settings.write_time);
      const std::size_t size = co_await m_stream.async_write_some(
          rest, asio::redirect_error(asio::use_awaitable, error));
      if (error) co_return false;
      m_shared.bytes_out += size;
      rest.consume(size);
    }
    co_return asio::buffer_size(rest) == 0;
  }

  Shared& m_shared;
  Stream m_stream;
  const std::string m_address;
  beast::flat_buffer m_buffer{kMaxHead + (64u << 10)};
  const std::shared_ptr<Peer> m_peer{std::make_shared<Peer>()};  // shared with the request's worker
  std::atomic<bool> m_busy{true};
  bool m_chunks{false};  ///< the client knows them
  bool m_moved{false};   ///< the stream belongs to a WebSocket now
  Membership m_membership;
};

}  // namespace jinglue::serve::http
