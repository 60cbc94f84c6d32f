// SPDX-License-Identifier: Apache-2.0
// /sensors: what buoys and sensor stations said last; /sensors/{sensor}/series: one quantity over
// time. Whoever sees the situation sees them.
#include <algorithm>
#include <cmath>

#include "access/access.hpp"
#include "picture/sensor/measurements.hpp"
#include "picture/sensor/sensor_book.hpp"
#include "serve/api/call.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

constexpr std::int64_t kMostPoints = 20'000;
constexpr base::Duration kLongest{std::chrono::hours(24 * 366)};

base::Status may_see(const Call& call) {
  const auto may =
      access::authorise(call.actor(), access::Action::kSeeSituation, {"", call.actor().district});
  if (!may) return tl::unexpected(may.error());
  return {};
}

std::shared_ptr<const std::vector<picture::SensorState>> all_sensors(const Call& call) {
  auto out = call.services.sensors ? call.services.sensors() : nullptr;
  return out ? out : std::make_shared<const std::vector<picture::SensorState>>();
}

Json place_json(const geo::Position& position) {
  const auto degrees = position.degrees();
  const auto micro = [](double value) { return std::round(value * 1e6) / 1e6; };
  return Json::object({{"lat", micro(degrees.lat_deg)}, {"lon", micro(degrees.lon_deg)}});
}

Json values_json(const picture::SensorState& state) {
  Json out = Json::array();
  for (const auto& [quantity, reading] : state.latest) {
    const auto& info = model::info(quantity);
    out.push(Json::object({{"quantity", info.key},
                           {"value", double(reading.milli) / 1000},
                           {"unit", info.unit},
                           {"time", base::to_iso(reading.time)}}));
  }
  return out;
}

Json sensor_json(const picture::SensorState& state, base::Instant now) {
  const auto& station = state.station;
  Json out =
      Json::object({{"id", station.id},
                    {"name", Json::object({{"zh", station.name.zh}, {"en", station.name.en}})},
                    {"declared", state.declared},
                    {"silent", state.silent(now, now)},
                    {"silent_after_s", std::int64_t{station.silent_after.count() / 1000}},
                    {"adrift", state.adrift()},
                    {"reports", state.reports},
                    {"copies", state.copies},
                    {"late", state.late},
                    {"values", values_json(state)}});
  if (station.place) out.set("place", place_json(*station.place));
  if (station.watch_radius_m > 0) out.set("watch_radius_m", station.watch_radius_m);
  if (state.position) {
    out.set("position", place_json(*state.position));
    out.set("position_time", base::to_iso(state.position_time));
  }
  if (const auto off = state.off_station_m()) {
    out.set("off_station_m", std::int64_t{std::llround(*off)});
  }
  if (state.time.ms != 0) out.set("time", base::to_iso(state.time));
  if (state.arrival.ms != 0) out.set("last_seen", base::to_iso(state.arrival));
  return out;
}

Answer list_sensors(Call& call) {
  if (auto ok = may_see(call); !ok) return tl::unexpected(ok.error());
  Json items = Json::array();
  for (const auto& state : *all_sensors(call)) items.push(sensor_json(state, call.now));
  return json_response(Json::object({{"items", std::move(items)}}));
}

Answer get_series(Call& call) {
  if (auto ok = may_see(call); !ok) return tl::unexpected(ok.error());
  const auto& id = call.part("sensor");
  const auto sensors = all_sensors(call);
  const bool known = std::any_of(sensors->begin(), sensors->end(),
                                 [&](const auto& state) { return state.station.id == id; });
  if (!known || call.services.measurements == nullptr) {
    return call.problem({404, "missing", "there is no such sensor station"});
  }
  const auto quantity = model::quantity_from(call.text("quantity"));
  if (!quantity) {
    return base::fail(base::Code::kMalformed, "there is no such quantity", "quantity",
                      "see the values of /sensors");
  }
  const auto from = call.required_instant("from");
  if (!from) return tl::unexpected(from.error());
  const auto to = call.required_instant("to");
  if (!to) return tl::unexpected(to.error());
  if (*to <= *from || *to - *from > kLongest) {
    return base::fail(base::Code::kOutOfRange, "a time of up to 366 days is meant", "to");
  }
  const auto limit = call.integer("limit", kMostPoints, 1, kMostPoints);
  if (!limit) return tl::unexpected(limit.error());
  const auto points = call.services.measurements->series(id, *quantity, *from, *to,
                                                         static_cast<std::size_t>(*limit) + 1);
  const bool cut = points.size() > static_cast<std::size_t>(*limit);
  Json times = Json::array(), values = Json::array();
  for (std::size_t i = cut ? 1 : 0; i < points.size(); ++i) {
    times.push(points[i].time.ms);
    values.push(double(points[i].milli) / 1000);
  }
  return json_response(Json::object({{"sensor", id},
                                     {"quantity", model::info(*quantity).key},
                                     {"unit", model::info(*quantity).unit},
                                     {"t", std::move(times)},
                                     {"v", std::move(values)},
                                     {"cut", cut}}));
}

}  // namespace

void add_sensors(Router& router) {
  router.add({Method::kGet, "/sensors", list_sensors});
  router.add({Method::kGet, "/sensors/{sensor}/series", get_series});
}

}  // namespace jinglue::serve
