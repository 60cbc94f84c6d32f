// SPDX-License-Identifier: Apache-2.0
#include "detect/rule/read_rule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "detect/rule/toml_reader.hpp"
#include "model/terminal.hpp"

namespace jinglue::detect {
namespace {

using base::Code;
using base::ConfigNode;

constexpr std::int64_t kDefaultSilence_min = 360;
constexpr std::int64_t kDefaultExtend_min = 10;
constexpr double kMaxSpeed_kn = 102;
constexpr double kMaxLength_m = 500;

/// The steps from TOML to one Rule, each a part of the table.
class RuleReader {
 public:
  RuleReader(TomlReader& read, const std::string& zone_name)
      : m_read(read), m_timezone(zone_name) {}

  Rule rule(const ConfigNode& node) {
    Rule r;
    r.timezone = m_timezone;
    if (!check_keys(node)) return r;
    identity(node, r);
    time(node, r);
    vessels(node, r);
    condition(node, r);
    outcome(node, r);
    basis(node, r);
    return r;
  }

  /// Of [[shared_number]].
  SharedNumberRule shared_number(const ConfigNode& node) {
    SharedNumberRule out;
    if (!m_read.table(node, {"id", "version", "name", "title", "valid", "apart_nm", "window_min",
                             "silence_min", "extend_min", "severity", "exclude_kinds", "source",
                             "confidence", "review", "note"})) {
      return out;
    }
    Rule r;  // what both have in common is read in one way
    r.family = Family::kZone;
    r.id = m_read.text(node["id"]);
    r.title = m_read.words(node["title"]);
    validity(node, r);
    outcome(node, r);
    basis(node, r);
    out.where = node.where();
    out.where = out.where.substr(0, out.where.find(' '));
    out.id = r.id;
    out.version = m_read.take(node["version"].integer());
    out.name = m_read.words(node["name"]);
    out.title = r.title;
    out.valid = r.valid;
    out.severity = r.severity;
    out.sources = r.sources;
    out.confidence = r.confidence;
    out.review = r.review;
    out.note = r.note;
    out.exclude_kinds = kinds(node["exclude_kinds"]);
    out.apart_nm = m_read.number(node["apart_nm"], 1, 500, 5);
    out.window = m_read.minutes(node["window_min"], 60);
    out.silence = m_read.minutes(node["silence_min"], kDefaultSilence_min);
    out.extend_every = m_read.minutes(node["extend_min"], 60);
    for (const char* key : {"window_min", "silence_min", "extend_min"}) {
      if (node[key] && m_read.minutes(node[key], 1).count() <= 0) {
        m_read.complain(node[key], Code::kOutOfRange, "must be at least 1");
      }
    }
    return out;
  }

 private:
  bool check_keys(const ConfigNode& node) {
    return m_read.table(node, {"id",           "version",     "kind",       "level",
                               "name",         "title",       "enabled",    "disabled_because",
                               "valid",        "area",        "season",     "gears",
                               "exempt_gears", "auxiliary",   "include",    "exclude",
                               "on",           "speed_kn",    "at_berth",   "dwell",
                               "hysteresis",   "silence_min", "extend_min", "severity",
                               "escalate",     "late_return", "article",    "source",
                               "confidence",   "review",      "note",       "overrides"});
  }

  void identity(const ConfigNode& node, Rule& r) {
    r.where = node.where();
    r.where = r.where.substr(0, r.where.find(' '));
    r.id = m_read.text(node["id"]);
    static const std::regex form("[a-z][a-z0-9_]*(\\.[a-z0-9_]+)*");
    if (!r.id.empty() && !std::regex_match(r.id, form)) {
      m_read.complain(node["id"], Code::kMalformed, "not a rule id: '" + r.id + "'",
                      "small letters, digits and _, parts joined by dots");
    }
    r.version = m_read.take(node["version"].integer());
    r.family =
        m_read.choice(node["kind"], family_from, "moratorium, home_port, zone", Family::kZone);
    r.level = m_read.choice(node["level"], level_from, "national, province, city", Level::kCity);
    r.name = m_read.words(node["name"]);
    r.enabled = m_read.flag(node["enabled"], true);
    if (!r.enabled) r.disabled_because = m_read.words(node["disabled_because"]);
    r.area = m_read.text(node["area"]);
    r.overrides = m_read.texts(node["overrides"]);
  }

  void validity(const ConfigNode& node, Rule& r) {
    const auto valid = node["valid"];
    if (m_read.table(valid, {"from", "to"}) && valid.members().empty()) {
      m_read.complain(valid, Code::kMissing, "from, to or both are required");
    }
    r.valid.from = m_read.instant(valid["from"], m_timezone, base::kDistantPast);
    r.valid.to = m_read.instant(valid["to"], m_timezone, base::kDistantFuture);
    if (r.valid.to <= r.valid.from) {
      m_read.complain(valid, Code::kOutOfRange, "`to` is not after `from`");
    }
  }

