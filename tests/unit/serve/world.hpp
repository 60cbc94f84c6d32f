// SPDX-License-Identifier: Apache-2.0
// World: a whole server over real rooms in a temporary folder: accounts of every role, the shipped
// registers and rules, a live picture, an archive and findings that the tests fill by hand. The
// clock is the test's own.
#pragma once

#include <gtest/gtest.h>
#include <atomic>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "act/alert/alert_desk.hpp"
#include "act/cases/case_desk.hpp"
#include "act/sea_use/sea_use_desk.hpp"
#include "act/task/draft_book.hpp"
#include "base/hash.hpp"
#include "detect/engine.hpp"
#include "detect/rule/pack.hpp"
#include "findings/findings.hpp"
#include "output/boat_messages.hpp"
#include "output/destination_book.hpp"
#include "picture/archive/archive.hpp"
#include "picture/coverage/coverage.hpp"
#include "picture/identity/flag_table.hpp"
#include "picture/identity/identity.hpp"
#include "picture/live/live.hpp"
#include "picture/message/message_log.hpp"
#include "picture/sensor/measurements.hpp"
#include "picture/sensor/sensor_book.hpp"
#include "registry/registry.hpp"
#include "serve/server.hpp"
#include "store/database.hpp"
#include "support/all_enabled.hpp"
#include "support/http_client.hpp"
#include "support/stream_client.hpp"
#include "support/temp_folder.hpp"
#include "unit/serve/plan_text.hpp"

namespace jinglue::test {

inline constexpr base::Instant kNow{1714536000000};  // 2024-05-01T04:00:00Z

class World {
 public:
  explicit World(serve::Settings settings = {})
      : records({folder / "records.db"}),
        access(records, access::PasswordCost::least()),
        registry(records, access, std::string(JINGLUE_SOURCE_DIR) + "/registers",
                 {.files = folder / "files"}),
        findings(records),
        archive({folder / "tracks.db", {}}),
        measurements(folder / "measurements.db"),
        messages(folder / "messages.db"),
        live(identity),
        cases(registry, findings, archive, access, folder / "files"),
        alerts(findings, registry, access, cases),
        sea_use(registry, {}),
        plans(records, access, registry, folder / "files") {
    use_all(registry);
    add_users();
    load_rules();
    add_buoy();
    settings.port = 0;
    server = std::make_unique<serve::Server>(std::move(settings), services());
    registry.on_change([this](const model::RecordChange& change) {
      {
        const std::lock_guard lock(changes_mutex);
        changes.push_back(change);
      }
      server->publish_change(change);
    });
    publish();
    server->start();
  }

  /// One table, of FI 31.
  static base::Json weather_json(const model::VesselMessage& message) {
    if (message.fi != 31) return {};
    return base::Json::object({{"id", "weather"},
                               {"title", base::Json::object({{"zh", "气象"}, {"en", "Weather"}})},
                               {"data", base::Json::object({{"average_wind_speed", 12}})}});
  }
  static base::Json webhooks_json() {
    return base::Json::array({base::Json::object({{"name", "oa"},
                                                  {"host", "127.0.0.1"},
                                                  {"account", "duty"},
                                                  {"registers", base::Json::array({"vessel"})},
                                                  {"state", "idle"},
                                                  {"cursor", 5},
                                                  {"behind", 0},
                                                  {"delivered", 1},
                                                  {"failed", 0},
                                                  {"changes", 3}})});
  }
  serve::Services services() {
    serve::Services out;
    out.access = &access;
    out.registry = &registry;
    out.findings = &findings;
    out.archive = &archive;
    out.coverage = &coverage;
    out.alerts = &alerts;
    out.cases = &cases;
    out.sea_use = &sea_use;
    out.plans = &plans;
    out.read_plan = read_plan;
    out.outputs = &outputs;
    out.boats = &boats;
    out.output_state = [](const output::Entry&) {
      auto counts = output::Counters().to_json();
      counts.set("waiting", 0);
      return base::Json::object(
          {{"connection", base::Json::object({{"state", "off"}})}, {"counts", std::move(counts)}});
    };
    out.webhooks = webhooks_json;
    out.live = [this] {
      if (live_fails) throw base::WorldError("the disk is gone", "test");
      return live.snapshot();
    };
    out.rules = [this] { return pack; };
    out.rule_text = [this](const std::string& file) -> std::optional<std::string> {
      for (const auto& [name, text] : rule_files.files) {
        if (name == file) return text;
      }
      return std::nullopt;
    };
    out.clock = [this] {
      serve::Clock clock;
      clock.now = now();
      clock.feed = clock.drill = true;
      clock.speed = drill_speed;
      clock.paused = drill_paused;
      clock.last_arrival = now();
      return clock;
    };
    out.inputs = [] {
      return base::Json::array({base::Json::object({{"name", "ais"}, {"state", "running"}})});
    };
    out.stations = [] {
      return base::Json::array({base::Json::object({{"name", "weihai-1"},
                                                    {"input", "ais"},
                                                    {"state", "running"},
                                                    {"messages", 5},
                                                    {"positions", 4},
                                                    {"last_seen", base::to_iso(kNow)}})});
    };
    out.sensors = [this] { return sensors; };
    out.measurements = &measurements;
    out.messages = &messages;
    out.application = weather_json;
    out.flags = &flags;
    out.health = [this] {
      return base::Json::object({{"state", health.load()}, {"problems", base::Json::array()}});
    };
    out.metrics = [] { return base::Json::object({{"lines_total", 5}, {"memory_bytes", 12}}); };
    out.counters = [] { return base::Json::object({{"vessels", 3}, {"at_sea", 2}}); };
    out.drill_control = [this](const std::string& action, double value) -> base::Status {
      if (action == "speed") drill_speed = value;
      if (action != "speed") drill_paused = action == "pause";
      return {};
    };
    out.packs = folder / "packs";
    out.version = "test";
    return out;
  }

