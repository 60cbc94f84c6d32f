// SPDX-License-Identifier: Apache-2.0
#include "app/outputs.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <utility>

#include "app/ais_applications.hpp"
#include "app/data_clock.hpp"

namespace jinglue::app {

namespace {

using base::Json;

/// A batch of a file at full speed is large; the relay begins on its first lines meanwhile.
constexpr std::size_t kLinesAtOnce = 4'096;
constexpr base::Duration kConnectPatience{120'000};
constexpr base::Duration kKeepEvery{60'000};

std::shared_ptr<const geo::Area> zone_in(const std::shared_ptr<const detect::RulePack>& pack,
                                         const std::string& zone) {
  const auto index = pack ? pack->zone_index(zone) : SIZE_MAX;
  return index == SIZE_MAX ? nullptr : pack->zones()[index]->area;
}

}  // namespace

Outputs::Outputs(store::Database& records, access::Access& access,
                 const std::filesystem::path& share, const std::filesystem::path& secrets,
                 Health& health, Pack pack, bool drill)
    : m_secrets(secrets),
      m_health(health),
      m_pack(std::move(pack)),
      m_drill(drill),
      m_applications(read_ais_applications(share)),
      m_book(records, access, [this](const auto& zone) { return area_of(zone) != nullptr; }),
      m_boats(records, access, [this] { return has_card(); }, drill) {}

Outputs::~Outputs() {
  stop();
}

std::shared_ptr<const geo::Area> Outputs::area_of(const std::string& zone) const {
  return zone_in(m_pack(), zone);
}

bool Outputs::has_card() const {
  const auto approved = m_book.approved(base::wall_now());
  return std::any_of(approved.begin(), approved.end(), [](const auto& one) {
    return one.destination.kind == output::Kind::kBeidouCard;
  });
}

void Outputs::start(std::function<void()> news) {
  m_news = std::move(news);
  if (m_drill) {
    m_book.on_change([this] { m_news(); });
    return;
  }
  output::Relay::Options options;
  options.zone = [this](const std::string& zone) { return area_of(zone); };
  options.applications = &m_applications;
  options.sender.secrets = m_secrets;
  options.sender.boats = &m_boats;
  m_relay = std::make_unique<output::Relay>(std::move(options));
  m_kept = base::wall_now();
  m_book.on_change([this] { apply(); });
  m_book.expire(base::wall_now());
  apply();
}

void Outputs::stop() {
  m_book.on_change({});
  if (!m_relay) return;
  m_relay->stop();
  m_book.keep_counts(m_relay->counts());
}

/// Reading and using are one step: an older list must never be used after a newer one.
void Outputs::apply() {
  const std::lock_guard lock(m_apply_mutex);
  m_relay->use(m_book.approved(base::wall_now()), m_book.hidden_set());
  m_news();
}

void Outputs::line(const model::JournalEntry& entry, const Pipeline& pipeline) {
  const auto& outcome = pipeline.last_line();
  output::Heard heard;
  heard.text = entry.payload;
  heard.input = entry.input;
  heard.station = entry.station;
  heard.arrival = entry.arrival;
  heard.message = outcome.message && outcome.ais_sender;
  heard.copy = outcome.copy;
  heard.withheld = outcome.withheld;
  if (outcome.ais_sender) {
    heard.vessel = pipeline.identity().vessel_at({*outcome.ais_sender, 0}, entry.arrival);
    heard.names_official =
        std::any_of(outcome.ais_named.begin(), outcome.ais_named.end(), [&](const auto named) {
          const auto vessel = pipeline.identity().vessel_at({named, 0}, entry.arrival);
          return vessel && vessel->kind == model::VesselKind::kOfficial;
        });
  }
  m_lines.push_back(std::move(heard));
  if (m_lines.size() >= kLinesAtOnce) batch_ends();
}

void Outputs::batch_ends() {
  m_relay->give(std::exchange(m_lines, {}));
}

void Outputs::watch() {
  if (!m_relay) return;
  const auto now = base::wall_now();
  m_book.expire(now);
  m_boats.expire(now);
  if (const auto pack = m_pack(); pack && pack->revision() != m_pack_revision) {
    m_pack_revision = pack->revision();
    apply();
  }
  std::int64_t connected = 0, failing = 0;
  std::string states;
  for (const auto& entry : m_book.list()) {
    if (entry.state != output::State::kApproved) {
      m_unconnected.erase(entry.destination.name);
      m_health.clear("output_failing." + entry.destination.name);
      continue;
    }
    ++(watch_connection(entry, now) ? connected : failing);
    states += m_relay->state_of(entry.destination.name)["connection"].dump();
  }
  if (std::exchange(m_states, states) != states) m_news();
  m_connected = connected;
  m_failing = failing;
  measure();
  const auto left_out = m_relay->lines_left_out();
  if (left_out > m_left_out) {
    m_health.raise("outputs_behind",
                   {Gravity::kDegraded,
                    {fmt::format("数据外发跟不上接收，已略过 {} 行", left_out),
                     fmt::format("outputs are behind, {} lines were left out", left_out)},
                    {"收窄外发范围或减少外发对象", "narrow the filters or end some outputs"},
                    now});
  } else {
    m_health.clear("outputs_behind");
  }
  m_left_out = left_out;
  if (now - m_kept < kKeepEvery) return;
  m_kept = now;
  m_book.keep_counts(m_relay->counts());
}

/// Messages per second since the last look.
void Outputs::measure() {
  const auto steady = DataClock::steady_now_ms();
  const auto passed_ms = steady - m_measured_ms;
  if (passed_ms < 500) return;
  std::map<std::string, std::int64_t> rates, sent;
  for (const auto& [name, json] : m_relay->counts()) {
    sent[name] = json["sent"].as_int();
    const auto before = m_sent.find(name);
    if (before != m_sent.end()) rates[name] = (sent[name] - before->second) * 1000 / passed_ms;
  }
  m_measured_ms = steady;
  m_sent = std::move(sent);
  const std::lock_guard lock(m_rates_mutex);
  m_per_s = std::move(rates);
}

/// Whether it is connected.
bool Outputs::watch_connection(const output::Entry& entry, base::Instant now) {
  const std::string& name = entry.destination.name;
  const std::string code = "output_failing." + name;
  const auto state = m_relay->state_of(name);
  const std::string& connection = state["connection"]["state"].as_string();
  if (connection == "connected" || connection == "listening") {
    m_unconnected.erase(name);
    m_health.clear(code);
    return true;
  }
  const auto since = m_unconnected.try_emplace(name, now).first->second;
  if (now - since < kConnectPatience) return false;
  const std::string& error = state["connection"]["error"].as_string();
  m_health.raise(code, {Gravity::kDegraded,
                        {"数据外发“" + name + "”未连通：" + error,
                         "output \"" + name + "\" is not connected: " + error},
                        {"请核对接收方地址与网络，或在系统页暂停该外发",
                         "check the receiver and the network, or suspend it on the System page"},
                        since});
  return false;
}

Json Outputs::state_of(const output::Entry& entry) const {
  auto state = m_relay ? m_relay->state_of(entry.destination.name) : Json();
  if (state.is_object()) {
    auto counts = state["counts"];
    const std::lock_guard lock(m_rates_mutex);
    const auto rate = m_per_s.find(entry.destination.name);
    counts.set("per_s", rate == m_per_s.end() ? 0 : rate->second);
    state.set("counts", std::move(counts));
    return state;
  }
  Json counts = entry.counts;
  if (!counts.has("seen")) counts = output::Counters().to_json();
  counts.set("waiting", 0);
  counts.set("per_s", 0);
  const bool held = m_drill && entry.state == output::State::kApproved;
  return Json::object({{"connection", Json::object({{"state", held ? "drill" : "off"}})},
                       {"counts", std::move(counts)}});
}

Json Outputs::to_json() const {
  Json out = Json::array();
  for (const auto& entry : m_book.list()) {
    auto item = state_of(entry);
    item.set("name", entry.destination.name);
    item.set("state", to_key(entry.state));
    item.set("address", fmt::format("{} {}:{}", to_key(entry.destination.kind),
                                    entry.destination.host, entry.destination.port));
    out.push(std::move(item));
  }
  return out;
}

void Outputs::add_metrics(Json& out) const {
  if (!m_relay) return;
  out.set("output_lines_left_out_total", m_relay->lines_left_out());
  const auto counts = m_relay->counts();
  for (const auto* metric : {"seen", "sent", "bytes", "client_losses"}) {
    for (const auto& [name, json] : counts) {
      out.set(fmt::format("output_{}_total{{output=\"{}\"}}", metric, name), json[metric]);
    }
  }
  for (const auto* metric : {"filtered", "dropped"}) {
    for (const auto& [name, json] : counts) {
      for (const auto& [cause, number] : json[metric].members()) {
        out.set(fmt::format("output_{}_total{{output=\"{}\",cause=\"{}\"}}", metric, name, cause),
                number);
      }
    }
  }
  for (const auto& [name, json] : counts) {
    const auto& state = m_relay->state_of(name)["connection"]["state"].as_string();
    out.set(fmt::format("output_connected{{output=\"{}\"}}", name),
            state == "connected" || state == "listening" ? 1 : 0);
  }
}

}  // namespace jinglue::app
