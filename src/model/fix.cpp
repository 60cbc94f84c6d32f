// SPDX-License-Identifier: Apache-2.0
#include "model/fix.hpp"

#include "base/keys.hpp"

namespace jinglue::model {
namespace {

constexpr std::array<std::string_view, 3> kQualities = {"stated", "derived", "arrival"};
constexpr std::array<std::string_view, 10> kSources = {
    "",       "ais_a", "ais_b", "ais_long_range", "ais_base", "ais_aircraft", "ais_aton",
    "beidou", "gnss",  "naf"};

}  // namespace

std::string_view to_key(TimeQuality quality) {
  return base::key_of(kQualities, quality);
}

std::string_view to_key(FixSource source) {
  return base::key_of(kSources, source);
}

}  // namespace jinglue::model
