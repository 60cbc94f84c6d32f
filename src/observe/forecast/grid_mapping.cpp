// SPDX-License-Identifier: Apache-2.0
#include "observe/forecast/grid_mapping.hpp"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <vector>

namespace jinglue::observe::forecast {
namespace {

/// The figure of the Earth; nothing when the file says none.
std::string figure_of(const NetcdfFile& file, int id) {
  if (const auto radius = file.number(id, "earth_radius")) return fmt::format(" +R={}", *radius);
  const auto major = file.number(id, "semi_major_axis");
  if (!major) return {};
  if (const auto minor = file.number(id, "semi_minor_axis")) {
    return fmt::format(" +a={} +b={}", *major, *minor);
  }
  const auto flattening = file.number(id, "inverse_flattening");
  if (!flattening) return {};
  return *flattening == 0 ? fmt::format(" +R={}", *major)
                          : fmt::format(" +a={} +rf={}", *major, *flattening);
}

/// One part of a PROJ string, from an attribute; `otherwise` when it may be absent.
struct Part {
  const char* proj;
  const char* attribute;
  std::optional<double> otherwise;
};
struct Known {
  const char* name;
  const char* proj;
  std::vector<Part> parts;
};

const std::vector<Known>& known() {
  static const std::vector<Part> kOffsets = {{"x_0", "false_easting", 0},
                                             {"y_0", "false_northing", 0}};
  static const std::vector<Known> kKnown = {
      {"polar_stereographic",
       "stere",
       {{"lat_0", "latitude_of_projection_origin", std::nullopt},
        {"lat_ts", "standard_parallel", std::nullopt},
        {"lon_0", "straight_vertical_longitude_from_pole", std::nullopt}}},
      {"lambert_conformal_conic",
       "lcc",
       {{"lat_0", "latitude_of_projection_origin", std::nullopt},
        {"lon_0", "longitude_of_central_meridian", std::nullopt},
        {"lat_1", "standard_parallel", std::nullopt},
        {"lat_2", "standard_parallel", std::nullopt}}},
      {"mercator",
       "merc",
       {{"lon_0", "longitude_of_projection_origin", std::nullopt},
        {"lat_ts", "standard_parallel", 0}}},
      {"transverse_mercator",
       "tmerc",
       {{"lat_0", "latitude_of_projection_origin", std::nullopt},
        {"lon_0", "longitude_of_central_meridian", std::nullopt},
        {"k", "scale_factor_at_central_meridian", 1}}}};
  static const auto kAll = [] {
    auto out = kKnown;
    for (auto& one : out) one.parts.insert(one.parts.end(), kOffsets.begin(), kOffsets.end());
    return out;
  }();
  return kAll;
}

base::Result<std::string> parts_of(const NetcdfFile& file, const NetcdfVariable& variable,
                                   const Known& known) {
  std::string out = std::string("+proj=") + known.proj;
  for (const auto& part : known.parts) {
    const auto said = file.numbers(variable.id, part.attribute);
    if (said.empty() && !part.otherwise) {
      return file.wrong(base::Code::kMissing, variable.name,
                        std::string("the grid mapping needs the number ") + part.attribute);
    }
    // Of two standard parallels lat_1 is the first, lat_2 the last.
    const bool last = std::string_view(part.proj) == "lat_2";
    const double value = said.empty() ? *part.otherwise : last ? said.back() : said.front();
    out += fmt::format(" +{}={}", part.proj, value);
  }
  return out;
}

}  // namespace

base::Result<Mapping> read_mapping(const NetcdfFile& file, const NetcdfVariable& variable) {
  const auto name = file.text(variable.id, "grid_mapping_name");
  if (name == "latitude_longitude") return Mapping{};
  for (const auto& one : known()) {
    if (name != one.name) continue;
    auto parts = parts_of(file, variable, one);
    if (!parts) return tl::unexpected(parts.error());
    const auto figure = figure_of(file, variable.id);
    if (!figure.empty()) return Mapping{*parts + figure, {}};
    return Mapping{*parts + " +ellps=WGS84",
                   variable.name +
                       " says no figure of the Earth: WGS 84 is taken, and if it is "
                       "another, positions are off by kilometres"};
  }
  return file.wrong(base::Code::kUnknown, variable.name,
                    "the grid mapping \"" + name + "\" is not known",
                    "known: latitude_longitude, polar_stereographic, lambert_conformal_conic, "
                    "mercator, transverse_mercator");
}

}  // namespace jinglue::observe::forecast
