// SPDX-License-Identifier: Apache-2.0
// A CF grid mapping (CF conventions 1.10, appendix F) as a PROJ string.
#pragma once

#include <string>

#include "base/result.hpp"
#include "observe/forecast/netcdf_file.hpp"

namespace jinglue::observe::forecast {

struct Mapping {
  std::string projection;  ///< empty: longitude and latitude
  std::string warning;     ///< no figure of the Earth was said: WGS 84 is taken
};

/// Error kUnknown for a mapping that is not known, kMissing for a parameter that it needs.
base::Result<Mapping> read_mapping(const NetcdfFile& file, const NetcdfVariable& variable);

}  // namespace jinglue::observe::forecast
