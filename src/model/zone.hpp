// SPDX-License-Identifier: Apache-2.0
// Zone: a named area of the sea, a port or a bay, with its source. Shared, immutable.
#pragma once

#include <memory>
#include <string>

#include "base/text.hpp"
#include "geo/area.hpp"

namespace jinglue::model {

struct Zone {
  std::string id;    ///< "north_of_35N", "port_shidao"
  std::string kind;  ///< legal | treaty | port | berth | anchorage | working | drawn
  base::Words name;
  std::string source;
  std::string confidence;
  std::string place;  ///< place key of a port or berth ("shidao"), compared with home ports
  std::shared_ptr<const geo::Area> area;  // shared: rules, berths and the map use one copy
};

}  // namespace jinglue::model
