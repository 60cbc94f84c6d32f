// SPDX-License-Identifier: Apache-2.0
// Outputs: the wiring of room output: its book, its relay, what the pipeline tells it, and what the
// station shows of it. In a drill the book is kept and nothing is ever sent.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "app/health.hpp"
#include "app/runner.hpp"
#include "detect/rule/pack.hpp"
#include "observe/ais/applications.hpp"
#include "output/boat_messages.hpp"
#include "output/destination_book.hpp"
#include "output/relay.hpp"
#include "store/database.hpp"

namespace jinglue::app {

class Outputs final : public LineListener {
 public:
  /// The rule pack in force; its zones are areas of filters.
  using Pack = std::function<std::shared_ptr<const detect::RulePack>()>;

  /// `share` holds data/ais; `secrets` password files of brokers. Throws WorldError when a table
  /// there is wrong.
  Outputs(store::Database& records, access::Access& access, const std::filesystem::path& share,
          const std::filesystem::path& secrets, Health& health, Pack pack, bool drill);
  ~Outputs() override;

  /// `news`: destinations or their connections are others now.
  void start(std::function<void()> news);
  void stop();
  /// Once a second: ends of approvals, zones of new rules, problems, counts for the next start.
  void watch();

  bool wanted() const override { return m_relay && m_relay->wanted(); }
  void line(const model::JournalEntry& entry, const Pipeline& pipeline) override;
  void batch_ends() override;

  output::DestinationBook& book() { return m_book; }
  output::BoatMessages& boats() { return m_boats; }
  /// {connection{}, counts{}} of a destination.
  base::Json state_of(const output::Entry& entry) const;
  base::Json to_json() const;  ///< for status.json
  /// For the stream's counters: how many are connected, and how many should be and are not.
  std::int64_t connected() const { return m_connected; }
  std::int64_t failing() const { return m_failing; }
  void add_metrics(base::Json& out) const;

 private:
  std::shared_ptr<const geo::Area> area_of(const std::string& zone) const;
  bool has_card() const;
  void apply();
  void measure();
  bool watch_connection(const output::Entry& entry, base::Instant now);

  const std::filesystem::path m_secrets;
  Health& m_health;
  const Pack m_pack;
  std::function<void()> m_news;
  const bool m_drill;
  const observe::ais::Applications m_applications;
  output::DestinationBook m_book;
  output::BoatMessages m_boats;
  std::unique_ptr<output::Relay> m_relay;
  std::mutex m_apply_mutex;
  std::vector<output::Heard> m_lines;  // of the pipeline's thread
  std::string m_pack_revision;         // these of the watch's
  std::map<std::string, base::Instant> m_unconnected;
  std::string m_states;  // of all connections, as they were told last
  base::Instant m_kept;
  std::uint64_t m_left_out{0};
  std::map<std::string, std::int64_t> m_sent;
  std::int64_t m_measured_ms{0};  // steady
  mutable std::mutex m_rates_mutex;
  std::map<std::string, std::int64_t> m_per_s;
  std::atomic<std::int64_t> m_connected{0}, m_failing{0};
};

}  // namespace jinglue::app
