// SPDX-License-Identifier: Apache-2.0
// Sockets: an owned file descriptor, addresses as text, and the few calls that the links share.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "observe/link/link.hpp"

namespace jinglue::observe::link {

/// Closes on destruction; -1 holds nothing.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : m_fd(fd) {}
  Descriptor(Descriptor&& other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(m_fd, other.m_fd);
    return *this;
  }
  ~Descriptor();

  int get() const { return m_fd; }
  explicit operator bool() const { return m_fd >= 0; }

 private:
  int m_fd{-1};
};

/// Wakes a thread that waits in poll(); stays raised.
class Wake {
 public:
  Wake();
  void raise();
  bool raised() const { return m_raised; }
  int get() const { return m_fd.get(); }
  /// Waits until raised or `patience` is over; true when raised.
  bool wait(base::Duration patience) const;

 private:
  Descriptor m_fd;
  std::atomic<bool> m_raised{false};
};

struct Address {
  sockaddr_storage storage{};
  socklen_t size{sizeof(sockaddr_storage)};

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  std::uint16_t port() const;
  bool is_multicast() const;
  std::string text() const;  ///< "10.0.0.5:4001", "[::1]:4001"
};

/// `type` is SOCK_STREAM or SOCK_DGRAM. Error kUnknown when there is no such host.
base::Result<std::vector<Address>> resolve(const std::string& host, std::uint16_t port, int type);

/// A connected stream, non-blocking, with keep_alive().
struct Connection {
  Descriptor socket;
  Address peer;
};
/// To the first address of the host that answers within five seconds. kUnavailable says in one
/// sentence why there is none; also when `wake` was raised meanwhile.
base::Result<Connection> connect_stream(const std::string& host, std::uint16_t port,
                                        const Wake& wake);

/// A bound, non-blocking socket. Throws WorldError naming the input, the address and what to do.
Descriptor bind_socket(const Settings& settings, int type);
std::uint16_t bound_port(const Descriptor& socket);
/// A datagram socket whose peer is a port of this machine; for drills. Throws WorldError.
Descriptor udp_to_loopback(std::uint16_t port);
/// One datagram: the line and CR LF. False when the system refused it (no listener yet).
bool send_line(const Descriptor& socket, const std::string& line);
/// Finds out about a peer that vanished, within about half a minute.
void keep_alive(const Descriptor& socket);

}  // namespace jinglue::observe::link
