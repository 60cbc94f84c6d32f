// SPDX-License-Identifier: Apache-2.0
#include "act/cases/evidence.hpp"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include "act/cases/evidence_map.hpp"
#include "act/cases/evidence_readme.hpp"
#include "act/cases/evidence_track.hpp"
#include "base/hash.hpp"
#include "registry/registry.hpp"
#include "registry/sight.hpp"

namespace jinglue::act::cases {
namespace {

using base::Code;
using base::Json;

constexpr const char* kRegister = "case";
constexpr int kAttempts = 5;

/// One member per line: files that people read and compare.
std::string lines(const Json& value) {
  std::string out;
  if (value.is_array()) {
    for (const auto& item : value.items()) out += (out.empty() ? "[\n" : ",\n") + item.dump();
    return out.empty() ? "[]\n" : out + "\n]\n";
  }
  for (const auto& [key, member] : value.members()) {
    out += out.empty() ? "{\n" : ",\n";
    base::append_json_string(out, key);
    out += ": " + member.dump();
  }
  return out.empty() ? "{}\n" : out + "\n}\n";
}

Json history_json(const std::vector<registry::HistoryLine>& history) {
  Json out = Json::array();
  for (const auto& line : history) {
    out.push(Json::object({{"revision", line.revision},
                           {"field", line.field},
                           {"before", line.before},
                           {"after", line.after},
                           {"actor", line.actor},
                           {"at", base::to_iso(line.at)},
                           {"note", line.note}}));
  }
  return out;
}

Json reviews_json(const std::vector<findings::Review>& reviews) {
  Json out = Json::array();
  for (const auto& r : reviews) {
    out.push(Json::object({{"id", r.id},
                           {"kind", to_key(r.kind)},
                           {"seen_step", r.seen_step},
                           {"reason", r.reason},
                           {"until", r.until ? Json(base::to_iso(*r.until)) : Json()},
                           {"case", r.case_id},
                           {"actor", r.actor},
                           {"at", base::to_iso(r.at)}}));
  }
  return out;
}

/// One person of each role that may export evidence.
std::vector<access::Actor> evidence_readers() {
  std::vector<access::Actor> out;
  for (auto i = int(access::Role::kDutyOfficer); i < int(access::Role::kSystem); ++i) {
    access::Actor one;
    one.roles = {access::Role(i)};
    if (access::authorise(one, access::Action::kExportEvidence)) out.push_back(std::move(one));
  }
  return out;
}

/// What is held of one case while its files are made.
class Collector {
 public:
  Collector(const EvidenceSources& from, const registry::Record& record)
      : m_from(from), m_record(record) {
    m_out.case_id = record.id;
    m_out.number = record.number;
    m_out.revision = record.revision;
  }

  base::Result<Evidence> collect() {
    m_out.files["record.json"] = lines(registry::to_json(shown(m_record)));
    m_out.files["history.json"] = lines(history_json(shown_history(kRegister, m_record.id)));
    add_finding();
    add_rule();
    add_vessel();
    add_track();
    if (auto good = add_attachments(); !good) return tl::unexpected(good.error());
    add_readme();
    return std::move(m_out);
  }

 private:
  const Json& field(const char* key) const { return m_record.fields[key]; }

  /// A folder of evidence is read by all who may export one: it holds what each of them sees.
  registry::Record shown(registry::Record record) const {
    const auto* d = m_from.registry.definition(record.register_id);
    for (const auto& reader : evidence_readers()) record = seen_by(*d, std::move(record), reader);
    return record;
  }
  std::vector<registry::HistoryLine> shown_history(const std::string& register_id,
                                                   const std::string& id) const {
    const auto* d = m_from.registry.definition(register_id);
    auto out = m_from.registry.history(register_id, id);
    for (const auto& reader : evidence_readers()) out = seen_by(*d, std::move(out), reader);
    return out;
  }

  void add_finding() {
    model::FindingId id;
    if (!base::parse_hex(field("finding").as_string(), id.value)) return;
    m_steps = m_from.findings.steps(id);
    if (m_steps.empty()) return;
    Json steps = Json::array();
    for (const auto& step : m_steps) steps.push(step.to_json());
    m_out.files["finding.json"] = lines(steps);
    m_out.files["reviews.json"] = lines(reviews_json(m_from.findings.reviews(id)));
  }

  void add_rule() {
    if (field("rule_id").is_null()) return;
    m_rule = fmt::format("{}, 版本 version {}", field("rule_id").as_string(),
                         field("rule_version").as_int());
    if (!m_from.other.rule_text) return;
    const std::string text =
        m_from.other.rule_text(field("rule_id").as_string(), field("rule_version").as_int());
    if (!text.empty()) m_out.files["rule.toml"] = text;
  }

