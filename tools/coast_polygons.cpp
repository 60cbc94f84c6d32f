// SPDX-License-Identifier: Apache-2.0
// coast_polygons: land polygons (GeoJSON) from the shore lines that `gmt coast -M -W` prints.
// tools/make_coast calls it twice: without --land it prints one inner point per face that coast
// and frame make ("lon lat number"); gmt says which of them are dry; with --land DRY it writes the
// faces that are land. Degrees on WGS 84; tolerances in metres (equirectangular, good enough for a
// simplification). Shore lines come cut by the tiles of the data and are joined again here.
#include <geos_c.h>

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

constexpr double kMetresPerDegree = 111195.0;
/// Tile borders are quantised to 1/65536 of at most 20 degrees; twice that joins, never two shores.
constexpr double kJoinDegrees = 7e-4;

struct Point {
  double x{0};
  double y{0};
  friend bool operator==(Point, Point) = default;
};
using Line = std::vector<Point>;

struct Frame {
  double west{-180}, east{180}, south{-90}, north{90};
  bool holds(Point p) const { return p.x >= west && p.x <= east && p.y >= south && p.y <= north; }
};

struct Options {
  Frame frame;
  double tolerance_m{0};
  bool has_fine{false};
  Frame fine;
  double fine_tolerance_m{0};
  bool has_hole{false};
  Frame hole;
  double min_area_km2{0};
  int decimals{5};
  std::string land;
  std::string notice;
};

[[noreturn]] void die(const std::string& text) {
  std::cerr << "coast_polygons: " << text << '\n';
  std::exit(2);
}

Frame read_frame(const std::string& text) {
  Frame f;
  if (std::sscanf(text.c_str(), "%lf/%lf/%lf/%lf", &f.west, &f.east, &f.south, &f.north) != 4) {
    die("a frame is WEST/EAST/SOUTH/NORTH, not " + text);
  }
  return f;
}

Options read_options(int argc, char** argv) {
  Options o;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string key = argv[i];
    const std::string value = argv[i + 1];
    if (key == "--frame")
      o.frame = read_frame(value);
    else if (key == "--tolerance")
      o.tolerance_m = std::stod(value);
    else if (key == "--fine")
      o.fine = read_frame(value), o.has_fine = true;
    else if (key == "--fine-tolerance")
      o.fine_tolerance_m = std::stod(value);
    else if (key == "--hole")
      o.hole = read_frame(value), o.has_hole = true;
    else if (key == "--min-area")
      o.min_area_km2 = std::stod(value);
    else if (key == "--decimals")
      o.decimals = std::stoi(value);
    else if (key == "--land")
      o.land = value;
    else if (key == "--notice")
      o.notice = value;
    else
      die("unknown option " + key);
  }
  return o;
}

/// Multi-segment text: a line that begins with '>' starts a new shore line.
std::vector<Line> read_lines(std::istream& in, const Frame& frame) {
  std::vector<Line> out;
  for (std::string text; std::getline(in, text);) {
    if (text.empty() || text[0] == '#') continue;
    if (text[0] == '>') {
      out.emplace_back();
      continue;
    }
    Point p;
    if (out.empty() || std::sscanf(text.c_str(), "%lf %lf", &p.x, &p.y) != 2) {
      die("not a line of gmt coast -M: " + text);
    }
    p.x = std::clamp(p.x, frame.west, frame.east);
    p.y = std::clamp(p.y, frame.south, frame.north);
    if (out.back().empty() || !(out.back().back() == p)) out.back().push_back(p);
  }
  std::erase_if(out, [](const Line& l) { return l.size() < 2; });
  return out;
}

double gap(Point a, Point b) {
  return std::max(std::abs(a.x - b.x), std::abs(a.y - b.y));
}

/// Puts an end that lies at the frame exactly on it, so that the frame closes the land there.
bool pull_to_frame(Point& p, const Frame& f) {
  const double near = kJoinDegrees;
  bool touched = true;
  if (p.x - f.west < near)
    p.x = f.west;
  else if (f.east - p.x < near)
    p.x = f.east;
  else if (p.y - f.south < near)
    p.y = f.south;
  else if (f.north - p.y < near)
    p.y = f.north;
  else
    touched = false;
  return touched;
}

