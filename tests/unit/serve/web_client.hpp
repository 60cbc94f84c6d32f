// SPDX-License-Identifier: Apache-2.0
// A small blocking HTTP and WebSocket client over a loopback socket, written apart from the server
// (no code of it is shared), so that the tests see the bytes. Every wait ends after ten seconds.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace jinglue::test {

inline constexpr int kPatienceMs = 10'000;

class Socket {
 public:
  explicit Socket(std::uint16_t port, int receive_buffer = 0) {
    m_fd = ::socket(AF_INET, SOCK_STREAM, 0);
    if (receive_buffer > 0) {
      ::setsockopt(m_fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(m_fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      ::close(m_fd);
      throw std::runtime_error("cannot connect");
    }
  }
  ~Socket() {
    if (m_fd >= 0) ::close(m_fd);
  }
  Socket(Socket&& other) noexcept : m_fd(std::exchange(other.m_fd, -1)), m_rest(other.m_rest) {}
  Socket& operator=(Socket&&) = delete;

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto size = ::send(m_fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0) return;  // the other side has closed; reading will tell
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
  }
  /// More bytes into rest(); false at the end of the stream or after the patience.
  bool more(int patience_ms = kPatienceMs) {
    pollfd wait{m_fd, POLLIN, 0};
    if (::poll(&wait, 1, patience_ms) <= 0) return false;
    char bytes[65536];
    const auto size = ::recv(m_fd, bytes, sizeof bytes, 0);
    if (size <= 0) {
      m_ended = true;
      return false;
    }
    m_rest.append(bytes, static_cast<std::size_t>(size));
    return true;
  }
  std::string& rest() { return m_rest; }
  bool ended() const { return m_ended; }

 private:
  int m_fd{-1};
  bool m_ended{false};
  std::string m_rest;
};

struct Reply {
  int status{0};
  std::map<std::string, std::string> headers;  ///< lower case; of equal names the last
  std::vector<std::string> cookies;            ///< Set-Cookie values
  std::string body;
  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

inline std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// Reads one response. Absent when the connection ended before it was whole.
inline std::optional<Reply> read_reply(Socket& socket, bool head_only = false) {
  std::size_t end = 0;
  while ((end = socket.rest().find("\r\n\r\n")) == std::string::npos) {
    if (!socket.more()) return std::nullopt;
  }
  Reply out;
  const std::string head = socket.rest().substr(0, end);
  socket.rest().erase(0, end + 4);
  out.status = std::atoi(head.substr(9, 3).c_str());
  for (std::size_t at = head.find("\r\n"); at != std::string::npos;) {
    const auto next = head.find("\r\n", at + 2);
    const std::string line = head.substr(at + 2, next == std::string::npos ? next : next - at - 2);
    const auto colon = line.find(": ");
    const std::string name = lower(line.substr(0, colon));
    out.headers[name] = line.substr(colon + 2);
    if (name == "set-cookie") out.cookies.push_back(line.substr(colon + 2));
    at = next;
  }
  const std::string length = out.header("content-length");
  const std::size_t size =
      head_only || length.empty() ? 0 : std::strtoul(length.c_str(), nullptr, 10);
  while (socket.rest().size() < size) {
    if (!socket.more()) return std::nullopt;
  }
  out.body = socket.rest().substr(0, size);
  socket.rest().erase(0, size);
  return out;
}

using Headers = std::vector<std::pair<std::string, std::string>>;

inline std::string request_text(const std::string& method, const std::string& target,
                                const Headers& headers = {}, const std::string& body = {}) {
  std::string out = method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  for (const auto& [name, value] : headers) out += name + ": " + value + "\r\n";
  if (!body.empty() || method == "POST" || method == "PATCH") {
    out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  return out + "\r\n" + body;
}

/// One request on a connection of its own.
inline Reply ask(std::uint16_t port, const std::string& method, const std::string& target,
                 const Headers& headers = {}, const std::string& body = {}) {
  Socket socket(port);
  socket.write(request_text(method, target, headers, body));
  auto reply = read_reply(socket, method == "HEAD");
  if (!reply) throw std::runtime_error("no answer to " + method + " " + target);
  return *reply;
}

/// Frames of RFC 6455 from the client's side.
class WebSocketClient {
 public:
  WebSocketClient(std::uint16_t port, const std::string& target, const Headers& headers,
                  int receive_buffer = 0)
      : m_socket(port, receive_buffer) {
    Headers all = {{"Upgrade", "websocket"},
                   {"Connection", "Upgrade"},
                   {"Sec-WebSocket-Version", "13"},
                   {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}};
    all.insert(all.end(), headers.begin(), headers.end());
    m_socket.write(request_text("GET", target, all));
    auto reply = read_reply(m_socket, true);
    if (reply) m_reply = *reply;
  }
  const Reply& reply() const { return m_reply; }
  bool open() const { return m_reply.status == 101; }

  void send_text(const std::string& text) { send(1, text); }
  void send(int opcode, const std::string& payload) {
    std::string out;
    out += static_cast<char>(0x80 | opcode);
    if (payload.size() < 126) {
      out += static_cast<char>(0x80 | payload.size());
    } else {
      out += static_cast<char>(0x80 | 126);
      out += static_cast<char>(payload.size() >> 8);
      out += static_cast<char>(payload.size() & 0xFF);
    }
    const std::string mask = "\x12\x34\x56\x78";
    out += mask;
    for (std::size_t i = 0; i < payload.size(); ++i) {
      out += static_cast<char>(payload[i] ^ mask[i % 4]);
    }
    m_socket.write(out);
  }

  struct Message {
    int opcode{0};
    std::string payload;
    int close_code() const {
      return opcode != 8 || payload.size() < 2 ? 0
                                               : (static_cast<unsigned char>(payload[0]) << 8) |
                                                     static_cast<unsigned char>(payload[1]);
    }
  };
  /// Next message; pings are answered. Absent after the patience or at the end.
  std::optional<Message> read(int patience_ms = kPatienceMs) {
    Message whole;
    for (;;) {
      const auto size = frame_size();
      if (!size) {
        if (!m_socket.more(patience_ms)) return std::nullopt;
        continue;
      }
      auto& rest = m_socket.rest();
      const bool final = (static_cast<unsigned char>(rest[0]) & 0x80) != 0;
      const int opcode = rest[0] & 0x0F;
      const std::string payload = rest.substr(size->first, size->second);
      rest.erase(0, size->first + size->second);
      if (opcode == 9) {
        send(10, payload);
        continue;
      }
      if (opcode != 0) whole.opcode = opcode;
      whole.payload += payload;
      if (final) return whole;
    }
  }

 private:
  /// Sizes of head and payload of the frame at the begin of what was read, once it is whole.
  std::optional<std::pair<std::size_t, std::size_t>> frame_size() {
    const auto& rest = m_socket.rest();
    const auto octet = [&](std::size_t i) {
      return static_cast<std::size_t>(static_cast<unsigned char>(rest[i]));
    };
    if (rest.size() < 2) return std::nullopt;
    std::size_t head = 2, size = octet(1) & 0x7F;
    const std::size_t extra = size == 126 ? 2 : size == 127 ? 8 : 0;
    head += extra;
    if (rest.size() < head) return std::nullopt;
    if (extra > 0) size = 0;
    for (std::size_t i = 0; i < extra; ++i) size = (size << 8) | octet(2 + i);
    if (rest.size() < head + size) return std::nullopt;
    return std::pair(head, size);
  }

  Socket m_socket;
  Reply m_reply;
};

}  // namespace jinglue::test
