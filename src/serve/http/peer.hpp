// SPDX-License-Identifier: Apache-2.0
// Peer: whether the client of a connection has ended it, asked by a worker while the connection
// waits for its answer. A client that has only closed its sending side counts as gone too: no
// client of HTTP does that and waits.
#pragma once

#include <poll.h>

#include <mutex>

namespace jinglue::serve::http {

class Peer {
 public:
  /// The socket is open until leave().
  void watch(int socket) {
    const std::lock_guard lock(m_mutex);
    m_socket = socket;
  }
  void leave() { watch(-1); }

  /// From any thread; true also after leave().
  bool gone() const {
    const std::lock_guard lock(m_mutex);
    if (m_socket < 0) return true;
    pollfd asked{m_socket, POLLRDHUP, 0};
    return ::poll(&asked, 1, 0) > 0 &&
           (asked.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0;
  }

 private:
  mutable std::mutex m_mutex;
  int m_socket{-1};
};

}  // namespace jinglue::serve::http
