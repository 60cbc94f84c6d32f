// SPDX-License-Identifier: Apache-2.0
// TCP: we connect, again and again with growing pauses. A receiver behind a router that was reset
// is noticed: nothing may stay unacknowledged for longer than kUnacknowledged.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/text.hpp"
#include "output/stream_client.hpp"

namespace jinglue::output {
namespace {

constexpr unsigned kUnacknowledged_ms = 20'000;
constexpr int kLook = 1'000;        // ms between looks at the end of the approval
constexpr std::size_t kTaken = 64;  // messages at a time: the others may still give way

class TcpClientSender final : public StreamClient {
 public:
  TcpClientSender(const Destination& destination, base::Instant until,
                  std::shared_ptr<Counters> counters, const SenderOptions& options)
      : StreamClient(destination, until, std::move(counters), options) {}
  ~TcpClientSender() override { stop(); }

 private:
  void begin() override {
    (void)setsockopt(m_socket.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnacknowledged_ms,
                     sizeof kUnacknowledged_ms);
    discard(Dropped::kNotConnected);
  }
  /// What nobody can take now is not kept for later.
  void idle() override { discard(Dropped::kNotConnected); }

  /// Until the connection or the approval ends; whether anything was sent.
  bool serve() override {
    const auto before = m_counters->sent.load();
    m_out.clear();
    while (!ended()) {
      const short events = wait_for_work();
      if (ended()) break;
      if ((events & POLLIN) != 0 && !listen_to_peer()) break;
      if ((events & (POLLERR | POLLHUP)) != 0 && !listen_to_peer()) break;
      if (m_out.empty()) fill();
      if (!m_out.empty() && !write_some()) break;
    }
    if (m_messages.size() > 0) {
      m_counters->drop(ended() ? Dropped::kStopped : Dropped::kNotConnected, m_messages.size());
    }
    m_messages.clear();
    return m_counters->sent > before;
  }

  /// While something is half written only the socket counts, else the backlog does.
  short wait_for_work() {
    if (m_out.empty()) return wait(m_socket.get(), POLLIN, kLook);
    std::array<pollfd, 2> polled{
        {{m_wake.get(), POLLIN, 0}, {m_socket.get(), POLLIN | POLLOUT, 0}}};
    poll(polled.data(), polled.size(), kLook);
    return polled[1].revents;
  }

  void fill() {
    m_written = 0;
    for (const auto& item : m_backlog.take(kTaken)) {
      m_out += *item.text;
      m_messages.push_back(m_out.size());
    }
  }

  /// A message is sent when its last byte has been taken by the system.
  bool write_some() {
    const auto n = ::send(m_socket.get(), m_out.data() + m_written, m_out.size() - m_written,
                          MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0) {
      if (errno == EAGAIN || errno == EINTR) return true;
      set_error(base::errno_text(errno));
      return false;
    }
    m_written += static_cast<std::size_t>(n);
    const auto done = std::upper_bound(m_messages.begin(), m_messages.end(), m_written);
    const auto whole = static_cast<std::uint64_t>(done - m_messages.begin());
    m_messages.erase(m_messages.begin(), done);
    count_sent(whole, static_cast<std::uint64_t>(n));
    if (m_written == m_out.size()) m_out.clear();
    return true;
  }

  /// What a receiver says is not for us; false when it has gone.
  bool listen_to_peer() {
    std::array<char, 4096> ignored;
    const auto n = recv(m_socket.get(), ignored.data(), ignored.size(), MSG_DONTWAIT);
    if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR))) return true;
    set_error(n == 0 ? "the receiver closed the connection"
                     : "the connection broke: " + base::errno_text(errno));
    return false;
  }

  std::string m_out;
  std::size_t m_written{0};
  std::vector<std::size_t> m_messages;  ///< where each message of m_out ends
};

}  // namespace

std::unique_ptr<Sender> open_tcp_client(const Destination& destination, base::Instant until,
                                        std::shared_ptr<Counters> counters,
                                        const SenderOptions& options) {
  return std::make_unique<TcpClientSender>(destination, until, std::move(counters), options);
}

}  // namespace jinglue::output
