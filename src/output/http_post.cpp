// SPDX-License-Identifier: Apache-2.0
#include "output/http_post.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <charconv>

#include "base/hash.hpp"
#include "base/text.hpp"

namespace jinglue::output {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using base::Code;
using boost::system::error_code;

constexpr auto kTell = asio::as_tuple(asio::use_awaitable);
constexpr std::uint32_t kMostHead = 16'384;
constexpr auto kMostRetryAfter = std::chrono::hours(1);

bool is_this_machine(std::string_view host) {
  return host == "127.0.0.1" || host == "::1" || host == "localhost";
}

base::Error broken(const char* step, const error_code& error) {
  return {Code::kUnavailable, std::string(step) + ": " + error.message(), {}, {}};
}

http::request<http::string_body> request_of(const HttpPost& post) {
  http::request<http::string_body> out{http::verb::post, post.to.target, 11};
  const bool usual = post.to.port == (post.to.tls ? 443 : 80);
  out.set(http::field::host, post.to.host + (usual ? "" : ":" + std::to_string(post.to.port)));
  out.set(http::field::user_agent, "jinglue");
  out.set(http::field::content_type, post.type);
  out.set(http::field::connection, "close");
  for (const auto& [name, value] : post.headers) out.set(name, value);
  out.body() = post.body;
  out.prepare_payload();
  return out;
}

std::chrono::seconds retry_after_of(std::string_view text) {
  std::int64_t seconds = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (read.ec != std::errc{} || seconds < 0) return std::chrono::seconds(0);
  return std::min<std::chrono::seconds>(std::chrono::seconds(seconds), kMostRetryAfter);
}

/// One exchange on a stream that is connected.
template <class Stream>
asio::awaitable<base::Result<HttpAnswer>> exchange(Stream& stream, const HttpPost& post) {
  const auto request = request_of(post);
  auto [unsent, sent] = co_await http::async_write(stream, request, kTell);
  if (unsent) co_return tl::unexpected(broken("sending", unsent));
  beast::flat_buffer buffer(kMostHead);
  http::response_parser<http::empty_body> parser;
  parser.header_limit(kMostHead);
  auto [unread, read] = co_await http::async_read_header(stream, buffer, parser, kTell);
  if (unread) co_return tl::unexpected(broken("the answer", unread));
  const auto after = parser.get()[http::field::retry_after];
  co_return HttpAnswer{int(parser.get().result_int()),
                       retry_after_of({after.data(), after.size()})};
}

asio::awaitable<base::Result<HttpAnswer>> over_tls(beast::tcp_stream plain, const HttpPost& post) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  error_code wrong;
  context.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
  context.set_verify_mode(asio::ssl::verify_peer);
  if (post.ca_file.empty()) {
    context.set_default_verify_paths(wrong);
  } else {
    context.load_verify_file(post.ca_file.string(), wrong);
  }
  if (wrong) co_return tl::unexpected(broken("the certificates to trust", wrong));
  context.set_verify_callback(asio::ssl::host_name_verification(post.to.host));
  beast::ssl_stream<beast::tcp_stream> stream(std::move(plain), context);
  // What SSL_set_tlsext_host_name() does, without its C cast.
  std::string host = post.to.host;
  SSL_ctrl(stream.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
           host.data());
  auto [refused] = co_await stream.async_handshake(asio::ssl::stream_base::client, kTell);
  if (refused) co_return tl::unexpected(broken("TLS", refused));
  co_return co_await exchange(stream, post);
}

asio::awaitable<void> run(const HttpPost& post, base::Result<HttpAnswer>& out) {
  const auto executor = co_await asio::this_coro::executor;
  tcp::resolver resolver(executor);
  auto [unknown, places] =
      co_await resolver.async_resolve(post.to.host, std::to_string(post.to.port), kTell);
  if (unknown) {
    out = tl::unexpected(broken("the name of the host", unknown));
    co_return;
  }
  beast::tcp_stream stream(executor);
  stream.expires_after(post.patience);
  auto [unreached, place] = co_await stream.async_connect(places, kTell);
  if (unreached) {
    out = tl::unexpected(broken("connecting", unreached));
  } else if (post.to.tls) {
    out = co_await over_tls(std::move(stream), post);
  } else {
    out = co_await exchange(stream, post);
  }
}

/// "HOST", "HOST:PORT", "[::1]:PORT".
bool read_host(std::string_view text, HttpAddress& out) {
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return false;
    out.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else {
    const auto colon = text.find(':');
    out.host = text.substr(0, colon);
    port = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
  }
  if (out.host.empty() || out.host.size() > 253) return false;
  if (port.empty()) return true;
  if (port.front() != ':') return false;
  port.remove_prefix(1);
  const auto read = std::from_chars(port.data(), port.data() + port.size(), out.port);
  return read.ec == std::errc{} && read.ptr == port.data() + port.size() && out.port > 0;
}

}  // namespace

base::Result<HttpAddress> parse_http_address(std::string_view text) {
  HttpAddress out;
  const auto wrong = [&](const char* why) {
    return base::fail(Code::kMalformed, "\"" + std::string(text) + "\": " + why, "url",
                      "https://host.example/path");
  };
  const bool clean = std::all_of(
      text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F && c != '#' && c != '@'; });
  if (!clean) return wrong("has a blank, a user, a fragment or a character beyond ASCII");
  std::string_view rest = text;
  out.tls = rest.starts_with("https://");
  if (!out.tls && !rest.starts_with("http://")) return wrong("does not begin with https://");
  rest.remove_prefix(out.tls ? 8 : 7);
  const auto slash = std::min(rest.find('/'), rest.size());
  out.port = out.tls ? 443 : 80;
  if (!read_host(rest.substr(0, slash), out)) return wrong("has no sound host and port");
  if (!out.tls && !is_this_machine(out.host)) {
    return wrong("only this machine is reached without TLS");
  }
  out.target = slash < rest.size() ? std::string(rest.substr(slash)) : "/";
  return out;
}

base::Result<HttpAnswer> http_post(const HttpPost& post) {
  asio::io_context io(1);
  base::Result<HttpAnswer> out =
      base::fail(Code::kUnavailable,
                 "no answer within " + std::to_string(post.patience.count() / 1000) + " s");
  asio::co_spawn(io, run(post, out), asio::detached);
  io.run_for(post.patience);
  return out;
}

std::string hmac_sha256_hex(std::string_view key, std::string_view bytes) {
  crypto_auth_hmacsha256_state state;
  const auto octets = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  crypto_auth_hmacsha256_init(&state, octets(key), key.size());
  crypto_auth_hmacsha256_update(&state, octets(bytes), bytes.size());
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> out{};
  crypto_auth_hmacsha256_final(&state, out.data());
  return base::to_hex(std::string_view(reinterpret_cast<const char*>(out.data()), out.size()));
}

}  // namespace jinglue::output
