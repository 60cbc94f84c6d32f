// SPDX-License-Identifier: Apache-2.0
#include "act/cases/evidence_map.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace jinglue::act::cases {
namespace {

constexpr double kWidth = 1000;
constexpr double kHeight = 760;
constexpr double kLeft = 30;
constexpr double kRight = 970;
constexpr double kTop = 60;        // above: title
constexpr double kBottom = 700;    // below: scale and source
constexpr double kLeastMiles = 8;  // from south to north, so that a coast gives orientation
constexpr double kDegreesPerMile = 1.0 / 60;

/// Degrees to pixels.
class Projection {
 public:
  explicit Projection(const geo::Box& box) : m_box(box) {
    const double middle = (box.south_deg + box.north_deg) / 2;
    m_squeeze = std::cos(middle * std::numbers::pi / 180);
    const double across = (box.east_deg - box.west_deg) * m_squeeze;
    const double up = box.north_deg - box.south_deg;
    m_scale = std::min((kRight - kLeft) / across, (kBottom - kTop) / up);
    m_left = (kLeft + kRight - across * m_scale) / 2;
    m_top = (kTop + kBottom - up * m_scale) / 2;
  }
  double x(double lon_deg) const {
    return m_left + (lon_deg - m_box.west_deg) * m_squeeze * m_scale;
  }
  double y(double lat_deg) const { return m_top + (m_box.north_deg - lat_deg) * m_scale; }
  std::string at(geo::LatLon p) const {
    return fmt::format("{:.1f},{:.1f}", x(p.lon_deg), y(p.lat_deg));
  }
  double pixels_per_mile() const { return kDegreesPerMile * m_scale; }

 private:
  geo::Box m_box;
  double m_squeeze{1}, m_scale{1}, m_left{0}, m_top{0};
};

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string path_of(const geo::Ring& ring, const Projection& to) {
  std::string out;
  for (const auto& p : ring) out += (out.empty() ? "M" : " L") + to.at(p);
  return out.empty() ? out : out + " Z";
}

/// "37°23.6′N": degrees and minutes, as on a chart.
std::string angle(double degrees, const char* positive, const char* negative) {
  const char* side = degrees < 0 ? negative : positive;
  const auto tenths = std::lround(std::abs(degrees) * 600);
  return fmt::format("{}°{:02}.{}′{}", tenths / 600, tenths % 600 / 10, tenths % 10, side);
}

/// A step of the grid in minutes that gives at most eight lines.
double grid_step_deg(double span_deg) {
  for (const double minutes : {0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0}) {
    if (span_deg * 60 / minutes <= 8) return minutes / 60;
  }
  return 10;
}

std::string text_at(double x, double y, const std::string& text, const char* more = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" {}>{}</text>\n", x, y, more, escaped(text));
}

void draw_grid(const geo::Box& box, const Projection& to, std::string& svg) {
  svg += "<g stroke=\"#9db4c4\" stroke-width=\"0.5\" fill=\"#44596a\" font-size=\"11\">\n";
  const double up = grid_step_deg(box.north_deg - box.south_deg);
  for (auto k = std::llround(std::ceil(box.south_deg / up)); double(k) * up <= box.north_deg; ++k) {
    const double lat = double(k) * up;
    const double y = to.y(lat);
    svg += fmt::format("<path d=\"M{:.1f},{:.1f} H{:.1f}\"/>\n", to.x(box.west_deg), y,
                       to.x(box.east_deg));
    svg += text_at(to.x(box.west_deg) + 3, y - 3, angle(lat, "N", "S"), "stroke=\"none\"");
  }
  const double across = grid_step_deg(box.east_deg - box.west_deg);
  for (auto k = std::llround(std::ceil(box.west_deg / across)); double(k) * across <= box.east_deg;
       ++k) {
    const double lon = double(k) * across;
    const double x = to.x(lon);
    svg += fmt::format("<path d=\"M{:.1f},{:.1f} V{:.1f}\"/>\n", x, to.y(box.north_deg),
                       to.y(box.south_deg));
    svg += text_at(x + 3, to.y(box.south_deg) - 4, angle(lon, "E", "W"), "stroke=\"none\"");
  }
  svg += "</g>\n";
}

