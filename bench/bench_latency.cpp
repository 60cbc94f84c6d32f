// SPDX-License-Identifier: Apache-2.0
// From a position on the socket to its finding, written and published: the real program, 10,000
// vessels, 500 active rules over 144 polygons of 200 vertices, mixed seasons and gears, one vessel
// in twenty firing, 2,000 positions/s over UDP, one browser's stream. Bar: 250 ms p99.
#include <cmath>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/json.hpp"
#include "bench/figures.hpp"
#include "observe/ais/encoder.hpp"
#include "support/station.hpp"
#include "support/stream_client.hpp"

namespace {

using jinglue::base::Json;
namespace test = jinglue::test;
using Steady = std::chrono::steady_clock;

constexpr int kSide = 12;  // polygons per side of the grid
constexpr int kVertices = 200;
constexpr int kRules = 500;
constexpr int kVessels = 10000;
constexpr int kRate = 2000;       // positions per second
constexpr int kFiringEvery = 20;  // one vessel in so many crosses a boundary each report
constexpr double kStepDeg = 0.5;
constexpr double kRadiusDeg = 0.15;
constexpr double kWest = 119.0, kSouth = 32.0;

double centre_lat(int zone) {
  return kSouth + kStepDeg * (zone / kSide) + 0.25;
}
double centre_lon(int zone) {
  return kWest + kStepDeg * (zone % kSide) + 0.25;
}

std::string zones_geojson() {
  auto features = Json::array();
  for (int zone = 0; zone < kSide * kSide; ++zone) {
    auto ring = Json::array();
    for (int i = 0; i <= kVertices; ++i) {
      const double angle = 2 * M_PI * (i % kVertices) / kVertices;
      const double radius = kRadiusDeg * (1 + 0.1 * std::sin(7 * angle));
      ring.push(Json::array({centre_lon(zone) + radius * std::cos(angle),
                             centre_lat(zone) + radius * std::sin(angle)}));
    }
    const std::string id = "zone_" + std::to_string(zone);
    features.push(Json::object(
        {{"type", "Feature"},
         {"id", id},
         {"properties", Json::object({{"kind", "drawn"},
                                      {"name_zh", id},
                                      {"name_en", id},
                                      {"source", "bench"},
                                      {"confidence", "high"}})},
         {"geometry",
          Json::object({{"type", "Polygon"}, {"coordinates", Json::array({std::move(ring)})}})}}));
  }
  return Json::object({{"type", "FeatureCollection"}, {"features", std::move(features)}}).dump();
}

/// Every fifth rule of a zone fires on unregistered vessels; the others look at each fix as well
/// but differ in season, gear, kind, flag or length.
std::string rules_toml() {
  static const char* kCriteria[] = {
      "include = { registered = false }\n",
      "include = { kinds = [\"fishing\"] }\ngears = [\"T\", \"C\"]\n",
      "include = { registered = true }\nseason = { from = \"01-01T00:00\", to = \"12-31T12:00\" "
      "}\n",
      "include = { flags = [\"KR\"], length_m = { min = 24.0 } }\n",
      "include = { groups = [\"watch_list\"] }\nexclude = { gears = [\"D\"] }\n",
  };
  std::string out =
      "schema = 1\ntimezone = \"Asia/Shanghai\"\n"
      "[[source]]\nid = \"B\"\ntitle = \"bench\"\nconfidence = \"high\"\n";
  for (int i = 0; i < kRules; ++i) {
    const std::string name = "rule_" + std::to_string(i);
    out += "[[rule]]\nid = \"zone." + name +
           "\"\nversion = 1\nkind = \"zone\"\nlevel = \"city\"\n" + "name = { zh = \"" + name +
           "\", en = \"" + name + "\" }\n" + "title = { zh = \"疑似" + name + "\", en = \"" + name +
           "\" }\n" + "valid = { from = 2000-01-01 }\narea = \"zone_" +
           std::to_string(i / 5 % (kSide * kSide)) + "\"\non = \"inside\"\n" + kCriteria[i % 5] +
           "dwell = { fixes = 1, seconds = 0 }\nhysteresis = { fixes = 1, seconds = 0 }\n"
           "severity = \"medium\"\nsource = [\"B\"]\nconfidence = \"high\"\nreview = 2036-03-01\n"
           "article = { zh = \"bench\", en = \"bench\", as_of = 2000-01-01 }\n";
  }
  return out;
}

/// What was sent when: key = mmsi and stamp.
class Sent {
 public:
  void add(std::uint64_t key) {
    const std::lock_guard lock(m_mutex);
    m_at[key] = Steady::now();
  }
  std::optional<Steady::time_point> take(std::uint64_t key) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_at.find(key);
    if (found == m_at.end()) return std::nullopt;
    const auto at = found->second;
    m_at.erase(found);
    return at;
  }

