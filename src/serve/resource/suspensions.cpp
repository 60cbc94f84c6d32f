// SPDX-License-Identifier: Apache-2.0
// /suspensions: what is silenced now, by whom and until when. Nothing is silenced without a trace.
#include "serve/api/call.hpp"
#include "serve/api/rights.hpp"
#include "serve/form/finding_form.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

Answer list_suspensions(Call& call) {
  const RowRight right = finding_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  const auto live = call.services.live();
  Json items = Json::array();
  for (const auto& review : call.services.findings->suspensions(call.now)) {
    const auto finding = call.services.findings->find(review.finding, call.now);
    if (!finding || !right.sees(district_of(finding->now))) continue;
    items.push(Json::object(
        {{"review", review_json(review)}, {"finding", finding_json(*finding, live.get())}}));
  }
  return json_response(Json::object({{"items", std::move(items)}}));
}

}  // namespace

void add_suspensions(Router& router) {
  router.add({Method::kGet, "/suspensions", list_suspensions});
}

}  // namespace jinglue::serve
