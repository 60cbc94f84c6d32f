// SPDX-License-Identifier: Apache-2.0
// CASE.toml to a DriftCase. The run and its files: drift_report.cpp.
#include "app/drift_case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "base/config.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "observe/forecast/netcdf_reader.hpp"

namespace jinglue::app {
namespace {

namespace fs = std::filesystem;
using base::ConfigNode;

constexpr std::int64_t kMostParticles = 2'000'000;
constexpr double kLandCell_deg = 0.0025;  // some 280 m north, 220 m east at 38 degrees

/// An integer within bounds.
base::Result<std::int64_t> integer_in(const ConfigNode& node, std::int64_t least, std::int64_t most,
                                      std::int64_t otherwise) {
  auto out = node.integer_or(otherwise);
  if (out && (*out < least || *out > most)) {
    return node.error(base::Code::kOutOfRange,
                      fmt::format("{} is not from {} to {}", *out, least, most));
  }
  return out;
}

/// "[longitude, latitude]", as in GeoJSON.
base::Result<geo::LatLon> read_place(const ConfigNode& node) {
  const auto& items = node.items();
  if (items.size() != 2) {
    return node.error(base::Code::kMalformed, "a place is [longitude, latitude] in degrees");
  }
  const auto lon = items[0].number(), lat = items[1].number();
  if (!lon) return tl::unexpected(lon.error());
  if (!lat) return tl::unexpected(lat.error());
  if (!(std::abs(*lon) <= 180) || !(std::abs(*lat) <= 89)) {
    return node.error(base::Code::kOutOfRange, "no place at sea: [longitude, latitude]");
  }
  return geo::LatLon{*lat, *lon};
}

template <class T>
base::Status read_word(const ConfigNode& node,
                       std::initializer_list<std::pair<const char*, T>> words, T& out) {
  if (!node) return {};
  const auto said = node.string();
  if (!said) return tl::unexpected(said.error());
  std::string known;
  for (const auto& [word, value] : words) {
    if (*said == word) {
      out = value;
      return {};
    }
    known += (known.empty() ? "" : ", ") + std::string(word);
  }
  return node.error(base::Code::kUnknown, "\"" + *said + "\" is not known", "one of " + known);
}

base::Status read_options(const ConfigNode& table, drift::Options& out) {
  if (auto good = table.only({"crosswind_sign", "scheme", "stranding", "jibe_per_hour", "capsizing",
                              "stokes", "stokes_twice", "diffusion_m2_s", "wind_sd_m_s",
                              "current_sd_m_s", "refloat_per_hour"});
      !good) {
    return good;
  }
  using drift::CrosswindSign, drift::Scheme, drift::Stranding;
  if (auto good = read_word(table["crosswind_sign"],
                            {std::pair{"right", CrosswindSign::kPositiveRight},
                             std::pair{"left", CrosswindSign::kPositiveLeft}},
                            out.sign);
      !good) {
    return good;
  }
  if (auto good =
          read_word(table["scheme"],
                    {std::pair{"euler", Scheme::kEuler}, std::pair{"rk2", Scheme::kRungeKutta2},
                     std::pair{"rk4", Scheme::kRungeKutta4}},
                    out.scheme);
      !good) {
    return good;
  }
  if (auto good = read_word(
          table["stranding"],
          {std::pair{"path", Stranding::kPath}, std::pair{"step_end", Stranding::kStepEnd}},
          out.stranding);
      !good) {
    return good;
  }
  for (auto [key, into] : {std::pair{"capsizing", &out.capsizing}, std::pair{"stokes", &out.stokes},
                           std::pair{"stokes_twice", &out.stokes_twice}}) {
    const auto value = table[key].boolean_or(*into);
    if (!value) return tl::unexpected(value.error());
    *into = *value;
  }
  for (auto [key, into] : {std::pair{"jibe_per_hour", &out.jibe_per_hour},
                           std::pair{"diffusion_m2_s", &out.diffusion_m2_s},
                           std::pair{"wind_sd_m_s", &out.wind_sd_m_s},
                           std::pair{"current_sd_m_s", &out.current_sd_m_s},
                           std::pair{"refloat_per_hour", &out.refloat_per_hour}}) {
    const auto value = table[key].number_or(*into);
    if (!value) return tl::unexpected(value.error());
    *into = *value;
  }
  return {};
}

base::Result<drift::Track> read_track(const ConfigNode& node) {
  drift::Track out;
  for (const auto& point : node.items()) {
    const auto time = point["time"].instant();
    if (!time) return tl::unexpected(time.error());
    const auto at = read_place(point["at"]);
    if (!at) return tl::unexpected(at.error());
    out.points.push_back({*time, *at});
  }
  return out;
}

/// Exactly one of `at`, `track` and `polygon`.
base::Status read_where(const ConfigNode& table, drift::Place& out) {
  const auto at = table["at"], track = table["track"], polygon = table["polygon"];
  if (int(at.present()) + int(track.present()) + int(polygon.present()) != 1) {
    return table.error(base::Code::kMissing, "where from? One of at, track and polygon");
  }
  const auto radius_m = table["radius_m"].number_or(0);
  if (!radius_m) return tl::unexpected(radius_m.error());
  if (at) {
    const auto place = read_place(at);
    if (!place) return tl::unexpected(place.error());
    out = drift::Disc{*place, *radius_m};
  } else if (track) {
    auto read = read_track(track);
    if (!read) return tl::unexpected(read.error());
    read->radius_m = *radius_m;
    out = std::move(*read);
  } else {
    drift::Polygon corners;
    for (const auto& corner : polygon.items()) {
      const auto place = read_place(corner);
      if (!place) return tl::unexpected(place.error());
      corners.corners.push_back(*place);
    }
    out = std::move(corners);
  }
  return {};
}

base::Status read_seeding(const ConfigNode& table, const std::vector<drift::DriftObject>& objects,
                          DriftCase& out) {
  if (auto good = table.only(
          {"object", "particles", "at", "radius_m", "track", "polygon", "window_minutes"});
      !good) {
    return good;
  }
  const auto key = table["object"].string();
  if (!key) return tl::unexpected(key.error());
  const auto found = std::find_if(objects.begin(), objects.end(),
                                  [&](const auto& one) { return one.key == *key; });
  if (found == objects.end()) {
    return table["object"].error(base::Code::kUnknown, "no object is called " + *key,
                                 "keys stand in data/drift/objects.toml");
  }
  drift::Seeding seeding;
  auto& known = out.base.objects;
  const auto same =
      std::find_if(known.begin(), known.end(), [&](const auto& one) { return one.key == *key; });
  seeding.object = static_cast<std::uint8_t>(same - known.begin());
  if (same == known.end()) known.push_back(*found);
  const auto particles = integer_in(table["particles"], 1, kMostParticles, 5000);
  if (!particles) return tl::unexpected(particles.error());
  seeding.particles = static_cast<std::size_t>(*particles);
  const auto minutes = integer_in(table["window_minutes"], 0, 30 * 24 * 60, 0);
  if (!minutes) return tl::unexpected(minutes.error());
  seeding.window = base::Duration(*minutes * 60'000);
  for (const auto& before : out.seedings) seeding.first_number += before.particles;
  if (seeding.first_number + seeding.particles > std::uint64_t(kMostParticles)) {
    return table.error(base::Code::kTooLarge, "more than two million particles together");
  }
  if (auto good = read_where(table, seeding.place); !good) return good;
  out.seedings.push_back(std::move(seeding));
  return {};
}

base::Status read_constant(const ConfigNode& node, drift::Pair pair, DriftCase& out) {
  if (!node) return {};
  if (auto good = node.only({"east_m_s", "north_m_s"}); !good) return good;
  const auto east = node["east_m_s"].number(), north = node["north_m_s"].number();
  if (!east) return tl::unexpected(east.error());
  if (!north) return tl::unexpected(north.error());
  if (!(std::hypot(*east, *north) <= 120)) {
    return node.error(base::Code::kOutOfRange, "no wind and no current is that strong");
  }
  out.forcing.set_constant(pair, {float(*east), float(*north)});
  return {};
}

base::Status read_forecasts(const ConfigNode& document, const fs::path& folder, DriftCase& out) {
  const auto files = document["forecasts"];
  for (const auto& node : files.items()) {
    const auto name = node.string();
    if (!name) return tl::unexpected(name.error());
    auto forecasts = observe::forecast::read_netcdf(folder / *name);
    if (!forecasts) {
      return node.error(forecasts.error().code, forecasts.error().text(), forecasts.error().hint);
    }
    out.inputs.push_back(*name + " sha256 " + base::sha256_hex_file(folder / *name));
    for (auto& forecast : *forecasts) {
      for (const auto& warning : forecast.warnings) {
        out.warnings.push_back(forecast.name + ": " + warning);
      }
      auto shared = std::make_shared<const model::Forecast>(std::move(forecast));
      if (auto good = out.forcing.add(std::move(shared)); !good) {
        return node.error(good.error().code, good.error().text(), good.error().hint);
      }
    }
  }
  const auto constant = document["constant"];
  if (!constant) return {};
  if (auto good = constant.only({"wind", "current", "stokes"}); !good) return good;
  for (auto [key, pair] :
       {std::pair{"wind", drift::Pair::kWind}, std::pair{"current", drift::Pair::kCurrent},
        std::pair{"stokes", drift::Pair::kStokes}}) {
    if (auto good = read_constant(constant[key], pair, out); !good) return good;
  }
  return {};
}

/// 500 km around all places: further no run of a few days leads.
geo::Box box_of(const DriftCase& what) {
  geo::Box out;
  for (const auto& seeding : what.seedings) {
    if (const auto* disc = std::get_if<drift::Disc>(&seeding.place)) out.include(disc->centre);
    if (const auto* track = std::get_if<drift::Track>(&seeding.place)) {
      for (const auto& point : track->points) out.include(point.at);
    }
    if (const auto* polygon = std::get_if<drift::Polygon>(&seeding.place)) {
      for (const auto corner : polygon->corners) out.include(corner);
    }
  }
  constexpr double kNorth_deg = 4.5, kEast_deg = 6;
  return {out.west_deg - kEast_deg, out.south_deg - kNorth_deg, out.east_deg + kEast_deg,
          out.north_deg + kNorth_deg};
}

base::Status read_land(const ConfigNode& document, const fs::path& folder, DriftCase& out) {
  const auto node = document["land"];
  const auto name = node.string();
  if (!name) return tl::unexpected(name.error());
  if (*name == "none") {
    out.warnings.push_back("no land: nothing strands");
    return {};
  }
  const auto file = folder / *name;
  if (file.extension() == ".nc") {
    auto mask = observe::forecast::read_mask(file);
    if (!mask) return node.error(mask.error().code, mask.error().text());
    out.land = drift::Land(mask->first, mask->step_lat_deg, mask->step_lon_deg, mask->width,
                           std::move(mask->cells));
  } else {
    std::ifstream in(file, std::ios::binary);
    if (!in) return node.error(base::Code::kMissing, "it cannot be read: " + file.string());
    const auto json = base::parse_json(std::string(std::istreambuf_iterator<char>(in), {}));
    if (!json) return node.error(json.error().code, json.error().message);
    const auto area = geo::Area::from_geojson(*json);
    if (!area) return node.error(area.error().code, area.error().message);
    auto land = drift::Land::of_polygons(area->polygons(), box_of(out), kLandCell_deg);
    if (!land) return node.error(land.error().code, land.error().message, land.error().hint);
    out.land = std::move(*land);
  }
  out.inputs.push_back(*name + " sha256 " + base::sha256_hex_file(file));
  return {};
}

base::Status read_time(const ConfigNode& document, DriftCase& out) {
  const auto start = document["start"].instant();
  if (!start) return tl::unexpected(start.error());
  const auto hours = integer_in(document["hours"], 1, 24 * 30, 48);
  const auto step_s = integer_in(document["step_seconds"], 1, 3600, 600);
  const auto output_s = integer_in(document["output_seconds"], 1, 86'400, 3600);
  const auto seed = integer_in(document["seed"], 0, INT64_MAX, 1);
  const auto cell_m = integer_in(document["cell_m"], 10, 100'000, 500);
  for (const auto* value : {&hours, &step_s, &output_s, &seed, &cell_m}) {
    if (!*value) return tl::unexpected(value->error());
  }
  const auto backward = document["backward"].boolean_or(false);
  if (!backward) return tl::unexpected(backward.error());
  if (*output_s % *step_s != 0 || *hours * 3600 % *step_s != 0) {
    return document["step_seconds"].error(base::Code::kOutOfRange,
                                          "steps do not fill the hours and the outputs evenly");
  }
  out.base.start = *start;
  out.base.step = base::Duration(*step_s * 1000);
  out.base.steps = static_cast<std::int32_t>(*hours * 3600 / *step_s);
  out.base.steps_per_output = static_cast<std::int32_t>(*output_s / *step_s);
  out.base.backward = *backward;
  out.base.seed = static_cast<std::uint64_t>(*seed);
  out.cell_m = double(*cell_m);
  return {};
}

}  // namespace

base::Result<std::unique_ptr<DriftCase>> read_drift_case(
    const fs::path& file, const std::vector<drift::DriftObject>& objects) {
  const auto document = base::read_config(file);
  if (!document) return tl::unexpected(document.error());
  if (auto good = document->only({"schema", "name", "start", "hours", "step_seconds",
                                  "output_seconds", "backward", "seed", "cell_m", "land",
                                  "forecasts", "constant", "options", "seeding"});
      !good) {
    return tl::unexpected(good.error());
  }
  auto out = std::make_unique<DriftCase>();
  const auto name = (*document)["name"].string_or(file.stem().string());
  if (!name) return tl::unexpected(name.error());
  constexpr std::size_t kLongestName = 60;  // bytes: it stands on the brief
  if (name->size() > kLongestName || !base::is_utf8(*name)) {
    return (*document)["name"].error(base::Code::kTooLarge, "a name is UTF-8 of at most 60 bytes");
  }
  out->name = *name;
  out->inputs.push_back(file.filename().string() + " sha256 " + base::sha256_hex_file(file));
  if (auto good = read_time(*document, *out); !good) return tl::unexpected(good.error());
  if (auto good = read_options((*document)["options"], out->base.options); !good) {
    return tl::unexpected(good.error());
  }
  const auto seedings = (*document)["seeding"];
  for (const auto& table : seedings.items()) {
    if (auto good = read_seeding(table, objects, *out); !good) return tl::unexpected(good.error());
  }
  if (out->seedings.empty()) {
    return document->error(base::Code::kMissing, "no [[seeding]]: what drifts, and from where?");
  }
  const auto folder = file.parent_path();
  if (auto good = read_forecasts(*document, folder, *out); !good) {
    return tl::unexpected(good.error());
  }
  if (auto good = read_land(*document, folder, *out); !good) return tl::unexpected(good.error());
  return out;
}

}  // namespace jinglue::app
