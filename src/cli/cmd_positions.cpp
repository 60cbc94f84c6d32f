// SPDX-License-Identifier: Apache-2.0
// jinglue track, box, polygon, count, raster, near, crossings: questions to the archive of
// positions of a data folder, answered on standard output as CSV (or GeoJSON) in UTC. A running
// station is not disturbed; its last seconds may not be seen yet.
#include <fmt/format.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <vector>

#include "app/settings.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/open_folder.hpp"
#include "cli/positions.hpp"
#include "cli/verb.hpp"
#include "picture/archive/archive.hpp"
#include "picture/archive/line_crossings.hpp"
#include "picture/archive/near.hpp"
#include "picture/archive/polygon.hpp"
#include "picture/archive/raster.hpp"
#include "picture/archive/track_spans.hpp"
#include "picture/identity/register_vessels.hpp"

namespace jinglue::cli {

namespace {

struct Options {
  std::string data{"var"}, track, from, to, box, line, area, share;
  std::string group, gear, home_port, district;
  std::uint64_t limit{1'000'000};
  double cell_deg{0.01}, distance_m{500}, hours{2};
  bool geojson{false};
};

std::string value(const std::optional<std::uint16_t>& v, double scale) {
  return v ? fmt::format("{:g}", *v / scale) : std::string();
}

void print_heading() {
  std::cout << "track,time_utc,latitude_deg,longitude_deg,speed_kn,course_deg,heading_deg\n";
}

void print_fix(const model::Fix& fix) {
  const auto p = fix.position.degrees();
  std::cout << fmt::format("{},{},{:.7f},{:.7f},{},{},{}\n", model::to_text(fix.track),
                           base::to_iso(fix.time), p.lat_deg, p.lon_deg, value(fix.sog_ckn, 100),
                           value(fix.cog_cdeg, 100), value(fix.heading_deg, 1));
}

void tell_cut() {
  std::cerr << "jinglue: there is more; ask for less or raise --limit\n";
}

int run_track(const Options& options) {
  const auto track = model::parse_track(options.track);
  if (!track) throw base::WorldError("the track cannot be read", track.error().text());
  const picture::Archive archive({archive_file(options.data), {}});
  const auto [from, to] = period_of(options.from, options.to, archive);
  if (!options.geojson) print_heading();
  std::string points;
  std::size_t rows = 0;
  bool cut = false;
  archive.track(*track, from, to, [&](const model::Fix& fix) {
    cut = rows == options.limit;
    if (cut) return false;
    ++rows;
    if (options.geojson) {
      const auto p = fix.position.degrees();
      points += fmt::format("{}[{:.7f},{:.7f}]", points.empty() ? "" : ",", p.lon_deg, p.lat_deg);
    } else {
      print_fix(fix);
    }
    return std::cout.good();
  });
  if (cut) tell_cut();
  if (options.geojson) {
    std::cout << fmt::format(R"({{"type":"Feature","properties":{{"track":"{}"}},"geometry":)"
                             R"({{"type":"{}","coordinates":{}}}}})"
                             "\n",
                             model::to_text(*track), rows == 1 ? "Point" : "LineString",
                             rows == 1 ? points : "[" + points + "]");
  }
  return 0;
}

int run_box(const Options& options) {
  const picture::Archive archive({archive_file(options.data), {}});
  const auto [from, to] = period_of(options.from, options.to, archive);
  print_heading();
  const bool cut = archive.box(box_of(options.box), from, to, options.limit, [](const auto& fix) {
    print_fix(fix);
    return std::cout.good();
  });
  if (cut) tell_cut();
  return 0;
}

/// A box, or a file of GeoJSON with a polygon.
geo::Area area_of(const Options& options) {
  if (options.area.empty() == options.box.empty()) {
    throw base::WorldError("one area is wanted", options.area, "give --area FILE or --box EDGES");
  }
  base::Result<geo::Area> area = base::fail(base::Code::kMalformed, "");
  if (options.area.empty()) {
    const auto b = box_of(options.box);
    area = geo::Area::from_polygons({{{{b.south_deg, b.west_deg},
                                       {b.south_deg, b.east_deg},
                                       {b.north_deg, b.east_deg},
                                       {b.north_deg, b.west_deg},
                                       {b.south_deg, b.west_deg}}}});
  } else {
    std::ifstream in(options.area, std::ios::binary);
    if (!in) throw base::WorldError("the file of the area cannot be read", options.area);
    const auto json = base::parse_json(std::string(std::istreambuf_iterator<char>(in), {}));
    if (!json) throw base::WorldError("the area is not JSON", json.error().text());
    area = geo::Area::from_geojson(*json);
  }
  if (!area) {
    throw base::WorldError("the area cannot be used", area.error().text(),
                           "a GeoJSON Polygon, MultiPolygon, Feature or FeatureCollection");
  }
  return std::move(*area);
}

int run_polygon(const Options& options) {
  const auto area = area_of(options);
  const picture::Archive archive({archive_file(options.data), {}});
  const auto [from, to] = period_of(options.from, options.to, archive);
  print_heading();
  const picture::AreaQuestion question{area, from, to};
  const bool cut = picture::polygon(archive, question, options.limit, [](const auto& fix) {
    print_fix(fix);
    return std::cout.good();
  });
  if (cut) tell_cut();
  return 0;
}

int run_count(const Options& options) {
  const auto area = area_of(options);
  const picture::Archive archive({archive_file(options.data), {}});
  const auto [from, to] = period_of(options.from, options.to, archive);
  const auto found = picture::count(archive, {area, from, to});
  const auto text = [](const auto& t) { return t ? base::to_iso(*t) : std::string(); };
  std::cout << "positions,tracks,first_utc,last_utc\n"
            << fmt::format("{},{},{},{}\n", found.positions, found.tracks, text(found.first),
                           text(found.last));
  return 0;
}

/// What the options say of vessels of the register.
picture::VesselWish vessel_wish(const Options& options) {
  picture::VesselWish out;
  for (const auto& [field, value] :
       {std::pair("groups", options.group), std::pair("gears", options.gear),
        std::pair("home_port", options.home_port), std::pair("district", options.district)}) {
    if (!value.empty()) out.emplace_back(field, value);
  }
  return out;
}

base::Result<picture::Raster> raster_of_vessels(const Options& options,
                                                const picture::Archive& archive,
                                                const Period& period) {
  const OpenFolder folder(options.data, app::find_share(options.share));
  const auto vessels = picture::vessels_of(folder.registry(), vessel_wish(options), {});
  if (!vessels) throw base::WorldError("the vessels cannot be found", vessels.error().text());
  if (vessels->empty()) std::cerr << "jinglue: the register has no such vessel\n";
  std::vector<picture::TrackSpan> spans;
  for (const auto& vessel : *vessels) {
    const auto own = picture::spans_of(archive, vessel, period.from, period.to);
    spans.insert(spans.end(), own.begin(), own.end());
  }
  return picture::raster_of(archive, box_of(options.box), std::move(spans), options.cell_deg);
}

int run_raster(const Options& options) {
  const picture::Archive archive({archive_file(options.data), {}});
  const auto period = period_of(options.from, options.to, archive);
  const auto made =
      vessel_wish(options).empty()
          ? picture::raster(archive, box_of(options.box), period.from, period.to, options.cell_deg)
          : raster_of_vessels(options, archive, period);
  if (!made) throw base::WorldError("the raster cannot be made", made.error().text());
  std::cout << "south_deg,west_deg,positions\n";
  for (std::size_t y = 0; y < made->height; ++y) {
    for (std::size_t x = 0; x < made->width; ++x) {
      if (made->at(x, y) == 0) continue;
      const geo::Position corner{made->corner.lat + std::int32_t(y) * made->cell,
                                 made->corner.lon + std::int32_t(x) * made->cell};
      const auto p = corner.degrees();
      std::cout << fmt::format("{:.6f},{:.6f},{}\n", p.lat_deg, p.lon_deg, made->at(x, y));
    }
  }
  return 0;
}

int run_near(const Options& options) {
  const picture::Archive archive({archive_file(options.data), {}});
  const auto [from, to] = period_of(options.from, options.to, archive);
  picture::NearQuestion question;
  question.box = box_of(options.box);
  question.from = from;
  question.to = to;
  question.distance_m = options.distance_m;
  question.least = base::Duration(static_cast<std::int64_t>(options.hours * 3'600'000));
  std::cout << "track_a,track_b,from_utc,to_utc,closest_m,latitude_deg,longitude_deg\n";
  const auto done = picture::near(archive, question, [](const picture::Meeting& m) {
    std::cout << fmt::format("{},{},{},{},{:.0f},{:.5f},{:.5f}\n", model::to_text(m.a),
                             model::to_text(m.b), base::to_iso(m.from), base::to_iso(m.to),
                             m.closest_m, m.place.lat_deg, m.place.lon_deg);
    return std::cout.good();
  });
  if (!done) throw base::WorldError("meetings cannot be looked for", done.error().text());
  return 0;
}

int run_crossings(const Options& options) {
  const picture::Archive archive({archive_file(options.data), {}});
  const auto [from, to] = period_of(options.from, options.to, archive);
  picture::CrossingQuestion question;
  const auto numbers = numbers_of(options.line);
  if (numbers.size() % 2 != 0) {
    throw base::WorldError("a point of the line lacks its longitude", options.line,
                           "write latitude,longitude of each point, commas between all");
  }
  for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
    question.line.push_back({numbers[i], numbers[i + 1]});
  }
  question.from = from;
  question.to = to;
  std::cout << "track,time_utc,latitude_deg,longitude_deg,to\n";
  const auto done = picture::crossings(archive, question, [](const picture::Crossing& c) {
    std::cout << fmt::format("{},{},{:.5f},{:.5f},{}\n", model::to_text(c.track),
                             base::to_iso(c.time), c.place.lat_deg, c.place.lon_deg,
                             c.to_right ? "right" : "left");
    return std::cout.good();
  });
  if (!done) throw base::WorldError("crossings cannot be looked for", done.error().text());
  return 0;
}

using Run = int (*)(const Options&);

/// A command with the options that all of them have.
Verb add(const Verb& root, const std::shared_ptr<Options>& options, const std::string& name,
         const std::string& text, Run run) {
  const auto verb = root.verb(name, text);
  verb.option("--data", options->data, "Data folder (default var)")
      .option("--from", options->from, "From this time on (ISO with offset; default: the first)")
      .option("--to", options->to, "Before this time (default: to the last)")
      .runs([options, run] { return run(*options); });
  return verb;
}

}  // namespace

