// SPDX-License-Identifier: Apache-2.0
// read_scenario: the text of a scenario, section by section.
#include <cmath>
#include <fstream>
#include <numbers>
#include <sstream>
#include <stdexcept>

#include "base/text.hpp"
#include "geo/geodesic.hpp"
#include "tests/scenario/scenario.hpp"

namespace jinglue::scenario {
namespace {

std::string trimmed(std::string_view text) {
  return std::string(base::trim(text));
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> out;
  for (const auto cell : base::split(std::string_view(line).substr(1), '|')) {
    out.push_back(trimmed(cell));
  }
  if (!out.empty() && out.back().empty()) out.pop_back();
  return out;
}

/// A definite noise: the same in each run, of `most_m` at most.
geo::LatLon shaken(geo::LatLon p, double most_m, std::uint32_t number) {
  const std::uint32_t mixed = number * 2654435761u;
  return geo::destination(p, double(mixed % 360), most_m * double(mixed >> 16) / 65536);
}

class Reader {
 public:
  explicit Reader(const std::string& file) : m_file(file) {
    m_scenario.file = file;
    const auto rules = detect::read_rule_files(std::string(JINGLUE_SOURCE_DIR) + "/rules");
    if (!rules) throw std::runtime_error(rules.error().text());
    m_scenario.rules = *rules;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) m_lines.push_back(line);
  }

  Scenario read() {
    for (m_at = 0; m_at < m_lines.size(); ++m_at) {
      const std::string line = trimmed(m_lines[m_at]);
      if (line.empty() || line[0] == '#') continue;
      section(line);
    }
    if (m_scenario.shots.empty()) fail("no fixes");
    if (m_scenario.expected.empty() && !m_scenario.nothing) fail("nothing is expected");
    add_zones();
    return std::move(m_scenario);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(m_file + ":" + std::to_string(m_at + 1) + ": " + what);
  }

  void section(const std::string& line) {
    const auto words = words_of(line);
    if (words[0] == "chart") return chart(words);
    if (words[0] == "zone") return zone(line);
    if (words[0] == "vessel" || words[0] == "unmatched") return vessel(words);
    if (words[0] == "exemption") return exemption(words);
    if (words[0] == "rules") return more_rules();
    if (words[0] == "fixes") return fixes();
    if (words[0] == "clock") return clock(trimmed(line.substr(5)));
    if (line == "expect nothing") {
      m_scenario.nothing = true;
      return;
    }
    if (words[0] == "expect") {
      m_scenario.expected = table();
      return;
    }
    fail("not a section: " + line);
  }

  std::vector<Row> table() {
    std::vector<std::string> names;
    std::vector<Row> out;
    while (m_at + 1 < m_lines.size()) {
      const std::string line = trimmed(m_lines[m_at + 1]);
      if (line.empty() || (line[0] != '|' && line[0] != '#')) break;
      ++m_at;
      if (line[0] == '#') continue;
      const auto cells = cells_of(line);
      if (names.empty()) {
        names = cells;
        continue;
      }
      Row row;
      for (std::size_t i = 0; i < cells.size() && i < names.size(); ++i) row[names[i]] = cells[i];
      if (cells.size() > names.size()) fail("more cells than columns");
      row["#"] = std::to_string(m_at + 1);
      out.push_back(std::move(row));
    }
    if (names.empty()) fail("a table must follow");
    return out;
  }

  void chart(const std::vector<std::string>& words) {
    if (words.size() != 7 || words[1] != "origin" || words[4] != "step" || words[6] != "nm") {
      fail("write it like: chart origin 36.20N 122.00E step 1 nm");
    }
    m_origin = {degrees(words[2]), degrees(words[3])};
    m_step_nm = std::stod(words[5]);
    int row = 0;
    while (m_at + 1 < m_lines.size() && !trimmed(m_lines[m_at + 1]).empty()) {
      const std::string line = trimmed(m_lines[++m_at]);
      for (std::size_t column = 0; column < line.size(); ++column) {
        mark(line[column], row, int(column));
      }
      ++row;
    }
  }

