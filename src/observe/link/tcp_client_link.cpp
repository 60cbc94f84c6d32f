// SPDX-License-Identifier: Apache-2.0
// TCP client: we connect to a receiver or an aggregator, again and again with growing pauses. While
// the queue is full nothing is read, so that the sender waits and nothing is lost.
#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "base/text.hpp"
#include "observe/link/link_base.hpp"

namespace jinglue::observe::link {
namespace {

constexpr base::Duration kFirstPause{250};
constexpr base::Duration kLongestPause{30'000};

class TcpClientLink final : public LinkBase {
 public:
  TcpClientLink(const Settings& settings, Clock clock) : LinkBase(settings, std::move(clock)) {}
  ~TcpClientLink() override { stop(); }

  std::uint16_t port() const override { return m_settings.port; }

 private:
  void run() override {
    base::Duration pause = kFirstPause;
    while (!m_wake.raised()) {
      const Descriptor socket = connect();
      if (socket) {
        ++m_counters.connects;
        m_counters.connected = true;
        set_problem({});
        const bool got_data = read_all(socket);
        m_counters.connected = false;
        ++m_counters.disconnects;
        // A peer that accepts and hangs up at once is no reason to hurry.
        if (got_data) pause = kFirstPause;
      }
      if (m_wake.wait(pause)) return;
      pause = std::min(pause * 2, kLongestPause);
    }
  }

  Descriptor connect() {
    auto connection = connect_stream(m_settings.host, m_settings.port, m_wake);
    if (!connection) {
      set_problem(connection.error().message + "; trying again");
      return {};
    }
    m_station = connection->peer.text();
    return std::move(connection->socket);
  }

  /// Until the connection ends or the link stops; whether anything came.
  bool read_all(const Descriptor& socket) {
    LineSplitter splitter(m_settings.max_line);
    bool got_data = false;
    base::Instant arrival;
    const auto give = [&](std::string_view line) {
      return deliver_waiting(line, m_station, arrival);
    };
    while (!m_wake.raised()) {
      std::array<pollfd, 2> polled{{{socket.get(), POLLIN, 0}, {m_wake.get(), POLLIN, 0}}};
      poll(polled.data(), polled.size(), -1);
      if (polled[0].revents == 0) continue;
      const ssize_t n = recv(socket.get(), m_bytes.data(), m_bytes.size(), 0);
      if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      arrival = m_clock();
      if (n <= 0) {
        splitter.finish(give);
        set_problem(fmt::format("{} closed the connection{}; trying again", m_station,
                                n < 0 ? ": " + base::errno_text(errno) : ""));
        break;
      }
      got_data = true;
      m_counters.bytes += static_cast<std::uint64_t>(n);
      m_counters.too_long += splitter.feed({m_bytes.data(), static_cast<std::size_t>(n)}, give);
    }
    return got_data;
  }

  std::string m_station;
  std::vector<char> m_bytes = std::vector<char>(65'536);
};

}  // namespace

std::unique_ptr<Link> open_tcp_client(const Settings& settings, Clock clock) {
  return std::make_unique<TcpClientLink>(settings, std::move(clock));
}

}  // namespace jinglue::observe::link
