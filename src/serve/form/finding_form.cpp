// SPDX-License-Identifier: Apache-2.0
#include "serve/form/finding_form.hpp"

#include <cmath>

#include "base/hash.hpp"
#include "model/terminal.hpp"
#include "serve/form/picture_form.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

double micro(double degrees) {
  return std::round(degrees * 1e6) / 1e6;
}

void add_position(const geo::Position& position, Json& out) {
  out.set("lat", micro(position.degrees().lat_deg));
  out.set("lon", micro(position.degrees().lon_deg));
}

Json subject_json(const model::Subject& subject, const picture::LiveSnapshot* live) {
  Json out = Json::object({{"kind", model::to_key(subject.kind)},
                           {"id", subject.id},
                           {"role", subject.role},
                           {"label", subject.label}});
  const auto* entry = live == nullptr ? nullptr : entry_of(subject, *live);
  if (entry != nullptr) out.set("handle", entry->handle);
  return out;
}

void add_times(const model::FindingStep& step, Json& out) {
  out.set("begin", base::to_iso(step.begin));
  if (step.last) out.set("last", base::to_iso(*step.last));
  if (step.end) out.set("end", base::to_iso(*step.end));
}

Json values_of(const model::FindingStep& step) {
  return step.values.is_object() ? step.values : Json::object();
}

}  // namespace

const std::string& district_of(const model::FindingStep& step) {
  return step.values["district"].as_string();
}

const picture::LiveEntry* entry_of(const model::Subject& subject,
                                   const picture::LiveSnapshot& live) {
  if (subject.kind == model::SubjectKind::kVessel) return live.find_vessel(subject.id);
  if (subject.kind != model::SubjectKind::kTrack) return nullptr;
  const auto track = model::parse_track(subject.id);
  return track ? live.find(*track) : nullptr;
}

Json finding_json(const findings::Finding& finding, const picture::LiveSnapshot* live) {
  const auto& now = finding.now;
  Json subjects = Json::array();
  for (const auto& subject : now.subjects) subjects.push(subject_json(subject, live));
  Json out = Json::object({{"id", base::to_hex(now.finding.value)},
                           {"step", now.number},
                           {"step_kind", model::to_key(now.kind)},
                           {"rule_id", now.rule_id},
                           {"rule_version", now.rule_version},
                           {"severity", model::to_key(now.severity)},
                           {"status", findings::to_key(finding.status)},
                           {"open", finding.open},
                           {"title", words_json(now.title)},
                           {"reason", words_json(now.reason)},
                           {"subjects", std::move(subjects)},
                           {"opened_at", base::to_iso(finding.opened_at)},
                           {"at", base::to_iso(now.at)},
                           {"values", values_of(now)},
                           {"changed_since_review", finding.changed_since_review},
                           {"reviews", finding.reviews}});
  add_times(now, out);
  if (!now.article.empty()) out.set("article", now.article);
  if (!now.zone.empty()) out.set("zone", now.zone);
  if (!now.positions.empty()) add_position(now.positions.back().position, out);
  if (finding.verdict) {
    out.set("verdict", review_json(*finding.verdict));
    if (!finding.verdict->case_id.empty()) out.set("case_id", finding.verdict->case_id);
  }
  return out;
}

Json step_json(const model::FindingStep& step) {
  Json out = Json::object({{"number", step.number},
                           {"kind", model::to_key(step.kind)},
                           {"offset", step.offset},
                           {"at", base::to_iso(step.at)},
                           {"rule_version", step.rule_version},
                           {"severity", model::to_key(step.severity)},
                           {"title", words_json(step.title)},
                           {"reason", words_json(step.reason)},
                           {"values", values_of(step)}});
  add_times(step, out);
  return out;
}

Json used_fix_json(const model::UsedFix& fix) {
  Json out = Json::object(
      {{"time", base::to_iso(fix.time)}, {"track", fix.track}, {"offset", fix.offset}});
  add_position(fix.position, out);
  if (fix.sog_ckn) out.set("sog_kn", *fix.sog_ckn / 100.0);
  if (fix.cog_cdeg) out.set("cog_deg", *fix.cog_cdeg / 100.0);
  return out;
}

Json review_json(const findings::Review& review) {
  Json out = Json::object({{"id", review.id},
                           {"finding", base::to_hex(review.finding.value)},
                           {"kind", findings::to_key(review.kind)},
                           {"seen_step", review.seen_step},
                           {"actor", review.actor},
                           {"at", base::to_iso(review.at)}});
  if (!review.reason.empty()) out.set("reason", review.reason);
  if (review.until) out.set("until", base::to_iso(*review.until));
  if (review.kind == findings::ReviewKind::kSuspend)
    out.set("scope", findings::to_key(review.scope));
  if (!review.case_id.empty()) out.set("case_id", review.case_id);
  return out;
}

}  // namespace jinglue::serve
