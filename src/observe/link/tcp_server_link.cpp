// SPDX-License-Identifier: Apache-2.0
// TCP server: stations connect to us. While the queue is full nothing is read, so that the senders
// wait and nothing is lost.
#include <poll.h>

#include <cerrno>
#include <vector>

#include "base/text.hpp"
#include "observe/link/link_base.hpp"

namespace jinglue::observe::link {
namespace {

constexpr std::size_t kMaxClients = 256;
constexpr base::Duration kAcceptPause{100};

struct Client {
  Descriptor socket;
  std::string station;
  LineSplitter splitter;
};

class TcpServerLink final : public LinkBase {
 public:
  TcpServerLink(const Settings& settings, Clock clock)
      : LinkBase(settings, std::move(clock)), m_listener(bind_socket(settings, SOCK_STREAM)) {}
  ~TcpServerLink() override { stop(); }

  std::uint16_t port() const override { return bound_port(m_listener); }

 private:
  void run() override {
    std::vector<pollfd> polled;
    while (!m_wake.raised()) {
      polled.assign({{m_wake.get(), POLLIN, 0}, {m_listener.get(), POLLIN, 0}});
      for (const Client& client : m_clients) polled.push_back({client.socket.get(), POLLIN, 0});
      if (poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) {
        return set_problem("poll: " + base::errno_text(errno));
      }
      // From the back, so that one that leaves does not move those still to be read.
      for (std::size_t i = m_clients.size(); i-- > 0;) {
        if (polled[i + 2].revents != 0 && !read_from(m_clients[i])) drop(i);
      }
      if ((polled[1].revents & POLLIN) != 0) welcome();
    }
    m_clients.clear();
    m_counters.connected = false;
  }

  void welcome() {
    Address from;
    Descriptor socket(
        accept4(m_listener.get(), from.get(), &from.size, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket) {
      if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) return;
      set_problem("accept: " + base::errno_text(errno));
      m_wake.wait(kAcceptPause);
      return;
    }
    if (m_clients.size() >= kMaxClients) {
      set_problem(from.text() + " turned away: " + std::to_string(kMaxClients) +
                  " senders are connected");
      return;
    }
    keep_alive(socket);
    m_clients.push_back({std::move(socket), from.text(), LineSplitter(m_settings.max_line)});
    ++m_counters.connects;
    m_counters.connected = true;
    set_problem({});
  }

  /// False when the client is gone.
  bool read_from(Client& client) {
    const ssize_t n = recv(client.socket.get(), m_bytes.data(), m_bytes.size(), 0);
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    const base::Instant arrival = m_clock();
    const auto give = [&](std::string_view line) {
      return deliver_waiting(line, client.station, arrival);
    };
    if (n == 0) {
      client.splitter.finish(give);
      return false;
    }
    m_counters.bytes += static_cast<std::uint64_t>(n);
    m_counters.too_long +=
        client.splitter.feed({m_bytes.data(), static_cast<std::size_t>(n)}, give);
    return true;
  }

  void drop(std::size_t index) {
    m_clients.erase(m_clients.begin() + static_cast<std::ptrdiff_t>(index));
    ++m_counters.disconnects;
    m_counters.connected = !m_clients.empty();
  }

  Descriptor m_listener;
  std::vector<Client> m_clients;
  std::vector<char> m_bytes = std::vector<char>(65'536);
};

}  // namespace

std::unique_ptr<Link> open_tcp_server(const Settings& settings, Clock clock) {
  return std::make_unique<TcpServerLink>(settings, std::move(clock));
}

}  // namespace jinglue::observe::link
