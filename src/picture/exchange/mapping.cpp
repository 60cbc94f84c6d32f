// SPDX-License-Identifier: Apache-2.0
// The keys of a mapping file, and how a cell becomes our text.
#include "picture/exchange/mapping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <system_error>

#include "base/hash.hpp"
#include "base/local_time.hpp"
#include "picture/exchange/row_values.hpp"

namespace jinglue::picture::exchange {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::ConfigNode;
using base::Status;
using std::string_view;

struct Known {
  string_view key;
  Column column;
  bool needed;
};
constexpr Known kKnown[] = {
    {"track", Column::kTrack, true},       {"time", Column::kTime, true},
    {"latitude", Column::kLatitude, true}, {"longitude", Column::kLongitude, true},
    {"speed", Column::kSpeedKn, false},    {"course", Column::kCourse, false},
    {"heading", Column::kHeading, false},  {"status", Column::kStatus, false},
    {"source", Column::kSource, false},
};

struct UnitOf {
  Column column;
  string_view unit;
  double scale;  ///< to our unit
};
constexpr UnitOf kUnits[] = {
    {Column::kLatitude, "deg", 1},         {Column::kLatitude, "min", 1.0 / 60},
    {Column::kLongitude, "deg", 1},        {Column::kLongitude, "min", 1.0 / 60},
    {Column::kSpeedKn, "kn", 1},           {Column::kSpeedKn, "m/s", 3600.0 / 1852.0},
    {Column::kSpeedKn, "km/h", 1 / 1.852}, {Column::kCourse, "deg", 1},
    {Column::kHeading, "deg", 1},
};

std::optional<double> number_of(string_view text) {
  double out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() ||
      !std::isfinite(out)) {
    return std::nullopt;
  }
  return out;
}

/// 102.3 is 102.30 too.
bool same(string_view cell, string_view word) {
  if (cell == word) return true;
  const auto a = number_of(cell);
  const auto b = number_of(word);
  return a && b && *a == *b;
}

bool one_of(string_view cell, const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](const auto& word) { return same(cell, word); });
}

Status read_headings(const ConfigNode& node, std::vector<std::string>& out) {
  auto words = node.strings();
  if (!words) return tl::unexpected(words.error());
  for (const auto& word : *words) {
    if (base::trim(word).empty()) return node.error(Code::kMissing, "a heading is empty");
  }
  if (words->empty()) {
    return node.error(Code::kMissing, "no heading is named", "columns = [\"MMSI\", \"mmsi\"]");
  }
  out = std::move(*words);
  return {};
}

Status read_unit(const ConfigNode& table, MappedColumn& out) {
  const auto scale = table["scale"].number_or(1);
  if (!scale) return tl::unexpected(scale.error());
  if (!std::isfinite(*scale) || *scale <= 0 || *scale > 1e12) {
    return table["scale"].error(Code::kOutOfRange, "the scale is greater than zero");
  }
  out.scale = *scale;
  std::string list;
  for (const auto& unit : kUnits) {
    if (unit.column == out.column) list.append(list.empty() ? "" : ", ").append(unit.unit);
  }
  const auto node = table["unit"];
  if (list.empty()) {
    if (node) return node.error(Code::kConflict, "'" + out.key + "' has no unit");
    return {};
  }
  const auto text = node.string();
  if (!text) return tl::unexpected(text.error());
  for (const auto& unit : kUnits) {
    if (unit.column != out.column || unit.unit != *text) continue;
    out.scale *= unit.scale;
    return {};
  }
  return node.error(Code::kUnknown, "'" + *text + "' is no unit of '" + out.key + "'",
                    "one of " + list);
}

Status read_values(const ConfigNode& table, MappedColumn& out) {
  if (const auto absent = table["absent"]) {
    auto words = absent.strings();
    if (!words) return tl::unexpected(words.error());
    out.absent = std::move(*words);
  }
  if (const auto skip = table["skip"]) {
    auto words = skip.strings();
    if (!words) return tl::unexpected(words.error());
    out.skip = std::move(*words);
  }
  const auto values = table["values"];  // a loop does not keep a temporary node alive
  for (const auto& [word, node] : values.members()) {
    const auto ours = node.string();
    if (!ours) return tl::unexpected(ours.error());
    out.values.emplace_back(word, *ours);
  }
  return {};
}