/// Joins lines end to end, nearest ends first; what stays open must end at the frame.
class Joiner {
 public:
  explicit Joiner(std::vector<Line> lines) : m_lines(std::move(lines)) {}

  std::vector<Line> join() {
    struct Pair {
      double gap;
      std::size_t a, b;
    };
    std::map<std::pair<long, long>, std::vector<std::size_t>> cells;
    for (std::size_t e = 0; e < 2 * m_lines.size(); ++e) cells[cell(end(e))].push_back(e);
    std::vector<Pair> pairs;
    for (std::size_t e = 0; e < 2 * m_lines.size(); ++e) {
      const auto [cx, cy] = cell(end(e));
      for (long dx = -1; dx <= 1; ++dx) {
        for (long dy = -1; dy <= 1; ++dy) {
          const auto found = cells.find({cx + dx, cy + dy});
          if (found == cells.end()) continue;
          for (const std::size_t o : found->second) {
            if (o > e && gap(end(e), end(o)) <= kJoinDegrees) {
              pairs.push_back({gap(end(e), end(o)), e, o});
            }
          }
        }
      }
    }
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const Pair& x, const Pair& y) { return x.gap < y.gap; });
    m_mate.assign(2 * m_lines.size(), kNone);
    for (const Pair& p : pairs) {
      if (m_mate[p.a] == kNone && m_mate[p.b] == kNone) m_mate[p.a] = p.b, m_mate[p.b] = p.a;
    }
    return walk_all();
  }

 private:
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

  Point end(std::size_t e) const { return e % 2 ? m_lines[e / 2].back() : m_lines[e / 2].front(); }
  static std::pair<long, long> cell(Point p) {
    return {std::lround(p.x / kJoinDegrees), std::lround(p.y / kJoinDegrees)};
  }

  std::vector<Line> walk_all() {
    std::vector<Line> out;
    m_used.assign(m_lines.size(), false);
    for (std::size_t e = 0; e < m_mate.size(); ++e) {
      if (m_mate[e] == kNone && !m_used[e / 2]) out.push_back(walk(e, false));
    }
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
      if (!m_used[i]) out.push_back(walk(2 * i, true));
    }
    return out;
  }

  /// From the line end `e` along mates until an open end or the start.
  Line walk(std::size_t e, bool closed) {
    Line chain;
    while (e != kNone && !m_used[e / 2]) {
      Line piece = m_lines[e / 2];
      m_used[e / 2] = true;
      if (e % 2) std::reverse(piece.begin(), piece.end());
      for (const Point p : piece) {
        if (chain.empty() || gap(chain.back(), p) > 1e-9) chain.push_back(p);
      }
      e = m_mate[e ^ 1];
    }
    if (closed) chain.push_back(chain.front());
    return chain;
  }

  std::vector<Line> m_lines;
  std::vector<std::size_t> m_mate;
  std::vector<bool> m_used;
};

double off_m(Point p, Point a, Point b) {
  const double k = std::cos(p.y * M_PI / 180.0);
  const double bx = (b.x - a.x) * k, by = b.y - a.y, px = (p.x - a.x) * k, py = p.y - a.y;
  const double length2 = bx * bx + by * by;
  const double t = length2 > 0 ? std::clamp((px * bx + py * by) / length2, 0.0, 1.0) : 0.0;
  return std::hypot(px - t * bx, py - t * by) * kMetresPerDegree;
}

/// Douglas and Peucker (1973) on line[from..to], which both stay.
void simplify(const Line& line, std::size_t from, std::size_t to, double tolerance_m,
              std::vector<bool>& keep) {
  std::vector<std::pair<std::size_t, std::size_t>> todo{{from, to}};
  while (!todo.empty()) {
    const auto [a, b] = todo.back();
    todo.pop_back();
    double most = 0;
    std::size_t where = a;
    for (std::size_t i = a + 1; i < b; ++i) {
      const double d = off_m(line[i], line[a], line[b]);
      if (d > most) most = d, where = i;
    }
    if (most <= tolerance_m) continue;
    keep[where] = true;
    todo.push_back({a, where});
    todo.push_back({where, b});
  }
}

