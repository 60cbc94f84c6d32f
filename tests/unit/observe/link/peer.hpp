// SPDX-License-Identifier: Apache-2.0
// The other end of a link on the loopback: sends datagrams, connects, listens. And a consumer that
// waits for lines, bounded in time.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "observe/link/link.hpp"
#include "observe/link/sockets.hpp"

namespace jinglue::test {

using observe::link::Descriptor;

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

inline const sockaddr* as_sockaddr(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

inline Descriptor connected(int type, std::uint16_t port) {
  Descriptor out(socket(AF_INET, type | SOCK_CLOEXEC, 0));
  const auto to = loopback(port);
  if (connect(out.get(), as_sockaddr(to), sizeof to) != 0)
    throw std::runtime_error("no connection");
  return out;
}

inline void send_all(const Descriptor& to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = send(to.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) throw std::runtime_error("send");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

/// Listens on the loopback; port 0 = any free one.
inline Descriptor listening(std::uint16_t port) {
  Descriptor out(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(out.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const auto at = loopback(port);
  if (bind(out.get(), as_sockaddr(at), sizeof at) != 0 || listen(out.get(), 4) != 0) {
    throw std::runtime_error("listen");
  }
  return out;
}

inline Descriptor accepted(const Descriptor& listener) {
  pollfd waiting{listener.get(), POLLIN, 0};
  if (poll(&waiting, 1, 20'000) != 1) throw std::runtime_error("nobody connects");
  return Descriptor(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
}

/// Waits until `done()` or 20 s have passed.
template <class Done>
bool eventually(Done done) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!done()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

/// Exactly `count` lines, or fewer after 20 s.
inline std::vector<observe::link::Line> take(observe::link::Link& link, std::size_t count) {
  std::vector<observe::link::Line> out;
  eventually([&] {
    for (auto& line : link.queue().take_all(std::chrono::milliseconds(5))) {
      out.push_back(std::move(line));
    }
    return out.size() >= count;
  });
  return out;
}

inline std::vector<std::string> texts(const std::vector<observe::link::Line>& lines) {
  std::vector<std::string> out;
  for (const auto& line : lines) out.push_back(line.text);
  return out;
}

}  // namespace jinglue::test