  void time(const ConfigNode& node, Rule& r) {
    validity(node, r);
    season(node["season"], r);
    if (r.family == Family::kMoratorium && !node["season"]) {
      m_read.complain(node["season"], Code::kMissing, "a moratorium needs a season");
    }
  }

  void season(const ConfigNode& node, Rule& r) {
    if (!node.present()) {
      r.seasons = {r.valid};
      return;
    }
    if (!m_read.table(node, {"from", "to"}) || m_timezone.empty()) return;
    if (node["from"].kind() == ConfigNode::Kind::kString) return yearly(node, r);
    const TimeSpan once{m_read.instant(node["from"], m_timezone, r.valid.from),
                        m_read.instant(node["to"], m_timezone, r.valid.to)};
    for (const char* key : {"from", "to"}) {
      if (!node[key]) m_read.complain(node[key], Code::kMissing, "a season needs both ends");
    }
    if (once.to <= once.from) {
      m_read.complain(node, Code::kOutOfRange, "the season's end is not after its begin");
    }
    r.season_text = base::to_local_text(once.from, m_timezone) + " - " +
                    base::to_local_text(once.to, m_timezone);
    r.seasons = {{std::max(once.from, r.valid.from), std::min(once.to, r.valid.to)}};
  }

  base::CivilTime month_day(const ConfigNode& node) {
    const auto text = node.string();
    if (!text) return m_read.take(base::Result<base::CivilTime>(tl::unexpected(text.error())));
    const auto value = parse_month_day(*text);
    if (!value)
      m_read.complain(node, value.error().code, value.error().message, value.error().hint);
    return value.value_or(base::CivilTime{});
  }

  void yearly(const ConfigNode& node, Rule& r) {
    const auto from = month_day(node["from"]);
    const auto to = month_day(node["to"]);
    if (from.year != 0 || to.year != 0) return;  // reported: a good month and day has year 0
    r.season_text = m_read.text(node["from"]) + " - " + m_read.text(node["to"]);
    auto spans = yearly_spans(from, to, m_timezone, r.valid);
    if (spans) r.seasons = std::move(*spans);
  }

  void vessels(const ConfigNode& node, Rule& r) {
    r.gears = gear_list(node["gears"]);
    r.exempt_gears = gear_list(node["exempt_gears"]);
    r.auxiliary = m_read.flag(node["auxiliary"], false);
    r.include = criteria(node["include"]);
    r.exclude = criteria(node["exclude"]);
    if (node["include"].members().empty()) {
      m_read.complain(node["include"], Code::kMissing, "the rule has no criteria",
                      "say which vessels: include = { kinds = [\"fishing\"] }");
    }
  }

  std::vector<std::string> gear_list(const ConfigNode& node) {
    static const std::regex form("(C|W|T|DL|Z|F|CH|Y|X|D|P|L)(\\.[a-z0-9_]+)?");
    auto out = m_read.texts(node);
    for (const auto& item : node.items()) {
      const auto gear = item.string();
      if (!gear || std::regex_match(*gear, form)) continue;
      m_read.complain(item, Code::kUnknown, "not a gear: '" + *gear + "'",
                      "a GB/T 5147 letter (C W T DL Z F CH Y X D P L), with a sub-type: Z.small");
    }
    return out;
  }

  Criteria criteria(const ConfigNode& node) {
    Criteria c;
    if (!node.present()) return c;
    if (!m_read.table(node, {"kinds", "gears", "flags", "home_ports", "districts", "groups",
                             "vessels", "length_m", "registered"})) {
      return c;
    }
    c.kinds = kinds(node["kinds"]);
    c.gears = gear_list(node["gears"]);
    c.flags = m_read.texts(node["flags"]);
    c.home_ports = m_read.texts(node["home_ports"]);
    c.districts = m_read.texts(node["districts"]);
    c.groups = m_read.texts(node["groups"]);
    c.vessels = m_read.texts(node["vessels"]);
    if (node["registered"]) c.registered = m_read.flag(node["registered"], true);
    range(node["length_m"], kMaxLength_m, c.length_min_m, c.length_max_m);
    return c;
  }