  std::unique_ptr<HttpClient> client(const std::string& user = "") const {
    auto out = std::make_unique<HttpClient>(server->port());
    if (!user.empty() && !out->sign_in(user, password(user))) {
      throw std::runtime_error("cannot sign in as " + user);
    }
    return out;
  }
  static std::string password(const std::string& user) { return "drill-" + user + "-2024"; }

  base::Instant now() const { return {now_ms}; }
  void set_now(base::Instant instant) { now_ms = instant.ms; }

  /// A vessel of the register with one terminal; returns its record id.
  std::string add_vessel(const std::string& name, const std::string& side_number,
                         const std::string& district, std::uint64_t mmsi) {
    base::Json terminals =
        base::Json::array({base::Json::object({{"terminal", "mmsi:" + std::to_string(mmsi)}})});
    const base::Json fields = base::Json::object({{"name", name},
                                                  {"side_number", side_number},
                                                  {"kind", "fishing"},
                                                  {"district", district},
                                                  {"length_m", 24.5},
                                                  {"terminals", std::move(terminals)}});
    registry::Write write;
    write.actor = access::Actor::system();
    write.now = now();
    const auto record = registry.create("vessel", fields, write);
    if (!record) throw std::runtime_error(record.error().text());
    take_changes();
    return record->id;
  }
  /// What the pipeline does with register changes.
  void take_changes() {
    std::vector<model::RecordChange> taken;
    {
      const std::lock_guard lock(changes_mutex);
      taken.swap(changes);
    }
    for (const auto& change : taken) live.refresh(identity.apply(change), ++offset);
  }

  model::Fix fix(std::uint64_t mmsi, double lat, double lon, base::Instant time,
                 std::uint16_t sog_ckn = 350) {
    model::Fix out;
    out.track.terminal = model::TerminalId::make(model::TerminalKind::kMmsi, mmsi);
    out.time = out.arrival = time;
    out.quality = model::TimeQuality::kStated;
    out.position = geo::to_position({lat, lon});
    out.sog_ckn = sog_ckn;
    out.cog_cdeg = 9000;
    out.offset = ++offset;
    return out;
  }
  void add_fix(const model::Fix& fix) {
    live.apply(fix);
    archive.append(fix);
    archive.advance(fix.offset);
  }
  void publish() { live.publish(offset, now()); }

  model::FindingStep step(std::uint64_t id, const std::string& subject, const std::string& district,
                          std::uint32_t number = 0) {
    model::FindingStep out;
    out.finding.value = id;
    out.number = number;
    out.kind = number == 0 ? model::StepKind::kOpened : model::StepKind::kExtended;
    out.offset = ++offset;
    out.at = now();
    out.rule_id = "summer_moratorium.north_of_35n";
    out.rule_version = 1;
    out.severity = model::Severity::kHigh;
    out.title = {"疑似休渔期离港", "Suspected departure during the moratorium"};
    out.reason = {"休渔期内在港外", "outside of port during the moratorium"};
    const auto kind = subject.find(':') == std::string::npos ? model::SubjectKind::kVessel
                                                             : model::SubjectKind::kTrack;
    out.subjects = {{kind, subject, "main", "演练渔"}};
    out.begin = now() - std::chrono::minutes(10);
    out.last = now();
    out.values = base::Json::object({{"district", district}, {"speed_max_kn", 3.5}});
    model::UsedFix used;
    used.time = now();
    used.position = geo::to_position({37.0, 122.5});
    used.track = "mmsi:412300001";
    used.offset = offset;
    out.positions = {used};
    return out;
  }
  /// What the app's publisher does: stored first, shown after.
  void add_steps(const std::vector<model::FindingStep>& steps) {
    findings.append(steps, steps.back().offset);
    server->publish_steps(steps);
  }

