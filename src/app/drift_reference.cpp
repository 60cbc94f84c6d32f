// SPDX-License-Identifier: Apache-2.0
#include "app/drift_reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "base/json.hpp"
#include "drift/seed.hpp"
#include "geo/geodesic.hpp"
#include "observe/forecast/netcdf_reader.hpp"
#include "registry/csv.hpp"

namespace jinglue::app {
namespace {

namespace fs = std::filesystem;
using base::Json;

base::Result<std::string> read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return base::fail(base::Code::kMissing, "it cannot be read", file.string());
  return std::string(std::istreambuf_iterator<char>(in), {});
}

/// "2024-02-28T00:00", "2024-02-28T00:00:18.090452": UTC.
base::Result<base::Instant> read_time(const std::string& text, const std::string& where) {
  std::string whole = text.size() == 16 ? text + ":00" : text;
  if (const auto dot = whole.find('.'); dot != std::string::npos) whole = whole.substr(0, dot + 4);
  auto out = base::parse_iso(whole + "Z");
  if (!out) return base::fail(base::Code::kMalformed, "no time: " + text, where);
  return out;
}

/// A table with a heading: columns by name, numbers with file and line.
class Table {
 public:
  static base::Result<Table> read(const fs::path& file) {
    const auto text = read_text(file);
    if (!text) return tl::unexpected(text.error());
    auto rows = registry::read_csv(*text);
    if (!rows) return base::fail(rows.error().code, rows.error().message, file.string());
    if (rows->empty()) return base::fail(base::Code::kMissing, "an empty table", file.string());
    Table out;
    out.m_file = file.filename().string();
    for (std::size_t i = 0; i < rows->front().cells.size(); ++i) {
      out.m_columns[rows->front().cells[i]] = i;
    }
    out.m_rows.assign(std::make_move_iterator(rows->begin() + 1),
                      std::make_move_iterator(rows->end()));
    return out;
  }
  std::size_t size() const { return m_rows.size(); }
  const std::string& text(std::size_t row, const char* column) const {
    static const std::string kNone;
    const auto found = m_columns.find(column);
    const auto& cells = m_rows[row].cells;
    return found == m_columns.end() || found->second >= cells.size() ? kNone : cells[found->second];
  }
  base::Result<double> number(std::size_t row, const char* column) const {
    const auto& cell = text(row, column);
    double out = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), out);
    if (error != std::errc{} || end != cell.data() + cell.size()) {
      return base::fail(base::Code::kMalformed, "no number: \"" + cell + "\"", where(row, column));
    }
    return out;
  }
  /// Several of one row, in the order of the names.
  template <std::size_t kCount>
  base::Result<std::array<double, kCount>> numbers(std::size_t row,
                                                   const char* const (&columns)[kCount]) const {
    std::array<double, kCount> out{};
    for (std::size_t i = 0; i < kCount; ++i) {
      const auto one = number(row, columns[i]);
      if (!one) return tl::unexpected(one.error());
      out[i] = *one;
    }
    return out;
  }
  bool is_of(std::size_t row, int object) const {
    return std::atoi(text(row, "object_id").c_str()) == object;
  }
  std::string where(std::size_t row, const char* column) const {
    return fmt::format("{}:{} {}", m_file, m_rows[row].line, column);
  }

 private:
  std::string m_file;
  std::map<std::string, std::size_t, std::less<>> m_columns;
  std::vector<registry::CsvRow> m_rows;
};

base::Status read_forcing(const Json& said, ReferenceCase& out) {
  for (const auto& file : said["files"].items()) {
    auto forecasts = observe::forecast::read_netcdf(out.folder / file.as_string());
    if (!forecasts) return tl::unexpected(forecasts.error());
    for (auto& forecast : *forecasts) {
      for (const auto& warning : forecast.warnings) {
        out.warnings.push_back(forecast.name + ": " + warning);
      }
      auto shared = std::make_shared<const model::Forecast>(std::move(forecast));
      if (auto good = out.forcing.add(std::move(shared)); !good) return good;
    }
  }
  if (said["land"].as_string() == "none") return {};
  auto mask = observe::forecast::read_mask(out.folder / (out.name + "-landmask.nc"));
  if (!mask) return tl::unexpected(mask.error());
  out.land = drift::Land(mask->first, mask->step_lat_deg, mask->step_lon_deg, mask->width,
                         std::move(mask->cells));
  return {};
}

