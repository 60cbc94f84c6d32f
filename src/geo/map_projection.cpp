// SPDX-License-Identifier: Apache-2.0
#include "geo/map_projection.hpp"

#include <proj.h>

#include <cmath>
#include <limits>
#include <utility>

#include "geo/local_scale.hpp"

namespace jinglue::geo {

struct MapProjection::Impl {
  PJ_CONTEXT* context{nullptr};
  PJ* projection{nullptr};

  Impl() : context(proj_context_create()) {
    proj_context_set_enable_network(context, 0);
    proj_log_level(context, PJ_LOG_NONE);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (projection != nullptr) proj_destroy(projection);
    proj_context_destroy(context);
  }
};

MapProjection::MapProjection(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
MapProjection::MapProjection(MapProjection&&) noexcept = default;
MapProjection& MapProjection::operator=(MapProjection&&) noexcept = default;
MapProjection::~MapProjection() = default;

base::Result<MapProjection> MapProjection::make(const std::string& text) {
  constexpr std::size_t kLongest = 400;
  const auto wrong = [&](const std::string& why) {
    return base::fail(base::Code::kMalformed, "projection \"" + text.substr(0, 80) + "\": " + why,
                      "give a PROJ string that begins with +proj=");
  };
  if (text.size() > kLongest || text.rfind("+proj=", 0) != 0) return wrong("not a PROJ string");
  // What could make PROJ read a file.
  for (const char* word : {"+init", "grids", "pipeline", "@", "/"}) {
    if (text.find(word) != std::string::npos) return wrong(std::string(word) + " is not allowed");
  }
  auto impl = std::make_unique<Impl>();
  impl->projection = proj_create(impl->context, text.c_str());
  if (impl->projection == nullptr) {
    return wrong(proj_context_errno_string(impl->context, proj_context_errno(impl->context)));
  }
  return MapProjection(std::move(impl));
}

PlanePlace MapProjection::forward(LatLon place) const {
  const auto out =
      proj_trans(m_impl->projection, PJ_FWD,
                 proj_coord(proj_torad(place.lon_deg), proj_torad(place.lat_deg), 0, 0));
  if (std::isinf(out.xy.x)) {
    constexpr auto kNone = std::numeric_limits<double>::quiet_NaN();
    proj_errno_reset(m_impl->projection);
    return {kNone, kNone};
  }
  return {out.xy.x, out.xy.y};
}

LatLon MapProjection::inverse(PlanePlace place) const {
  const auto out = proj_trans(m_impl->projection, PJ_INV, proj_coord(place.x_m, place.y_m, 0, 0));
  if (std::isinf(out.lp.lam)) {
    constexpr auto kNone = std::numeric_limits<double>::quiet_NaN();
    proj_errno_reset(m_impl->projection);
    return {kNone, kNone};
  }
  return {proj_todeg(out.lp.phi), proj_todeg(out.lp.lam)};
}

double MapProjection::y_bearing_rad(LatLon place) const {
  constexpr double kStep_m = 10;
  const auto at = forward(place);
  const auto to = inverse({at.x_m, at.y_m + kStep_m});
  const auto scale = LocalScale::wgs84().at(place.lat_deg);
  const double east_deg = std::remainder(to.lon_deg - place.lon_deg, 360);
  return std::atan2(east_deg / scale.east_deg, (to.lat_deg - place.lat_deg) / scale.north_deg);
}

}  // namespace jinglue::geo
