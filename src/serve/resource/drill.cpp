// SPDX-License-Identifier: Apache-2.0
// /drill: pause, resume and speed of exercise traffic. 404 where no drill runs.
#include "serve/api/call.hpp"
#include "serve/form/clock_form.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

constexpr double kMaxSpeed = 200;

Answer control(Call& call) {
  const auto may = access::authorise(call.actor(), access::Action::kControlDrill);
  if (!may) return tl::unexpected(may.error());
  if (!call.services.drill_control) {
    return call.problem({404, "missing", "no drill runs in this data folder"});
  }
  const auto action = call.required_text("action");
  if (!action) return tl::unexpected(action.error());
  if (*action != "pause" && *action != "resume" && *action != "speed") {
    return call.problem({422, "unknown", "the action is pause, resume or speed", "action"});
  }
  const double speed = call.json["speed"].as_double();
  if (*action == "speed" && !(speed > 0 && speed <= kMaxSpeed)) {
    return call.problem({422, "out_of_range", "the speed is above 0 and at most 200", "speed"});
  }
  const auto done = call.services.drill_control(*action, speed);
  if (!done) return call.refused(done.error());
  call.services.access->audit(
      call.actor(), "drill." + *action, "drill",
      *action == "speed" ? base::Json::object({{"speed", speed}}) : base::Json::object(), call.now);
  return json_response(clock_json(call.services));
}

}  // namespace

void add_drill(Router& router) {
  router.add({Method::kPost, "/drill", control, Body::kJson});
}

}  // namespace jinglue::serve