  void mark(char c, int row, int column) {
    const double lat_step = m_step_nm / 60;
    const double lon_step = lat_step / std::cos(m_origin.lat_deg * std::numbers::pi / 180);
    const geo::LatLon p{m_origin.lat_deg - row * lat_step, m_origin.lon_deg + column * lon_step};
    if (c >= 'A' && c <= 'Z') m_places[c] = p;
    if (c < 'a' || c > 'z') return;
    m_boxes[c].include({p.lat_deg - lat_step / 2, p.lon_deg - lon_step / 2});
    m_boxes[c].include({p.lat_deg + lat_step / 2, p.lon_deg + lon_step / 2});
  }

  double degrees(const std::string& text) const {
    const double value = std::stod(text);
    const char side = text.back();
    if (side != 'N' && side != 'S' && side != 'E' && side != 'W') fail("not a degree: " + text);
    return side == 'S' || side == 'W' ? -value : value;
  }

  void zone(const std::string& line) {
    // zone q berth 演练泊位 / Drill berths place shidao
    const auto slash = line.find(" / ");
    const auto words = words_of(line);
    if (words.size() < 4 || slash == std::string::npos || words[1].size() != 1) {
      fail("write it like: zone q berth 演练泊位 / Drill berths place shidao");
    }
    std::string english = line.substr(slash + 3);
    std::string place;
    if (const auto at = english.find(" place "); at != std::string::npos) {
      place = trimmed(english.substr(at + 7));
      english = english.substr(0, at);
    }
    const auto box = m_boxes.find(words[1][0]);
    if (box == m_boxes.end()) fail("the chart has no cell '" + words[1] + "'");
    const auto& b = box->second;
    const auto corner = [](double lon, double lat) { return base::Json::array({lon, lat}); };
    auto ring = base::Json::array({corner(b.west_deg, b.south_deg), corner(b.east_deg, b.south_deg),
                                   corner(b.east_deg, b.north_deg), corner(b.west_deg, b.north_deg),
                                   corner(b.west_deg, b.south_deg)});
    m_zones.push(base::Json::object(
        {{"type", "Feature"},
         {"id", "chart_" + words[1]},
         {"properties", base::Json::object({{"kind", words[2]},
                                            {"name_zh", words[3]},
                                            {"name_en", english},
                                            {"source", "scenario"},
                                            {"confidence", "example"},
                                            {"place", place}})},
         {"geometry",
          base::Json::object({{"type", "Polygon"}, {"coordinates", base::Json::array({ring})}})}}));
  }

  void add_zones() {
    if (m_zones.items().empty()) return;
    const auto all = base::Json::object({{"type", "FeatureCollection"}, {"features", m_zones}});
    m_scenario.rules.files.emplace_back("zones/scenario.geojson", all.dump());
    m_scenario.rules.revision += "+" + m_file;
  }

  void more_rules() {
    std::string text;
    while (++m_at < m_lines.size() && trimmed(m_lines[m_at]) != "end") text += m_lines[m_at] + "\n";
    m_scenario.rules.files.emplace_back("scenario.toml", text);
    m_scenario.rules.revision += "+" + m_file;
  }

  /// Key-value words from position `at` on; a value goes on to the next known key.
  std::map<std::string, std::string> pairs(const std::vector<std::string>& words, std::size_t at,
                                           std::initializer_list<const char*> keys) const {
    std::map<std::string, std::string> out;
    std::string key;
    for (; at < words.size(); ++at) {
      const bool is_key =
          std::any_of(keys.begin(), keys.end(), [&](const char* k) { return words[at] == k; });
      if (is_key) {
        key = words[at];
      } else if (key.empty()) {
        fail("not a key: " + words[at]);
      } else {
        out[key] += (out[key].empty() ? "" : " ") + words[at];
      }
    }
    return out;
  }

