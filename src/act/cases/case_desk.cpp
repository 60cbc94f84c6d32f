// SPDX-License-Identifier: Apache-2.0
#include "act/cases/case_desk.hpp"

#include <algorithm>
#include <set>

#include "act/cases/evidence.hpp"
#include "act/cases/pack_folder.hpp"
#include "base/hash.hpp"
#include "registry/registry.hpp"

namespace jinglue::act::cases {
namespace {

using base::Code;
using base::Json;

constexpr const char* kRegister = "case";

/// At most `characters` of UTF-8 text.
std::string cut(const std::string& text, std::size_t characters) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] & 0xC0) != 0x80 && ++count > characters) return text.substr(0, i);
  }
  return text;
}

std::set<std::string> tracks_of(const model::FindingStep& step) {
  std::set<std::string> out;
  for (const auto& fix : step.positions) {
    if (!fix.track.empty()) out.insert(fix.track);
  }
  for (const auto& s : step.subjects) {
    if (s.kind == model::SubjectKind::kTrack) out.insert(s.id);
  }
  return out;
}

/// "412345678" of the first track that is one; the main subject's tracks come first in positions.
std::string mmsi_of(const model::FindingStep& step) {
  constexpr std::string_view kPrefix = "mmsi:";
  for (const auto& fix : step.positions) {
    if (fix.track.starts_with(kPrefix)) return fix.track.substr(kPrefix.size(), 9);
  }
  const model::Subject* who = step.main_subject();
  const bool named = who != nullptr && who->id.starts_with(kPrefix);
  return named ? who->id.substr(kPrefix.size(), 9) : std::string();
}

Json point(const geo::Position& p) {
  return Json::object({{"type", "Point"},
                       {"coordinates", Json::array({p.degrees().lon_deg, p.degrees().lat_deg})}});
}

/// The value when the register's choices hold it; a feed's district may be none of ours.
Json known_choice(const registry::Registry& registry, const char* key, const std::string& value) {
  const auto* d = registry.definition(kRegister);
  const auto* f = d != nullptr ? d->field(key) : nullptr;
  if (f == nullptr) return {};
  const bool known = std::any_of(f->choices.begin(), f->choices.end(),
                                 [&](const auto& c) { return c.key == value; });
  return known ? Json(value) : Json();
}

