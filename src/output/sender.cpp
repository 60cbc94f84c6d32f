// SPDX-License-Identifier: Apache-2.0
// What all senders share: the thread, the waiting, the counts.
#include "output/sender.hpp"

#include <poll.h>

#include <array>
#include <exception>
#include <limits>
#include <utility>

#include "base/log.hpp"

namespace jinglue::output {

std::unique_ptr<Sender> Sender::open(const Destination& destination, base::Instant until,
                                     std::shared_ptr<Counters> counters,
                                     const SenderOptions& options) {
  std::unique_ptr<Sender> out;
  switch (destination.kind) {
    case Kind::kUdp:
      out = open_udp(destination, until, std::move(counters), options);
      break;
    case Kind::kTcpClient:
      out = open_tcp_client(destination, until, std::move(counters), options);
      break;
    case Kind::kTcpServer:
      out = open_tcp_server(destination, until, std::move(counters), options);
      break;
    case Kind::kMqtt:
      out = open_mqtt(destination, until, std::move(counters), options);
      break;
    case Kind::kBeidouCard:
      out = open_beidou_card(destination, until, std::move(counters), options);
      break;
  }
  out->start();
  return out;
}

Sender::Sender(const Destination& destination, base::Instant until,
               std::shared_ptr<Counters> counters, const SenderOptions& options)
    : m_destination(destination),
      m_until(until),
      m_options(options),
      m_counters(std::move(counters)),
      m_backlog(options.most_items, options.most_bytes) {
  m_state.connection = "connecting";
}

void Sender::start() {
  m_thread = std::thread([this] {
    try {
      run();
    } catch (const std::exception& failure) {
      set_state("failed");
      set_error(failure.what());
    }
  });
}

void Sender::stop() {
  m_wake.raise();
  if (m_thread.joinable()) m_thread.join();
  discard(Dropped::kStopped);
}

void Sender::push(Item item) {
  const std::size_t gone = m_backlog.push(std::move(item));
  if (gone > 0) m_counters->drop(Dropped::kQueueFull, gone);
}

bool Sender::ended() const {
  return m_wake.raised() || m_options.wall() >= m_until;
}

short Sender::wait(int socket, short events, int patience_ms) const {
  std::array<pollfd, 3> polled{
      {{m_wake.get(), POLLIN, 0}, {m_backlog.descriptor(), POLLIN, 0}, {socket, events, 0}}};
  poll(polled.data(), polled.size(), patience_ms);
  return polled[2].revents;
}

void Sender::discard(Dropped cause) {
  const auto items = m_backlog.take(std::numeric_limits<std::size_t>::max());
  if (!items.empty()) m_counters->drop(cause, items.size());
}

void Sender::set_state(std::string connection, std::string peer) {
  const std::lock_guard lock(m_mutex);
  m_state.connection = std::move(connection);
  m_state.peer = std::move(peer);
}

void Sender::set_clients(std::size_t clients) {
  const std::lock_guard lock(m_mutex);
  m_state.clients = clients;
}

void Sender::set_error(const std::string& text) {
  {
    const std::lock_guard lock(m_mutex);
    if (m_state.error == text) return;
    m_state.error = text;
  }
  if (!text.empty()) base::log_warn("output", "{}: {}", m_destination.name, text);
}

void Sender::count_sent(std::uint64_t messages, std::uint64_t bytes) {
  m_counters->sent += messages;
  m_counters->bytes += bytes;
  m_counters->last_sent_ms = m_options.wall().ms;
}

Sender::State Sender::state() const {
  State out;
  {
    const std::lock_guard lock(m_mutex);
    out = m_state;
  }
  out.waiting = m_backlog.size();
  return out;
}

}  // namespace jinglue::output