  void vessel(const std::vector<std::string>& words) {
    Vessel v;
    v.registered = words[0] == "vessel";
    std::size_t at = 1;
    while (at < words.size() && words[at] != "mmsi") ++at;
    if (words.size() < 5 || at == words.size()) fail("a vessel needs a key, a name and an mmsi");
    v.key = words[1];
    for (std::size_t i = 2; i < at; ++i) v.name += (i > 2 ? " " : "") + words[i];
    v.words = pairs(words, at,
                    {"mmsi", "also", "kind", "gears", "groups", "home_port", "district", "length_m",
                     "flag", "ship_type", "known"});
    v.mmsi.push_back(std::uint32_t(std::stoul(v.words["mmsi"])));
    if (!v.words["also"].empty()) v.mmsi.push_back(std::uint32_t(std::stoul(v.words["also"])));
    v.line = int(m_at) + 1;
    if (v.registered) add_vessel_change(v);
    m_scenario.vessels[v.key] = v;
  }

  void add_vessel_change(const Vessel& v) {
    const auto list = [&](const char* key) {
      auto out = base::Json::array();
      const auto found = v.words.find(key);
      if (found != v.words.end()) {
        for (const auto& word : words_of(found->second)) out.push(word);
      }
      return out;
    };
    auto terminals = base::Json::array();
    for (const auto mmsi : v.mmsi) {
      terminals.push(base::Json::object({{"terminal", "mmsi:" + std::to_string(mmsi)}}));
    }
    auto fields = base::Json::object({{"name", v.name},
                                      {"side_number", v.name},
                                      {"gears", list("gears")},
                                      {"groups", list("groups")},
                                      {"terminals", terminals}});
    for (const char* key : {"kind", "home_port", "district", "flag"}) {
      const auto found = v.words.find(key);
      if (found != v.words.end()) fields.set(key, found->second);
    }
    if (v.words.count("length_m") != 0) fields.set("length_m", std::stod(v.words.at("length_m")));
    add_change("vessel", v.key, fields, "", v.words);
  }

  void exemption(const std::vector<std::string>& words) {
    auto w = pairs(words, 2,
                   {"vessel", "rules", "area", "from", "to", "kind", "state", "known", "revoked"});
    auto rules = base::Json::array();
    for (const auto& rule : words_of(w["rules"])) rules.push(rule);
    auto fields = base::Json::object({{"kind", w["kind"].empty() ? "special_permit" : w["kind"]},
                                      {"vessel", w["vessel"]},
                                      {"rules", rules},
                                      {"from", base::to_iso(local_time(w["from"]))},
                                      {"to", base::to_iso(local_time(w["to"]))},
                                      {"document", "演练〔2024〕" + words[1]}});
    if (!w["area"].empty()) {
      fields.set("area", w["area"].size() == 1 ? "chart_" + w["area"] : w["area"]);
    }
    add_change("exemption", words[1], fields, w["state"].empty() ? "approved" : w["state"], w);
    if (w["revoked"].empty()) return;
    w["known"] = w["revoked"];
    add_change("exemption", words[1], fields, "revoked", w);
  }

  void add_change(const std::string& register_id, const std::string& record,
                  const base::Json& fields, const std::string& state,
                  const std::map<std::string, std::string>& words) {
    model::RecordChange c;
    c.number = std::int64_t(m_scenario.changes.size()) + 1;
    c.register_id = register_id;
    c.record_id = record;
    c.revision = c.number;
    c.actor = "scenario";
    c.fields = fields;
    c.state = state;
    const auto known = words.find("known");
    c.at = known == words.end() || known->second.empty() ? base::kDistantPast
                                                         : local_time(known->second);
    m_scenario.changes.push_back(std::move(c));
  }

  void clock(const std::string& text) { m_scenario.end = local_time(text); }

  void fixes() {
    for (const auto& row : table()) add_fixes(row);
  }