  TempFolder folder;
  const picture::FlagTable flags = [] {
    const std::string data = std::string(JINGLUE_SOURCE_DIR) + "/data/";
    auto table = picture::FlagTable::read(data + "mid.csv").value();
    if (!table.read_countries(data + "country.csv")) throw std::runtime_error("country.csv");
    return table;
  }();
  // What the server's threads read.
  std::atomic<std::int64_t> now_ms{kNow.ms};
  std::atomic<double> drill_speed{20};
  std::atomic<bool> drill_paused{false};
  std::atomic<const char*> health{"ok"};
  std::uint64_t offset{0};
  store::Database records;
  access::Access access;
  registry::Registry registry;
  std::atomic<bool> card{false};  ///< an output to a BeiDou card is approved
  output::BoatMessages boats{records, access, [this] { return card.load(); }, false};
  output::DestinationBook outputs{records, access, [this](const std::string& zone) {
                                    return pack && pack->zone_index(zone) != SIZE_MAX;
                                  }};
  findings::Findings findings;
  picture::Archive archive;
  picture::Measurements measurements;
  picture::MessageLog messages;
  picture::SensorBook::Snapshot sensors;
  picture::Identity identity;
  picture::Live live;
  picture::Coverage coverage;
  std::atomic<bool> live_fails{false};
  act::cases::CaseDesk cases;
  act::alert::AlertDesk alerts;
  act::sea_use::SeaUseDesk sea_use;
  act::task::DraftBook plans;
  detect::RuleFiles rule_files;
  std::shared_ptr<const detect::RulePack> pack;  // shared with the server
  std::mutex changes_mutex;
  std::vector<model::RecordChange> changes;
  std::unique_ptr<serve::Server> server;

 private:
  /// W01, five minutes before the clock, 300 m off its station.
  void add_buoy() {
    picture::SensorBook book;
    model::SensorStation station;
    station.id = "W01";
    station.name = {"浮标", "Buoy"};
    station.place = geo::to_position({37.52, 122.27});
    station.watch_radius_m = 400;
    book.declare({station});
    model::SensorReport report;
    report.station = "W01";
    report.time = report.arrival = kNow - std::chrono::minutes(5);
    report.position = geo::to_position({37.5227, 122.27});
    report.values = {{model::Quantity::kWaveHeight, 1250}, {model::Quantity::kPh, 8100}};
    report.offset = 1;
    book.take(report);
    sensors = book.snapshot();
    measurements.append(report);
    measurements.advance(1, true);
  }
  void add_users() {
    using access::Role;
    const std::vector<access::User> users = {
        {"duty", "值班员甲", {Role::kDutyOfficer}, "", false, {}},
        {"leader", "带班领导", {Role::kDutyLeader}, "", false, {}},
        {"enforcement", "执法员", {Role::kEnforcement}, "", false, {}},
        {"clerk", "荣成专员", {Role::kClerk}, "rongcheng", false, {}},
        {"economist", "统计员", {Role::kEconomist}, "", false, {}},
        {"liaison", "办公室联络员", {Role::kLiaison}, "", false, {}},
        {"liaison2", "乳山联络员", {Role::kLiaison}, "rushan", false, {}},
        {"admin", "管理员", {Role::kAdministrator}, "", false, {}},
    };
    for (const auto& user : users) {
      const auto done =
          access.add_user(user, password(user.name), access::Actor::system(), base::wall_now());
      if (!done) throw std::runtime_error(done.error().text());
    }
  }
  void load_rules() {
    auto files = detect::read_rule_files(std::string(JINGLUE_SOURCE_DIR) + "/rules");
    if (!files) throw std::runtime_error(files.error().text());
    rule_files = std::move(*files);
    auto loaded = detect::load_pack(rule_files);
    if (!loaded.pack) throw std::runtime_error(loaded.errors.front().text());
    pack = std::move(loaded.pack);
  }
};

}  // namespace jinglue::test