void add_positions(const Verb& root) {
  auto options = std::make_shared<Options>();  // shared: the parser's and the work's
  add(root, options, "track", "Positions of one track", run_track)
      .option("TRACK", options->track, "mmsi:412345678, beidou:123456")
      .required()
      .flag("--geojson", options->geojson, "A GeoJSON feature instead of CSV")
      .option("--limit", options->limit, "Positions at most (default 1000000)");
  add(root, options, "box", "Positions inside a box", run_box)
      .option("--box", options->box, kBoxText)
      .required()
      .option("--limit", options->limit, "Positions at most (default 1000000)");
  add(root, options, "polygon", "Positions inside an area", run_polygon)
      .option("--area", options->area, "File of GeoJSON with a polygon")
      .option("--box", options->box, kBoxText)
      .option("--limit", options->limit, "Positions at most (default 1000000)");
  add(root, options, "count", "How many positions and tracks are inside an area", run_count)
      .option("--area", options->area, "File of GeoJSON with a polygon")
      .option("--box", options->box, kBoxText);
  add(root, options, "raster", "Positions counted by cells", run_raster)
      .option("--box", options->box, kBoxText)
      .required()
      .option("--cell", options->cell_deg, "Edge of a cell in degrees (default 0.01)")
      .option("--group", options->group, "Only vessels of this group of the register")
      .option("--gear", options->gear, "Only vessels licensed for this gear, e.g. T")
      .option("--home-port", options->home_port, "Only vessels of this home port, e.g. shidao")
      .option("--district", options->district, "Only vessels of this district")
      .option("--share", options->share, "Folder with registers/");
  add(root, options, "near", "Tracks that stayed together", run_near)
      .option("--box", options->box, kBoxText)
      .option("--distance", options->distance_m, "Metres (default 500)")
      .option("--hours", options->hours, "For how long at least (default 2)");
  add(root, options, "crossings", "Who crossed a line, and when", run_crossings)
      .option("--line", options->line, "latitude,longitude of each point, commas between all")
      .required();
}

}  // namespace jinglue::cli