constexpr std::pair<char, int> kParts[] = {{'y', 4}, {'m', 2}, {'d', 2},
                                           {'H', 2}, {'M', 2}, {'S', 2}};

/// How often the letter stands in the form, all in one run.
int run_of(string_view form, char letter) {
  const auto begin = form.find(letter);
  if (begin == string_view::npos) return 0;
  auto end = begin;
  while (end < form.size() && form[end] == letter) ++end;
  return form.find(letter, end) == string_view::npos ? int(end - begin) : -1;
}

Status check_form(const ConfigNode& node, const std::string& form) {
  for (const auto& [letter, count] : kParts) {
    const int run = run_of(form, letter);
    const bool year = letter == 'y' && (run == 0 || run == 2);
    if (run == count || year || (letter == 'S' && run == 0)) continue;
    return node.error(Code::kMalformed, "the form of times lacks a part, or has one twice",
                      "for example dd/mm/yyyy HH:MM:SS");
  }
  return {};
}

Status read_time(const ConfigNode& table, TimeForm& out) {
  auto form = table["form"].string_or("");
  if (!form) return tl::unexpected(form.error());
  if (!form->empty()) {
    if (auto ok = check_form(table["form"], *form); !ok) return ok;
  }
  out.form = std::move(*form);
  auto zone = table["zone"].string_or("");
  if (!zone) return tl::unexpected(zone.error());
  if (!zone->empty() && !base::to_civil(base::Instant{0}, *zone)) {
    return table["zone"].error(Code::kUnknown, "no time zone '" + *zone + "'",
                               "use an IANA name such as Asia/Shanghai or UTC");
  }
  if (zone->empty() && !out.form.empty()) {
    return table["zone"].error(Code::kMissing, "the zone of the times is not said",
                               "zone = \"UTC\"");
  }
  out.zone = std::move(*zone);
  if (const auto year = table["year"]) {
    const auto value = year.integer();
    if (!value) return tl::unexpected(value.error());
    if (*value < 1970 || *value > 2099) {
      return year.error(Code::kOutOfRange, "a year of 1970 to 2099 is meant");
    }
    out.year = static_cast<int>(*value);
  }
  if (const auto ms = table["milliseconds"]) return read_headings(ms, out.milliseconds);
  return {};
}

base::Result<model::TerminalKind> read_terminal(const ConfigNode& node) {
  const auto text = node.string_or("mmsi");
  if (!text) return tl::unexpected(text.error());
  if (*text == "mmsi") return model::TerminalKind::kMmsi;
  if (*text == "beidou") return model::TerminalKind::kBeidou;
  if (*text == "naf") return model::TerminalKind::kNaf;
  return node.error(Code::kUnknown, "'" + *text + "' is no kind of terminal",
                    "mmsi, beidou or naf");
}

Status read_column(const ConfigNode& table, const Known& known, MappedColumn& out) {
  const bool time = known.column == Column::kTime;
  auto ok = time ? table.only({"columns", "form", "zone", "year", "milliseconds", "absent"})
                 : table.only({"columns", "unit", "scale", "absent", "values", "skip", "needed"});
  out.column = known.column;
  out.key = known.key;
  if (ok) ok = read_headings(table["columns"], out.headings);
  if (ok && !time) ok = read_unit(table, out);
  if (ok) ok = read_values(table, out);
  if (!ok) return ok;
  const auto needed = table["needed"].boolean_or(known.needed);
  if (!needed) return tl::unexpected(needed.error());
  out.needed = *needed || known.needed;
  return {};
}

tl::unexpected<base::Error> bad(Code code, string_view key, std::string message) {
  return base::fail(code, std::move(message), std::string(key));
}

