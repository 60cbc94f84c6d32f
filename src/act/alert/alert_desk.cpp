// SPDX-License-Identifier: Apache-2.0
#include "act/alert/alert_desk.hpp"

#include <algorithm>
#include <array>

#include "act/cases/case_desk.hpp"
#include "base/hash.hpp"
#include "base/ids.hpp"
#include "registry/registry.hpp"

namespace jinglue::act::alert {
namespace {

using base::Code;
using base::Json;
using findings::ReviewKind;
using findings::SuspendScope;

constexpr std::size_t kMostReasonOctets = 4000;
constexpr base::Duration kLongestSuspension = std::chrono::hours(24 * 366);

struct Span {
  std::string_view key;
  base::Duration length;
};
constexpr std::array<Span, 6> kSpans = {{{"1h", std::chrono::hours(1)},
                                         {"2h", std::chrono::hours(2)},
                                         {"6h", std::chrono::hours(6)},
                                         {"12h", std::chrono::hours(12)},
                                         {"24h", std::chrono::hours(24)},
                                         {"1w", std::chrono::hours(24 * 7)}}};

base::Result<base::Instant> suspension_end(const ReviewRequest& request, base::Instant now) {
  if (!request.suspend_for.empty() == request.until.has_value()) {
    return base::fail(Code::kMissing, "a suspension has a length or an end, and not both", "until",
                      "1h, 2h, 6h, 12h, 24h, 1w, or an end");
  }
  if (request.until) {
    if (*request.until > now && *request.until - now <= kLongestSuspension) return *request.until;
    return base::fail(Code::kOutOfRange, "the end lies in the future, at most a year ahead",
                      "until");
  }
  const auto it = std::find_if(kSpans.begin(), kSpans.end(),
                               [&](const Span& s) { return s.key == request.suspend_for; });
  if (it != kSpans.end()) return now + it->length;
  return base::fail(Code::kUnknown, "unknown length '" + request.suspend_for + "'", "suspend_for",
                    "1h, 2h, 6h, 12h, 24h, 1w");
}

base::Status check_text(const ReviewRequest& request) {
  if (!base::is_utf8(request.reason)) {
    return base::fail(Code::kMalformed, "the text is not UTF-8", "reason");
  }
  if (request.reason.size() > kMostReasonOctets) {
    return base::fail(Code::kTooLarge, "the text is too long", "reason", "at most 4000 octets");
  }
  const bool needed =
      request.kind == ReviewKind::kFalseAlarm || request.kind == ReviewKind::kComment;
  if (!needed || !base::trim(request.reason).empty()) return {};
  return base::fail(
      Code::kMissing,
      request.kind == ReviewKind::kComment ? "a comment has a text" : "a false alarm has a reason",
      "reason");
}

base::Status check_rights(const ReviewRequest& request, const findings::Finding& finding,
                          const access::Actor& actor) {
  const access::Target target{"finding", finding.now.values["district"].as_string()};
  auto allowed = access::authorise(actor, access::Action::kReviewFinding, target);
  const bool whole_rule =
      request.kind == ReviewKind::kSuspend && request.scope == SuspendScope::kRule;
  if (!allowed || !whole_rule) return allowed;
  return access::authorise(actor, access::Action::kSuspendRule, target);
}

/// A lead that still goes on: the finding is not called false under it.
base::Status check_lead(const registry::Registry& registry, const findings::Finding& finding) {
  const auto lead = registry.find_by("case", "finding", base::to_hex(finding.now.finding.value));
  if (!lead || lead->state == "dropped") return {};
  return base::fail(Code::kConflict,
                    "已生成案件线索 " + lead->number + "，请先在案件中作不予立案处理 / the lead " +
                        lead->number + " was made of it: decide there not to file it first",
                    "kind");
}

base::Status check_verdict(const registry::Registry& registry, const ReviewRequest& request,
                           const findings::Finding& finding) {
  if (request.seen_step > finding.now.number) {
    return base::fail(Code::kOutOfRange, "the finding has no such step", "seen_step",
                      "send the number of the step that was on the screen");
  }
  if (request.kind == ReviewKind::kVerify && finding.now.kind == model::StepKind::kRetracted) {
    return base::fail(
        Code::kConflict,
        "发现已撤回，不能核实 / the finding was retracted: there is nothing to verify", "kind");
  }
  if (request.kind == ReviewKind::kFalseAlarm) return check_lead(registry, finding);
  if (request.kind != ReviewKind::kReopen) return {};
  const bool stands = finding.verdict && (finding.verdict->kind == ReviewKind::kFalseAlarm ||
                                          finding.verdict->kind == ReviewKind::kSuspend);
  if (stands) return {};
  return base::fail(Code::kConflict, "neither a false alarm nor a suspension stands", "kind",
                    "read the finding again");
}

Json audit_detail(const findings::Review& r) {
  Json out = Json::object({{"kind", Json(to_key(r.kind))}, {"seen_step", r.seen_step}});
  if (!r.reason.empty()) out.set("reason", r.reason);
  if (r.kind == ReviewKind::kSuspend) {
    out.set("scope", Json(to_key(r.scope)));
    if (r.until) out.set("until", base::to_iso(*r.until));
  }
  if (!r.case_id.empty()) out.set("case", r.case_id);
  return out;
}

findings::Review to_review(const ReviewRequest& request, const access::Actor& actor,
                           base::Instant now) {
  findings::Review out;
  out.id = base::new_uuid7(now);
  out.finding = request.finding;
  out.kind = request.kind;
  out.seen_step = request.seen_step;
  out.reason = std::string(base::trim(request.reason));
  out.scope = request.scope;
  out.actor = actor.user;
  out.at = now;
  // Keys belong to a person; without one the act is a new one.
  out.idempotency_key =
      actor.user + "\n" + (request.idempotency_key.empty() ? out.id : request.idempotency_key);
  return out;
}

}  // namespace

AlertDesk::AlertDesk(findings::Findings& findings, registry::Registry& registry,
                     access::Access& access, cases::CaseDesk& cases)
    : m_findings(findings), m_registry(registry), m_access(access), m_cases(cases) {}

base::Result<findings::Review> AlertDesk::review(const ReviewRequest& request,
                                                 const access::Actor& actor, base::Instant now) {
  base::Result<findings::Review> out;
  const auto done = m_registry.together([&]() -> base::Status {
    out = decide(request, actor, now);
    return out ? base::Status() : base::Status(tl::unexpected(out.error()));
  });
  if (!done) return tl::unexpected(done.error());
  return out;
}

base::Result<findings::Review> AlertDesk::decide(const ReviewRequest& request,
                                                 const access::Actor& actor, base::Instant now) {
  const auto finding = m_findings.find(request.finding, now);
  if (!finding) {
    return base::fail(Code::kMissing, "no finding " + base::to_hex(request.finding.value));
  }
  if (auto good = check_rights(request, *finding, actor); !good)
    return tl::unexpected(good.error());
  findings::Review review = to_review(request, actor, now);
  for (auto& earlier : m_findings.reviews(request.finding)) {
    if (earlier.idempotency_key != review.idempotency_key) continue;
    if (earlier.kind == review.kind && earlier.reason == review.reason) return std::move(earlier);
    return base::fail(Code::kConflict, "the idempotency key was used for another request",
                      "idempotency_key", "use a new key for each request");
  }
  base::Status good = check_text(request);
  if (good) good = check_verdict(m_registry, request, *finding);
  if (!good) return tl::unexpected(good.error());
  if (request.kind == ReviewKind::kSuspend) {
    const auto end = suspension_end(request, now);
    if (!end) return tl::unexpected(end.error());
    review.until = *end;
  }
  if (request.kind == ReviewKind::kVerify) {
    const auto lead = m_cases.make_lead(*finding, actor, now);
    if (!lead) return tl::unexpected(lead.error());
    review.case_id = *lead;
  }
  auto stored = m_findings.add_review(review);
  if (!stored) return stored;
  if (stored->finding != request.finding || stored->id != review.id) {
    return base::fail(Code::kConflict, "the idempotency key was used for another finding",
                      "idempotency_key", "use a new key for each request");
  }
  m_access.audit(actor, "finding.review", "finding/" + base::to_hex(request.finding.value),
                 audit_detail(*stored), now);
  return stored;
}

}  // namespace jinglue::act::alert