base::Status read_definition(const Json& said, const std::string& where, ReferenceCase& out) {
  const auto start = read_time(said["t0"].as_string(), where + " t0");
  if (!start) return tl::unexpected(start.error());
  out.base.start = *start;
  const auto step_s = said["step_seconds"].as_int(), output_s = said["output_seconds"].as_int();
  const auto hours = said["hours"].as_int();
  if (step_s <= 0 || output_s <= 0 || output_s % step_s != 0 || hours <= 0 || hours > 10'000) {
    return base::fail(base::Code::kOutOfRange, "hours, step_seconds and output_seconds do not fit",
                      where);
  }
  out.base.step = base::Duration(step_s * 1000);
  out.base.steps = static_cast<std::int32_t>(hours * 3600 / step_s);
  out.base.steps_per_output = static_cast<std::int32_t>(output_s / step_s);
  out.base.options.jibe_per_hour = said["jibe_probability_per_hour"].as_double();
  // What the reference program does, and how it strands (docs/design/0006-drift.md).
  out.base.options.sign = drift::CrosswindSign::kPositiveLeft;
  out.base.options.stranding = drift::Stranding::kStepEnd;
  out.place = {said["lat"].as_double(), said["lon"].as_double()};
  out.radius_m = said["radius"].as_double();
  out.window = base::Duration(std::int64_t(said["win_h"].as_double() * 3'600'000));
  out.particles = static_cast<std::size_t>(said["ensemble_particles"].as_int());
  for (const auto& [number, name] : said["objects"].members()) {
    out.objects.push_back(std::atoi(number.c_str()));
  }
  return {};
}

const drift::DriftObject* find_object(const std::vector<drift::DriftObject>& objects, int number) {
  for (const auto& one : objects) {
    if (one.number == number) return &one;
  }
  return nullptr;
}

base::Result<drift::Case> case_of(const ReferenceCase& reference,
                                  const std::vector<drift::DriftObject>& objects, int number) {
  const auto* object = find_object(objects, number);
  if (object == nullptr) {
    return base::fail(base::Code::kUnknown, fmt::format("no object has the number {}", number),
                      reference.name);
  }
  auto out = reference.base;
  out.objects = {*object};
  return out;
}

base::Result<std::vector<drift::Seeded>> replay_particles(const Table& table, int number,
                                                          const drift::Case& what) {
  std::vector<drift::Seeded> out;
  for (std::size_t row = 0; row < table.size(); ++row) {
    if (!table.is_of(row, number)) continue;
    drift::Seeded one;
    const auto read =
        table.numbers(row, {"lon0", "lat0", "downwind_eps", "crosswind_eps", "particle"});
    if (!read) return tl::unexpected(read.error());
    const auto [lon, lat, down, cross, index] = *read;
    const auto time = read_time(table.text(row, "seed_time"), table.where(row, "seed_time"));
    if (!time) return tl::unexpected(time.error());
    if (std::size_t(index) != out.size()) {
      return base::fail(base::Code::kMalformed, "particles are not numbered 0, 1, 2 ...",
                        table.where(row, "particle"));
    }
    one.at = {lat, lon};
    one.start_step = static_cast<std::int32_t>((*time - what.start) / what.step);
    one.side =
        table.text(row, "coefficient_set") == "left" ? drift::Side::kLeft : drift::Side::kRight;
    one.downwind_e = down;
    one.crosswind_e = cross;
    one.number = out.size();
    out.push_back(one);
  }
  return out;
}

/// Places and states of all particles at each output.
struct Shown {
  std::vector<std::vector<geo::LatLon>> places;
  std::vector<std::vector<drift::State>> states;
};

