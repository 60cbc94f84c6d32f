// SPDX-License-Identifier: Apache-2.0
// WebSocket: an upgraded connection. One coroutine reads, one writes what send() has queued. What
// waits is counted, so that the stream can stop making frames for a client that does not read; a
// client that answers no ping for a minute is closed.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>

#include "serve/http/shared.hpp"

namespace jinglue::serve::http {

inline constexpr const char* kSubprotocol = "jinglue.v1";
inline constexpr std::size_t kMaxClientMessage = 16u << 10;

template <class Stream>
class WebSocket final : public StreamSocket,
                        public Abortable,
                        public std::enable_shared_from_this<WebSocket<Stream>> {
 public:
  using Head = boost::beast::http::request<boost::beast::http::string_body>;
  using Error = boost::system::error_code;

  WebSocket(Shared& shared, Stream stream, std::shared_ptr<StreamListener> listener)
      : m_shared(shared),
        m_stream(std::move(stream)),
        m_wake(m_stream.get_executor()),
        m_listener(std::move(listener)),
        m_membership(shared, *this) {
    ++m_shared.streams;
    ++m_shared.streams_opened;
  }
  ~WebSocket() override { --m_shared.streams; }

  void send(std::string frame) override {
    m_waiting += frame.size();
    {
      const std::lock_guard lock(m_mutex);
      m_queue.push_back(std::move(frame));
    }
    wake();
  }
  std::size_t waiting() const override { return m_waiting; }
  void close(std::uint16_t code, std::string reason) override {
    {
      const std::lock_guard lock(m_mutex);
      if (m_close_code == 0) {
        m_close_code = code;
        m_close_reason = std::move(reason);
      }
    }
    wake();
  }
  void abort() override {
    auto self = this->weak_from_this().lock();  // null while it is being destroyed
    if (!self) return;
    const auto executor = m_stream.get_executor();
    // Moved: the last reference must not end here, where stop() holds the lock of Membership.
    boost::asio::post(executor, [self = std::move(self)] {
      boost::beast::get_lowest_layer(self->m_stream).close();
      self->m_wake.cancel();
    });
  }
  /// Saying goodbye; a client that does not answer it is cut off at the end of stop()'s patience.
  bool busy() const override { return closing() && !m_ended; }

  boost::asio::awaitable<void> run(std::shared_ptr<WebSocket> self, Head head) {
    namespace ws = boost::beast::websocket;
    boost::beast::get_lowest_layer(m_stream).expires_never();
    m_stream.set_option(ws::stream_base::timeout{m_shared.settings.header_time,
                                                 std::chrono::seconds(60), true /* pings */});
    m_stream.set_option(ws::stream_base::decorator([](ws::response_type& response) {
      response.set(boost::beast::http::field::sec_websocket_protocol, kSubprotocol);
    }));
    m_stream.read_message_max(kMaxClientMessage);
    m_stream.binary(true);
    Error error;
    co_await m_stream.async_accept(head,
                                   boost::asio::redirect_error(boost::asio::use_awaitable, error));
    if (error) co_return;
    m_listener->on_open(self);
    boost::asio::co_spawn(m_stream.get_executor(), write_all(self), boost::asio::detached);
    co_await read_all();
    m_listener->on_closed();
    m_ended = true;
    m_wake.cancel();
  }

 private:
  void wake() {
    if (m_signalled.exchange(true)) return;
    boost::asio::post(m_stream.get_executor(),
                      [self = this->shared_from_this()] { self->m_wake.cancel(); });
  }

  boost::asio::awaitable<void> read_all() {
    boost::beast::flat_buffer buffer;
    for (;;) {
      Error error;
      const std::size_t size = co_await m_stream.async_read(
          buffer, boost::asio::redirect_error(boost::asio::use_awaitable, error));
      if (error) co_return;
      m_shared.bytes_in += size;
      if (!m_stream.got_text()) {
        close(1003, "text messages only");
      } else {
        const auto data = buffer.cdata();
        m_listener->on_text({static_cast<const char*>(data.data()), data.size()});
      }
      buffer.consume(buffer.size());
    }
  }

  bool take(std::string& frame) {
    const std::lock_guard lock(m_mutex);
    m_signalled = false;
    if (m_queue.empty()) return false;
    frame = std::move(m_queue.front());
    m_queue.pop_front();
    return true;
  }

  boost::asio::awaitable<void> write_all(std::shared_ptr<WebSocket> self) {
    static_cast<void>(self);
    std::string frame;
    while (!m_ended) {
      Error error;
      if (take(frame)) {
        co_await m_stream.async_write(
            boost::asio::buffer(frame),
            boost::asio::redirect_error(boost::asio::use_awaitable, error));
        m_waiting -= frame.size();
        if (error) break;
        ++m_shared.stream_frames;
        m_shared.stream_bytes += frame.size();
      } else if (closing()) {
        co_await say_goodbye();
        break;
      } else {
        m_wake.expires_at(boost::asio::steady_timer::time_point::max());
        co_await m_wake.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
      }
    }
  }

  bool closing() const {
    const std::lock_guard lock(m_mutex);
    return m_close_code != 0;
  }

  boost::asio::awaitable<void> say_goodbye() {
    boost::beast::websocket::close_reason reason;
    {
      const std::lock_guard lock(m_mutex);
      reason.code = m_close_code;
      reason.reason = m_close_reason.substr(0, 120);
    }
    Error error;
    co_await m_stream.async_close(reason,
                                  boost::asio::redirect_error(boost::asio::use_awaitable, error));
  }

  Shared& m_shared;
  boost::beast::websocket::stream<Stream> m_stream;
  boost::asio::steady_timer m_wake;
  std::shared_ptr<StreamListener> m_listener;  // shared with the hub
  std::atomic<std::size_t> m_waiting{0};
  std::atomic<bool> m_signalled{false};
  std::atomic<bool> m_ended{false};
  mutable std::mutex m_mutex;
  std::deque<std::string> m_queue;  ///< guarded by m_mutex
  std::uint16_t m_close_code{0};    ///< guarded by m_mutex; 0 = open
  std::string m_close_reason;       ///< guarded by m_mutex
  Membership m_membership;
};

}  // namespace jinglue::serve::http
