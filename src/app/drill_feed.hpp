// SPDX-License-Identifier: Apache-2.0
// DrillFeed: plays a scenario into this station over real UDP and drives the data folder's clock. A
// drill has an own data folder that carries the mark file DRILL and is made anew at each start;
// nothing of it can reach an output.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "access/access.hpp"
#include "app/data_clock.hpp"
#include "base/result.hpp"
#include "drill/player.hpp"
#include "model/journal_entry.hpp"
#include "observe/link/sockets.hpp"
#include "registry/registry.hpp"

namespace jinglue::app {

inline constexpr const char* kDrillInput = "drill";
inline constexpr const char* kDrillBuoys = "drill-buoys";  ///< what they send, by topic

/// Makes `folder` empty and marks it. Throws WorldError when it holds something that is no drill.
void make_drill_folder(const std::filesystem::path& folder);
bool is_drill_folder(const std::filesystem::path& folder);
/// duty, duty2, leader, enforcement, clerk, admin with passwords drill-NAME-2024. Drill folders
/// only.
/// `now` is the wall clock's, as for every account.
void add_drill_accounts(access::Access& access, base::Instant now);
/// A drill uses every register: its own store holds nothing else.
void enable_drill_registers(registry::Registry& registry, access::Access& access,
                            base::Instant now);
/// The scenario's vessels and exemptions. Throws WorldError when one is refused.
void add_drill_records(registry::Registry& registry, const base::Json& records, base::Instant now);

class DrillFeed {
 public:
  DrillFeed(std::unique_ptr<drill::Player> player, DataClock& clock);
  ~DrillFeed();

  const drill::Player& player() const { return *m_player; }
  /// What lies before the opening, as journal entries with their ticks, piece by piece.
  void past(const std::function<void(std::vector<model::JournalEntry>)>& take);
  using Put = std::function<void(model::JournalEntry)>;
  /// Starts the clock at the opening and sends to 127.0.0.1:port; what buoys send goes to `put`, as
  /// there is no broker.
  void start(std::uint16_t port, Put put);
  void stop();

  /// "pause", "resume", "speed" (value = times real time).
  base::Status control(const std::string& action, double value);
  bool paused() const { return m_paused; }
  bool ended() const { return m_ended; }
  double speed() const { return m_speed; }
  std::uint64_t sent() const { return m_sent; }

 private:
  void run(const observe::link::Descriptor& socket);
  void send_due(const observe::link::Descriptor& socket, const std::vector<drill::Sentence>& due);
  void put_due(base::Instant now);
  void set_pace();

  std::unique_ptr<drill::Player> m_player;
  DataClock& m_clock;
  std::mutex m_mutex;
  std::condition_variable m_changed;
  bool m_stopping{false};
  std::atomic<bool> m_paused{false}, m_ended{false};
  std::atomic<double> m_speed;
  std::atomic<std::uint64_t> m_sent{0};
  Put m_put;
  std::vector<drill::Observation> m_observed;  ///< reused
  std::thread m_thread;
};

}  // namespace jinglue::app