base::Result<Shown> shown_by(const drift::Case& what, const ReferenceCase& reference,
                             const std::vector<drift::Seeded>& seeded, std::size_t threads) {
  Shown out;
  const auto sink = [&](std::int32_t, base::Instant, const drift::Particles& particles) {
    auto& places = out.places.emplace_back();
    for (std::size_t i = 0; i < particles.size(); ++i) places.push_back(particles.at(i));
    out.states.push_back(particles.state);
    return true;
  };
  const auto done = drift::run(what, reference.forcing, reference.land, seeded, threads, sink);
  if (!done) return tl::unexpected(done.error());
  return out;
}

base::Result<ReplayFigures> compare(const Shown& shown, const Table& table, int number) {
  ReplayFigures out;
  out.object = number;
  std::vector<double> distances;
  std::set<std::size_t> stopped;
  std::size_t last_hour = 0;
  for (std::size_t row = 0; row < table.size(); ++row) {
    if (!table.is_of(row, number)) continue;
    const auto read = table.numbers(row, {"hour", "particle", "lon", "lat", "status"});
    if (!read) return tl::unexpected(read.error());
    const auto [hour, particle, lon, lat, status] = *read;
    const auto at = std::size_t(hour);
    const auto which = std::size_t(particle);
    if (at >= shown.places.size() || which >= shown.places[at].size()) {
      return base::fail(base::Code::kOutOfRange, "an hour or particle that the run does not have",
                        table.where(row, "hour"));
    }
    last_hour = std::max(last_hour, at);
    const bool theirs = status == 0;
    if (!theirs) stopped.insert(which);
    const bool ours = shown.states[at][which] == drift::State::kDrifting;
    if (theirs != ours) ++out.mismatches;
    if (!theirs || !ours) continue;
    distances.push_back(geo::distance_m(shown.places[at][which], {lat, lon}));
  }
  out.stranded_reference = stopped.size();
  if (last_hour < shown.states.size()) {
    for (const auto state : shown.states[last_hour]) {
      out.stranded_ours += state == drift::State::kStranded ? 1u : 0u;
    }
  }
  out.compared = distances.size();
  if (distances.empty()) return out;
  std::sort(distances.begin(), distances.end());
  out.most_m = distances.back();
  out.median_m = distances[distances.size() / 2];
  out.p99_m = distances[distances.size() * 99 / 100];
  return out;
}

/// A row of NAME-stats.csv, or the mean of several.
struct Row {
  double lat{0}, lon{0}, area{0}, stranded{0};
  int count{0};
  void add(double lat_deg, double lon_deg, double ellipse_km2, double part) {
    lat += lat_deg;
    lon += lon_deg;
    area += ellipse_km2;
    stranded += part;
    ++count;
  }
  Row mean() const { return {lat / count, lon / count, area / count, stranded / count, 1}; }
};
using Rows = std::map<std::pair<std::string, int>, Row>;  ///< by set and hour

base::Result<Rows> stats_of(const Table& table, int number) {
  Rows out;
  for (std::size_t row = 0; row < table.size(); ++row) {
    if (!table.is_of(row, number)) continue;
    const auto read =
        table.numbers(row, {"hour", "mean_lat", "mean_lon", "ellipse90_km2", "stranded_fraction"});
    if (!read) return tl::unexpected(read.error());
    const auto [hour, lat, lon, area, stranded] = *read;
    out[{table.text(row, "set"), int(hour)}].add(lat, lon, area, stranded);
  }
  return out;
}

base::Status add_ensemble(const drift::Case& what, const ReferenceCase& reference,
                          std::size_t threads, Rows& out) {
  std::vector<drift::Seeded> seeded;
  const drift::Seeding seeding{drift::Disc{reference.place, reference.radius_m}, 0,
                               reference.particles, reference.window, 0};
  // The reference seeds on land too; those strand at once.
  if (auto good = drift::seed(what, seeding, {}, seeded); !good) return good;
  int hour = 0;
  const auto sink = [&](std::int32_t, base::Instant, const drift::Particles& particles) {
    for (const bool drifting : {false, true}) {
      const auto spread = drift::spread_of(particles, drifting);
      const double stopped = double(spread.stranded + spread.no_forcing) /
                             double(std::max<std::size_t>(spread.seeded, 1));
      out[{drifting ? "active" : "all", hour}].add(spread.centre.lat_deg, spread.centre.lon_deg,
                                                   spread.ellipse90_km2, stopped);
    }
    ++hour;
    return true;
  };
  const auto done = drift::run(what, reference.forcing, reference.land, seeded, threads, sink);
  if (!done) return tl::unexpected(done.error());
  return {};
}

}  // namespace