Json lead_fields(const registry::Registry& registry, const model::FindingStep& step,
                 Jurisdiction jurisdiction) {
  const model::Subject* who = step.main_subject();
  const std::string label = who != nullptr ? who->label : std::string();
  Json f = Json::object();
  f.set("title", cut(step.title.zh + (label.empty() ? "" : "：" + label), 200));
  f.set("source", "finding").set("finding", base::to_hex(step.finding.value));
  f.set("rule_id", step.rule_id).set("rule_version", step.rule_version);
  f.set("article", cut(step.article, 1000)).set("facts", cut(step.reason.zh, 20'000));
  const bool registered = who != nullptr && who->kind == model::SubjectKind::kVessel &&
                          registry.find("vessel", who->id).has_value();
  if (registered) f.set("vessel", who->id);
  f.set("vessel_name", cut(label, 100)).set("mmsi", mmsi_of(step));
  Json tracks = Json::array();
  for (const auto& track : tracks_of(step)) tracks.push(Json::object({{"track", cut(track, 60)}}));
  f.set("tracks", std::move(tracks));
  f.set("begin", base::to_iso(step.begin));
  const auto last = step.end ? step.end : step.last;
  if (last && *last > step.begin) f.set("end", base::to_iso(*last));
  if (!step.positions.empty()) f.set("place", point(step.positions.front().position));
  f.set("zone", cut(step.zone, 100)).set("jurisdiction", Json(to_key(jurisdiction)));
  f.set("district", known_choice(registry, "district", step.values["district"].as_string()));
  return f;
}

}  // namespace

std::string_view to_key(Jurisdiction j) {
  switch (j) {
    case Jurisdiction::kFishery:
      return "fishery";
    case Jurisdiction::kCoastGuard:
      return "coast_guard";
    case Jurisdiction::kUndetermined:
      break;
  }
  return "undetermined";
}

CaseDesk::CaseDesk(registry::Registry& registry, findings::Findings& findings,
                   picture::Archive& archive, access::Access& access, std::filesystem::path files)
    : m_registry(registry),
      m_findings(findings),
      m_archive(archive),
      m_access(access),
      m_files(std::move(files)) {
  m_registry.set_guard(
      kRegister, "file",
      [this](const registry::Record& record, const Json&, const registry::Write& write) {
        return may_file(record, write.now);
      });
}

void CaseDesk::set_fishery_waters(std::shared_ptr<const model::Zone> waters) {
  const std::lock_guard lock(m_mutex);
  m_waters = std::move(waters);
}

void CaseDesk::set_sources(Sources sources) {
  const std::lock_guard lock(m_mutex);
  m_sources = std::move(sources);
}

Sources CaseDesk::sources() const {
  const std::lock_guard lock(m_mutex);
  return m_sources;
}

Jurisdiction CaseDesk::jurisdiction_at(geo::LatLon p) const {
  std::shared_ptr<const model::Zone> waters;
  {
    const std::lock_guard lock(m_mutex);
    waters = m_waters;
  }
  if (waters == nullptr || waters->area == nullptr) return Jurisdiction::kUndetermined;
  return waters->area->contains(p) ? Jurisdiction::kFishery : Jurisdiction::kCoastGuard;
}

Jurisdiction CaseDesk::jurisdiction_of(const std::vector<geo::Position>& positions) const {
  if (positions.empty()) return Jurisdiction::kUndetermined;
  const Jurisdiction first = jurisdiction_at(positions.front().degrees());
  const bool all = std::all_of(positions.begin(), positions.end(), [&](const geo::Position& p) {
    return jurisdiction_at(p.degrees()) == first;
  });
  return all ? first : Jurisdiction::kUndetermined;
}

base::Status CaseDesk::may_file(const registry::Record& record, base::Instant now) const {
  const std::string& ruling = record.fields["jurisdiction_ruling"].as_string();
  if (!ruling.empty() && record.fields["jurisdiction_basis"].is_null()) {
    return base::fail(Code::kMissing,
                      "请写明管辖认定依据 / the ruling on jurisdiction has no basis",
                      "jurisdiction_basis");
  }
  const std::string& who = ruling.empty() ? record.fields["jurisdiction"].as_string() : ruling;
  if (who == "coast_guard") {
    return base::fail(Code::kConflict,
                      "属海警机构管辖，应当移送 / the coast guard has jurisdiction: transfer it",
                      "jurisdiction", "use the transition 'transfer'");
  }
  if (who != "fishery") {
    return base::fail(
        Code::kConflict,
        "管辖未判定，请先作出管辖认定并写明依据 / jurisdiction is undetermined: enter a "
        "ruling and its basis first",
        "jurisdiction", "set jurisdiction_ruling and jurisdiction_basis");
  }
  model::FindingId id;
  if (!base::parse_hex(record.fields["finding"].as_string(), id.value)) return {};
  const auto finding = m_findings.find(id, now);
  if (finding && finding->changed_since_review) {
    return base::fail(Code::kConflict,
                      "系统发现在核实之后有更正或撤回，请先重新核查 / the finding was corrected or "
                      "retracted after it was verified: review it again first",
                      "finding", "verify the finding again, or do not file");
  }
  return {};
}

base::Result<std::string> CaseDesk::make_lead(const findings::Finding& finding,
                                              const access::Actor& actor, base::Instant now) {
  base::Result<std::string> out;
  // One write around the look and the creation: two officers at once still make one lead.
  const auto done = m_registry.together([&]() -> base::Status {
    out = find_or_make(finding, actor, now);
    return out ? base::Status() : base::Status(tl::unexpected(out.error()));
  });
  if (!done) return tl::unexpected(done.error());
  return out;
}

base::Result<std::string> CaseDesk::find_or_make(const findings::Finding& finding,
                                                 const access::Actor& actor, base::Instant now) {
  const std::string id = base::to_hex(finding.now.finding.value);
  if (const auto lead = m_registry.find_by(kRegister, "finding", id)) return lead->id;
  std::vector<geo::Position> places;
  places.reserve(finding.now.positions.size());
  for (const auto& fix : finding.now.positions) places.push_back(fix.position);
  // The program writes the sealed fields on behalf of the officer, whose name stays.
  access::Actor writer = actor;
  writer.roles.push_back(access::Role::kSystem);
  const auto lead =
      m_registry.create(kRegister, lead_fields(m_registry, finding.now, jurisdiction_of(places)),
                        {writer, now, {}, "finding " + id + " verified"});
  if (!lead) return tl::unexpected(lead.error());
  return lead->id;
}

base::Result<PackResult> CaseDesk::pack(const std::string& case_id,
                                        const std::filesystem::path& into,
                                        const access::Actor& actor, base::Instant now) {
  const auto record = m_registry.find(kRegister, case_id);
  if (!record) return base::fail(Code::kMissing, "no case has the id " + case_id);
  const auto allowed = access::authorise(actor, access::Action::kExportEvidence,
                                         {kRegister, record->fields["district"].as_string()});
  if (!allowed) return tl::unexpected(allowed.error());
  const auto seen = m_registry.may_see(*record, actor);
  if (!seen) return tl::unexpected(seen.error());
  const EvidenceSources from{m_registry, m_findings, m_archive, sources(), m_files};
  const auto evidence = collect_evidence(from, case_id);
  if (!evidence) return tl::unexpected(evidence.error());
  auto written = write_pack(*evidence, into);
  if (!written) return written;
  m_access.audit(actor, "case.pack", std::string(kRegister) + "/" + case_id,
                 Json::object({{"number", evidence->number},
                               {"revision", evidence->revision},
                               {"files", std::uint64_t{written->files}},
                               {"manifest_sha256", written->manifest_sha256}}),
                 now);
  return written;
}

base::Result<std::size_t> CaseDesk::verify_pack(const std::filesystem::path& folder) {
  return check_pack(folder);
}

}  // namespace jinglue::act::cases