int days_of(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

struct FormTime {
  base::CivilTime civil;
  int ms{0};
};

/// The cell by the form; a fraction of the second may follow.
std::optional<FormTime> by_form(string_view cell, const TimeForm& how) {
  std::map<char, int> parts;
  std::size_t at = 0;
  const string_view form = how.form;
  for (std::size_t i = 0; i < form.size();) {
    const bool part = string_view("ymdHMS").find(form[i]) != string_view::npos;
    std::size_t run = 1;
    while (part && i + run < form.size() && form[i + run] == form[i]) ++run;
    if (at + run > cell.size()) return std::nullopt;
    if (part) {
      int value = 0;
      const auto* from = cell.data() + at;
      const auto read = std::from_chars(from, from + run, value);
      if (read.ec != std::errc() || read.ptr != from + run || value < 0) return std::nullopt;
      parts[form[i]] = run == 2 && form[i] == 'y' ? 2000 + value : value;
    } else if (cell[at] != form[i]) {
      return std::nullopt;
    }
    at += run;
    i += run;
  }
  FormTime out;
  if (at < cell.size()) {
    const auto fraction =
        cell[at] == '.' ? number_of("0" + std::string(cell.substr(at))) : std::nullopt;
    if (!fraction) return std::nullopt;
    out.ms = static_cast<int>(*fraction * 1000);
  }
  const bool has_year = parts.contains('y');
  if (!has_year && !how.year) return std::nullopt;
  auto& c = out.civil;
  c = {has_year ? parts['y'] : *how.year,
       parts['m'],
       parts['d'],
       parts['H'],
       parts['M'],
       parts['S']};
  const bool possible = c.month >= 1 && c.month <= 12 && c.day >= 1 &&
                        c.day <= days_of(c.year, c.month) && c.hour <= 23 && c.minute <= 59 &&
                        c.second <= 60;
  c.second = std::min(c.second, 59);
  return possible ? std::optional(out) : std::nullopt;
}

}  // namespace

base::Result<Mapping> Mapping::read(const ConfigNode& document) {
  Mapping out;
  auto ok = document.only({"name", "zh", "en", "origin", "terminal", "time", "track", "latitude",
                           "longitude", "speed", "course", "heading", "status", "source"});
  if (!ok) return tl::unexpected(ok.error());
  auto name = document["name"].string();
  auto zh = document["zh"].string();
  auto en = document["en"].string();
  for (const auto* text : {&name, &zh, &en}) {
    if (!*text) return tl::unexpected(text->error());
  }
  out.m_name = std::move(*name);
  out.m_title = {std::move(*zh), std::move(*en)};
  const auto terminal = read_terminal(document["terminal"]);
  if (!terminal) return tl::unexpected(terminal.error());
  out.m_terminal = *terminal;
  for (const auto& known : kKnown) {
    const auto table = document[known.key];
    if (!table) {
      if (known.needed) return table.error(Code::kMissing, "this column is needed");
      continue;
    }
    MappedColumn column;
    if (ok = read_column(table, known, column); !ok) return tl::unexpected(ok.error());
    out.m_columns.push_back(std::move(column));
  }
  if (ok = read_time(document["time"], out.m_time); !ok) return tl::unexpected(ok.error());
  return out;
}

Mapping Mapping::open(const std::string& name, const fs::path& folder, std::uint64_t year) {
  fs::path file = name;
  std::error_code none;
  const bool plain = name.find('/') == std::string::npos && !name.ends_with(".toml");
  if (plain) file = folder / (name + ".toml");
  if (!fs::is_regular_file(file, none)) {
    std::vector<std::string> known;
    for (fs::directory_iterator it(folder, none), end; !none && it != end; it.increment(none)) {
      if (it->path().extension() == ".toml") known.push_back(it->path().stem().string());
    }
    std::sort(known.begin(), known.end());
    throw base::WorldError("there is no such mapping", file.string(),
                           fmt::format("a file, or one of {}", fmt::join(known, ", ")));
  }
  const auto document = base::read_config(file);
  if (!document) throw base::WorldError("the mapping was refused", document.error().text());
  auto out = read(*document);
  if (!out) throw base::WorldError("the mapping was refused", out.error().text());
  if (year != 0 && (year < 1970 || year > 2099)) {
    throw base::WorldError("the year cannot be meant", std::to_string(year), "1970 to 2099");
  }
  if (year != 0) out->m_time.year = static_cast<int>(year);
  return std::move(*out);
}

