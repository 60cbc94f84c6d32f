// SPDX-License-Identifier: Apache-2.0
// bench_rules: what the rules cost per position: 10,000 vessels, 500 active rules over 120 polygons
// of 220 vertices, mixed seasons, gears and kinds, about 5 % of the vessels in an episode, 60
// berths, one position of 20 late by up to an hour.
#include <sys/resource.h>

#include <cmath>
#include <numbers>
#include <random>

#include "bench/figures.hpp"
#include "detect/engine.hpp"
#include "detect/rule/pack.hpp"
#include "support/rule_rig.hpp"

using namespace jinglue;

namespace {

constexpr std::size_t kVessels = 10'000;
constexpr int kRules = 500;
constexpr int kZones = 120;
constexpr int kVertices = 220;
constexpr int kRounds = 90;  // of one fix per vessel
constexpr double kRate = 2000;

/// A ragged ring of 220 vertices; the zones overlap in a grid from 34 N to 40 N, 119 E to 125 E.
std::string ragged_ring(double lat, double lon, std::mt19937& random) {
  std::uniform_real_distribution<double> radius(0.18, 0.3);
  std::string first;
  std::string ring;
  for (int i = 0; i < kVertices; ++i) {
    const double angle = 2 * std::numbers::pi * i / kVertices;
    const double r = radius(random);
    const auto point =
        fmt::format("[{:.6f},{:.6f}]", lon + r * std::cos(angle) * 1.2, lat + r * std::sin(angle));
    if (i == 0) first = point;
    ring += point + ",";
  }
  return ring + first;
}

std::string feature(const std::string& id, const std::string& kind, const std::string& ring) {
  return fmt::format(R"({{"type": "Feature", "id": "{}", "properties": {{"kind": "{}",
 "name_zh": "{}", "name_en": "{}", "source": "bench", "confidence": "example", "place": "p"}},
 "geometry": {{"type": "Polygon", "coordinates": [[{}]]}}}})",
                     id, kind, id, id, ring);
}

std::string zones(std::mt19937& random) {
  std::string out;
  for (int i = 0; i < kZones; ++i) {
    const double lat = 34.3 + i / 10 * 0.5;
    const double lon = 119.3 + i % 10 * 0.6;
    out += (i == 0 ? "" : ",") +
           feature(fmt::format("z{}", i), "drawn", ragged_ring(lat, lon, random));
  }
  for (int i = 0; i < 60; ++i) {
    const double s = 36.8 + i % 10 * 0.05;
    const double w = 122 + i / 10 * 0.05;
    out += "," + feature(fmt::format("b{}", i), "berth",
                         fmt::format("[{1},{0}],[{3},{0}],[{3},{2}],[{1},{2}],[{1},{0}]", s, w,
                                     s + 0.01, w + 0.01));
  }
  return R"({"type": "FeatureCollection", "features": [)" + out + "]}";
}

/// Mixed: moratoria of several seasons and gears, zone rules of four kinds.
std::string rules() {
  static const char* const kGears[] = {"T", "C", "Z", "L", "W", "D"};
  static const char* const kOn[] = {"enter", "leave", "inside", "inside"};
  std::string out =
      "schema = 1\ntimezone = \"Asia/Shanghai\"\n[[source]]\nid = \"B\"\ntitle = \"b\"\n";
  for (int i = 0; i < kRules; ++i) {
    const bool moratorium = i % 5 < 3;
    out += fmt::format(R"([[rule]]
id = "bench.r{}"
version = 1
kind = "{}"
level = "{}"
name = {{ zh = "规则", en = "rule" }}
valid = {{ from = 2000-01-01 }}
area = "z{}"
season = {{ from = "{:02d}-01T12:00", to = "09-{:02d}T12:00" }}
article = {{ zh = "条", en = "art", as_of = 2024-01-01 }}
severity = "{}"
source = ["B"]
confidence = "high"
review = 2026-03-01
)",
                       i, moratorium ? "moratorium" : "zone", i % 2 == 0 ? "national" : "city",
                       i % kZones, 3 + i % 3, 1 + i % 28, i % 7 == 0 ? "high" : "medium");
    if (moratorium) {
      out += fmt::format(
          "include = {{ kinds = [\"fishing\"], groups = [\"watched\"] }}\n"
          "exempt_gears = [\"{}\"]\n",
          kGears[i % 6]);
    } else {
      out += fmt::format(
          "include = {{ kinds = [\"fishing\", \"cargo\"], districts = [\"d{}\"] }}\n"
          "on = \"{}\"\ntitle = {{ zh = \"疑似\", en = \"t\" }}\n",
          i % 40, kOn[i % 4]);
    }
  }
  return out;
}

struct Ship {
  std::uint64_t mmsi{0};
  detect::SubjectView view;
  geo::LatLon place;
  double course{0};
  double speed_kn{0};
};

