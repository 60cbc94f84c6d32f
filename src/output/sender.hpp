// SPDX-License-Identifier: Apache-2.0
// Sender: what one approved destination is sent with: a backlog and a thread of its own, so that a
// slow or absent receiver holds up nobody. It sends what is live: while there is no connection,
// messages are dropped and counted, never kept for later. It looks at the end of the approval (wall
// clock) before everything that it sends. One source per kind beside this header.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/instant.hpp"
#include "observe/link/sockets.hpp"
#include "output/backlog.hpp"
#include "output/counters.hpp"
#include "output/destination.hpp"

namespace jinglue::output {

class BoatMessages;

struct SenderOptions {
  std::size_t most_items{20'000};  ///< that wait
  std::size_t most_bytes{8u << 20};
  std::size_t client_bytes{1u << 20};      ///< that wait for one client of a tcp_server
  base::Duration client_patience{60'000};  ///< a client that takes nothing for so long is let go
  base::Duration first_pause{1'000};       ///< before the second attempt to connect; doubles
  base::Duration longest_pause{30'000};
  std::filesystem::path secrets;  ///< folder of password files and authorities
  BoatMessages* boats{nullptr};   ///< of Kind::kBeidouCard; must outlive the senders
  std::function<base::Instant()> wall{base::wall_now};
};

class Sender {
 public:
  /// `counters` are those of the destination's whole life. The thread starts at once.
  static std::unique_ptr<Sender> open(const Destination& destination, base::Instant until,
                                      std::shared_ptr<Counters> counters,
                                      const SenderOptions& options);
  virtual ~Sender() = default;
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  /// From any thread; never waits.
  void push(Item item);
  /// After it returns nothing is sent any more; what waited is counted as stopped.
  void stop();

  struct State {
    std::string connection;  ///< "connecting", "connected", "listening", "failed"
    std::string peer;        ///< address that is sent to
    std::size_t clients{0};  ///< of a tcp_server
    std::string error;       ///< of the last attempt; empty when fine
    std::size_t waiting{0};
  };
  State state() const;

 protected:
  Sender(const Destination& destination, base::Instant until, std::shared_ptr<Counters> counters,
         const SenderOptions& options);
  void start();

  virtual void run() = 0;

  bool ended() const;  ///< stopped, or the approval is over
  /// Sleeps in poll() until something waits, `socket` (-1 = none) has `events`, the end or
  /// `patience` (-1 = none); what happened to the socket.
  short wait(int socket, short events, int patience_ms) const;
  /// Everything that waits leaves, counted under a cause.
  void discard(Dropped cause);
  void set_state(std::string connection, std::string peer = {});
  void set_clients(std::size_t clients);
  /// A new problem is logged; empty when it is over.
  void set_error(const std::string& text);
  void count_sent(std::uint64_t messages, std::uint64_t bytes);

  const Destination m_destination;
  const base::Instant m_until;
  const SenderOptions m_options;
  const std::shared_ptr<Counters> m_counters;  // shared with the relay: they outlive a sender
  Backlog m_backlog;
  observe::link::Wake m_wake;

 private:
  mutable std::mutex m_mutex;
  State m_state;
  std::thread m_thread;
};

std::unique_ptr<Sender> open_udp(const Destination& destination, base::Instant until,
                                 std::shared_ptr<Counters> counters, const SenderOptions& options);
std::unique_ptr<Sender> open_tcp_client(const Destination& destination, base::Instant until,
                                        std::shared_ptr<Counters> counters,
                                        const SenderOptions& options);
std::unique_ptr<Sender> open_tcp_server(const Destination& destination, base::Instant until,
                                        std::shared_ptr<Counters> counters,
                                        const SenderOptions& options);
std::unique_ptr<Sender> open_beidou_card(const Destination& destination, base::Instant until,
                                         std::shared_ptr<Counters> counters,
                                         const SenderOptions& options);
std::unique_ptr<Sender> open_mqtt(const Destination& destination, base::Instant until,
                                  std::shared_ptr<Counters> counters, const SenderOptions& options);

}  // namespace jinglue::output