Status Mapping::bind(const std::vector<std::string>& headings) {
  const auto place_of = [&](const std::vector<std::string>& names) -> std::optional<std::size_t> {
    for (const auto& name : names) {
      const auto found = std::find_if(headings.begin(), headings.end(),
                                      [&](const auto& cell) { return base::trim(cell) == name; });
      if (found != headings.end()) return static_cast<std::size_t>(found - headings.begin());
    }
    return std::nullopt;
  };
  m_bound.clear();
  for (const auto& column : m_columns) {
    m_bound.push_back(place_of(column.headings));
    if (m_bound.back() || !column.needed) continue;
    return base::fail(Code::kMissing,
                      fmt::format("the file has no column '{}' for {}",
                                  fmt::join(column.headings, "' or '"), column.key),
                      "line 1", "the mapping '" + m_name + "' is of another kind of file");
  }
  m_bound_ms = place_of(m_time.milliseconds);
  if (wants_year() && !m_time.year) {
    return base::fail(Code::kMissing, "the times of this kind of file have no year", "line 1",
                      "say it with --year");
  }
  return {};
}

bool Mapping::wants_year() const {
  return !m_time.form.empty() && m_time.form.find('y') == std::string::npos;
}

std::string Mapping::fingerprint() const {
  std::string out =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}", m_name, int(m_terminal), m_time.form, m_time.zone,
                  m_time.year.value_or(0), fmt::join(m_time.milliseconds, "|"));
  for (const auto& c : m_columns) {
    out += fmt::format("\n{} {} {} {} {}", c.key, fmt::join(c.headings, "|"), c.scale,
                       fmt::join(c.absent, "|"), fmt::join(c.skip, "|"));
    for (const auto& [theirs, ours] : c.values) out += fmt::format(" {}={}", theirs, ours);
  }
  return base::to_hex(base::stable_hash(out));
}

base::Result<std::string> Mapping::time_text(string_view cell, string_view ms) const {
  std::int64_t add = 0;
  if (!ms.empty()) {
    const auto [end, error] = std::from_chars(ms.data(), ms.data() + ms.size(), add);
    if (error != std::errc() || end != ms.data() + ms.size() || add < 0 || add > 9'999) {
      return bad(Code::kMalformed, "time", "the milliseconds '" + std::string(ms) + "' are none");
    }
  }
  if (m_time.form.empty()) return std::string(cell);
  const auto t = by_form(cell, m_time);
  if (!t) {
    return bad(
        Code::kMalformed, "time",
        "the time '" + std::string(cell.substr(0, 60)) + "' is not of the form " + m_time.form);
  }
  const auto instant = base::to_instant(t->civil, m_time.zone);
  if (!instant) return tl::unexpected(instant.error());
  return base::to_iso(*instant + base::Duration(add + t->ms));
}

base::Result<std::string> Mapping::value_text(const MappedColumn& column, string_view cell) const {
  if (cell.empty() || one_of(cell, column.absent)) return std::string();
  if (one_of(cell, column.skip)) {
    return base::fail(Code::kUnknown, "the row is no position", "skipped");
  }
  if (!column.values.empty()) {
    for (const auto& [theirs, ours] : column.values) {
      if (same(cell, theirs)) return ours;
    }
    return bad(Code::kUnknown, column.key,
               "the word '" + std::string(cell.substr(0, 60)) + "' is not in the mapping");
  }
  if (column.scale == 1) return std::string(cell);
  const auto number = number_of(cell);
  if (!number) {
    return bad(Code::kMalformed, column.key,
               "'" + std::string(cell.substr(0, 60)) + "' is no number");
  }
  return fmt::format("{}", *number * column.scale);
}

base::Result<std::vector<std::pair<Column, std::string>>> Mapping::texts(
    const std::vector<std::string>& cells) const {
  std::vector<std::pair<Column, std::string>> out;
  const auto cell_at = [&](std::size_t place) {
    return place < cells.size() ? base::trim(cells[place]) : string_view{};
  };
  // What a row is comes before what it says.
  for (const bool words : {true, false}) {
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
      const auto& column = m_columns[i];
      if (!m_bound[i] || column.skip.empty() == words) continue;
      const auto cell = cell_at(*m_bound[i]);
      if (column.column == Column::kTime && !cell.empty() && !one_of(cell, column.absent)) {
        auto text = time_text(cell, m_bound_ms ? cell_at(*m_bound_ms) : string_view{});
        if (!text) return tl::unexpected(text.error());
        out.emplace_back(column.column, std::move(*text));
        continue;
      }
      auto text = value_text(column, cell);
      if (!text) return tl::unexpected(text.error());
      if (!text->empty()) out.emplace_back(column.column, std::move(*text));
    }
  }
  return out;
}

}  // namespace jinglue::picture::exchange