void draw_zone(const model::Zone& zone, const geo::Box& box, const Projection& to,
               std::string& svg) {
  svg +=
      "<g fill=\"#c0392b\" fill-opacity=\"0.08\" fill-rule=\"evenodd\" stroke=\"#c0392b\" "
      "stroke-width=\"1.2\" stroke-dasharray=\"6 3\">\n";
  for (const auto& rings : zone.area->polygons()) {
    std::string path;
    for (const auto& ring : rings) {
      const auto inside = clip_ring(ring, box);
      if (inside.size() >= 4) path += (path.empty() ? "" : " ") + path_of(inside, to);
    }
    if (!path.empty()) svg += "<path d=\"" + path + "\"/>\n";
  }
  svg += "</g>\n";
}

/// Rings are cut a little outside the frame, whose clip hides the edges that the cut makes.
void draw_areas(const MapContent& c, const geo::Box& frame, const Projection& to,
                std::string& svg) {
  const double rim = 0.05 * (frame.north_deg - frame.south_deg);
  const geo::Box box{frame.west_deg - rim, frame.south_deg - rim, frame.east_deg + rim,
                     frame.north_deg + rim};
  if (c.zone != nullptr && c.zone->area != nullptr) draw_zone(*c.zone, box, to, svg);
  svg += "<g fill=\"#e9dfc7\" stroke=\"#8a7a55\" stroke-width=\"0.8\">\n";
  for (const auto& ring : c.land) {
    const auto inside = clip_ring(ring, box);
    if (inside.size() >= 4) svg += "<path d=\"" + path_of(inside, to) + "\"/>\n";
  }
  svg += "</g>\n";
}

void draw_track(const EvidenceTrack& track, const Projection& to, std::string& svg) {
  svg += "<g fill=\"none\" stroke=\"#1f5f8b\" stroke-width=\"1.5\" stroke-linejoin=\"round\">\n";
  std::size_t i = 0;
  while (i < track.fixes.size()) {
    const model::TrackId id = track.fixes[i].track;
    std::string path;
    for (; i < track.fixes.size() && track.fixes[i].track == id; ++i) {
      path += (path.empty() ? "M" : " L") + to.at(track.fixes[i].position.degrees());
    }
    svg += "<path d=\"" + path + "\"/>\n";
  }
  svg += "</g>\n";
}

/// The positions that the finding used; the first with its time.
void draw_used(const model::FindingStep& finding, const Projection& to, std::string& svg) {
  svg += "<g fill=\"#c0392b\" font-size=\"12\">\n";
  for (const auto& used : finding.positions) {
    const geo::LatLon p = used.position.degrees();
    svg += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\"/>\n", to.x(p.lon_deg),
                       to.y(p.lat_deg));
  }
  if (!finding.positions.empty()) {
    const auto& first = finding.positions.front();
    const geo::LatLon p = first.position.degrees();
    svg += text_at(to.x(p.lon_deg) + 7, to.y(p.lat_deg) - 6,
                   base::to_iso(first.time).substr(0, 19) + "Z");
  }
  svg += "</g>\n";
}

/// A length of 1, 2, 5, 10 ... nautical miles near a fifth of the width.
void draw_scale(const Projection& to, std::string& svg) {
  double miles = 0.1;
  for (const double next : {0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0}) {
    if (next * to.pixels_per_mile() <= kWidth / 4) miles = next;
  }
  const double length = miles * to.pixels_per_mile();
  svg += fmt::format(
      "<path d=\"M30,724 v8 h{:.1f} v-8\" fill=\"none\" stroke=\"#22313c\" "
      "stroke-width=\"1.5\"/>\n",
      length);
  svg += text_at(36 + length, 733, fmt::format("{} 海里 nm", miles), "font-size=\"12\"");
}

bool inside_edge(geo::LatLon p, int edge, const geo::Box& b) {
  if (edge == 0) return p.lon_deg >= b.west_deg;
  if (edge == 1) return p.lon_deg <= b.east_deg;
  if (edge == 2) return p.lat_deg >= b.south_deg;
  return p.lat_deg <= b.north_deg;
}

