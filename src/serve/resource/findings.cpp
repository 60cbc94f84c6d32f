// SPDX-License-Identifier: Apache-2.0
// /findings: the list, one finding with its steps, positions and reviews, and the officers' acts.
#include "act/alert/alert_desk.hpp"
#include "base/hash.hpp"
#include "serve/api/call.hpp"
#include "serve/api/rights.hpp"
#include "serve/form/finding_form.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

base::Status read_choices(const Call& call, findings::Query& query) {
  for (const auto& key : call.list("status")) {
    const auto status = findings::status_from(key);
    if (!status) return base::fail(base::Code::kMalformed, "no such status: " + key, "status");
    query.status.push_back(*status);
  }
  for (const auto& key : call.list("severity")) {
    const auto severity = model::severity_from(key);
    if (!severity) {
      return base::fail(base::Code::kMalformed, "no such severity: " + key, "severity");
    }
    query.severity.push_back(*severity);
  }
  return {};
}

base::Result<findings::Query> read_query(const Call& call) {
  findings::Query out;
  const auto choices = read_choices(call, out);
  if (!choices) return tl::unexpected(choices.error());
  const auto from = call.instant("from");
  if (!from) return tl::unexpected(from.error());
  const auto to = call.instant("to");
  if (!to) return tl::unexpected(to.error());
  const auto open = call.flag("open");
  if (!open) return tl::unexpected(open.error());
  const auto limit = call.limit();
  if (!limit) return tl::unexpected(limit.error());
  out.rules = call.list("rule");
  out.subject = call.text("subject");
  out.text = call.text("q");
  out.from = *from;
  out.to = *to;
  out.open = *open;
  out.district = call.text("district");
  out.cursor = call.text("cursor");
  if (!out.cursor.empty() && !findings::is_cursor(out.cursor)) {
    return base::fail(base::Code::kMalformed, "not a cursor of this list", "cursor",
                      "start again without a cursor");
  }
  out.limit = *limit;
  return out;
}

Answer list_findings(Call& call) {
  const RowRight right = finding_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  auto query = read_query(call);
  if (!query) return tl::unexpected(query.error());
  // Asking for another district finds nothing, as if there were none.
  query->within = call.actor().reach();
  const auto page = call.services.findings->list(*query, call.now);
  const auto live = call.services.live();
  Json::Array items;
  for (const auto& finding : page.items) items.push_back(finding_json(finding, live.get()));
  return page_response(std::move(items), page.next, page.total, call);
}

Answer count_findings(Call& call) {
  const RowRight right = finding_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  return json_response(call.services.findings->counts(call.now, call.actor().reach()));
}

/// The finding of the path, when the person may see it.
base::Result<findings::Finding> find_finding(const Call& call) {
  const RowRight right = finding_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  const std::string& text = call.part("finding");
  std::uint64_t id = 0;
  std::optional<findings::Finding> found;
  if (base::parse_hex(text, id)) found = call.services.findings->find({id}, call.now);
  if (!found || !right.sees(district_of(found->now))) {
    return base::fail(base::Code::kMissing, "no such finding: " + text);
  }
  return std::move(*found);
}

Answer get_finding(Call& call) {
  const auto finding = find_finding(call);
  if (!finding) return tl::unexpected(finding.error());
  const auto live = call.services.live();
  Json out = finding_json(*finding, live.get());
  Json positions = Json::array();
  for (const auto& fix : finding->now.positions) positions.push(used_fix_json(fix));
  Json steps = Json::array();
  for (const auto& step : call.services.findings->steps(finding->now.finding)) {
    steps.push(step_json(step));
  }
  Json reviews = Json::array();
  for (const auto& review : call.services.findings->reviews(finding->now.finding)) {
    reviews.push(review_json(review));
  }
  out.set("positions", std::move(positions));
  out.set("steps", std::move(steps));
  out.set("review_list", std::move(reviews));
  return json_response(out);
}

base::Result<act::alert::ReviewRequest> read_review(const Call& call, model::FindingId finding) {
  act::alert::ReviewRequest out;
  out.finding = finding;
  const auto kind = findings::review_kind_from(call.json["kind"].as_string());
  if (!kind) {
    return base::fail(base::Code::kUnknown,
                      "the kind is acknowledge, verify, false_alarm, suspend, comment or reopen",
                      "kind");
  }
  const auto& seen = call.json["seen_step"];
  if (!seen.is_int() || seen.as_int() < 0 || seen.as_int() > UINT32_MAX) {
    return base::fail(base::Code::kMissing, "the number of the step that was looked at",
                      "seen_step");
  }
  const std::string& scope = call.json["scope"].as_string();
  const auto scoped =
      scope.empty() ? findings::SuspendScope::kVesselAndRule : findings::suspend_scope_from(scope);
  if (!scoped) {
    return base::fail(base::Code::kUnknown, "the scope is vessel_and_rule, vessel or rule",
                      "scope");
  }
  if (call.json["until"].is_string()) {
    const auto until = base::parse_iso(call.json["until"].as_string());
    if (!until) return base::fail(base::Code::kMalformed, "not an instant", "until");
    out.until = *until;
  }
  out.kind = *kind;
  out.seen_step = static_cast<std::uint32_t>(seen.as_int());
  out.reason = call.json["reason"].as_string();
  out.suspend_for = call.json["suspend_for"].as_string();
  out.scope = *scoped;
  return out;
}

Answer review_finding(Call& call, const Hooks& hooks) {
  const auto key = call.idempotency_key();
  if (!key) return tl::unexpected(key.error());
  const auto finding = find_finding(call);
  if (!finding) return tl::unexpected(finding.error());
  auto request = read_review(call, finding->now.finding);
  if (!request) return call.refused(request.error());
  request->idempotency_key = *key;
  const auto review = call.services.alerts->review(*request, call.actor(), call.now);
  if (!review) return call.refused(review.error());
  hooks.reviewed(*review, district_of(finding->now));
  const auto after = call.services.findings->find(finding->now.finding, call.now);
  const auto live = call.services.live();
  return json_response(
      Json::object({{"review", review_json(*review)},
                    {"finding", finding_json(after.value_or(*finding), live.get())}}),
      201);
}

}  // namespace

void add_findings(Router& router, const Hooks& hooks) {
  router.add({Method::kGet, "/findings", list_findings});
  router.add({Method::kGet, "/findings/counts", count_findings});
  router.add({Method::kGet, "/findings/{finding}", get_finding});
  router.add({Method::kPost, "/findings/{finding}/reviews",
              [hooks](Call& call) { return review_finding(call, hooks); }, Body::kJson});
}

}  // namespace jinglue::serve
