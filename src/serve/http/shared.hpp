// SPDX-License-Identifier: Apache-2.0
// Shared: what all connections of one HttpServer use. It outlives them: the io_context is destroyed
// first of its members, and with it every suspended connection.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "serve/api/application.hpp"
#include "serve/api/settings.hpp"

namespace jinglue::serve::http {

/// Something with a socket that stop() can close. abort() may be called from any thread.
class Abortable {
 public:
  virtual ~Abortable() = default;
  virtual void abort() = 0;
  virtual bool busy() const = 0;  ///< an answer is under way
};

struct Shared {
  Shared(const Settings& wanted, Application& app) : settings(wanted), application(app) {}

  const Settings settings;
  Application& application;
  std::atomic<bool> stopping{false};
  std::uint16_t port{0};  ///< set when bound

  std::atomic<std::uint64_t> accepted{0}, refused{0}, requests{0}, malformed{0}, timed_out{0};
  std::atomic<std::uint64_t> bytes_in{0}, bytes_out{0};
  std::atomic<std::uint64_t> streams_opened{0}, stream_bytes{0}, stream_frames{0};
  std::atomic<std::int64_t> connections{0}, streams{0};

  std::mutex mutex;
  std::set<Abortable*> open;  ///< guarded by mutex; each takes itself out on destruction

  std::optional<boost::asio::ssl::context> tls;
  boost::asio::io_context io{static_cast<int>(settings.io_threads)};
  std::optional<boost::asio::ip::tcp::acceptor> acceptor;
  std::vector<std::thread> threads;
};

/// Registers a connection with Shared for as long as it lives.
class Membership {
 public:
  Membership(Shared& shared, Abortable& self) : m_shared(shared), m_self(self) {
    const std::lock_guard lock(m_shared.mutex);
    m_shared.open.insert(&m_self);
  }
  ~Membership() {
    const std::lock_guard lock(m_shared.mutex);
    m_shared.open.erase(&m_self);
  }
  Membership(const Membership&) = delete;
  Membership& operator=(const Membership&) = delete;

 private:
  Shared& m_shared;
  Abortable& m_self;
};

/// Serve one accepted socket (which has its own strand) until it closes.
void serve_plain(Shared& shared, boost::asio::ip::tcp::socket socket, std::string address);
void serve_tls(Shared& shared, boost::asio::ip::tcp::socket socket, std::string address);

}  // namespace jinglue::serve::http
