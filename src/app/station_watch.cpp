// SPDX-License-Identifier: Apache-2.0
// What a station sees of itself: silent inputs, the disk, the clock; and its figures for the API.
#include <sys/resource.h>
#include <sys/statvfs.h>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <set>

#include "app/ais_applications.hpp"
#include "app/station.hpp"
#include "app/station_rates.hpp"
#include "base/log.hpp"
#include "registry/record_schedules.hpp"

namespace jinglue::app {

namespace {

constexpr std::uint64_t kLowDisk = 1ull << 30;
constexpr std::int64_t kStationsEvery_ms = 30'000;
constexpr std::size_t kMostSilentStations = 8;

std::string_view kind_text(observe::link::Kind kind) {
  switch (kind) {
    case observe::link::Kind::kUdp:
      return "udp";
    case observe::link::Kind::kTcpServer:
      return "tcp_server";
    case observe::link::Kind::kTcpClient:
      return "tcp_client";
    case observe::link::Kind::kFile:
      return "file";
    case observe::link::Kind::kMqtt:
      return "mqtt";
  }
  return "udp";
}

/// Buoys speak every ten minutes to an hour, receivers all the time. Without a connection buoys are
/// no reason to wait.
base::Duration patience_with(const observe::link::Link& link, base::Duration silent_after) {
  constexpr base::Duration kBuoys{std::chrono::hours(2)};
  const bool waits = link.settings().whole && link.last_error().empty();
  return waits ? std::max(kBuoys, silent_after) : silent_after;
}

std::string_view state_of(const observe::link::Link& link, base::Instant now,
                          base::Duration silent_after) {
  const auto& counters = link.counters();
  if (link.settings().kind == observe::link::Kind::kFile && counters.finished) return "ended";
  if (!link.last_error().empty()) {
    const auto kind = link.settings().kind;
    const bool again =
        kind == observe::link::Kind::kTcpClient || kind == observe::link::Kind::kMqtt;
    return again ? "connecting" : "failed";
  }
  const base::Instant last{counters.last_ms};
  return last.ms == 0 || now - last > silent_after ? "silent" : "running";
}

std::string address_of(const observe::link::Link& link) {
  const auto& settings = link.settings();
  if (settings.kind == observe::link::Kind::kFile) return settings.file;
  return settings.host + ":" + std::to_string(link.port());
}

std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t pages = 0, resident = 0;
  return file >> pages >> resident ? resident * 4096 : 0;
}

}  // namespace

void Station::watch() {
  std::unique_lock lock(m_watch_mutex);
  while (!m_stopping) {
    lock.unlock();
    const auto now = m_clock.now();
    try {
      watch_inputs(now);
      watch_stations(now);
      watch_disk(now);
      watch_clock(now);
      watch_sensors(now);
      watch_clocks(now);
      watch_files(now);
      measure_rates();
      m_outputs.watch();
      write_status(now);
    } catch (const std::exception& failure) {
      base::log_error("app", "the watch failed: {}", failure.what());
    }
    lock.lock();
    m_watch_wake.wait_for(lock, std::chrono::seconds(1), [this] { return m_stopping; });
  }
}

/// Clocks of records are looked at once a minute; days off that are not known yet are named.
void Station::watch_clocks(base::Instant now) {
  constexpr base::Duration kEvery{std::chrono::minutes(1)};
  if (m_clocks_swept && now - *m_clocks_swept < kEvery && now >= *m_clocks_swept) return;
  m_clocks_swept = now;
  const auto made = registry::RecordSchedules(m_registry, m_access).run(now);
  if (made.made + made.failed > 0) {
    base::log_info("registry", "{} recurring records made, {} could not be", made.made,
                   made.failed);
  }
  const auto told = m_registry.sweep(now);
  if (told.late + told.escalated > 0) {
    base::log_info("registry", "{} clocks became late, {} were escalated", told.late,
                   told.escalated);
  }
  if (told.uncertain == 0) {
    m_health.clear("calendar_unknown");
    return;
  }
  const auto count = std::to_string(told.uncertain);
  m_health.raise("calendar_unknown",
                 {Gravity::kDegraded,
                  {count + " 个时限涉及未录入节假日安排的年份，仅按周末推算",
                   count + " clocks run into a year whose days off are not known: counted with "
                           "weekends only"},
                  {"把国务院办公厅的通知录入 data/calendar/cn_holidays.csv 后重新启动",
                   "enter the notice of the State Council in data/calendar/cn_holidays.csv and "
                   "start again"},
                  now});
}