  void add_vessel() {
    if (field("vessel").is_null()) return;
    const auto vessel = m_from.registry.find("vessel", field("vessel").as_string());
    if (!vessel) return;
    m_out.files["vessel.json"] = lines(registry::to_json(shown(*vessel)));
    m_out.files["vessel_history.json"] = lines(history_json(shown_history("vessel", vessel->id)));
  }

  std::vector<std::string> track_names() const {
    std::vector<std::string> out;
    for (const auto& row : field("tracks").items()) out.push_back(row["track"].as_string());
    if (!field("mmsi").is_null()) out.push_back("mmsi:" + field("mmsi").as_string());
    for (const auto& step : m_steps) {
      for (const auto& fix : step.positions) out.push_back(fix.track);
    }
    return out;
  }

  std::optional<base::Instant> instant(const char* key) const {
    const auto t = base::parse_iso(field(key).as_string());
    return t ? std::optional(*t) : std::nullopt;
  }

  void add_track() {
    const auto* now = m_steps.empty() ? nullptr : &m_steps.back();
    base::Instant from = instant("begin").value_or(m_record.created_at);
    base::Instant to = instant("end").value_or(from);
    if (now != nullptr) {
      from = std::min(from, now->begin);
      to = std::max(to, now->end.value_or(now->last.value_or(now->begin)));
    }
    const EvidenceTrack track = read_track(m_from.archive, track_names(), from - kTrackMargin,
                                           to + kTrackMargin + base::Duration(1));
    const auto* d = m_from.registry.definition(kRegister);
    const std::string zone_name = d->number_zone.empty() ? "UTC" : d->number_zone;
    m_out.files["track.csv"] = track_csv(track, zone_name);
    std::shared_ptr<const model::Zone> zone;
    if (m_from.other.zone && !field("zone").is_null()) {
      zone =
          m_from.other.zone(field("zone").as_string(), now != nullptr ? now->offset : UINT64_MAX);
    }
    m_out.files["track.geojson"] = track_geojson(track, now, zone.get()).dump() + "\n";
    MapContent map{{m_record.number + " " + field("title").as_string(),
                    "Evidence map of " + m_record.number + ", pending legal and technical review"},
                   track,
                   now,
                   zone.get(),
                   {}};
    const geo::Box box = map_box(track, now);
    if (m_from.other.coast && !box.empty()) map.land = m_from.other.coast(box);
    m_out.files["map.svg"] = map_svg(map);
  }

  base::Status add_attachments() {
    for (const auto& row : field("evidence").items()) {
      const std::string& hash = row["sha256"].as_string();
      if (hash.empty()) continue;
      std::ifstream in(m_from.attachments / hash, std::ios::binary);
      std::stringstream bytes;
      bytes << in.rdbuf();
      if (!in || base::sha256_hex(bytes.str()) != hash) {
        return base::fail(Code::kMissing,
                          "the attachment '" + row["name"].as_string() +
                              "' is not among the files, or was changed",
                          "evidence", "attach it again or take the row out");
      }
      m_out.files["attachments/" + hash + suffix(row["name"].as_string())] = bytes.str();
    }
    return {};
  }

  /// ".jpg" of the name, when it is plain.
  static std::string suffix(const std::string& name) {
    const auto dot = name.rfind('.');
    if (dot == std::string::npos || name.size() - dot > 9) return {};
    const std::string out = base::to_lower_ascii(name.substr(dot));
    const bool plain = std::all_of(out.begin() + 1, out.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    });
    return plain && out.size() > 1 ? out : std::string();
  }

  void add_readme() {
    ReadmeContent content{m_record, {}, m_rule, m_out.files.contains("rule.toml"), {}};
    const auto* state = m_from.registry.definition(kRegister)->state(m_record.state);
    if (state != nullptr) content.state = state->name;
    for (const auto& [path, bytes] : m_out.files) content.paths.push_back(path);
    m_out.files["README.md"] = readme_text(content);
  }

  const EvidenceSources& m_from;
  const registry::Record& m_record;
  std::vector<model::FindingStep> m_steps;
  std::string m_rule;
  Evidence m_out;
};

}  // namespace

base::Result<Evidence> collect_evidence(const EvidenceSources& from, const std::string& case_id) {
  // The parts are read one after another: when the record moved on meanwhile, read them again.
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto record = from.registry.find(kRegister, case_id);
    if (!record) return base::fail(Code::kMissing, "no case has the id " + case_id);
    auto evidence = Collector(from, *record).collect();
    const auto after = from.registry.find(kRegister, case_id);
    if (!evidence || (after && after->revision == record->revision)) return evidence;
  }
  return base::fail(Code::kUnavailable, "the case is being edited", {}, "pack it again");
}

}  // namespace jinglue::act::cases
