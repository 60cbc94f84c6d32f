// SPDX-License-Identifier: Apache-2.0
// Hub: one thread that serves all streams: what changed in the picture as soon as it did, finding
// steps at once, clock and counters once a second, changes of records when they happen. What it is
// told arrives through an inbox; nobody waits for it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "access/access.hpp"
#include "base/json.hpp"
#include "findings/findings.hpp"
#include "model/record_change.hpp"
#include "serve/api/application.hpp"
#include "serve/api/services.hpp"
#include "serve/api/settings.hpp"
#include "serve/stream/client.hpp"

namespace jinglue::serve {

class Hub {
 public:
  Hub(const Settings& settings, const Services& services);
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  void start();
  /// Says goodbye to every client (1001) and ends the thread.
  void stop();

  /// Null when there are as many streams as the settings allow.
  std::shared_ptr<StreamListener> open(const access::SignedIn& session);

  /// services.live() is new: the streams tell it soon, not at the end of their period. Quick.
  void picture_changed();
  void publish_steps(std::span<const model::FindingStep> steps);
  void publish_record(RecordNotice notice);
  /// Looks at every session again: one has ended, or an account has changed.
  void check_sessions();
  base::Json counters() const;

 private:
  class Listener;
  struct Event {
    std::uint64_t client{0};
    enum class Kind { kOpen, kText, kClosed } kind{Kind::kText};
    std::string text{};
    std::shared_ptr<StreamSocket> socket{};  // shared with the connection
    std::shared_ptr<Listener> listener{};    // shared with the connection
  };
  struct Inbox {
    std::vector<Event> events;
    std::vector<model::FindingStep> steps;
    std::vector<RecordNotice> records;
    bool check_sessions{false};
    bool picture{false};
    bool empty() const {
      return events.empty() && steps.empty() && records.empty() && !check_sessions && !picture;
    }
  };

  void told(Event event);
  void run();
  Inbox wait(std::chrono::steady_clock::time_point until);
  bool take_all(Inbox& inbox);
  void take(Inbox& inbox);
  void take_events(std::vector<Event>& events, const Moment& moment);
  void take_text(Client& client, const std::string& text, const Moment& moment);
  void tick();
  void second();
  void end_dead_sessions();
  Moment moment() const;

  const Settings& m_settings;
  const Services& m_services;
  // Before the inbox, whose listeners count themselves out.
  std::atomic<std::uint64_t> m_next_client{1};
  std::atomic<std::int64_t> m_open{0};
  std::mutex m_mutex;
  std::condition_variable m_wake;
  Inbox m_inbox;           ///< guarded by m_mutex
  bool m_stopping{false};  ///< guarded by m_mutex
  std::atomic<std::uint64_t> m_cursor{0}, m_resyncs{0}, m_lagging{0}, m_malformed{0}, m_ticks{0};
  std::atomic<std::int64_t> m_slowest_tick_us{0};
  std::map<std::uint64_t, std::unique_ptr<Client>> m_clients;  ///< hub thread only
  std::thread m_thread;
};

}  // namespace jinglue::serve
