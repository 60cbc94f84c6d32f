// SPDX-License-Identifier: Apache-2.0
// UDP: whole messages, as many as fit into a datagram that no usual network cuts. Nothing tells
// whether it arrives; a machine that answers "nobody listens" (ICMP) is shown as the last error.
#include <poll.h>

#include <cerrno>

#include "base/text.hpp"
#include "output/sender.hpp"

namespace jinglue::output {
namespace {

using observe::link::Address;
using observe::link::Descriptor;

/// IPv6's least MTU of 1280 less headers of 48, and some for a tunnel. A message that is larger
/// goes in a datagram of its own.
constexpr std::size_t kDatagram = 1'200;
constexpr std::size_t kTaken = 1'000;  // messages at a time

class UdpSender final : public Sender {
 public:
  UdpSender(const Destination& destination, base::Instant until, std::shared_ptr<Counters> counters,
            const SenderOptions& options)
      : Sender(destination, until, std::move(counters), options) {}
  ~UdpSender() override { stop(); }

 private:
  void run() override {
    base::Duration pause = m_options.first_pause;
    while (!ended()) {
      if (open()) {
        pause = m_options.first_pause;
        send_all();
        continue;
      }
      m_wake.wait(pause);
      discard(Dropped::kNotConnected);
      pause = std::min(pause * 2, m_options.longest_pause);
    }
  }

  bool open() {
    const auto addresses =
        observe::link::resolve(m_destination.host, m_destination.port, SOCK_DGRAM);
    if (!addresses || addresses->empty()) {
      set_error(addresses ? "the host has no address" : addresses.error().text());
      return false;
    }
    const Address& to = addresses->front();
    m_socket = Descriptor(socket(to.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!m_socket || connect(m_socket.get(), to.get(), to.size) != 0) {
      set_error(to.text() + ": " + base::errno_text(errno));
      return false;
    }
    ++m_counters->connects;
    set_state("connected", to.text());
    return true;
  }

  /// Until the end.
  void send_all() {
    while (!ended()) {
      wait(-1, 0, kLook);
      for (const auto& item : m_backlog.take(kTaken)) {
        if (!m_datagram.empty() && m_datagram.size() + item.text->size() > kDatagram) flush();
        m_datagram += *item.text;
        ++m_messages;
      }
      flush();
    }
  }

  void flush() {
    if (m_datagram.empty()) return;
    if (ended()) {
      m_counters->drop(Dropped::kStopped, m_messages);
    } else if (send_one()) {
      count_sent(m_messages, m_datagram.size());
    } else {
      set_error(base::errno_text(errno));
      m_counters->drop(Dropped::kSendError, m_messages);
    }
    m_datagram.clear();
    m_messages = 0;
  }

  /// What the system has learnt of an earlier datagram it says at the next one, which is then not
  /// sent: that one is tried again.
  bool send_one() {
    const auto send_it = [this] {
      return ::send(m_socket.get(), m_datagram.data(), m_datagram.size(), MSG_NOSIGNAL) >= 0;
    };
    if (send_it()) {
      const bool quiet = m_options.wall() - m_refused > kRefusalHolds;
      if (quiet) set_error({});
      return true;
    }
    if (errno != ECONNREFUSED) return false;
    m_refused = m_options.wall();
    set_error("nobody listens at " + state().peer);
    return send_it();
  }

  static constexpr int kLook = 1'000;  // ms between looks at the end of the approval
  static constexpr base::Duration kRefusalHolds{10'000};

  Descriptor m_socket;
  std::string m_datagram;
  std::uint64_t m_messages{0};
  base::Instant m_refused{base::kDistantPast};
};

}  // namespace

std::unique_ptr<Sender> open_udp(const Destination& destination, base::Instant until,
                                 std::shared_ptr<Counters> counters, const SenderOptions& options) {
  return std::make_unique<UdpSender>(destination, until, std::move(counters), options);
}

}  // namespace jinglue::output