  void add_fixes(const Row& row) {
    const auto cell = [&](const char* name) {
      const auto found = row.find(name);
      return found == row.end() ? std::string() : found->second;
    };
    const std::string who = cell("vessel");
    const auto dot = who.find('.');
    const auto known = m_scenario.vessels.find(who.substr(0, dot));
    if (known == m_scenario.vessels.end()) fail("no such vessel: " + who);
    const std::size_t terminal = dot == std::string::npos ? 0 : std::stoul(who.substr(dot + 1)) - 1;
    const auto times = times_of(cell("time"));
    const auto late = words_of(cell("late"));
    base::Duration delay{0};
    if (!late.empty()) delay = seconds(std::stod(late[0]) * (late.at(1) == "s" ? 1 : 60));
    for (std::size_t i = 0; i < times.size(); ++i) {
      Shot shot;
      shot.vessel = &known->second;
      shot.mmsi = known->second.mmsi.at(terminal);
      shot.time = times[i];
      shot.arrival = times[i] + delay;
      const double share = times.size() < 2 ? 0 : double(i) / double(times.size() - 1);
      shot.place = place_of(cell("place"), share);
      shot.speed_kn = cell("kn") == "-" ? -1 : std::stod(cell("kn"));
      add(shot);
    }
  }

  void add(const Shot& shot) {
    auto& s = m_scenario;
    if (s.shots.empty() || shot.time < s.begin) s.begin = shot.time;
    s.end = std::max(s.end, shot.arrival);
    s.shots.push_back(shot);
  }

  static base::Duration seconds(double count) {
    return base::Duration(std::int64_t(std::llround(count * 1000)));
  }

  /// "2024-05-01 12:00:00", or "... .. 13:00:00 / 60s", or with the full end date.
  std::vector<base::Instant> times_of(const std::string& text) const {
    const auto dots = text.find("..");
    if (dots == std::string::npos) return {local_time(text)};
    const auto slash = text.find('/');
    if (slash == std::string::npos) fail("a range needs a pace: / 60s");
    const std::string first = trimmed(text.substr(0, dots));
    std::string last = trimmed(text.substr(dots + 2, slash - dots - 2));
    if (last.find('-') == std::string::npos) last = first.substr(0, 11) + last;
    const auto pace = seconds(std::stod(trimmed(text.substr(slash + 1))));
    std::vector<base::Instant> out;
    for (auto t = local_time(first); t <= local_time(last); t = t + pace) out.push_back(t);
    return out;
  }

  geo::LatLon place_of(const std::string& text, double share) {
    const auto dash = text.find(" - ");
    if (dash != std::string::npos) {
      const auto a = place_of(trimmed(text.substr(0, dash)), 0);
      const auto b = place_of(trimmed(text.substr(dash + 3)), 0);
      return {a.lat_deg + share * (b.lat_deg - a.lat_deg),
              a.lon_deg + share * (b.lon_deg - a.lon_deg)};
    }
    const auto wave = text.find('~');
    if (wave != std::string::npos) {
      return shaken(place_of(trimmed(text.substr(0, wave)), 0), std::stod(text.substr(wave + 1)),
                    ++m_shaken);
    }
    if (text.size() == 1) {
      const auto known = m_places.find(text[0]);
      if (known == m_places.end()) fail("the chart has no place '" + text + "'");
      return known->second;
    }
    const auto words = words_of(text);
    if (words.size() != 2) fail("not a place: " + text);
    return {degrees(words[0]), degrees(words[1])};
  }

  std::string m_file;
  std::vector<std::string> m_lines;
  std::size_t m_at{0};
  Scenario m_scenario;
  geo::LatLon m_origin;
  double m_step_nm{1};
  std::map<char, geo::LatLon> m_places;
  std::map<char, geo::Box> m_boxes;
  base::Json m_zones = base::Json::array();
  std::uint32_t m_shaken{0};
};

}  // namespace

base::Instant local_time(const std::string& text) {
  std::string iso = text;
  if (iso.size() == 16) iso += ":00";
  if (iso.size() > 10) iso[10] = 'T';
  const auto t = base::parse_iso(iso + "+08:00");
  if (!t) throw std::runtime_error("not a local time: '" + text + "'");
  return *t;
}

Scenario read_scenario(const std::string& file) {
  return Reader(file).read();
}

}  // namespace jinglue::scenario
