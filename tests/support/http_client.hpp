// SPDX-License-Identifier: Apache-2.0
// HttpClient: a plain blocking HTTP/1.1 client over one keep-alive connection, written apart from
// the server so that both cannot be wrong in the same way. Remembers the session cookie and the
// CSRF token. A broken connection gives status 0.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"

namespace jinglue::test {

struct HttpReply {
  int status{0};
  std::multimap<std::string, std::string> headers;  // names in lower case
  std::string body;
  base::Json json() const {
    const auto parsed = base::parse_json(body);
    return parsed ? *parsed : base::Json();
  }
  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

class HttpClient {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  explicit HttpClient(std::uint16_t port) : m_port(port) {}
  ~HttpClient() { close(); }
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  std::string cookie;
  std::string csrf;

  HttpReply send(const std::string& method, const std::string& path, const std::string& body = {},
                 const Headers& headers = {}) {
    HttpReply reply = send_once(method, path, body, headers);
    // The server may have closed an idle connection; only a request without effect is repeated.
    if (reply.status == 0 && method == "GET") reply = send_once(method, path, body, headers);
    return reply;
  }
  HttpReply get(const std::string& path) { return send("GET", path); }
  HttpReply write(const std::string& method, const std::string& path, const base::Json& body,
                  const std::string& key) {
    return send(method, path, body.dump(),
                {{"Content-Type", "application/json"}, {"Idempotency-Key", key}});
  }
  bool sign_in(const std::string& name, const std::string& password) {
    const auto reply = send("POST", "/api/v1/session",
                            base::Json::object({{"name", name}, {"password", password}}).dump(),
                            {{"Content-Type", "application/json"}});
    if (reply.status != 200) return false;
    const std::string set = reply.header("set-cookie");
    cookie = set.substr(0, set.find(';'));
    csrf = reply.json()["csrf"].as_string();
    return true;
  }
  void close() {
    if (m_socket >= 0) ::close(m_socket);
    m_socket = -1;
    m_buffer.clear();
  }

 private:
  bool connect() {
    if (m_socket >= 0) return true;
    m_socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(m_port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{15, 0};
    ::setsockopt(m_socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const int on = 1;
    ::setsockopt(m_socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(m_socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) return true;
    close();
    return false;
  }
  HttpReply send_once(const std::string& method, const std::string& path, const std::string& body,
                      const Headers& headers) {
    if (!connect()) return {};
    const std::string origin = "127.0.0.1:" + std::to_string(m_port);
    std::string text = method + " " + path + " HTTP/1.1\r\nHost: " + origin + "\r\n";
    if (!cookie.empty()) text += "Cookie: " + cookie + "\r\n";
    if (method != "GET") text += "Origin: http://" + origin + "\r\n";
    if (!csrf.empty() && method != "GET") text += "X-CSRF-Token: " + csrf + "\r\n";
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    if (!body.empty() || method != "GET") {
      text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    }
    text += "\r\n" + body;
    for (std::size_t sent = 0; sent < text.size();) {
      const auto n = ::send(m_socket, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) {
        close();
        return {};
      }
      sent += static_cast<std::size_t>(n);
    }
    return receive();
  }
  bool more() {
    char piece[16384];
    const auto n = ::recv(m_socket, piece, sizeof piece, 0);
    if (n <= 0) return false;
    m_buffer.append(piece, static_cast<std::size_t>(n));
    return true;
  }
  bool head(HttpReply& reply) {
    std::size_t end;
    while ((end = m_buffer.find("\r\n\r\n")) == std::string::npos) {
      if (!more()) return false;
    }
    std::size_t at = m_buffer.find("\r\n");
    reply.status = std::atoi(m_buffer.c_str() + m_buffer.find(' ') + 1);
    while (at < end) {
      const std::size_t next = m_buffer.find("\r\n", at + 2);
      const std::string line = m_buffer.substr(at + 2, next - at - 2);
      const std::size_t colon = line.find(':');
      if (colon != std::string::npos) {
        std::string name = line.substr(0, colon);
        for (auto& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        const std::size_t value = line.find_first_not_of(' ', colon + 1);
        reply.headers.emplace(name, value == std::string::npos ? "" : line.substr(value));
      }
      at = next;
    }
    m_buffer.erase(0, end + 4);
    return true;
  }
  HttpReply receive() {
    HttpReply reply;
    const auto lost = [&] {
      close();
      return HttpReply{};
    };
    if (!head(reply)) return lost();
    if (strcasecmp(reply.header("transfer-encoding").c_str(), "chunked") == 0) {
      if (!chunks(reply)) return lost();
    } else {
      const auto size = std::strtoull(reply.header("content-length").c_str(), nullptr, 10);
      while (m_buffer.size() < size) {
        if (!more()) return lost();
      }
      reply.body = m_buffer.substr(0, size);
      m_buffer.erase(0, size);
    }
    if (strcasecmp(reply.header("connection").c_str(), "close") == 0) close();
    return reply;
  }
  bool chunks(HttpReply& reply) {
    while (true) {
      std::size_t line;
      while ((line = m_buffer.find("\r\n")) == std::string::npos) {
        if (!more()) return false;
      }
      const auto size = std::strtoull(m_buffer.c_str(), nullptr, 16);
      while (m_buffer.size() < line + 2 + size + 2) {
        if (!more()) return false;
      }
      reply.body.append(m_buffer, line + 2, size);
      m_buffer.erase(0, line + 2 + size + 2);
      if (size == 0) return true;
    }
  }

  const std::uint16_t m_port;
  int m_socket{-1};
  std::string m_buffer;
};

}  // namespace jinglue::test
