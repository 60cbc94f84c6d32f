// SPDX-License-Identifier: Apache-2.0
// RuleRig: an Engine with a history in memory, a clock that ticks, and the fold of its steps; for
// unit tests, properties and the bench of detect.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "detect/engine.hpp"
#include "detect/rule/pack.hpp"
#include "geo/geodesic.hpp"
#include "model/fix.hpp"
#include "support/last_steps.hpp"

namespace jinglue::support {

inline base::Instant at(const std::string& iso) {
  auto t = base::parse_iso(iso);
  if (!t) throw std::runtime_error(t.error().text());
  return *t;
}
/// Local time of Weihai: "2024-05-01T12:00:00".
inline base::Instant local(const std::string& text) {
  return at(text + "+08:00");
}
inline base::Duration minutes(double count) {
  return base::Duration(std::int64_t(count * 60'000));
}

inline model::TrackId track_of(std::uint64_t mmsi) {
  return {model::TerminalId::make(model::TerminalKind::kMmsi, mmsi), 0};
}

inline model::Fix make_fix(std::uint64_t mmsi, base::Instant t, geo::LatLon place,
                           double speed_kn) {
  model::Fix fix;
  fix.track = track_of(mmsi);
  fix.time = fix.arrival = t;
  fix.source = model::FixSource::kAisB;
  fix.position = geo::to_position(place);
  if (speed_kn >= 0) fix.sog_ckn = std::uint16_t(speed_kn * 100 + 0.5);
  return fix;
}

inline std::shared_ptr<model::VesselFacts> make_vessel(const std::string& id, std::uint64_t mmsi) {
  auto facts = std::make_shared<model::VesselFacts>();
  facts->id = id;
  facts->revision = 1;
  facts->name = "鲁荣渔" + id;
  facts->side_number = facts->name;
  facts->kind = model::VesselKind::kFishing;
  facts->gears = {"T"};
  facts->length_m = 30;
  facts->home_port = "shidao";
  facts->district = "rongcheng";
  facts->flag = "CN";
  facts->terminals = {{track_of(mmsi).terminal, base::kDistantPast, base::kDistantFuture}};
  return facts;
}

inline detect::SubjectView view_of(std::shared_ptr<const model::VesselFacts> facts) {
  detect::SubjectView view;
  view.kind = facts->kind;
  view.name = facts->name;
  view.length_m = facts->length_m;
  view.flag = facts->flag;
  view.vessel = std::move(facts);
  return view;
}

inline std::shared_ptr<const detect::RulePack> pack_of(const detect::RuleFiles& files) {
  auto loaded = detect::load_pack(files);
  if (!loaded.pack) throw std::runtime_error(loaded.errors.at(0).text());
  return loaded.pack;
}

/// A berth and a port around Shidao of our own, so that tests do not move with the shipped ones.
inline const char* test_berths() {
  return R"({"type": "FeatureCollection", "features": [
 {"type": "Feature", "id": "berth_shidao",
  "properties": {"kind": "berth", "name_zh": "石岛渔港泊位", "name_en": "Shidao berths",
                 "source": "test", "confidence": "example", "place": "shidao"},
  "geometry": {"type": "Polygon", "coordinates":
   [[[122.42,36.88],[122.43,36.88],[122.43,36.89],[122.42,36.89],[122.42,36.88]]]}},
 {"type": "Feature", "id": "berth_lidao",
  "properties": {"kind": "berth", "name_zh": "俚岛渔港泊位", "name_en": "Lidao berths",
                 "source": "test", "confidence": "example", "place": "lidao"},
  "geometry": {"type": "Polygon", "coordinates":
   [[[122.56,37.24],[122.57,37.24],[122.57,37.25],[122.56,37.25],[122.56,37.24]]]}}
]})";
}
inline constexpr geo::LatLon kShidaoQuay{36.885, 122.425};
inline constexpr geo::LatLon kLidaoQuay{37.245, 122.565};
inline constexpr geo::LatLon kOffShidao{36.75, 122.60};

