// SPDX-License-Identifier: Apache-2.0
// /system, /system/health, /inputs, /stations, /clock; and for watchdogs /healthz and /metrics
// outside of /api/v1.
#include <fmt/format.h>

#include "picture/archive/archive.hpp"
#include "serve/api/call.hpp"
#include "serve/api/visitor.hpp"
#include "serve/form/clock_form.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

Json metrics_of(const Services& services) {
  return services.metrics ? services.metrics() : Json::object();
}

Answer get_system(Call& call, const Hooks& hooks) {
  const auto may = access::authorise(call.actor(), access::Action::kSeeSystem);
  if (!may) return tl::unexpected(may.error());
  const auto counts = call.services.archive->counts();
  Json archive = Json::object(
      {{"positions", counts.positions}, {"tracks", counts.tracks}, {"bytes", counts.bytes}});
  if (counts.first) archive.set("first", base::to_iso(*counts.first));
  if (counts.last) archive.set("last", base::to_iso(*counts.last));
  return json_response(Json::object({{"version", call.services.version},
                                     {"clock", clock_json(call.services)},
                                     {"archive", std::move(archive)},
                                     {"streams", hooks.counters()},
                                     {"metrics", metrics_of(call.services)}}));
}

/// Everyone who is signed in sees whether the data can be trusted now.
Answer get_health(Call& call) {
  return json_response(call.services.health());
}

Answer list_inputs(Call& call) {
  const auto may = access::authorise(call.actor(), access::Action::kSeeSystem);
  if (!may) return tl::unexpected(may.error());
  return json_response(Json::object({{"items", call.services.inputs()}}));
}

Answer list_stations(Call& call) {
  const auto may = access::authorise(call.actor(), access::Action::kSeeSystem);
  if (!may) return tl::unexpected(may.error());
  const auto& stations = call.services.stations;
  return json_response(Json::object({{"items", stations ? stations() : Json::array()}}));
}

/// The stream itself is opened by the socket side; what comes here is no WebSocket.
Answer not_a_stream(Call& call) {
  Response out = call.problem({426, "malformed", "this address takes WebSocket requests only"});
  out.headers.emplace_back("Upgrade", "websocket");
  return out;
}

Answer healthz(Call& call) {
  const std::string state = call.services.health()["state"].as_string();
  return text_response(state + "\n", state == "failed" ? 503 : 200);
}

/// A proxy on this machine makes every client look like loopback: what it forwards is not.
bool is_local(const Request& request) {
  const bool forwarded =
      !request.header("x-forwarded-for").empty() || !request.header("forwarded").empty();
  return !forwarded && (request.address.starts_with("127.") || request.address == "::1");
}

/// Metrics of one name stand together: its TYPE is said once.
void append_metrics(std::string& out, const Json& metrics) {
  std::string_view last;
  for (const auto& [name, value] : metrics.members()) {
    if (!value.is_number()) continue;
    // A label set stays behind the name in its TYPE line.
    const auto bare = std::string_view(name).substr(0, name.find('{'));
    const bool counter = bare.ends_with("_total");
    if (bare != last) {
      fmt::format_to(std::back_inserter(out), "# TYPE jinglue_{} {}\n", bare,
                     counter ? "counter" : "gauge");
    }
    last = bare;
    fmt::format_to(std::back_inserter(out), "jinglue_{} {}\n", name, value.dump());
  }
}

Answer get_metrics(Call& call, const Hooks& hooks) {
  if (!is_local(call.request)) {
    const auto session = session_of(call.request, call.services);
    if (!session || !access::authorise(session->actor, access::Action::kSeeSystem)) {
      return call.problem({403, "forbidden", "metrics are for this machine or a session"});
    }
  }
  std::string out;
  append_metrics(out, metrics_of(call.services));
  append_metrics(out, hooks.counters());
  Response response = text_response(std::move(out));
  response.type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

}  // namespace

void add_system(Router& router, const Hooks& hooks) {
  router.add({Method::kGet, "/system", [hooks](Call& call) { return get_system(call, hooks); }});
  router.add({Method::kGet, "/system/health", get_health});
  router.add({Method::kGet, "/inputs", list_inputs});
  router.add({Method::kGet, "/stations", list_stations});
  router.add({Method::kGet, "/stream", not_a_stream});
  router.add({Method::kGet, "/clock",
              [](Call& call) -> Answer { return json_response(clock_json(call.services)); }});
}

void add_watchdogs(Router& router, const Hooks& hooks) {
  router.add({.method = Method::kGet, .pattern = "/healthz", .handler = healthz, .open = true});
  router.add({.method = Method::kGet,
              .pattern = "/metrics",
              .handler = [hooks](Call& call) { return get_metrics(call, hooks); },
              .open = true});
}

}  // namespace jinglue::serve
