// SPDX-License-Identifier: Apache-2.0
// The run of a DriftCase and its files.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "app/drift_case.hpp"
#include "base/json.hpp"
#include "drift/probability.hpp"
#include "drift/spread.hpp"

namespace jinglue::app {
namespace {

namespace fs = std::filesystem;
using base::Json;

constexpr std::array<double, 3> kShares = {0.5, 0.9, 0.95};

void write_file(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  if (!out.flush()) throw base::WorldError("it cannot be written", file.string());
}

/// "37-43.2N 122-21.0E", as it is said over the radio.
std::string spoken(geo::LatLon at) {
  const auto part = [](double value, int width, char positive, char negative) {
    const auto tenths = std::llround(std::abs(value) * 600);
    return fmt::format("{:0{}}-{:04.1f}{}", tenths / 600, width, double(tenths % 600) / 10,
                       value < 0 ? negative : positive);
  };
  return part(at.lat_deg, 2, 'N', 'S') + " " + part(at.lon_deg, 3, 'E', 'W');
}

Json coordinates_of(const std::vector<geo::PolygonRings>& polygons) {
  auto out = Json::array();
  for (const auto& rings : polygons) {
    auto polygon = Json::array();
    for (const auto& ring : rings) {
      auto line = Json::array();
      for (const auto p : ring) line.push(Json::array({p.lon_deg, p.lat_deg}));
      polygon.push(std::move(line));
    }
    out.push(std::move(polygon));
  }
  return out;
}

std::string kml_of(const std::string& name, const std::vector<geo::PolygonRings>& polygons) {
  std::string out = fmt::format("<Placemark><name>{}</name><MultiGeometry>\n", name);
  for (const auto& rings : polygons) {
    out += "<Polygon>";
    for (std::size_t i = 0; i < rings.size(); ++i) {
      const char* side = i == 0 ? "outerBoundaryIs" : "innerBoundaryIs";
      out += fmt::format("<{}><LinearRing><coordinates>", side);
      for (const auto p : rings[i]) out += fmt::format("{:.6f},{:.6f} ", p.lon_deg, p.lat_deg);
      out += fmt::format("</coordinates></LinearRing></{}>", side);
    }
    out += "</Polygon>\n";
  }
  return out + "</MultiGeometry></Placemark>\n";
}

/// What the outputs tell, hour by hour.
class Report {
 public:
  explicit Report(const DriftCase& what) : m_case(what) {
    m_hours =
        "time,begun,drifting,stranded,no_forcing,centre_lon,centre_lat,sd_major_m,sd_minor_m,"
        "major_bearing_deg,area50_km2,area90_km2,area95_km2\n";
    m_stranded = "time,lon,lat,object\n";
  }

  bool add(std::int32_t step, base::Instant time, const drift::Particles& particles) {
    const auto spread = drift::spread_of(particles, false);
    const auto grid = drift::probability_of(particles, m_case.cell_m);
    std::array<std::string, kShares.size()> areas;
    for (std::size_t i = 0; grid && i < kShares.size(); ++i) {
      const auto area = drift::area_of(*grid, kShares[i]);
      areas[i] = fmt::format("{:.2f}", area.km2);
      add_area(time, kShares[i], area, drift::outline_of(*grid, area.cells));
    }
    if (!grid) m_problem = grid.error().text();
    m_hours +=
        fmt::format("{},{},{},{},{},{:.6f},{:.6f},{:.0f},{:.0f},{:.0f},{}\n", base::to_iso(time),
                    spread.seeded, spread.drifting, spread.stranded, spread.no_forcing,
                    spread.centre.lon_deg, spread.centre.lat_deg, spread.sd_major_m,
                    spread.sd_minor_m, spread.major_bearing_deg, fmt::join(areas, ","));
    add_brief(step, time, spread, areas[1]);
    m_last = spread;
    return true;
  }
  void add_stranded(const drift::Particles& particles) {
    for (std::size_t i = 0; i < particles.size(); ++i) {
      if (particles.state[i] != drift::State::kStranded) continue;
      m_stranded += fmt::format(
          "{},{:.6f},{:.6f},{}\n", base::to_iso(m_case.base.time_of(particles.end_step[i])),
          particles.lon_deg[i], particles.lat_deg[i], m_case.base.objects[particles.object[i]].key);
    }
  }
  std::string brief(const std::vector<std::string>& warnings) const;
  void write(const fs::path& folder, const Json& result) const;
  const std::string& problem() const { return m_problem; }
  const drift::Spread& last() const { return m_last; }

 private:
  void add_area(base::Instant time, double share, const drift::ShareArea& area,
                const std::vector<geo::PolygonRings>& polygons) {
    m_features.push(Json::object(
        {{"type", "Feature"},
         {"properties", Json::object({{"time", base::to_iso(time)},
                                      {"share", share},
                                      {"km2", std::round(area.km2 * 100) / 100}})},
         {"geometry",
          Json::object({{"type", "MultiPolygon"}, {"coordinates", coordinates_of(polygons)}})}}));
    m_kml += kml_of(fmt::format("{} {:.0f} %", base::to_iso(time), share * 100), polygons);
  }
  /// Every sixth hour, and the last.
  void add_brief(std::int32_t step, base::Instant time, const drift::Spread& spread,
                 const std::string& area90_km2) {
    const auto hours = double(m_case.base.step.count()) * step / 3'600'000;
    if (std::fmod(hours, 6) != 0 && step != m_case.base.steps) return;
    m_lines += fmt::format("{} {} 90% {}km2 lost {}\n", base::to_iso(time).substr(5, 11),
                           spoken(spread.centre), area90_km2, spread.no_forcing);
  }