/// The shipped rules with the berths above.
inline detect::RuleFiles shipped_files() {
  auto files = detect::read_rule_files(std::string(JINGLUE_SOURCE_DIR) + "/rules");
  if (!files) throw std::runtime_error(files.error().text());
  auto& list = files->files;
  list.erase(std::remove_if(list.begin(), list.end(),
                            [](const auto& f) { return f.first == "zones/berths.geojson"; }),
             list.end());
  list.emplace_back("zones/test_berths.geojson", test_berths());
  files->revision = "shipped+test";
  return *files;
}

class RuleRig {
 public:
  explicit RuleRig(std::shared_ptr<const detect::RulePack> pack) { restart(std::move(pack)); }

  /// A new engine with the same history; for snapshots.
  void restart(std::shared_ptr<const detect::RulePack> pack) {
    m_engine = std::make_unique<detect::Engine>(
        [this](model::TrackId track, base::Instant from, base::Instant to,
               const std::function<bool(const model::Fix&)>& visit) {
          for (const auto& fix : m_history[track]) {
            if (fix.time >= from && fix.time < to && !visit(fix)) return;
          }
        });
    std::vector<model::FindingStep> none;
    offset = std::max<std::uint64_t>(offset, 1);
    engine().set_pack(std::move(pack), 1, base::kDistantPast, none);
  }
  detect::Engine& engine() { return *m_engine; }

  /// Gives the fix the next journal offset unless it has one.
  void feed(model::Fix fix, const detect::SubjectView& view) {
    remember(fix);
    judge(fix, view);
  }
  /// The two halves of feed(): the history, and the engine.
  void remember(model::Fix& fix) {
    if (fix.offset == 0) fix.offset = ++offset;
    auto& list = m_history[fix.track];
    const auto later = [](const auto& a, const auto& b) {
      return a.time != b.time ? a.time < b.time : a.offset < b.offset;
    };
    list.insert(std::upper_bound(list.begin(), list.end(), fix, later), fix);
  }
  void judge(const model::Fix& fix, const detect::SubjectView& view) {
    m_engine->on_fix(fix, view, steps);
    if (!keep_steps) steps.clear();
  }
  void tick(base::Instant now) { m_engine->on_tick(now, ++offset, steps); }

  void change(const std::string& register_id, const std::string& record, const base::Json& fields,
              const std::string& state, base::Instant when) {
    model::RecordChange c;
    c.number = ++m_changes;
    c.register_id = register_id;
    c.record_id = record;
    c.revision = c.number;
    c.at = when;
    c.fields = fields;
    c.state = state;
    m_engine->on_change(c, ++offset, steps);
  }
  void exempt(const std::string& record, const std::string& vessel, const std::string& rule,
              base::Instant from, base::Instant to, const std::string& area = "",
              const std::string& state = "approved") {
    auto fields = base::Json::object({{"kind", "special_permit"},
                                      {"vessel", vessel},
                                      {"rules", base::Json::array({rule})},
                                      {"from", base::to_iso(from)},
                                      {"to", base::to_iso(to)},
                                      {"document", "演练〔2024〕1号"}});
    if (!area.empty()) fields.set("area", area);
    change("exemption", record, fields, state, from);
  }

  std::vector<model::FindingStep> folded() const { return test::last_steps(steps); }

  std::vector<model::FindingStep> steps;
  bool keep_steps{true};
  std::uint64_t offset{0};

 private:
  std::unique_ptr<detect::Engine> m_engine;
  std::map<model::TrackId, std::vector<model::Fix>> m_history;
  std::int64_t m_changes{0};
};

/// A finding without what depends on the order of arrival: id, number, kind, offsets, `at`.
inline base::Json order_free(const model::FindingStep& step) {
  auto json = step.to_json();
  json.set("finding", "");
  json.set("number", 0);
  json.set("kind", "");
  json.set("offset", 0);
  json.set("at", 0);
  auto used = base::Json::array();
  for (auto fix : json["positions"].items()) {
    fix.set("offset", 0);
    used.push(fix);
  }
  json.set("positions", used);
  return json;
}
inline std::vector<std::string> order_free(const std::vector<model::FindingStep>& folded) {
  std::vector<std::string> out;
  for (const auto& step : folded) out.push_back(order_free(step).dump());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace jinglue::support