/// Attachments that no record took, and those whose time is over, some with each minute.
void Station::watch_files(base::Instant now) {
  constexpr base::Duration kEvery{std::chrono::minutes(1)};
  if (m_files_seen && now - *m_files_seen < kEvery && now >= *m_files_seen) return;
  m_files_seen = now;
  const auto dropped = m_registry.drop_unused_files(now, m_settings.keep_attachments);
  if (dropped > 0)
    base::log_info("registry", "{} attachments that no record holds are gone", dropped);
}

void Station::measure_rates() {
  const auto view = m_runner.view();
  std::uint64_t lines = 0, rejects = 0;
  for (const auto& [name, count] : view.inputs) {
    lines += count.lines;
    for (const auto& [cause, number] : count.rejects) rejects += number;
  }
  const auto steady = DataClock::steady_now_ms();
  const auto per_s = [&](std::uint64_t after, std::uint64_t before) {
    const double seconds = double(steady - m_rates->steady_ms) / 1000;
    return std::int64_t{std::llround(double(after - before) / seconds)};
  };
  if (m_rates->steady_ms > 0 && steady > m_rates->steady_ms) {
    m_rates->lines_per_s = per_s(lines, m_rates->lines);
    m_rates->positions_per_s = per_s(view.positions, m_rates->positions);
    m_rates->rejects_per_s = per_s(rejects, m_rates->rejects);
  }
  m_rates->lines = lines;
  m_rates->positions = view.positions;
  m_rates->rejects = rejects;
  m_rates->steady_ms = steady;
}

/// For `jinglue status`: replaced as a whole, so that a reader never sees half of it.
void Station::write_status(base::Instant now) const {
  const auto path = m_folder.root() / "status.json";
  const auto part = m_folder.root() / "status.json.part";
  {
    std::ofstream file(part);
    file << base::Json::object({{"written", base::to_iso(base::wall_now())},
                                {"clock", base::to_iso(now)},
                                {"health", health_json()},
                                {"inputs", inputs_json()},
                                {"outputs", m_outputs.to_json()},
                                {"metrics", metrics_json()}})
                .dump();
    if (!file.flush()) return;  // the last whole one stays; a full disk has its own problem
  }
  std::error_code ignored;
  std::filesystem::rename(part, path, ignored);
}

void Station::watch_inputs(base::Instant now) {
  std::int64_t silent = 0;
  for (const auto& link : m_links) {
    const std::string code = "input_silent." + link->settings().name;
    const base::Instant last{link->counters().last_ms};
    const base::Instant since = last.ms == 0 ? m_started : last;
    const auto patience = patience_with(*link, m_settings.silent_after);
    const auto state = state_of(*link, now, patience);
    const bool quiet = state != "ended" && state != "running" && now - since > patience &&
                       !(m_drill && (m_drill->ended() || m_drill->paused()));
    if (!quiet) {
      m_health.clear(code);
      m_rates->silent.erase(link->settings().name);
      continue;
    }
    ++silent;
    m_rates->silent.insert(link->settings().name);
    const std::string& name = link->settings().name;
    const std::string error = link->last_error();
    const bool buoys = link->settings().whole;
    m_health.raise(
        code,
        {Gravity::kDegraded,
         {"数据源“" + name + "”无数据" + (buoys ? "" : "：是接收中断，不代表船舶停发") +
              (error.empty() ? "" : "（" + error + "）"),
          "input \"" + name + "\" is silent" + (buoys ? "" : ": our receiver, not the fleet") +
              (error.empty() ? "" : " (" + error + ")")},
         {(buoys ? "请检查 MQTT 代理与网络 " : "请检查接收机、网络与端口 ") + address_of(*link),
          (buoys ? "check the broker, the network and " : "check the receiver, the network and ") +
              address_of(*link)},
         since});
  }
  m_rates->inputs_silent = silent;
}

