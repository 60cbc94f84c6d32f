// SPDX-License-Identifier: Apache-2.0
#include "observe/link/sockets.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include "base/text.hpp"

namespace jinglue::observe::link {
namespace {

void set_option(const Descriptor& socket, int level, int name, int value) {
  // A kernel that lacks an option costs comfort, not correctness.
  (void)setsockopt(socket.get(), level, name, &value, sizeof value);
}

std::string hint_for(int error, const Settings& settings) {
  if (error == EADDRINUSE) {
    return fmt::format(
        "another program listens there; stop it (`ss -lpn | grep {}` shows it) or "
        "give the input '{}' another port",
        settings.port, settings.name);
  }
  if (error == EACCES) return "ports below 1024 need the right to bind them; take a higher port";
  if (error == EADDRNOTAVAIL) {
    return fmt::format("no network interface of this machine has the address {}", settings.host);
  }
  if (error == ENODEV) {
    return fmt::format("no network interface takes the group {}; give it a route (ip route)",
                       settings.host);
  }
  return "check host and port of the input";
}

[[noreturn]] void refuse(const Settings& settings, int error) {
  throw base::WorldError(
      fmt::format("input '{}' cannot listen on {}:{}", settings.name, settings.host, settings.port),
      base::errno_text(error), hint_for(error, settings));
}

bool join_group(const Descriptor& socket, const Address& group) {
  if (group.storage.ss_family == AF_INET) {
    ip_mreqn request{};
    std::memcpy(&request.imr_multiaddr,
                &reinterpret_cast<const sockaddr_in&>(group.storage).sin_addr, sizeof(in_addr));
    return setsockopt(socket.get(), IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request) == 0;
  }
  ipv6_mreq request{};
  std::memcpy(&request.ipv6mr_multiaddr,
              &reinterpret_cast<const sockaddr_in6&>(group.storage).sin6_addr, sizeof(in6_addr));
  return setsockopt(socket.get(), IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &request, sizeof request) == 0;
}

constexpr base::Duration kConnectPatience{5'000};

/// Zero, or why there is no connection.
int connect_to(const Address& address, const Wake& wake, Descriptor& out) {
  out =
      Descriptor(socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!out) return errno;
  if (connect(out.get(), address.get(), address.size) != 0 && errno != EINPROGRESS) return errno;
  std::array<pollfd, 2> polled{{{out.get(), POLLOUT, 0}, {wake.get(), POLLIN, 0}}};
  poll(polled.data(), polled.size(), static_cast<int>(kConnectPatience.count()));
  if (polled[0].revents == 0) return ETIMEDOUT;
  int outcome = 0;
  socklen_t size = sizeof outcome;
  getsockopt(out.get(), SOL_SOCKET, SO_ERROR, &outcome, &size);
  return outcome;
}

}  // namespace

Descriptor::~Descriptor() {
  if (m_fd >= 0) close(m_fd);
}

Wake::Wake() : m_fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!m_fd) throw base::WorldError("no event descriptor", base::errno_text(errno));
}

void Wake::raise() {
  m_raised = true;
  const std::uint64_t one = 1;
  (void)!write(m_fd.get(), &one, sizeof one);
}

bool Wake::wait(base::Duration patience) const {
  pollfd poll_fd{m_fd.get(), POLLIN, 0};
  if (!m_raised) poll(&poll_fd, 1, static_cast<int>(patience.count()));
  return m_raised;
}

std::uint16_t Address::port() const {
  if (storage.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in&>(storage).sin_port);
  }
  return ntohs(reinterpret_cast<const sockaddr_in6&>(storage).sin6_port);
}

bool Address::is_multicast() const {
  if (storage.ss_family == AF_INET) {
    return IN_MULTICAST(ntohl(reinterpret_cast<const sockaddr_in&>(storage).sin_addr.s_addr));
  }
  return IN6_IS_ADDR_MULTICAST(&reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr);
}

std::string Address::text() const {
  char host[INET6_ADDRSTRLEN] = "?";
  if (storage.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(storage).sin_addr, host, sizeof host);
    return fmt::format("{}:{}", host, port());
  }
  inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr, host, sizeof host);
  return fmt::format("[{}]:{}", host, port());
}

base::Result<std::vector<Address>> resolve(const std::string& host, std::uint16_t port, int type) {
  addrinfo hints{};
  hints.ai_socktype = type;
  hints.ai_flags = AI_NUMERICSERV | AI_PASSIVE;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.empty() ? nullptr : host.c_str(), std::to_string(port).c_str(),
                                &hints, &found);
  if (error != 0) {
    return base::fail(base::Code::kUnknown, fmt::format("host '{}': {}", host, gai_strerror(error)),
                      {}, "check the host name, or write an address");
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all(found, &freeaddrinfo);
  std::vector<Address> out;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    if (one->ai_family != AF_INET && one->ai_family != AF_INET6) continue;
    Address address;
    std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
    address.size = one->ai_addrlen;
    out.push_back(address);
  }
  return out;
}

base::Result<Connection> connect_stream(const std::string& host, std::uint16_t port,
                                        const Wake& wake) {
  const auto addresses = resolve(host, port, SOCK_STREAM);
  if (!addresses) return tl::unexpected(addresses.error());
  int error = ECONNREFUSED;
  for (const Address& address : *addresses) {
    Connection out{{}, address};
    error = connect_to(address, wake, out.socket);
    if (error == 0) {
      keep_alive(out.socket);
      return out;
    }
    if (wake.raised()) break;
  }
  return base::fail(base::Code::kUnavailable, fmt::format("cannot connect to {}:{}: {}", host, port,
                                                          base::errno_text(error)));
}

Descriptor bind_socket(const Settings& settings, int type) {
  const auto addresses = resolve(settings.host, settings.port, type);
  if (!addresses || addresses->empty()) {
    throw base::WorldError(fmt::format("input '{}' cannot listen", settings.name),
                           addresses ? "no address" : addresses.error().message,
                           "check host of the input");
  }
  const Address& address = addresses->front();
  Descriptor out(socket(address.storage.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!out) refuse(settings, errno);
  // For TCP this only skips the wait of a former connection; for UDP it would let two programs
  // share a port without a word, which only a multicast group means.
  if (type == SOCK_STREAM || address.is_multicast()) set_option(out, SOL_SOCKET, SO_REUSEADDR, 1);
  if (bind(out.get(), address.get(), address.size) != 0) refuse(settings, errno);
  if (type == SOCK_STREAM && listen(out.get(), 64) != 0) refuse(settings, errno);
  const bool group = type == SOCK_DGRAM && address.is_multicast();
  if (group && !join_group(out, address)) refuse(settings, errno);
  return out;
}

std::uint16_t bound_port(const Descriptor& socket) {
  Address address;
  if (getsockname(socket.get(), address.get(), &address.size) != 0) return 0;
  return address.port();
}

Descriptor udp_to_loopback(std::uint16_t port) {
  Descriptor out(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (!out || ::connect(out.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    throw base::WorldError(fmt::format("no socket to 127.0.0.1:{}", port), base::errno_text(errno));
  }
  return out;
}

bool send_line(const Descriptor& socket, const std::string& line) {
  const std::string whole = line + "\r\n";
  return ::send(socket.get(), whole.data(), whole.size(), MSG_NOSIGNAL) > 0;
}

void keep_alive(const Descriptor& socket) {
  set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, 15);
  set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, 5);
  set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, 3);
}

}  // namespace jinglue::observe::link
