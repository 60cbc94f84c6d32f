// SPDX-License-Identifier: Apache-2.0
// TCP server: receivers connect to us, from the addresses that the approval names. Each client has
// a bounded queue: one that is slow loses the oldest of its own and holds up nobody.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <vector>

#include "base/networks.hpp"
#include "base/text.hpp"
#include "output/sender.hpp"

namespace jinglue::output {
namespace {

using observe::link::Address;
using observe::link::Descriptor;
using SteadyClock = std::chrono::steady_clock;

constexpr int kLook = 1'000;  // ms between looks at the end of the approval and at idle clients
constexpr std::size_t kTaken = 1'000;
constexpr int kSendBuffer = 128 << 10;  // what the system holds for a client is not ours to drop

/// A message that goes to several clients: sent when one has it whole, dropped when none will.
struct Pending {
  Text text;
  std::size_t holders{0};
  bool sent{false};
};

struct Client {
  Descriptor socket;
  std::string peer;
  std::deque<std::shared_ptr<Pending>> queue;  // shared by the clients that the message goes to
  std::size_t bytes{0};
  std::size_t written{0};  ///< of the first message
  SteadyClock::time_point moved{SteadyClock::now()};
};

class TcpServerSender final : public Sender {
 public:
  TcpServerSender(const Destination& destination, base::Instant until,
                  std::shared_ptr<Counters> counters, const SenderOptions& options)
      : Sender(destination, until, std::move(counters), options),
        m_allowed(base::Networks::parse(destination.allowed).value_or(base::Networks())) {}
  ~TcpServerSender() override { stop(); }

 private:
  void run() override {
    base::Duration pause = m_options.first_pause;
    while (!ended() && !listen()) {
      m_wake.wait(pause);
      discard(Dropped::kNotConnected);
      pause = std::min(pause * 2, m_options.longest_pause);
    }
    while (!ended()) {
      poll_all();
      if (ended()) break;
      give_out();
      let_go_of_the_stuck();
    }
    while (!m_clients.empty()) leave(0, Dropped::kStopped);
  }