geo::LatLon cross_edge(geo::LatLon p, geo::LatLon q, int edge, const geo::Box& b) {
  if (edge < 2) {
    const double lon = edge == 0 ? b.west_deg : b.east_deg;
    const double t = (lon - p.lon_deg) / (q.lon_deg - p.lon_deg);
    return {p.lat_deg + t * (q.lat_deg - p.lat_deg), lon};
  }
  const double lat = edge == 2 ? b.south_deg : b.north_deg;
  const double t = (lat - p.lat_deg) / (q.lat_deg - p.lat_deg);
  return {lat, p.lon_deg + t * (q.lon_deg - p.lon_deg)};
}

}  // namespace

geo::Ring clip_ring(const geo::Ring& ring, const geo::Box& box) {
  geo::Ring points = ring;
  if (!points.empty() && points.front() == points.back()) points.pop_back();
  for (int edge = 0; edge < 4 && !points.empty(); ++edge) {
    geo::Ring kept;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const geo::LatLon p = points[i == 0 ? points.size() - 1 : i - 1];
      const geo::LatLon q = points[i];
      if (inside_edge(p, edge, box) != inside_edge(q, edge, box)) {
        kept.push_back(cross_edge(p, q, edge, box));
      }
      if (inside_edge(q, edge, box)) kept.push_back(q);
    }
    points = std::move(kept);
  }
  if (!points.empty()) points.push_back(points.front());
  return points;
}

geo::Box map_box(const EvidenceTrack& track, const model::FindingStep* finding) {
  geo::Box box;
  for (const auto& fix : track.fixes) box.include(fix.position.degrees());
  if (finding != nullptr) {
    for (const auto& used : finding->positions) box.include(used.position.degrees());
  }
  if (box.empty()) return box;
  // Widened to the shape of the frame, so that it is full.
  const double middle_lat = (box.south_deg + box.north_deg) / 2;
  const double middle_lon = (box.west_deg + box.east_deg) / 2;
  const double squeeze = std::cos(middle_lat * std::numbers::pi / 180);
  const double shape = (kRight - kLeft) / (kBottom - kTop);
  const double up = std::max({1.3 * (box.north_deg - box.south_deg), kLeastMiles * kDegreesPerMile,
                              1.3 * (box.east_deg - box.west_deg) * squeeze / shape});
  const double across = up * shape / squeeze;
  return {std::max(-180.0, middle_lon - across / 2), std::max(-89.0, middle_lat - up / 2),
          std::min(180.0, middle_lon + across / 2), std::min(89.0, middle_lat + up / 2)};
}

std::string map_svg(const MapContent& c) {
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" font-family=\"Noto Sans CJK SC, sans-serif\" fill=\"#22313c\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
      kWidth, kHeight);
  svg += text_at(30, 28, c.title.zh, "font-size=\"18\" font-weight=\"bold\"");
  svg += text_at(30, 48, c.title.en, "font-size=\"13\"");
  const geo::Box box = map_box(c.track, c.finding);
  if (box.empty()) {
    return svg + text_at(30, 120, "没有船位 / no positions are held", "font-size=\"16\"") +
           "</svg>\n";
  }
  const Projection to(box);
  const std::string frame =
      fmt::format("x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"",
                  to.x(box.west_deg), to.y(box.north_deg), to.x(box.east_deg) - to.x(box.west_deg),
                  to.y(box.south_deg) - to.y(box.north_deg));
  svg += "<clipPath id=\"frame\"><rect " + frame + "/></clipPath>\n<rect " + frame +
         " fill=\"#dbe9f2\"/>\n<g clip-path=\"url(#frame)\">\n";
  draw_areas(c, box, to, svg);
  draw_grid(box, to, svg);
  draw_track(c.track, to, svg);
  if (c.finding != nullptr) draw_used(*c.finding, to, svg);
  svg += "</g>\n<rect " + frame + " fill=\"none\" stroke=\"#44596a\"/>\n";
  draw_scale(to, svg);
  svg += text_at(330, 722,
                 "蓝线：航迹；红点：发现所依据的船位；虚线：规则区域。陆地仅供参照，不用于航海。",
                 "font-size=\"12\"");
  svg +=
      text_at(330, 740,
              "Blue: track; red: positions that the finding used; dashed: zone of the rule. Land "
              "for orientation only, not for navigation.",
              "font-size=\"11\"");
  return svg + "</svg>\n";
}

}  // namespace jinglue::act::cases