/// A station of an input that is silent as a whole has the input's problem already. Each problem
/// keeps the words of its minute.
void Station::watch_stations(base::Instant now) {
  const auto steady = DataClock::steady_now_ms();
  if (steady - m_rates->stations_at_ms < kStationsEvery_ms) return;
  m_rates->stations_at_ms = steady;
  std::set<std::string> raised;
  const bool plays = !(m_drill && (m_drill->ended() || m_drill->paused()));
  for (const auto& one : m_runner.pipeline().coverage().silent(now)) {
    if (!plays || raised.size() >= kMostSilentStations) break;
    if (m_rates->silent.contains(one.input)) continue;
    const auto code = "station_silent." + one.input + "." + one.name;
    m_health.raise(code, problem_of(one, now));
    raised.insert(code);
  }
  for (const auto& code : m_rates->stations) {
    if (!raised.contains(code)) m_health.clear(code);
  }
  m_rates->stations = std::move(raised);
}

void Station::watch_disk(base::Instant now) {
  struct statvfs disk{};
  if (::statvfs(m_folder.root().c_str(), &disk) != 0) return;
  const std::uint64_t free = std::uint64_t(disk.f_bavail) * disk.f_frsize;
  if (free >= kLowDisk) {
    m_health.clear("disk_low");
    return;
  }
  const std::string left = std::to_string(free >> 20) + " MiB";
  m_health.raise("disk_low",
                 {Gravity::kDegraded,
                  {"数据盘剩余空间不足：" + left, "the data disk is nearly full: " + left},
                  {"请清理或扩容 " + m_folder.root().string(),
                   "free space on the disk of " + m_folder.root().string()},
                  now});
}

void Station::watch_clock(base::Instant now) {
  if (m_clock.mode() == DataClock::Mode::kFeed) return;
  const auto back = m_clock.set_back();
  if (back.count() == 0) {
    m_health.clear("clock_set_back");
    return;
  }
  const std::string seconds = std::to_string(back.count() / 1000);
  m_health.raise("clock_set_back",
                 {Gravity::kDegraded,
                  {"系统时钟被拨回 " + seconds + " 秒，本系统时间继续向前走",
                   "the system clock was set back by " + seconds + " s; instants go on forward"},
                  {"请检查时间同步（NTP）", "check time synchronisation (NTP)"},
                  now});
}

/// A buoy that left its watch circle or says nothing is a matter of the buoy, not of the sea: it is
/// told to those who keep the system, and stands on the map.
void Station::watch_sensors(base::Instant now) {
  const auto sensors = m_runner.view().sensors;
  if (!sensors) return;
  if (sensors != m_told_sensors) m_server->publish_sensors();
  std::set<std::string> known;
  for (const auto& sensor : *sensors) {
    known.insert(sensor.station.id);
    raise_for(sensor, now);
  }
  if (m_told_sensors) {
    for (const auto& gone : *m_told_sensors) {
      if (known.contains(gone.station.id)) continue;
      m_health.clear("sensor_silent." + gone.station.id);
      m_health.clear("sensor_adrift." + gone.station.id);
    }
  }
  m_told_sensors = sensors;
  watch_messages(now);
  if (const auto problem = m_measurements.problem(); !problem.empty()) {
    m_health.raise("measurements_failing",
                   {Gravity::kDegraded,
                    {"观测值无法保存：" + problem, "measurements cannot be stored: " + problem},
                    {"请检查磁盘空间；恢复后自动补存，不会丢失",
                     "check free space; they are stored afterwards, nothing is lost"},
                    now});
  } else {
    m_health.clear("measurements_failing");
  }
}

