// SPDX-License-Identifier: Apache-2.0
#include "model/finding.hpp"

#include "base/hash.hpp"
#include "base/keys.hpp"

namespace jinglue::model {
namespace {

using base::Json;

constexpr std::array<std::string_view, 6> kSteps = {"",          "opened",    "extended",
                                                    "corrected", "retracted", "closed"};
constexpr std::array<std::string_view, 5> kSeverities = {"info", "low", "medium", "high",
                                                         "critical"};
constexpr std::array<std::string_view, 5> kSubjects = {"", "vessel", "track", "area", "input"};

template <class T>
Json maybe(const std::optional<T>& value) {
  return value ? Json(std::int64_t{*value}) : Json();
}
Json maybe_time(const std::optional<base::Instant>& t) {
  return t ? Json(t->ms) : Json();
}

template <class T>
std::optional<T> maybe_from(const Json& json) {
  if (!json.is_int()) return std::nullopt;
  return static_cast<T>(json.as_int());
}
std::optional<base::Instant> maybe_time_from(const Json& json) {
  if (!json.is_int()) return std::nullopt;
  return base::Instant{json.as_int()};
}

Json words(const base::Words& w) {
  return Json::object({{"zh", w.zh}, {"en", w.en}});
}
base::Words words_from(const Json& j) {
  return {j["zh"].as_string(), j["en"].as_string()};
}

Json to_json(const Subject& s) {
  return Json::object(
      {{"kind", Json(to_key(s.kind))}, {"id", s.id}, {"role", s.role}, {"label", s.label}});
}

Json to_json(const UsedFix& f) {
  return Json::object({{"t", f.time.ms},
                       {"lat", f.position.lat},
                       {"lon", f.position.lon},
                       {"sog", maybe(f.sog_ckn)},
                       {"cog", maybe(f.cog_cdeg)},
                       {"track", f.track},
                       {"offset", f.offset}});
}

UsedFix used_fix_from(const Json& j) {
  return {{j["t"].as_int()},
          {std::int32_t(j["lat"].as_int()), std::int32_t(j["lon"].as_int())},
          maybe_from<std::uint16_t>(j["sog"]),
          maybe_from<std::uint16_t>(j["cog"]),
          j["track"].as_string(),
          std::uint64_t(j["offset"].as_int())};
}

}  // namespace

std::string_view to_key(StepKind kind) {
  return base::key_of(kSteps, kind);
}
std::string_view to_key(Severity severity) {
  return base::key_of(kSeverities, severity);
}
std::string_view to_key(SubjectKind kind) {
  return base::key_of(kSubjects, kind);
}
std::optional<StepKind> step_kind_from(std::string_view key) {
  return base::value_of<StepKind>(kSteps, key);
}
std::optional<Severity> severity_from(std::string_view key) {
  return base::value_of<Severity>(kSeverities, key);
}
std::optional<SubjectKind> subject_kind_from(std::string_view key) {
  return base::value_of<SubjectKind>(kSubjects, key);
}

const Subject* FindingStep::main_subject() const {
  for (const auto& subject : subjects) {
    if (subject.role == "main") return &subject;
  }
  return subjects.empty() ? nullptr : &subjects.front();
}

Json FindingStep::to_json() const {
  Json who = Json::array();
  for (const auto& s : subjects) who.push(model::to_json(s));
  Json used = Json::array();
  for (const auto& f : positions) used.push(model::to_json(f));
  return Json::object({{"finding", base::to_hex(finding.value)},
                       {"number", number},
                       {"kind", Json(to_key(kind))},
                       {"offset", offset},
                       {"at", at.ms},
                       {"rule", rule_id},
                       {"rule_version", rule_version},
                       {"severity", Json(to_key(severity))},
                       {"title", words(title)},
                       {"reason", words(reason)},
                       {"article", article},
                       {"zone", zone},
                       {"subjects", std::move(who)},
                       {"begin", begin.ms},
                       {"last", maybe_time(last)},
                       {"end", maybe_time(end)},
                       {"values", values},
                       {"positions", std::move(used)}});
}

base::Result<FindingStep> FindingStep::from_json(const Json& j) {
  FindingStep s;
  const auto kind = step_kind_from(j["kind"].as_string());
  const auto severity = severity_from(j["severity"].as_string());
  if (!base::parse_hex(j["finding"].as_string(), s.finding.value) || !kind || !severity) {
    return base::fail(base::Code::kMalformed, "not a finding step");
  }
  s.number = std::uint32_t(j["number"].as_int());
  s.kind = *kind;
  s.offset = std::uint64_t(j["offset"].as_int());
  s.at = {j["at"].as_int()};
  s.rule_id = j["rule"].as_string();
  s.rule_version = j["rule_version"].as_int();
  s.severity = *severity;
  s.title = words_from(j["title"]);
  s.reason = words_from(j["reason"]);
  s.article = j["article"].as_string();
  s.zone = j["zone"].as_string();
  for (const auto& item : j["subjects"].items()) {
    const auto who = subject_kind_from(item["kind"].as_string());
    if (!who) return base::fail(base::Code::kMalformed, "not a subject kind");
    s.subjects.push_back(
        {*who, item["id"].as_string(), item["role"].as_string(), item["label"].as_string()});
  }
  s.begin = {j["begin"].as_int()};
  s.last = maybe_time_from(j["last"]);
  s.end = maybe_time_from(j["end"]);
  s.values = j["values"];
  for (const auto& item : j["positions"].items()) s.positions.push_back(used_fix_from(item));
  return s;
}

}  // namespace jinglue::model
