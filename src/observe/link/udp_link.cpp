// SPDX-License-Identifier: Apache-2.0
// UDP: one listener, any number of senders; each datagram holds whole lines. A full queue drops and
// counts; the kernel's own drops are read from SO_RXQ_OVFL (packet(7)), which rises with the next
// datagram that gets through.
#include <poll.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "base/text.hpp"
#include "observe/link/link_base.hpp"

namespace jinglue::observe::link {
namespace {

constexpr int kReceiveBuffer = 8 << 20;
constexpr std::size_t kBatch = 32;
constexpr std::size_t kDatagram = 65'536;

/// The structures that one recvmmsg() fills.
struct Batch {
  std::vector<char> bytes = std::vector<char>(kBatch * kDatagram);
  std::array<Address, kBatch> from;
  std::array<iovec, kBatch> pieces{};
  alignas(
      cmsghdr) std::array<std::array<char, CMSG_SPACE(sizeof(std::uint32_t))>, kBatch> control{};
  std::array<mmsghdr, kBatch> headers{};

  void prepare() {
    for (std::size_t i = 0; i < kBatch; ++i) {
      from[i].size = sizeof(sockaddr_storage);
      pieces[i] = {bytes.data() + i * kDatagram, kDatagram};
      msghdr& head = headers[i].msg_hdr;
      head = {};
      head.msg_name = from[i].get();
      head.msg_namelen = from[i].size;
      head.msg_iov = &pieces[i];
      head.msg_iovlen = 1;
      head.msg_control = control[i].data();
      head.msg_controllen = control[i].size();
    }
  }
};

class UdpLink final : public LinkBase {
 public:
  UdpLink(const Settings& settings, Clock clock)
      : LinkBase(settings, std::move(clock)), m_socket(bind_socket(settings, SOCK_DGRAM)) {
    const int size = kReceiveBuffer;
    const int on = 1;
    // Beyond the system's limit where we may; else as much as it gives.
    if (setsockopt(m_socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0) {
      (void)setsockopt(m_socket.get(), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    }
    (void)setsockopt(m_socket.get(), SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
    m_counters.connected = true;
  }
  ~UdpLink() override { stop(); }

  std::uint16_t port() const override { return bound_port(m_socket); }

 private:
  void run() override {
    Batch batch;
    while (!m_wake.raised()) {
      std::array<pollfd, 2> polled{{{m_socket.get(), POLLIN, 0}, {m_wake.get(), POLLIN, 0}}};
      if (poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) {
        return set_problem("poll: " + base::errno_text(errno));
      }
      batch.prepare();
      const int n = recvmmsg(m_socket.get(), batch.headers.data(), kBatch, MSG_DONTWAIT, nullptr);
      if (n <= 0) continue;
      const base::Instant arrival = m_clock();
      for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) receive(batch, i, arrival);
    }
  }

  void receive(Batch& batch, std::size_t i, base::Instant arrival) {
    const mmsghdr& head = batch.headers[i];
    batch.from[i].size = head.msg_hdr.msg_namelen;
    count_kernel_drops(head.msg_hdr);
    name_station(batch.from[i]);
    m_counters.bytes.fetch_add(head.msg_len, std::memory_order_relaxed);
    LineSplitter splitter(m_settings.max_line);
    const auto give = [&](std::string_view line) {
      deliver_or_drop(line, m_station, arrival);
      return true;
    };
    m_counters.too_long += splitter.feed({batch.bytes.data() + i * kDatagram, head.msg_len}, give);
    splitter.finish(give);
  }

  void count_kernel_drops(const msghdr& head) {
    msghdr writable = head;  // the CMSG macros want it so
    for (cmsghdr* c = CMSG_FIRSTHDR(&writable); c != nullptr; c = CMSG_NXTHDR(&writable, c)) {
      if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_RXQ_OVFL) continue;
      std::uint32_t total = 0;
      std::memcpy(&total, CMSG_DATA(c), sizeof total);
      m_counters.dropped_kernel += static_cast<std::uint32_t>(total - m_kernel_drops);
      m_kernel_drops = total;
    }
  }

  void name_station(const Address& from) {
    if (from.size == m_last_from.size &&
        std::memcmp(&from.storage, &m_last_from.storage, from.size) == 0) {
      return;
    }
    m_last_from = from;
    m_station = from.text();
  }

  Descriptor m_socket;
  std::uint32_t m_kernel_drops{0};
  Address m_last_from{{}, 0};
  std::string m_station;
};

}  // namespace

std::unique_ptr<Link> open_udp(const Settings& settings, Clock clock) {
  return std::make_unique<UdpLink>(settings, std::move(clock));
}

}  // namespace jinglue::observe::link