/// 40 % lie in port, the rest sail; one in 6 belongs to the watched group.
std::vector<Ship> fleet(std::mt19937& random) {
  static const char* const kGears[] = {"T", "C", "Z", "L", "W", "D"};
  std::uniform_real_distribution<double> lat(34.3, 39.7);
  std::uniform_real_distribution<double> lon(119.3, 124.7);
  std::vector<Ship> out;
  for (std::size_t i = 0; i < kVessels; ++i) {
    Ship ship;
    ship.mmsi = 412'000'000 + i;
    auto facts = support::make_vessel(fmt::format("018f-{:06d}", i), ship.mmsi);
    facts->gears = {kGears[i / 6 % 6]};
    facts->district = fmt::format("d{}", i % 400);
    if (i % 6 == 0) facts->groups = {"watched"};
    facts->kind = i % 3 == 1 ? model::VesselKind::kCargo : model::VesselKind::kFishing;
    ship.view = support::view_of(facts);
    const bool moored = i % 5 < 2;
    ship.place = moored
                     ? geo::LatLon{36.805 + double(i % 10) * 0.05, 122.005 + double(i % 6) * 0.05}
                     : geo::LatLon{lat(random), lon(random)};
    ship.course = double(random() % 360);
    ship.speed_kn = moored ? 0 : 2 + double(random() % 100) / 10;
    out.push_back(std::move(ship));
  }
  return out;
}

double resident_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return double(usage.ru_maxrss) / 1024;
}

}  // namespace

int main() {
  std::mt19937 random(7);
  detect::RuleFiles files{"bench", {{"zones/z.geojson", zones(random)}, {"r.toml", rules()}}};
  const bench::Stopwatch loading;
  const auto pack = support::pack_of(files);
  bench::figure("rules.load", loading.seconds() * 1000, "ms");
  auto ships = fleet(random);
  support::RuleRig rig(pack);
  rig.keep_steps = false;
  const auto start = support::local("2024-05-10T08:00:00");
  const base::Duration pace(std::int64_t(1000.0 * double(kVessels) / kRate));
  std::vector<double> micros;
  std::vector<double> late_micros;
  std::vector<model::Fix> held;
  double spent = 0;
  double ticking = 0;
  const double before_mib = resident_mib();
  for (int round = 0; round < kRounds; ++round) {
    const auto now = start + pace * round * 6;  // fixes half a minute apart
    const bench::Stopwatch tick;
    for (int s = 0; s < int(pace.count() / 1000); ++s) rig.tick(now);
    ticking += tick.seconds();
    for (auto& ship : ships) {
      ship.place = geo::destination(ship.place, ship.course, ship.speed_kn * 0.5144 * 30);
      auto fix = support::make_fix(ship.mmsi, now, ship.place, ship.speed_kn);
      const bool late = random() % 20 == 0;
      if (late) held.push_back(fix);
      if (late) continue;
      rig.remember(fix);
      const bench::Stopwatch one;
      rig.judge(fix, ship.view);
      micros.push_back(one.seconds() * 1e6);
      spent += micros.back() / 1e6;
    }
    if (round % 10 != 9) continue;
    std::shuffle(held.begin(), held.end(), random);
    for (auto& fix : held) {
      rig.remember(fix);
      const bench::Stopwatch one;
      rig.judge(fix, ships[std::size_t(fix.track.terminal.number() - 412'000'000)].view);
      late_micros.push_back(one.seconds() * 1e6);
    }
    held.clear();
  }
  double late_spent = 0;
  for (const double m : late_micros) late_spent += m / 1e6;
  const auto counters = rig.engine().counters();
  bench::figure("rules.rules", double(pack->rules().size()), "rules");
  bench::figure("rules.positions", double(micros.size() + late_micros.size()), "positions");
  bench::figure("rules.open_episodes", double(counters["open_episodes"].as_int()), "episodes");
  bench::figure("rules.steps", double(counters["steps"].as_int()), "steps");
  bench::figure("rules.in_order_rate", double(micros.size()) / spent, "positions/s");
  bench::figure("rules.in_order_mean", spent / double(micros.size()) * 1e6, "us");
  bench::figure("rules.in_order_p50", bench::percentile(micros, 0.5), "us");
  bench::figure("rules.in_order_p99", bench::percentile(micros, 0.99), "us");
  bench::figure("rules.in_order_max", bench::percentile(micros, 1), "us");
  bench::figure("rules.late_mean", late_spent / double(late_micros.size()) * 1e6, "us");
  bench::figure("rules.late_p99", bench::percentile(late_micros, 0.99), "us");
  bench::figure("rules.tick", ticking / (kRounds * double(pace.count()) / 1000) * 1e6, "us");
  bench::figure("rules.core_share_at_2000_per_s",
                (spent + late_spent) / double(micros.size() + late_micros.size()) * kRate * 100,
                "percent");
  base::ByteWriter saved;
  const bench::Stopwatch saving;
  rig.engine().save(saved);
  bench::figure("rules.save", saving.seconds() * 1000, "ms");
  bench::figure("rules.snapshot", double(saved.size()) / 1024 / 1024, "MiB");
  bench::figure("rules.memory_growth", resident_mib() - before_mib, "MiB");
}
