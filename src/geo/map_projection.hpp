// SPDX-License-Identifier: Apache-2.0
// MapProjection: a plane of a map (PROJ string) and the way from longitude and latitude to it.
// Longitudes and latitudes are taken on the figure of the Earth that the string names, without a
// change of datum, as forecast models mean them. Use one for each thread (copying is cheap enough).
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "geo/point.hpp"

namespace jinglue::geo {

struct PlanePlace {
  double x_m{0}, y_m{0};
};

class MapProjection {
 public:
  /// Error kMalformed with PROJ's own words. Only "+proj=..." strings: no file, no database, no
  /// network is asked.
  static base::Result<MapProjection> make(const std::string& text);
  MapProjection(MapProjection&&) noexcept;
  MapProjection& operator=(MapProjection&&) noexcept;
  ~MapProjection();

  /// NaN where the projection has no place for it.
  PlanePlace forward(LatLon place) const;
  LatLon inverse(PlanePlace place) const;
  /// Where the plane's y axis points there: bearing from true north on WGS 84, clockwise, radians.
  double y_bearing_rad(LatLon place) const;

 private:
  struct Impl;
  explicit MapProjection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::geo