 private:
  std::mutex m_mutex;
  std::unordered_map<std::uint64_t, Steady::time_point> m_at;
};

std::uint64_t key_of(std::uint32_t mmsi, std::int64_t stamp_ms) {
  return std::uint64_t(mmsi) << 32 ^ std::uint64_t(stamp_ms);
}

/// One vessel in kFiringEvery jumps in and out of its zone; the others lie still between zones.
void feed(const test::UdpFeed& udp, std::chrono::seconds duration, Sent& sent) {
  const auto started = Steady::now();
  const std::uint64_t total = std::uint64_t(duration.count()) * kRate;
  for (std::uint64_t i = 0; i < total; ++i) {
    const auto due = started + std::chrono::microseconds(i * 1000000 / kRate);
    std::this_thread::sleep_until(due);
    const auto vessel = static_cast<std::uint32_t>(i % kVessels);
    const auto report = i / kVessels;
    const bool fires = vessel % kFiringEvery == 0;
    // Only zones that hold a rule which fires.
    const int zone = static_cast<int>(vessel / kFiringEvery % (kRules / 5));
    const bool inside = fires && report % 2 == 1;
    const double lat = centre_lat(zone) + (inside ? 0.01 : 0.24);
    const double lon = centre_lon(zone) + 0.0001 * double(vessel % 97);
    const std::uint32_t mmsi = 412000000 + vessel;
    const auto now = jinglue::base::wall_now();
    if (inside) sent.add(key_of(mmsi, now.ms));
    udp.send(test::position_line(mmsi, lat, lon, 6.0, now));
  }
}

}  // namespace

int main() {
  test::TestStation station;
  std::filesystem::remove(station.share / "rules" / "test.toml");
  std::filesystem::remove(station.share / "rules" / "zones" / "test.geojson");
  test::TestStation::write(station.share / "rules" / "zones" / "bench.geojson", zones_geojson());
  test::TestStation::write(station.share / "rules" / "bench.toml", rules_toml());
  station.add_user("tester", "duty_officer");
  station.start();
  if (!station.wait_ready()) {
    std::fprintf(stderr, "%s", station.output().c_str());
    return 1;
  }
  test::HttpClient http(station.http_port);
  if (!http.sign_in("tester", test::kPassword)) return 1;
  test::StreamClient stream(station.http_port, http.cookie);
  stream.subscribe(Json::object({{"topics", Json::array({"vessels", "findings", "clock"})}}));
  const auto duration = std::chrono::seconds(30);
  const test::UdpFeed udp(station.udp_port);
  Sent sent;
  std::thread sender([&] { feed(udp, duration, sent); });
  std::vector<double> latency_ms;
  const auto until = Steady::now() + duration + std::chrono::seconds(2);
  while (Steady::now() < until && !stream.closed()) {
    const auto frame = stream.next(std::chrono::milliseconds(200));
    if (!frame || frame->kind != test::FrameKind::kSteps) continue;
    const auto now = Steady::now();
    for (const auto& step : stream.steps(*frame)) {
      if (step.kind != 1) continue;
      const auto mmsi = std::uint32_t(std::strtoul(step.subject.c_str() + 5, nullptr, 10));
      if (const auto at = sent.take(key_of(mmsi, step.begin_ms))) {
        latency_ms.push_back(std::chrono::duration<double, std::milli>(now - *at).count());
      }
    }
  }
  sender.join();
  using jinglue::bench::figure;
  using jinglue::bench::percentile;
  figure("latency_findings", double(latency_ms.size()), "-");
  figure("latency_p50", percentile(latency_ms, 0.5), "ms");
  figure("latency_p99", percentile(latency_ms, 0.99), "ms");
  figure("latency_max", percentile(latency_ms, 1), "ms");
  station.process->kill(SIGTERM);
  return latency_ms.empty() ? 1 : 0;
}