  std::vector<model::VesselKind> kinds(const ConfigNode& node) {
    std::vector<model::VesselKind> out;
    m_read.texts(node);
    for (const auto& item : node.items()) {
      const auto key = item.string();
      if (!key) continue;  // reported by texts()
      if (const auto kind = model::vessel_kind_from(*key)) {
        out.push_back(*kind);
      } else {
        m_read.complain(item, Code::kUnknown, "not a kind of vessel: '" + *key + "'",
                        "such as fishing, auxiliary, aquaculture, leisure, cargo, passenger");
      }
    }
    return out;
  }

  void range(const ConfigNode& node, double most, std::optional<double>& low,
             std::optional<double>& high) {
    if (!node.present() || !m_read.table(node, {"min", "max"})) return;
    if (node.members().empty()) {
      m_read.complain(node, Code::kMissing, "min, max or both are required");
    }
    if (node["min"]) low = m_read.number(node["min"], 0, most, 0);
    if (node["max"]) high = m_read.number(node["max"], 0, most, most);
    if (low && high && *high <= *low) {
      m_read.complain(node, Code::kOutOfRange, "max is not above min");
    }
  }

  void condition(const ConfigNode& node, Rule& r) {
    const bool zone = r.family == Family::kZone;
    if (zone) {
      r.trigger =
          m_read.choice(node["on"], trigger_from, "enter, leave, inside, outside", r.trigger);
    }
    for (const char* key : {"on", "speed_kn", "at_berth"}) {
      if (zone || !node[key]) continue;
      m_read.complain(node[key], Code::kUnknown, "this key is for rules of kind zone");
    }
    range(node["speed_kn"], kMaxSpeed_kn, r.speed_min_kn, r.speed_max_kn);
    const auto berth = m_read.text_or(node["at_berth"], "silent");
    if (berth != "silent" && berth != "count") {
      m_read.complain(node["at_berth"], Code::kUnknown, "unknown value '" + berth + "'",
                      "one of: silent, count");
    }
    r.at_berth_silent = berth == "silent";
    r.dwell = steadiness(node["dwell"], {2, base::Duration{0}});
    r.hysteresis = steadiness(node["hysteresis"], {2, std::chrono::seconds(60)});
    r.silence = m_read.minutes(node["silence_min"], kDefaultSilence_min);
    r.extend_every = m_read.minutes(node["extend_min"], kDefaultExtend_min);
    if (r.silence.count() <= 0 || r.extend_every.count() <= 0) {
      m_read.complain(node[r.silence.count() <= 0 ? "silence_min" : "extend_min"],
                      Code::kOutOfRange, "must be at least 1");
    }
    late_return(node["late_return"], r);
  }

  Steadiness steadiness(const ConfigNode& node, Steadiness otherwise) {
    if (!node.present() || !m_read.table(node, {"fixes", "seconds"})) return otherwise;
    const auto seconds = otherwise.time.count() / 1000;
    return {
        int(m_read.whole(node["fixes"], 1, 1000, otherwise.fixes)),
        std::chrono::seconds(m_read.whole(node["seconds"], 0, std::int64_t{30} * 86400, seconds))};
  }