void Station::watch_messages(base::Instant now) {
  const auto problem = m_messages.problem();
  if (problem.empty()) return m_health.clear("messages_failing");
  m_health.raise("messages_failing",
                 {Gravity::kDegraded,
                  {"船舶报文无法保存：" + problem, "messages cannot be stored: " + problem},
                  {"请检查磁盘空间；恢复后自动补存，不会丢失",
                   "check free space; they are stored afterwards, nothing is lost"},
                  now});
}

void Station::raise_for(const picture::SensorState& sensor, base::Instant now) {
  const auto& station = sensor.station;
  const std::string silent = "sensor_silent." + station.id;
  if (sensor.declared && sensor.silent(now, m_started)) {
    const bool ever = sensor.arrival.ms != 0;
    m_health.raise(
        silent,
        {Gravity::kDegraded,
         {"观测站“" + station.name.zh + (ever ? "”中断，已无数据" : "”尚未收到数据"),
          "observing station \"" + station.name.en +
              (ever ? "\" is silent" : "\" has not said anything yet")},
         {"请检查站点供电、通信与 MQTT 数据源", "check its power, its radio and the MQTT input"},
         ever ? sensor.arrival : m_started});
  } else {
    m_health.clear(silent);
  }
  const std::string adrift = "sensor_adrift." + station.id;
  if (!sensor.adrift()) return m_health.clear(adrift);
  const auto off = std::to_string(std::llround(*sensor.off_station_m()));
  const auto radius = std::to_string(station.watch_radius_m);
  m_health.raise(adrift, {Gravity::kDegraded,
                          {"浮标“" + station.name.zh + "”离开警戒圈：距设站位置 " + off +
                               " 米（允许 " + radius + " 米），疑似走锚",
                           "buoy \"" + station.name.en + "\" has left its watch circle: " + off +
                               " m off its station, " + radius + " m allowed; perhaps adrift"},
                          {"请核对锚系并视情发布航行安全提示、组织回收",
                           "check the mooring; warn shipping and recover it if need be"},
                          sensor.position_time});
}

