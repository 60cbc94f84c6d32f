// SPDX-License-Identifier: Apache-2.0
// Client: one connection of the stream: what it wants, what it has been shown, what comes next.
// Only the hub's thread touches it. Row rights come before filters. A client whose queue is full is
// told nothing until it has read; then it gets `resync` and everything anew.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "base/json.hpp"
#include "findings/findings.hpp"
#include "picture/live/live.hpp"
#include "serve/api/application.hpp"
#include "serve/api/rights.hpp"
#include "serve/api/services.hpp"
#include "serve/stream/frame_maker.hpp"
#include "serve/stream/subscription.hpp"

namespace jinglue::serve {

/// What the hub knows at one moment; the same for all clients.
struct Moment {
  std::shared_ptr<const picture::LiveSnapshot> live;  // shared: immutable
  std::uint64_t cursor{0};  ///< finding steps up to this offset have been published
  Clock clock;
};

/// "Something people edit has changed", before it is known who may hear of it.
struct RecordNotice {
  std::string resource, id, actor, parent;
  std::int64_t revision{0};
  std::function<bool(const access::Actor&)> may_see;
};

class Client {
 public:
  Client(access::SignedIn session, std::shared_ptr<StreamSocket> socket, const Services& services,
         std::size_t max_queue);

  const access::SignedIn& session() const { return m_session; }
  StreamSocket& socket() { return *m_socket; }
  bool lagging() const { return m_lagging; }
  std::uint64_t resyncs() const { return m_resyncs; }

  void subscribe(const Subscription& wanted, const Moment& moment);
  /// Ten times a second: what changed in the picture, history that is still to be sent.
  void tick(const Moment& moment);
  /// Once a second: clock and counters, and what has become too old for the filter.
  void second(const Moment& moment, const base::Json& counters);
  void steps(std::span<const model::FindingStep> steps, const Moment& moment);
  void records(std::span<const RecordNotice> notices, const Moment& moment);

 private:
  /// What the client has been shown of one handle.
  struct Shown {
    std::uint64_t version{0};
    std::uint8_t flags{0};
    bool there{false};
  };
  bool may_send(const Moment& moment);
  void show_all(const Moment& moment);
  void show_changes(const Moment& moment);
  void consider(const picture::LiveEntry& entry, const Moment& moment);
  std::uint8_t reason_to_hide(const picture::LiveEntry& entry, base::Instant now) const;
  std::uint8_t flags_of(const picture::LiveEntry& entry) const;
  void put_vessel(const picture::LiveEntry& entry, std::uint8_t flags);
  void remove(std::uint32_t handle, std::uint8_t reason);
  void put_removals();
  void send_history(const Moment& moment);
  void put_step(const model::FindingStep& step, const Moment& moment);
  void ready_when_whole();

  const access::SignedIn m_session;
  const std::shared_ptr<StreamSocket> m_socket;  // shared with the connection
  const Services& m_services;
  const std::size_t m_max_queue;
  const RowRight m_vessel_right, m_finding_right;
  FrameMaker m_frames;
  Subscription m_wanted;
  std::vector<Shown> m_shown;                                      ///< by handle
  std::vector<std::pair<std::uint32_t, std::uint8_t>> m_removals;  ///< of the pass under way
  std::vector<std::shared_ptr<const picture::LiveSnapshot::Chunk>> m_seen;  // shared: immutable
  std::uint64_t m_cursor{0};  ///< steps up to this offset have been sent
  bool m_begun{false};        ///< a subscription came
  bool m_history{false};      ///< steps after m_cursor are still to be read from the store
  bool m_ready_due{false};
  bool m_lagging{false};
  std::uint64_t m_resyncs{0};
};

}  // namespace jinglue::serve
