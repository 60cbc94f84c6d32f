// SPDX-License-Identifier: Apache-2.0
// Fuzz target of rule packs: whatever the texts (TOML up to the first NUL, GeoJSON behind it),
// loading gives a pack or mistakes that name the file; what was loaded can be shown as JSON.
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "detect/rule/pack.hpp"
#include "fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jinglue;
  using fuzz::require;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto cut = text.find('\0');
  const std::string toml(text.substr(0, cut));
  const std::string zones(cut == std::string_view::npos
                              ? R"({"type": "FeatureCollection", "features": []})"
                              : std::string(text.substr(cut + 1)));
  const auto loaded =
      detect::load_pack({"fuzz", {{"fuzz.toml", toml}, {"zones/fuzz.geojson", zones}}});
  require((loaded.pack == nullptr) == !loaded.errors.empty());
  for (const auto& error : loaded.errors) {
    require(error.where.find("fuzz.") != std::string::npos);
  }
  if (!loaded.pack) return 0;
  for (const auto& rule : loaded.pack->rules()) {
    require(base::parse_json(detect::rule_json(rule).dump()).has_value());
  }
  require(base::parse_json(detect::zones_geojson(*loaded.pack).dump()).has_value());
  return 0;
}
