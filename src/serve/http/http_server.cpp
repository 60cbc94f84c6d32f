// SPDX-License-Identifier: Apache-2.0
#include "serve/http/http_server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "base/log.hpp"
#include "serve/http/shared.hpp"

namespace jinglue::serve::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;
using std::chrono::milliseconds;

/// How long stop() waits for answers under way.
constexpr milliseconds kGrace{2000};

asio::ip::address parse_address(const Settings& settings) {
  Error error;
  const auto address = asio::ip::make_address(settings.address, error);
  if (error) {
    throw base::WorldError("the address to listen on is not numeric", settings.address,
                           "use an address of this machine such as 127.0.0.1 or 0.0.0.0");
  }
  return address;
}

void refuse_open_plain(const Settings& settings, const asio::ip::address& address) {
  const bool tls = !settings.certificate.empty();
  if (address.is_loopback() || tls || settings.allow_plain) return;
  throw base::WorldError(
      "refusing to serve plain HTTP on a network address", settings.address,
      "set certificate and key for TLS, put a TLS proxy in front of 127.0.0.1, or say allow_plain");
}

void open_tls(Shared& shared) {
  const Settings& settings = shared.settings;
  if (settings.certificate.empty() != settings.key.empty()) {
    throw base::WorldError("TLS needs both a certificate and a key", settings.certificate.string(),
                           "set both, or none");
  }
  if (settings.certificate.empty()) return;
  shared.tls.emplace(asio::ssl::context::tls_server);
  shared.tls->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                          asio::ssl::context::no_tlsv1_1 | asio::ssl::context::single_dh_use);
  Error error;
  shared.tls->use_certificate_chain_file(settings.certificate.string(), error);
  if (error) {
    throw base::WorldError("cannot use the TLS certificate",
                           settings.certificate.string() + ": " + error.message(),
                           "it must be a readable PEM file, the server's certificate first");
  }
  shared.tls->use_private_key_file(settings.key.string(), asio::ssl::context::pem, error);
  if (error) {
    throw base::WorldError("cannot use the TLS key", settings.key.string() + ": " + error.message(),
                           "it must be a readable PEM file that belongs to the certificate");
  }
}

void bind_port(Shared& shared, const asio::ip::address& address) {
  const tcp::endpoint endpoint(address, shared.settings.port);
  shared.acceptor.emplace(asio::make_strand(shared.io));
  Error error;
  auto& acceptor = *shared.acceptor;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) shared.port = acceptor.local_endpoint(error).port();
  if (!error) return;
  const std::string where =
      shared.settings.address + " port " + std::to_string(shared.settings.port);
  const bool taken = error == asio::error::address_in_use;
  throw base::WorldError(
      taken ? "another program uses the port" : "cannot listen", where + ": " + error.message(),
      taken ? "stop that program, or choose another port with --port" : "check address and port");
}

std::string client_address(const tcp::socket& socket) {
  Error error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return {};
  const auto address = endpoint.address();
  return address.is_v6() && address.to_v6().is_v4_mapped()
             ? asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string()
             : address.to_string();
}

void take(Shared& shared, tcp::socket socket) {
  if (shared.connections.load() >= static_cast<std::int64_t>(shared.settings.max_connections)) {
    ++shared.refused;
    return;  // closed at once
  }
  ++shared.accepted;
  Error ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  std::string address = client_address(socket);
  if (shared.tls) {
    serve_tls(shared, std::move(socket), std::move(address));
  } else {
    serve_plain(shared, std::move(socket), std::move(address));
  }
}

asio::awaitable<void> accept_all(Shared& shared) {
  while (!shared.stopping) {
    tcp::socket socket{asio::any_io_executor(asio::make_strand(shared.io))};
    Error error;
    co_await shared.acceptor->async_accept(socket,
                                           asio::redirect_error(asio::use_awaitable, error));
    if (!error) {
      take(shared, std::move(socket));
      continue;
    }
    if (shared.stopping || error == asio::error::operation_aborted) co_return;
    // Out of file descriptors, most likely: others must close first.
    base::log_warn("serve", "cannot accept a connection: {}", error.message());
    asio::steady_timer pause(shared.io, milliseconds(100));
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
}

bool any_busy(Shared& shared) {
  const std::lock_guard lock(shared.mutex);
  for (const auto* one : shared.open) {
    if (one->busy()) return true;
  }
  return false;
}

void abort_all(Shared& shared) {
  const std::lock_guard lock(shared.mutex);
  for (auto* one : shared.open) one->abort();
}

bool any_open(Shared& shared) {
  const std::lock_guard lock(shared.mutex);
  return !shared.open.empty();
}

template <class Condition>
void wait_while(Condition condition, milliseconds most) {
  const auto end = std::chrono::steady_clock::now() + most;
  while (condition() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(milliseconds(5));
  }
}

}  // namespace

HttpServer::HttpServer(const Settings& settings, Application& application)
    : m_shared(std::make_unique<Shared>(settings, application)) {
  const auto address = parse_address(settings);
  refuse_open_plain(settings, address);
  open_tls(*m_shared);
  bind_port(*m_shared, address);
}

HttpServer::~HttpServer() {
  stop();
}

void HttpServer::start() {
  Shared& shared = *m_shared;
  asio::co_spawn(shared.acceptor->get_executor(), accept_all(shared), asio::detached);
  for (std::size_t i = 0; i < shared.settings.io_threads; ++i) {
    shared.threads.emplace_back([&shared] { shared.io.run(); });
  }
}

void HttpServer::stop() {
  Shared& shared = *m_shared;
  if (shared.stopping.exchange(true)) return;
  if (!shared.threads.empty()) {
    asio::post(shared.acceptor->get_executor(), [&shared] {
      Error ignored;
      shared.acceptor->close(ignored);
    });
    wait_while([&] { return any_busy(shared); }, kGrace);
    abort_all(shared);
    wait_while([&] { return any_open(shared); }, kGrace);
  }
  shared.io.stop();
  for (auto& thread : shared.threads) thread.join();
  shared.threads.clear();
}

std::uint16_t HttpServer::port() const {
  return m_shared->port;
}

base::Json HttpServer::counters() const {
  const Shared& shared = *m_shared;
  return base::Json::object({{"connections", shared.connections.load()},
                             {"connections_total", shared.accepted.load()},
                             {"connections_refused_total", shared.refused.load()},
                             {"http_requests_total", shared.requests.load()},
                             {"http_malformed_total", shared.malformed.load()},
                             {"http_timed_out_total", shared.timed_out.load()},
                             {"http_bytes_in_total", shared.bytes_in.load()},
                             {"http_bytes_out_total", shared.bytes_out.load()},
                             {"streams", shared.streams.load()},
                             {"streams_total", shared.streams_opened.load()},
                             {"stream_frames_total", shared.stream_frames.load()},
                             {"stream_bytes_total", shared.stream_bytes.load()}});
}

}  // namespace jinglue::serve::http