/// Each run inside or outside the fine box with its own tolerance; the points between runs stay.
Line simplify(const Line& line, const Options& o) {
  std::vector<bool> keep(line.size(), false);
  const auto fine = [&](std::size_t i) { return o.has_fine && o.fine.holds(line[i]); };
  // A closed line is first cut at its far point, else it would shrink to its two equal ends.
  std::size_t far = 0;
  if (line.front() == line.back()) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (gap(line[i], line[0]) > gap(line[far], line[0])) far = i;
    }
  }
  std::size_t from = 0;
  for (std::size_t i = 1; i < line.size(); ++i) {
    const bool last = i + 1 == line.size();
    if (!last && fine(i) == fine(from) && i != far) continue;
    keep[from] = keep[i] = true;
    simplify(line, from, i, fine(from) ? o.fine_tolerance_m : o.tolerance_m, keep);
    from = i;
  }
  Line out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (keep[i]) out.push_back(line[i]);
  }
  return out;
}

Line ring_of(const Frame& f) {
  return {{f.west, f.south},
          {f.east, f.south},
          {f.east, f.north},
          {f.west, f.north},
          {f.west, f.south}};
}

GEOSCoordSequence* sequence_of(const Line& line) {
  GEOSCoordSequence* s = GEOSCoordSeq_create(static_cast<unsigned>(line.size()), 2);
  for (unsigned i = 0; i < line.size(); ++i) GEOSCoordSeq_setXY(s, i, line[i].x, line[i].y);
  return s;
}

/// The faces that shore lines and frame cut the frame into.
GEOSGeometry* faces_of(const std::vector<Line>& lines, const Frame& frame) {
  std::vector<GEOSGeometry*> parts;
  for (const Line& l : lines) parts.push_back(GEOSGeom_createLineString(sequence_of(l)));
  parts.push_back(GEOSGeom_createLineString(sequence_of(ring_of(frame))));
  GEOSGeometry* all = GEOSGeom_createCollection(GEOS_MULTILINESTRING, parts.data(),
                                                static_cast<unsigned>(parts.size()));
  GEOSGeometry* noded = GEOSUnaryUnion(all);
  GEOSGeom_destroy(all);
  if (noded == nullptr) die("the shore lines cannot be noded");
  const GEOSGeometry* one[] = {noded};
  GEOSGeometry* faces = GEOSPolygonize(one, 1);
  GEOSGeom_destroy(noded);
  if (faces == nullptr) die("no faces");
  return faces;
}

double area_km2(const GEOSGeometry* g) {
  double degrees2 = 0, y = 0;
  GEOSArea(g, &degrees2);
  GEOSGeometry* centre = GEOSGetCentroid(g);
  GEOSGeomGetY(centre, &y);
  GEOSGeom_destroy(centre);
  return degrees2 * std::cos(y * M_PI / 180.0) * std::pow(kMetresPerDegree / 1000.0, 2);
}

void print_inner_points(const GEOSGeometry* faces) {
  for (int i = 0; i < GEOSGetNumGeometries(faces); ++i) {
    GEOSGeometry* inner = GEOSPointOnSurface(GEOSGetGeometryN(faces, i));
    double x = 0, y = 0;
    GEOSGeomGetX(inner, &x);
    GEOSGeomGetY(inner, &y);
    GEOSGeom_destroy(inner);
    std::printf("%.9f %.9f %d\n", x, y, i);
  }
}

std::set<int> read_dry(const std::string& file) {
  std::ifstream in(file);
  if (!in) die("cannot read " + file);
  std::set<int> out;
  double x = 0, y = 0;
  for (double number = 0; in >> x >> y >> number;)
    out.insert(static_cast<int>(std::lround(number)));
  return out;
}

GEOSGeometry* land_of(const GEOSGeometry* faces, const std::set<int>& dry, const Options& o) {
  std::vector<GEOSGeometry*> parts;
  for (const int i : dry) parts.push_back(GEOSGeom_clone(GEOSGetGeometryN(faces, i)));
  GEOSGeometry* all = GEOSGeom_createCollection(GEOS_GEOMETRYCOLLECTION, parts.data(),
                                                static_cast<unsigned>(parts.size()));
  GEOSGeometry* land = GEOSUnaryUnion(all);
  GEOSGeom_destroy(all);
  if (o.has_hole) {
    GEOSGeometry* hole =
        GEOSGeom_createPolygon(GEOSGeom_createLinearRing(sequence_of(ring_of(o.hole))), nullptr, 0);
    GEOSGeometry* rest = GEOSDifference(land, hole);
    GEOSGeom_destroy(hole);
    GEOSGeom_destroy(land);
    land = rest;
  }
  // Rounding to the written digits happens here, so that what is written is valid as written.
  GEOSGeometry* rounded = GEOSGeom_setPrecision(land, std::pow(10.0, -o.decimals), 0);
  GEOSGeom_destroy(land);
  return rounded;
}