  void late_return(const ConfigNode& node, Rule& r) {
    if (!node.present()) return;
    if (r.family != Family::kMoratorium) {
      m_read.complain(node, Code::kUnknown, "this key is for rules of kind moratorium");
    }
    if (!m_read.table(
            node, {"severity", "grace_min", "patience_min", "speed_min_kn", "near_m", "slack_m"})) {
      return;
    }
    LateReturn late;
    late.severity = severity(node["severity"], model::Severity::kLow);
    late.grace = m_read.minutes(node["grace_min"], 240);
    late.patience = m_read.minutes(node["patience_min"], 15);
    late.speed_min_kn = m_read.number(node["speed_min_kn"], 0, kMaxSpeed_kn, 5);
    late.near_m = m_read.number(node["near_m"], 0, 50'000, 3000);
    late.slack_m = m_read.number(node["slack_m"], 0, 100'000, 4000);
    r.late_return = late;
  }

  model::Severity severity(const ConfigNode& node, model::Severity otherwise) {
    return m_read.choice(node, model::severity_from, "info, low, medium, high, critical",
                         otherwise);
  }

  void outcome(const ConfigNode& node, Rule& r) {
    r.severity = severity(node["severity"], model::Severity::kLow);
    if (node["title"]) r.title = m_read.words(node["title"]);
    if (r.family == Family::kZone && !node["title"]) {
      m_read.complain(node["title"], Code::kMissing, "a zone rule needs a title");
    }
    // A finding is a suspicion, never an offence (docs/guide/glossary.md).
    const bool suspicion = r.title.zh.rfind("疑似", 0) == 0 || r.title.zh.empty();
    if (!suspicion && r.severity != model::Severity::kInfo) {
      m_read.complain(node["title"]["zh"], Code::kMalformed, "the title does not state a suspicion",
                      "begin it with 疑似, or set the severity to info");
    }
    const auto escalate = node["escalate"];
    if (escalate && escalate.kind() != ConfigNode::Kind::kArray) {
      m_read.complain(escalate, Code::kMalformed, "must be a list of tables");
    }
    for (const auto& item : escalate.items()) {
      if (!m_read.table(item, {"after_min", "severity"})) continue;
      if (!item["after_min"]) m_read.complain(item["after_min"], Code::kMissing, "is required");
      r.escalate.push_back(
          {m_read.minutes(item["after_min"], 0), severity(item["severity"], r.severity)});
    }
    std::stable_sort(r.escalate.begin(), r.escalate.end(),
                     [](const auto& a, const auto& b) { return a.after < b.after; });
  }

  void basis(const ConfigNode& node, Rule& r) {
    const auto article = node["article"];
    const bool needed = r.family != Family::kZone;
    if ((needed || article) && m_read.table(article, {"zh", "en", "as_of"})) {
      r.article = {{m_read.text(article["zh"]), m_read.text(article["en"])},
                   m_read.date(article["as_of"])};
    }
    r.sources = m_read.texts(node["source"]);
    if (!node["source"]) {
      m_read.complain(node["source"], Code::kMissing, "a rule names its sources",
                      "source = [\"ID\"] with a [[source]] of that id");
    }
    r.confidence = m_read.text(node["confidence"]);
    const auto known = {"high", "medium", "memory", "example"};
    if (!r.confidence.empty() &&
        std::find(known.begin(), known.end(), r.confidence) == known.end()) {
      m_read.complain(node["confidence"], Code::kUnknown, "unknown value '" + r.confidence + "'",
                      "one of: high, medium, memory, example");
    }
    r.review = m_read.date(node["review"]);
    r.note = m_read.text_or(node["note"]);
  }

  TomlReader& m_read;
  const std::string& m_timezone;
};

std::string read_timezone(TomlReader& read, const ConfigNode& root) {
  std::string name = read.text(root["timezone"]);
  if (name.empty()) return {};
  const auto known = base::to_civil({0}, name);
  if (known) return name;
  read.complain(root["timezone"], known.error().code, known.error().message, known.error().hint);
  return {};
}

Source read_source(TomlReader& read, const ConfigNode& node) {
  if (!read.table(node, {"id", "title", "number", "confidence"})) return {};
  return {read.text(node["id"]), read.text(node["title"]), read.text_or(node["number"]),
          read.text_or(node["confidence"])};
}

Coverage read_coverage(TomlReader& read, const ConfigNode& node) {
  Coverage c;
  if (!read.table(node, {"kind", "area", "vessels"})) return c;
  c.family =
      read.choice(node["kind"], family_from, "moratorium, home_port, zone", Family::kMoratorium);
  c.area = read.text(node["area"]);
  for (const auto& key : read.texts(node["vessels"])) {
    const auto kind = model::vessel_kind_from(key);
    if (kind) c.kinds.push_back(*kind);
    if (!kind) {
      read.complain(node["vessels"], Code::kUnknown, "not a kind of vessel: '" + key + "'");
    }
  }
  if (!node["vessels"]) {
    read.complain(node["vessels"], Code::kMissing, "say whose positions raise the notice",
                  "vessels = [\"fishing\", \"auxiliary\"]");
  }
  return c;
}

}  // namespace

ReadFile read_rule_file(const std::string& name, const std::string& text,
                        std::vector<base::Error>& errors) {
  ReadFile out;
  const auto root = base::parse_config(text, name);
  if (!root) {
    errors.push_back(root.error());
    return out;
  }
  TomlReader read(errors);
  read.table(*root, {"schema", "timezone", "source", "rule", "coverage", "shared_number"});
  if (read.take((*root)["schema"].integer()) != 1 && (*root)["schema"]) {
    read.complain((*root)["schema"], Code::kUnknown, "unknown schema", "this program knows 1");
  }
  const std::string zone_name = read_timezone(read, *root);
  const auto sources = (*root)["source"];
  for (const auto& node : sources.items()) out.sources.push_back(read_source(read, node));
  RuleReader reader(read, zone_name);
  const auto rules = (*root)["rule"];
  for (const auto& node : rules.items()) out.rules.push_back({reader.rule(node), node});
  const auto shared = (*root)["shared_number"];
  for (const auto& node : shared.items()) {
    out.shared_numbers.push_back({reader.shared_number(node), node});
  }
  const auto promises = (*root)["coverage"];
  for (const auto& node : promises.items()) {
    out.coverage.push_back({read_coverage(read, node), node});
  }
  return out;
}

}  // namespace jinglue::detect