  bool listen() {
    const auto addresses =
        observe::link::resolve(m_destination.host, m_destination.port, SOCK_STREAM);
    if (!addresses || addresses->empty()) {
      set_error(addresses ? "the host has no address" : addresses.error().text());
      return false;
    }
    const Address& at = addresses->front();
    const int on = 1;
    m_listener =
        Descriptor(socket(at.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const bool good =
        m_listener && setsockopt(m_listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(m_listener.get(), at.get(), at.size) == 0 && ::listen(m_listener.get(), 16) == 0;
    if (!good) {
      set_state("failed");
      set_error("cannot listen on " + at.text() + ": " + base::errno_text(errno));
      return false;
    }
    set_state("listening", at.text());
    set_error({});
    return true;
  }

  void poll_all() {
    std::vector<pollfd> polled = {{m_wake.get(), POLLIN, 0},
                                  {m_backlog.descriptor(), POLLIN, 0},
                                  {m_listener.get(), POLLIN, 0}};
    const std::size_t first = polled.size();
    for (const auto& client : m_clients) {
      const bool writes = !client.queue.empty();
      polled.push_back({client.socket.get(), short(writes ? POLLIN | POLLOUT : POLLIN), 0});
    }
    poll(polled.data(), polled.size(), kLook);
    for (std::size_t i = m_clients.size(); i-- > 0;) {
      const short events = polled[first + i].revents;
      const bool stays = ((events & (POLLIN | POLLERR | POLLHUP)) == 0 || read_from(i)) &&
                         ((events & POLLOUT) == 0 || write_to(m_clients[i]));
      if (!stays) leave(i, Dropped::kNotConnected);
    }
    if ((polled[2].revents & POLLIN) != 0) welcome();
  }

  void welcome() {
    Address from;
    Descriptor socket(
        accept4(m_listener.get(), from.get(), &from.size, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket) return;
    if (!may_connect(from)) return set_error(from.text() + " was turned away: it is not allowed");
    if (m_clients.size() >= m_destination.max_clients) {
      return set_error(from.text() + " was turned away: " + std::to_string(m_clients.size()) +
                       " clients are connected");
    }
    observe::link::keep_alive(socket);
    (void)setsockopt(socket.get(), SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof kSendBuffer);
    Client client;
    client.socket = std::move(socket);
    client.peer = from.text();
    m_clients.push_back(std::move(client));
    ++m_counters->connects;
    set_clients(m_clients.size());
  }

  /// A destination on the loopback needs no list: only this machine reaches it.
  bool may_connect(const Address& from) const {
    if (m_allowed.empty()) return true;
    std::string host = from.text();
    host.resize(host.rfind(':'));
    if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
    const auto address = base::Networks::address_of(host);
    return address && m_allowed.contain(*address);
  }

  void give_out() {
    for (auto& item : m_backlog.take(kTaken)) {
      if (m_clients.empty()) {
        m_counters->drop(Dropped::kNotConnected);
        continue;
      }
      const auto pending =
          std::make_shared<Pending>(Pending{std::move(item.text), m_clients.size(), false});
      for (auto& client : m_clients) {
        if (client.queue.empty()) client.moved = SteadyClock::now();
        client.queue.push_back(pending);
        client.bytes += pending->text->size();
        while (client.bytes > m_options.client_bytes && drop_oldest(client)) {
        }
      }
    }
    for (std::size_t i = m_clients.size(); i-- > 0;) {
      if (!write_to(m_clients[i])) leave(i, Dropped::kNotConnected);
    }
  }

  /// Not the one that is half written, nor the newest.
  bool drop_oldest(Client& client) {
    const std::size_t at = client.written > 0 ? 1 : 0;
    if (client.queue.size() <= at + 1) return false;
    release(*client.queue[at], Dropped::kSlowClient);
    ++m_counters->client_losses;
    client.bytes -= client.queue[at]->text->size();
    client.queue.erase(client.queue.begin() + static_cast<std::ptrdiff_t>(at));
    return true;
  }

  void release(Pending& pending, Dropped cause) {
    if (--pending.holders == 0 && !pending.sent) m_counters->drop(cause);
  }

  /// False when the client is gone.
  bool write_to(Client& client) {
    while (!client.queue.empty() && !ended()) {
      const std::string& text = *client.queue.front()->text;
      const auto n = ::send(client.socket.get(), text.data() + client.written,
                            text.size() - client.written, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n < 0) return errno == EAGAIN || errno == EINTR;
      client.moved = SteadyClock::now();
      client.written += static_cast<std::size_t>(n);
      m_counters->bytes += static_cast<std::uint64_t>(n);
      if (client.written < text.size()) return true;
      finish(client);
    }
    return true;
  }

  void finish(Client& client) {
    Pending& pending = *client.queue.front();
    if (!pending.sent) {
      pending.sent = true;
      count_sent(1, 0);
    }
    --pending.holders;
    client.bytes -= pending.text->size();
    client.written = 0;
    client.queue.pop_front();
  }

  bool read_from(std::size_t index) {
    std::array<char, 4096> ignored;
    const auto n =
        recv(m_clients[index].socket.get(), ignored.data(), ignored.size(), MSG_DONTWAIT);
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
  }

  void let_go_of_the_stuck() {
    const auto now = SteadyClock::now();
    for (std::size_t i = m_clients.size(); i-- > 0;) {
      const auto& client = m_clients[i];
      if (client.queue.empty() || now - client.moved < m_options.client_patience) continue;
      set_error(client.peer + " was let go: it took nothing for " +
                std::to_string(m_options.client_patience.count() / 1000) + " s");
      leave(i, Dropped::kSlowClient);
    }
  }

  void leave(std::size_t index, Dropped cause) {
    if (cause == Dropped::kSlowClient) m_counters->client_losses += m_clients[index].queue.size();
    for (auto& pending : m_clients[index].queue) release(*pending, cause);
    m_clients.erase(m_clients.begin() + static_cast<std::ptrdiff_t>(index));
    ++m_counters->disconnects;
    set_clients(m_clients.size());
  }

  const base::Networks m_allowed;
  Descriptor m_listener;
  std::vector<Client> m_clients;
};

}  // namespace

std::unique_ptr<Sender> open_tcp_server(const Destination& destination, base::Instant until,
                                        std::shared_ptr<Counters> counters,
                                        const SenderOptions& options) {
  return std::make_unique<TcpServerSender>(destination, until, std::move(counters), options);
}

}  // namespace jinglue::output