/// [{name "1/31", count, id?, title?}], the most frequent first.
base::Json Station::applications_json(const InputCount& count) const {
  std::vector<std::pair<std::string, std::uint64_t>> sorted(count.applications.begin(),
                                                            count.applications.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  auto out = base::Json::array();
  for (const auto& [name, number] : sorted) {
    auto item = application_title(m_applications, name);
    if (!item.is_object()) item = base::Json::object();
    item.set("name", name);
    item.set("count", number);
    out.push(std::move(item));
  }
  return out;
}

base::Json Station::inputs_json() const {
  const auto view = m_runner.view();
  const auto durable = m_sequencer->durable_lines();
  const auto now = m_clock.now();
  auto out = base::Json::array();
  for (const auto& link : m_links) {
    const auto& counters = link->counters();
    const std::string& name = link->settings().name;
    // What was journaled before the link was opened (earlier runs, a drill's past) counts as
    // received too: the page must not show more durable lines than lines.
    std::uint64_t before = 0;
    if (const auto found = m_lines_before.find(name); found != m_lines_before.end()) {
      before = found->second;
    }
    std::uint64_t lines = before;
    if (const auto since = durable.find(name); since != durable.end()) lines += since->second;
    InputCount counted;
    if (const auto found = view.inputs.find(name); found != view.inputs.end()) {
      counted = found->second;
    }
    // What the link did not even make a line of: beside the account of lines.
    auto unread = base::Json::object();
    const auto add_unread = [&unread](const char* cause, std::uint64_t number) {
      if (number > 0) unread.set(cause, number);
    };
    add_unread("too_long_line", counters.too_long);
    add_unread("message_too_large", counters.too_large);
    add_unread("over_rate", counters.over_rate);
    add_unread("other_topic", counters.other_topic);
    auto item = base::Json::object(
        {{"name", name},
         {"kind", m_drill ? "drill" : kind_text(link->settings().kind)},
         {"address", address_of(*link)},
         {"state", state_of(*link, now, patience_with(*link, m_settings.silent_after))},
         {"detail", link->last_error()},
         {"bytes", counters.bytes.load()},
         {"lines", before + counters.lines.load()},
         {"durable_lines", lines},
         {"dropped", counters.dropped_queue.load() + counters.dropped_kernel.load()}});
    add_counts(counted, item);
    auto rejects = item["rejects"];
    for (const auto& [cause, number] : unread.members()) rejects.set(cause, number);
    item.set("rejects", std::move(rejects));
    item.set("unread", std::move(unread));
    if (counters.last_ms != 0) item.set("last_seen", base::to_iso({counters.last_ms}));
    out.push(std::move(item));
  }
  // What the drill's buoys send comes without a link: there is no broker.
  const auto buoys = view.inputs.find(kDrillBuoys);
  if (m_drill && buoys != view.inputs.end()) out.push(drill_buoys_json(buoys->second));
  return out;
}

void Station::add_counts(const InputCount& count, base::Json& item) const {
  auto rejects = base::Json::object();
  auto withheld = base::Json::object();
  for (const auto& [cause, number] : count.rejects) rejects.set(cause, number);
  for (const auto& [cause, number] : count.withheld) withheld.set(cause, number);
  item.set("taken", count.lines);
  item.set("messages", count.messages);
  item.set("copies", count.copies);
  item.set("parts", count.parts);
  item.set("unaccounted", count.unaccounted());
  item.set("positions", count.fixes);
  item.set("texts", count.texts);
  item.set("applications", applications_json(count));
  item.set("measured", count.measured);
  item.set("rejects", std::move(rejects));
  item.set("withheld", std::move(withheld));
}

base::Json Station::drill_buoys_json(const InputCount& count) const {
  auto item = base::Json::object({{"name", kDrillBuoys},
                                  {"kind", "drill"},
                                  {"address", ""},
                                  {"state", m_drill->ended() ? "ended" : "running"},
                                  {"detail", ""},
                                  {"lines", count.lines},
                                  {"durable_lines", count.lines},
                                  {"dropped", 0}});
  add_counts(count, item);
  if (count.last.ms != 0) item.set("last_seen", base::to_iso(count.last));
  return item;
}

base::Json Station::stations_json() const {
  const auto view = m_runner.view();
  const auto now = m_clock.now();
  auto out = base::Json::array();
  for (const auto& [input, count] : view.inputs) {
    for (const auto& [name, station] : count.stations) {
      const bool silent = now - station.last > m_settings.silent_after;
      auto item = base::Json::object({{"name", name},
                                      {"input", input},
                                      {"state", silent ? "silent" : "running"},
                                      {"messages", station.messages},
                                      {"copies", station.copies},
                                      {"positions", station.fixes},
                                      {"last_seen", base::to_iso(station.last)}});
      if (station.clock_ahead_ms) item.set("clock_ahead_ms", *station.clock_ahead_ms);
      out.push(std::move(item));
    }
  }
  return out;
}

base::Json Station::metrics_json() const {
  const auto view = m_runner.view();
  std::uint64_t dropped = 0;
  for (const auto& link : m_links) {
    dropped += link->counters().dropped_queue + link->counters().dropped_kernel;
  }
  auto out = base::Json::object({{"journal_offset", m_journal.durable_offset()},
                                 {"journal_bytes", m_journal.size_bytes()},
                                 {"pipeline_offset", view.offset},
                                 {"archive_offset", m_archive.applied_offset()},
                                 {"findings_offset", m_findings.applied_offset()},
                                 {"positions_total", view.positions},
                                 {"finding_steps_total", view.steps},
                                 {"udp_dropped_total", dropped},
                                 {"live_tracks", view.live_tracks},
                                 {"live_expired_total", view.live_expired},
                                 {"lines_per_s", m_rates->lines_per_s.load()},
                                 {"positions_per_s", m_rates->positions_per_s.load()},
                                 {"inputs_silent", m_rates->inputs_silent.load()},
                                 {"resident_bytes", resident_bytes()},
                                 {"snapshot_at_ms", m_runner.last_snapshot().ms}});
  for (const auto& [name, value] : view.engine.members()) {
    if (value.is_number()) out.set("engine_" + name, value);
  }
  const auto each = [&](const char* metric, const auto& number) {
    for (const auto& [name, count] : view.inputs) {
      out.set(fmt::format("input_{}_total{{input=\"{}\"}}", metric, name), number(count));
    }
  };
  each("lines", [](const InputCount& count) { return count.lines; });
  each("messages", [](const InputCount& count) { return count.messages; });
  each("copies", [](const InputCount& count) { return count.copies; });
  each("parts", [](const InputCount& count) { return count.parts; });
  each("positions", [](const InputCount& count) { return count.fixes; });
  each("texts", [](const InputCount& count) { return count.texts; });
  each("measured", [](const InputCount& count) { return count.measured; });
  for (const auto& [name, count] : view.inputs) {
    out.set(fmt::format("input_unaccounted{{input=\"{}\"}}", name), count.unaccounted());
  }
  for (const auto& [name, count] : view.inputs) {
    for (const auto& [cause, number] : count.rejects) {
      out.set(fmt::format("input_rejects_total{{input=\"{}\",cause=\"{}\"}}", name, cause), number);
    }
  }
  m_outputs.add_metrics(out);
  m_webhooks.add_metrics(out);
  m_reminders.add_metrics(out);
  return out;
}

base::Json Station::health_json() const {
  auto out = m_health.to_json();
  // Nothing is wrong, and nothing will ever arrive: that is no green.
  if (m_links.empty() && m_health.sound()) out.set("state", "no_input");
  return out;
}

base::Json Station::counters_json() const {
  std::int64_t vessels = 0, at_berth = 0, distress = 0, distress_last = 0;
  std::map<std::string, std::int64_t> by_berth, by_home;
  const auto live = m_runner.live();
  live->for_each([&](const picture::LiveEntry& entry) {
    if (entry.merged || entry.kind == model::VesselKind::kGear ||
        entry.kind == model::VesselKind::kAton || entry.kind == model::VesselKind::kBaseStation) {
      return;
    }
    ++vessels;
    if (entry.kind == model::VesselKind::kDistress) {
      ++distress;
      distress_last = std::max(distress_last, entry.fix.time.ms);
    }
    if (entry.berth.known && entry.berth.at_berth) {
      ++at_berth;
      ++by_berth["berth." + entry.berth.zone];
    } else if (entry.vessel && !entry.vessel->home_port.empty()) {
      ++by_home["sea." + entry.vessel->home_port];
    }
  });
  auto out = base::Json::object({{"positions_per_s", m_rates->positions_per_s.load()},
                                 {"lines_per_s", m_rates->lines_per_s.load()},
                                 {"rejects_per_s", m_rates->rejects_per_s.load()},
                                 {"inputs_silent", m_rates->inputs_silent.load()},
                                 {"vessels", vessels},
                                 {"at_berth", at_berth},
                                 {"at_sea", vessels - at_berth},
                                 {"findings_open", m_runner.view().open_findings},
                                 {"distress", distress},
                                 {"outputs_connected", m_outputs.connected()},
                                 {"outputs_failing", m_outputs.failing()},
                                 {"distress_last", distress_last}});
  for (const auto& [name, count] : by_berth) out.set(name, count);
  for (const auto& [name, count] : by_home) out.set(name, count);
  return out;
}

serve::Clock Station::clock() const {
  serve::Clock out;
  out.now = m_clock.now();
  out.feed = m_clock.mode() == DataClock::Mode::kFeed;
  if (m_drill) {
    out.drill = true;
    out.speed = m_drill->speed();
    out.paused = m_drill->paused();
    out.scenario_ended = m_drill->ended();
  }
  for (const auto& link : m_links) {
    out.last_arrival = std::max(out.last_arrival, base::Instant{link->counters().last_ms});
  }
  return out;
}

}  // namespace jinglue::app
