// SPDX-License-Identifier: Apache-2.0
// /webhooks: how the webhooks of the settings stand. They are defined in jinglue.toml, not here.
#include "serve/api/call.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

Answer list_webhooks(Call& call) {
  const auto may = access::authorise(call.actor(), access::Action::kSeeSystem);
  if (!may) return tl::unexpected(may.error());
  return json_response(base::Json::object(
      {{"items", call.services.webhooks ? call.services.webhooks() : base::Json::array()}}));
}

}  // namespace

void add_webhooks(Router& router) {
  router.add({Method::kGet, "/webhooks", list_webhooks});
}

}  // namespace jinglue::serve