base::Result<std::unique_ptr<ReferenceCase>> read_reference(const fs::path& run) {
  constexpr std::string_view kTail = "-run.json";
  const auto file = run.filename().string();
  if (file.size() <= kTail.size() || file.substr(file.size() - kTail.size()) != kTail) {
    return base::fail(base::Code::kMalformed, "the name does not end with -run.json", file);
  }
  const auto text = read_text(run);
  if (!text) return tl::unexpected(text.error());
  const auto said = base::parse_json(*text);
  if (!said) return base::fail(said.error().code, said.error().message, file);
  auto out = std::make_unique<ReferenceCase>();
  out->name = file.substr(0, file.size() - kTail.size());
  out->folder = run.parent_path();
  if (auto good = read_definition(*said, file, *out); !good) return tl::unexpected(good.error());
  if (auto good = read_forcing(*said, *out); !good) return tl::unexpected(good.error());
  return out;
}

base::Result<std::vector<ReplayFigures>> replay(const ReferenceCase& reference,
                                                const std::vector<drift::DriftObject>& objects,
                                                std::size_t threads) {
  const auto particles = Table::read(reference.folder / (reference.name + "-replay-particles.csv"));
  if (!particles) return tl::unexpected(particles.error());
  const auto positions = Table::read(reference.folder / (reference.name + "-replay-positions.csv"));
  if (!positions) return tl::unexpected(positions.error());
  std::vector<ReplayFigures> out;
  for (const int number : reference.objects) {
    auto what = case_of(reference, objects, number);
    if (!what) return tl::unexpected(what.error());
    what->options.jibe_per_hour = 0;
    const auto seeded = replay_particles(*particles, number, *what);
    if (!seeded) return tl::unexpected(seeded.error());
    const auto shown = shown_by(*what, reference, *seeded, threads);
    if (!shown) return tl::unexpected(shown.error());
    const auto figures = compare(*shown, *positions, number);
    if (!figures) return tl::unexpected(figures.error());
    out.push_back(*figures);
  }
  return out;
}

base::Result<std::vector<EnsembleFigures>> compare_ensembles(
    const ReferenceCase& reference, const std::vector<drift::DriftObject>& objects,
    std::uint64_t seeds, std::size_t threads) {
  const auto table = Table::read(reference.folder / (reference.name + "-stats.csv"));
  if (!table) return tl::unexpected(table.error());
  std::vector<EnsembleFigures> out;
  for (const int number : reference.objects) {
    auto what = case_of(reference, objects, number);
    if (!what) return tl::unexpected(what.error());
    const auto theirs = stats_of(*table, number);
    if (!theirs) return tl::unexpected(theirs.error());
    Rows ours;
    for (what->seed = 1; what->seed <= seeds; ++what->seed) {
      if (auto good = add_ensemble(*what, reference, threads, ours); !good) {
        return tl::unexpected(good.error());
      }
    }
    std::map<std::string, EnsembleFigures> by_set;
    for (const auto& [key, sum] : *theirs) {
      const auto found = ours.find(key);
      if (found == ours.end()) continue;
      const auto a = sum.mean(), b = found->second.mean();
      auto& figures = by_set[key.first];
      figures.object = number;
      figures.set = key.first;
      figures.most_m = std::max(figures.most_m, geo::distance_m({a.lat, a.lon}, {b.lat, b.lon}));
      figures.most_area_percent =
          std::max(figures.most_area_percent, std::abs(b.area / a.area - 1) * 100);
      figures.most_stranded_percent =
          std::max(figures.most_stranded_percent, std::abs(b.stranded - a.stranded) * 100);
    }
    for (auto& [set, figures] : by_set) out.push_back(std::move(figures));
  }
  return out;
}

}  // namespace jinglue::app