  const DriftCase& m_case;
  Json m_features{Json::array()};
  std::string m_kml, m_hours, m_stranded, m_lines, m_problem;
  drift::Spread m_last;
};

std::string Report::brief(const std::vector<std::string>& warnings) const {
  constexpr std::size_t kMost = 2000;  // bytes: a few BeiDou messages
  std::string out = fmt::format("DRIFT {}\n", m_case.name);
  for (const auto& object : m_case.base.objects) out += object.key + "\n";
  out += "UTC centre area\n" + m_lines;
  out += fmt::format("ashore {} of {}\n", m_last.stranded, m_last.seeded);
  for (const auto& warning : warnings) {
    if (out.size() + warning.size() + 1 < kMost) out += warning + "\n";
  }
  if (out.size() <= kMost) return out;
  out.resize(kMost - 4);
  return out.substr(0, out.rfind('\n')) + "\n...\n";
}

void Report::write(const fs::path& folder, const Json& result) const {
  write_file(folder / "result.json", result.dump() + "\n");
  write_file(folder / "areas.geojson",
             Json::object({{"type", "FeatureCollection"}, {"features", m_features}}).dump() + "\n");
  write_file(folder / "areas.kml",
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
             "<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document>\n" +
                 m_kml + "</Document></kml>\n");
  write_file(folder / "hours.csv", m_hours);
  write_file(folder / "stranded.csv", m_stranded);
}

Json used_json(const std::vector<drift::Used>& used) {
  auto out = Json::array();
  for (const auto& one : used) {
    out.push(Json::object({{"what", drift::to_key(one.pair)},
                           {"source", one.source},
                           {"first", base::to_iso(one.first)},
                           {"last", base::to_iso(one.last)},
                           {"particle_steps", one.particle_steps}}));
  }
  return out;
}

/// All that the result stands on.
Json result_json(const DriftCase& what, const drift::Outcome& done,
                 const std::vector<std::string>& warnings, const drift::Spread& last) {
  const auto& options = what.base.options;
  const auto texts = [](const std::vector<std::string>& all) {
    auto out = Json::array();
    for (const auto& one : all) out.push(one);
    return out;
  };
  auto objects = Json::array();
  for (const auto& one : what.base.objects) {
    objects.push(Json::object({{"key", one.key},
                               {"zh", one.zh},
                               {"en", one.en},
                               {"source", one.source},
                               {"confidence", one.confidence}}));
  }
  constexpr const char* kSchemes[] = {"euler", "rk2", "rk4"};
  const bool right = options.sign == drift::CrosswindSign::kPositiveRight;
  return Json::object({{"name", what.name},
                       {"start", base::to_iso(what.base.start)},
                       {"backward", what.base.backward},
                       {"steps", std::int64_t{done.steps_done}},
                       {"step_seconds", what.base.step.count() / 1000},
                       {"seed", what.base.seed},
                       {"crosswind_sign", right ? "right" : "left"},
                       {"scheme", kSchemes[std::size_t(options.scheme)]},
                       {"jibe_per_hour", options.jibe_per_hour},
                       {"objects", std::move(objects)},
                       {"inputs", texts(what.inputs)},
                       {"used", used_json(done.used)},
                       {"warnings", texts(warnings)},
                       {"particles", last.seeded},
                       {"stranded", last.stranded},
                       {"no_forcing", last.no_forcing}});
}

/// What a reader must know of the run.
std::vector<std::string> warnings_of(const DriftCase& what, const drift::Outcome& done,
                                     const Report& report) {
  auto out = what.warnings;
  for (const auto& one : done.used) {
    if (one.source == "constant") {
      out.push_back(fmt::format("constant {} for {} particle-steps from {}",
                                drift::to_key(one.pair), one.particle_steps,
                                base::to_iso(one.first)));
    }
    if (one.source == "none") {
      out.push_back(fmt::format("no {} known for {} particles from {}", drift::to_key(one.pair),
                                one.particle_steps, base::to_iso(one.first)));
    }
  }
  for (const auto& object : what.base.objects) {
    if (object.confidence == "memory") out.push_back(object.key + ": figures unverified");
  }
  if (!report.problem().empty()) out.push_back(report.problem());
  return out;
}

}  // namespace

base::Result<DriftWritten> run_drift_case(const DriftCase& what, const fs::path& folder,
                                          std::size_t threads) {
  std::vector<drift::Seeded> seeded;
  for (const auto& seeding : what.seedings) {
    if (auto good = drift::seed(what.base, seeding, what.land, seeded); !good) {
      return tl::unexpected(good.error());
    }
  }
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) throw base::WorldError("the folder cannot be made", folder.string());
  Report report(what);
  const auto sink = [&](std::int32_t step, base::Instant time, const drift::Particles& particles) {
    if (step == what.base.steps) report.add_stranded(particles);
    return report.add(step, time, particles);
  };
  const auto done = drift::run(what.base, what.forcing, what.land, seeded, threads, sink);
  if (!done) return tl::unexpected(done.error());
  DriftWritten out;
  out.warnings = warnings_of(what, *done, report);
  out.brief = report.brief(out.warnings);
  report.write(folder, result_json(what, *done, out.warnings, report.last()));
  write_file(folder / "brief.txt", out.brief);
  return out;
}

}  // namespace jinglue::app
