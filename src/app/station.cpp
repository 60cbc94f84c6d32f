// SPDX-License-Identifier: Apache-2.0
// The order in which a station opens, starts and stops.
#include "app/station.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <utility>

#include "app/ais_applications.hpp"
#include "app/folder_options.hpp"
#include "app/plan_reading.hpp"
#include "app/station_rates.hpp"
#include "base/log.hpp"
#include "detect/rule/pack.hpp"
#include "registry/import.hpp"

namespace jinglue::app {

namespace {

namespace fs = std::filesystem;
constexpr std::size_t kChangesAtOnce = 1000;

/// The folder is made (a drill's: made anew) before the lock is taken in it.
fs::path prepared(const Settings& settings, bool drill) {
  if (drill) {
    make_drill_folder(settings.data);
  } else if (is_drill_folder(settings.data)) {
    throw base::WorldError("this folder holds a drill", settings.data.string(),
                           "start it with --drill, or name another folder with --data");
  }
  return settings.data;
}

/// A share folder without the rows has none: nothing is said of levels and terms then.
act::sea_use::SeaUseRules read_sea_use_rules(const fs::path& share) {
  const auto file = share / "data" / "sea_use" / "approval.toml";
  if (!fs::exists(file)) return {};
  auto rules = act::sea_use::SeaUseRules::read(file);
  if (rules) return std::move(*rules);
  throw base::WorldError("the rows of sea-use approval cannot be read", rules.error().text(),
                         "mend the line or put the shipped file back");
}

}  // namespace

Station::Station(Settings settings, const std::optional<DrillOptions>& drill)
    : m_settings(std::move(settings)),
      m_clock(drill ? DataClock::Mode::kFeed : DataClock::Mode::kWall),
      m_folder(prepared(m_settings, drill.has_value())),
      m_records(records_options(m_folder)),
      m_access(m_records),
      m_registry(m_records, m_access, m_settings.share / "registers",
                 {.apply_added = m_settings.apply_added_columns,
                  .backups = m_folder.backups(),
                  .files = m_folder.files() / "attachments"}),
      m_findings(m_records),
      m_archive({m_folder.tracks_db(), {}, m_settings.retention}),
      m_measurements(m_folder.measurements_db()),
      m_messages(m_folder.messages_db()),
      m_applications(read_ais_applications(m_settings.share)),
      m_evidence(m_folder.files(), m_settings.share / "data" / "coast" / "weihai.geojson"),
      m_cases(m_registry, m_findings, m_archive, m_access, m_folder.files()),
      m_alerts(m_findings, m_registry, m_access, m_cases),
      m_sea_use(m_registry, read_sea_use_rules(m_settings.share)),
      m_plans(m_records, m_access, m_registry, m_folder.files()),
      m_flags(read_flags(m_settings.share)),
      m_journal(journal_options(m_folder, m_archive, m_findings)),
      m_runner(
          m_journal, m_folder, m_archive, m_findings, m_clock, m_health,
          {m_settings.snapshot_every, m_settings.keep_journal, m_flags, m_settings.expiry,
           &m_measurements, m_settings.keep_measurements, &m_messages, m_settings.keep_messages}),
      m_outputs(
          m_records, m_access, m_settings.share, m_folder.root() / "secrets", m_health,
          [this] { return m_runner.view().pack; }, drill.has_value()),
      // A drill sends nothing to others.
      m_webhooks(drill ? std::vector<Webhook>() : m_settings.webhooks, m_records, m_access,
                 m_registry, m_folder.root() / "secrets", m_health),
      m_reminders(drill ? MailSettings() : m_settings.mail, m_records, m_access, m_registry,
                  m_folder.root() / "secrets", m_health),
      m_rates(std::make_unique<Rates>()) {
  if (m_journal.cut_bytes() > 0) {
    base::log_warn("app", "{} bytes of an unfinished journal record were cut off",
                   m_journal.cut_bytes());
  }
  m_cases.set_sources(m_evidence.sources());
  seed_organisation();
  if (drill) open_drill(*drill);
  m_runner.recover();
  m_clock.not_before(m_runner.pipeline().clock());
  bring_journal_up();
  if (m_drill) play_drill_past();
  open_links();
  open_server();
}

Station::~Station() {
  stop();
}

/// A new data folder begins with the shipped organisation units; afterwards people keep them.
void Station::seed_organisation() {
  const auto file = m_settings.share / "data" / "organisation_units.csv";
  const auto present = m_registry.list("organisation_unit", {});
  if (!fs::exists(file) || !present || present->total > 0) return;
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  const auto report =
      registry::import_csv(m_registry, "organisation_unit", bytes, {},
                           {access::Actor::system(), m_clock.now(), "seed", "shipped"});
  if (!report || report->refused > 0) {
    throw base::WorldError("the organisation units were refused",
                           report ? report->to_json().dump() : report.error().text());
  }
}

void Station::open_drill(const DrillOptions& options) {
  auto player = drill::Player::open(options.scenario, options.seed);
  if (!player) {
    throw base::WorldError("the scenario was refused", player.error().text());
  }
  m_drill = std::make_unique<DrillFeed>(std::move(*player), m_clock);
  if (options.speed) {
    if (auto ok = m_drill->control("speed", *options.speed); !ok) {
      throw base::WorldError("--speed was refused", ok.error().text());
    }
  }
  m_clock.run_feed(m_drill->player().begin(), 0);
  const auto now = m_drill->player().begin();
  add_drill_accounts(m_access, base::wall_now());
  enable_drill_registers(m_registry, m_access, base::wall_now());
  add_drill_records(m_registry, m_drill->player().records(), now);
}

/// Puts into the journal what the last run committed but did not journal any more: register
/// changes, and the rules when they differ from those in force.
void Station::bring_journal_up() {
  const auto now = m_clock.now();
  while (true) {
    std::vector<model::JournalEntry> entries;
    for (const auto& change : outbox(m_runner.pipeline().change_number())) {
      model::JournalEntry entry;
      entry.kind = model::EntryKind::kRecordChange;
      entry.arrival = now;
      entry.payload = change.to_json().dump();
      entries.push_back(std::move(entry));
    }
    if (entries.empty()) break;
    m_runner.prime(std::move(entries));
  }
  auto inputs = m_settings.feeds;
  if (m_drill && !m_drill->player().sensor_mapping().empty()) {
    auto& buoys = inputs[kDrillBuoys];
    buoys.format = observe::feed::Format::kSensor;
    buoys.mapping = m_drill->player().sensor_mapping();
  }
  const auto feeds = feeds_of(m_settings.share, std::move(inputs));
  if (feeds.revision() != m_runner.pipeline().feeds_revision()) {
    model::JournalEntry entry;
    entry.kind = model::EntryKind::kFeeds;
    entry.arrival = now;
    entry.payload = feeds.to_json().dump();
    m_runner.prime({std::move(entry)});
  }
  const auto files = detect::read_rule_files((m_settings.share / "rules").string());
  if (!files) throw base::WorldError("the rules cannot be read", files.error().text());
  if (files->revision == m_runner.pipeline().pack_revision()) {
    use_jurisdiction(m_runner.pipeline().engine().pack());
    return;
  }
  const auto checked = detect::load_pack(*files);
  if (checked.pack) {
    m_evidence.keep(*files, m_journal.last_offset());
    m_runner.prime({pack_entry(*files)});
    use_jurisdiction(checked.pack);
    return;
  }
  std::string all;
  for (const auto& error : checked.errors) all += "\n  " + error.text();
  if (m_runner.pipeline().pack_revision().empty()) {
    throw base::WorldError("the rules were refused", all,
                           "`jinglue rules check FOLDER` lists the mistakes");
  }
  base::log_error("app", "the new rules were refused, the former stay in force:{}", all);
  m_health.raise("rules_refused",
                 {Gravity::kDegraded,
                  {"新规则未通过检查，沿用原规则：" + all, "the new rules were refused:" + all},
                  {"用 jinglue rules check 检查并修正", "mend them; see `jinglue rules check`"},
                  now});
}

void Station::use_jurisdiction(const std::shared_ptr<const detect::RulePack>& pack) {
  const auto zone = pack ? pack->zone_index("motor_trawl_waters") : SIZE_MAX;
  m_cases.set_fishery_waters(zone == SIZE_MAX ? nullptr : pack->zones()[zone]);
}

model::JournalEntry Station::pack_entry(const detect::RuleFiles& files) const {
  model::JournalEntry entry;
  entry.kind = model::EntryKind::kRulePack;
  entry.arrival = m_clock.now();
  entry.payload = files.to_json().dump();
  return entry;
}

void Station::reload_rules() {
  const auto files = detect::read_rule_files((m_settings.share / "rules").string());
  const auto checked = files ? detect::load_pack(*files) : detect::PackResult{};
  if (!files || !checked.pack) {
    std::string all = files ? "" : files.error().text();
    for (const auto& error : checked.errors) all += "\n  " + error.text();
    m_health.raise("rules_refused",
                   {Gravity::kDegraded,
                    {"新规则未通过检查，沿用原规则：" + all, "the new rules were refused:" + all},
                    {"用 jinglue rules check 检查并修正", "mend them; see `jinglue rules check`"},
                    m_clock.now()});
    return;
  }
  m_health.clear("rules_refused");
  if (files->revision == m_runner.view().pack_revision) return;
  m_evidence.keep(*files, m_journal.last_offset());
  m_sequencer->put(pack_entry(*files));
  use_jurisdiction(checked.pack);
  m_server->publish_rules(files->revision);
}

std::vector<model::RecordChange> Station::outbox(std::int64_t after) const {
  return m_registry.changes_after(after, kChangesAtOnce);
}

void Station::play_drill_past() {
  base::log_info("drill", "playing the hours before the opening");
  auto told = std::chrono::steady_clock::now();
  m_drill->past([&](std::vector<model::JournalEntry> entries) {
    m_runner.prime(std::move(entries));
    if (std::chrono::steady_clock::now() - told < std::chrono::seconds(2)) return;
    told = std::chrono::steady_clock::now();
    base::log_info("drill", "at {}", base::to_iso(m_runner.pipeline().clock()));
  });
  m_clock.run_feed(m_drill->player().opens(), 0);
}

void Station::open_links() {
  for (const auto& [name, count] : m_runner.pipeline().inputs()) {
    m_lines_before[name] = count.lines;
  }
  auto inputs = m_settings.inputs;
  if (m_drill) {
    observe::link::Settings own;
    own.name = kDrillInput;
    own.kind = observe::link::Kind::kUdp;
    inputs = {own};  // a drill takes nothing from outside
  }
  m_sequencer = std::make_unique<Sequencer>(
      m_journal, m_clock, m_health, [this](std::int64_t after) { return outbox(after); },
      m_runner.pipeline().change_number(), Sequencer::Options{});
  for (const auto& input : inputs) {
    m_links.push_back(observe::link::Link::open(input, [this] { return m_clock.now(); }));
    m_sequencer->add_link(*m_links.back());
  }
  m_registry.on_change([this](const model::RecordChange& change) {
    m_sequencer->wake();
    m_webhooks.wake();
    if (m_server) m_server->publish_change(change);
  });
}

void Station::open_server() {
  serve::Settings settings;
  settings.address = m_settings.host;
  settings.port = m_settings.port;
  settings.allow_plain = m_settings.allow_plain;
  settings.certificate = m_settings.certificate;
  settings.key = m_settings.key;
  settings.web = m_settings.web;
  settings.trusted_proxies = serve::Proxies::parse(m_settings.trusted_proxies).value();
  serve::Services services;
  services.access = &m_access;
  services.registry = &m_registry;
  services.findings = &m_findings;
  services.archive = &m_archive;
  services.coverage = &m_runner.pipeline().coverage();
  services.alerts = &m_alerts;
  services.cases = &m_cases;
  services.sea_use = &m_sea_use;
  services.plans = &m_plans;
  services.read_plan = [this](const std::string& bytes, const std::string& name,
                              const std::function<bool()>& gone) {
    return read_new_draft(bytes, name, m_settings.share, gone);
  };
  services.outputs = &m_outputs.book();
  services.boats = &m_outputs.boats();
  services.output_state = [this](const output::Entry& entry) { return m_outputs.state_of(entry); };
  services.webhooks = [this] { return m_webhooks.to_json(); };
  services.live = [this] { return m_runner.live(); };
  services.rules = [this] { return m_runner.view().pack; };
  services.rule_text = [this](const std::string& file) {
    return m_evidence.file_text(m_runner.view().pack_revision, file);
  };
  services.clock = [this] { return clock(); };
  services.inputs = [this] { return inputs_json(); };
  services.sensors = [this] { return m_runner.view().sensors; };
  services.measurements = &m_measurements;
  services.messages = &m_messages;
  services.application = [this](const model::VesselMessage& message) {
    return application_json(m_applications, message);
  };
  services.stations = [this] { return stations_json(); };
  services.health = [this] { return health_json(); };
  services.metrics = [this] { return metrics_json(); };
  services.counters = [this] { return counters_json(); };
  services.flags = &m_flags;
  if (m_drill) {
    services.drill_control = [this](const std::string& action, double value) {
      return m_drill->control(action, value);
    };
  }
  services.packs = m_folder.files() / "packs";
  services.version = JINGLUE_VERSION;
  m_server = std::make_unique<serve::Server>(std::move(settings), std::move(services));
}

void Station::start() {
  m_started = m_clock.now();
  m_running = true;
  m_outputs.start([this] { m_server->publish_outputs(); });
  m_runner.set_listener(&m_outputs);
  m_runner.start(
      *m_sequencer,
      [this](std::span<const model::FindingStep> steps) { m_server->publish_steps(steps); },
      [this] { m_server->picture_changed(); });
  m_sequencer->start();
  m_server->start();
  m_webhooks.start();
  m_reminders.start();
  for (auto& link : m_links) link->start();
  if (m_drill) {
    m_drill->start(m_links.front()->port(),
                   [this](model::JournalEntry entry) { m_sequencer->put(std::move(entry)); });
  }
  m_watch_thread = std::thread([this] { watch(); });
}

void Station::stop() {
  if (!m_running) return;
  m_running = false;
  {
    const std::lock_guard lock(m_watch_mutex);
    m_stopping = true;
  }
  m_watch_wake.notify_all();
  m_watch_thread.join();
  if (m_drill) m_drill->stop();
  for (auto& link : m_links) link->stop();
  m_runner.prepare_stop();
  m_sequencer->stop();
  m_runner.stop();
  m_server->stop();
  m_reminders.stop();
  m_webhooks.stop();
  m_outputs.stop();
}

}  // namespace jinglue::app
