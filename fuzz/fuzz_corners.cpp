// SPDX-License-Identifier: Apache-2.0
// Fuzz target of pasted corners of parcels: refused with a line, or places on the globe.
#include <cmath>
#include <string_view>

#include "fuzz/require.hpp"
#include "geo/coordinate_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jinglue;
  geo::PasteOptions options{{121.0, 35.5, 124.0, 38.5}, {}};
  const auto read = geo::read_corners({reinterpret_cast<const char*>(data), size}, options);
  if (!read) {
    fuzz::require(!read.error().message.empty());
    return 0;
  }
  fuzz::require(!read->corners.empty());
  for (const auto& corner : read->corners) {
    fuzz::require(std::isfinite(corner.lat_deg) && std::abs(corner.lat_deg) <= 90);
    fuzz::require(std::isfinite(corner.lon_deg) && std::abs(corner.lon_deg) <= 180);
  }
  return 0;
}