std::string number(double v, int decimals) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", decimals, v);
  std::string out = text;
  if (out.find('.') != std::string::npos) {
    out.erase(out.find_last_not_of('0') + 1);
    if (out.back() == '.') out.pop_back();
  }
  return out == "-0" ? "0" : out;
}

void write_ring(std::ostream& out, const GEOSGeometry* ring, int decimals) {
  const GEOSCoordSequence* s = GEOSGeom_getCoordSeq(ring);
  unsigned size = 0;
  GEOSCoordSeq_getSize(s, &size);
  out << '[';
  for (unsigned i = 0; i < size; ++i) {
    double x = 0, y = 0;
    GEOSCoordSeq_getXY(s, i, &x, &y);
    out << (i ? "," : "") << '[' << number(x, decimals) << ',' << number(y, decimals) << ']';
  }
  out << ']';
}

void write_land(const GEOSGeometry* land, const Options& o) {
  std::vector<const GEOSGeometry*> polygons;
  for (int i = 0; i < GEOSGetNumGeometries(land); ++i) {
    const GEOSGeometry* g = GEOSGetGeometryN(land, i);
    if (GEOSGeomTypeId(g) != GEOS_POLYGON) continue;
    double x = 0, y = 0;
    GEOSGeometry* inner = GEOSPointOnSurface(g);
    GEOSGeomGetX(inner, &x);
    GEOSGeomGetY(inner, &y);
    GEOSGeom_destroy(inner);
    const bool near = o.has_fine && o.fine.holds({x, y});
    if (near || area_km2(g) >= o.min_area_km2) polygons.push_back(g);
  }
  std::stable_sort(polygons.begin(), polygons.end(),
                   [](auto* a, auto* b) { return area_km2(a) > area_km2(b); });
  std::cout << "{\"type\":\"FeatureCollection\",\"notice\":\"" << o.notice << "\",\"features\":[\n";
  for (std::size_t i = 0; i < polygons.size(); ++i) {
    const GEOSGeometry* g = polygons[i];
    std::cout << (i ? ",\n" : "")
              << "{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Polygon\","
                 "\"coordinates\":[";
    write_ring(std::cout, GEOSGetExteriorRing(g), o.decimals);
    for (int h = 0; h < GEOSGetNumInteriorRings(g); ++h) {
      std::cout << ',';
      write_ring(std::cout, GEOSGetInteriorRingN(g, h), o.decimals);
    }
    std::cout << "]}}";
  }
  std::cout << "\n]}\n";
}

void on_geos_error(const char* format, ...) {
  va_list args;
  va_start(args, format);
  std::vfprintf(stderr, format, args);
  va_end(args);
  std::fputc('\n', stderr);
}

}  // namespace

int main(int argc, char** argv) {
  initGEOS(on_geos_error, on_geos_error);
  const Options options = read_options(argc, argv);
  std::vector<Line> lines = Joiner(read_lines(std::cin, options.frame)).join();
  for (Line& line : lines) {
    if (!(line.front() == line.back())) {
      for (Point* end : {&line.front(), &line.back()}) {
        if (!pull_to_frame(*end, options.frame)) {
          std::cerr << "coast_polygons: an open shore line at " << end->x << ' ' << end->y << '\n';
        }
      }
    }
    line = simplify(line, options);
  }
  std::erase_if(lines, [](const Line& l) { return l.size() < 2; });
  GEOSGeometry* faces = faces_of(lines, options.frame);
  if (options.land.empty()) {
    print_inner_points(faces);
  } else {
    GEOSGeometry* land = land_of(faces, read_dry(options.land), options);
    write_land(land, options);
    GEOSGeom_destroy(land);
  }
  GEOSGeom_destroy(faces);
  finishGEOS();
  return 0;
}
