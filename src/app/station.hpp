// SPDX-License-Identifier: Apache-2.0
// Station: everything that `jinglue serve` runs, made and stopped in order: data folder, databases,
// rooms, journal, pipeline, links, drill, server.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "access/access.hpp"
#include "act/alert/alert_desk.hpp"
#include "act/cases/case_desk.hpp"
#include "act/sea_use/sea_use_desk.hpp"
#include "act/task/draft_book.hpp"
#include "app/data_clock.hpp"
#include "app/drill_feed.hpp"
#include "app/evidence_sources.hpp"
#include "app/health.hpp"
#include "app/outputs.hpp"
#include "app/runner.hpp"
#include "app/sequencer.hpp"
#include "app/settings.hpp"
#include "detect/engine.hpp"
#include "findings/findings.hpp"
#include "observe/ais/applications.hpp"
#include "observe/link/link.hpp"
#include "picture/archive/archive.hpp"
#include "picture/message/message_log.hpp"
#include "registry/registry.hpp"
#include "serve/server.hpp"
#include "store/data_folder.hpp"
#include "store/database.hpp"
#include "store/journal.hpp"

namespace jinglue::app {

struct DrillOptions {
  std::filesystem::path scenario;
  std::uint64_t seed{1};
  std::optional<double> speed;  ///< absent = the scenario's
};

class Station {
 public:
  /// Opens everything and recovers; binds ports. Throws WorldError with what to do.
  Station(Settings settings, const std::optional<DrillOptions>& drill);
  ~Station();

  void start();
  void stop();
  /// Reads rules/ again; a bad pack is refused, logged and shown, the one in force stays.
  void reload_rules();
  std::uint16_t port() const { return m_server->port(); }
  bool drill() const { return m_drill != nullptr; }
  bool has_accounts() const { return !m_access.empty(); }

 private:
  void open_drill(const DrillOptions& options);
  void seed_organisation();
  void bring_journal_up();
  void play_drill_past();
  void open_links();
  void open_server();
  void watch();
  void measure_rates();
  void write_status(base::Instant now) const;
  void watch_inputs(base::Instant now);
  void watch_stations(base::Instant now);
  void watch_disk(base::Instant now);
  void watch_clock(base::Instant now);
  void watch_sensors(base::Instant now);
  void raise_for(const picture::SensorState& sensor, base::Instant now);
  void watch_messages(base::Instant now);
  void watch_clocks(base::Instant now);
  void watch_files(base::Instant now);
  /// The zone `motor_trawl_waters` (landward of the motor-trawl line) decides who may file a case.
  void use_jurisdiction(const std::shared_ptr<const detect::RulePack>& pack);
  model::JournalEntry pack_entry(const detect::RuleFiles& files) const;
  std::vector<model::RecordChange> outbox(std::int64_t after) const;
  base::Json inputs_json() const;
  base::Json applications_json(const InputCount& count) const;
  /// What became of the lines of an input, for its row.
  void add_counts(const InputCount& count, base::Json& item) const;
  base::Json drill_buoys_json(const InputCount& count) const;
  base::Json health_json() const;  ///< of Health, and whether there is an input at all
  base::Json stations_json() const;
  base::Json metrics_json() const;
  base::Json counters_json() const;
  serve::Clock clock() const;

  const Settings m_settings;
  DataClock m_clock;
  Health m_health;
  store::DataFolder m_folder;
  store::Database m_records;
  access::Access m_access;
  registry::Registry m_registry;
  findings::Findings m_findings;
  picture::Archive m_archive;
  picture::Measurements m_measurements;
  picture::MessageLog m_messages;
  const observe::ais::Applications m_applications;
  EvidenceSources m_evidence;
  act::cases::CaseDesk m_cases;
  act::alert::AlertDesk m_alerts;
  act::sea_use::SeaUseDesk m_sea_use;
  act::task::DraftBook m_plans;
  const picture::FlagTable m_flags;
  store::Journal m_journal;
  Runner m_runner;
  Outputs m_outputs;
  Webhooks m_webhooks;
  Reminders m_reminders;
  std::unique_ptr<DrillFeed> m_drill;
  std::map<std::string, std::uint64_t> m_lines_before;  // by input, journaled before this start
  std::unique_ptr<Sequencer> m_sequencer;
  std::vector<std::unique_ptr<observe::link::Link>> m_links;
  std::unique_ptr<serve::Server> m_server;
  picture::SensorBook::Snapshot m_told_sensors;  // of the watch: the last that browsers were told
  struct Rates;
  std::unique_ptr<Rates> m_rates;
  base::Instant m_started;
  std::optional<base::Instant> m_clocks_swept, m_files_seen;  // of the watch
  std::mutex m_watch_mutex;
  std::condition_variable m_watch_wake;
  bool m_stopping{false};
  bool m_running{false};
  std::thread m_watch_thread;
};

}  // namespace jinglue::app
