// SPDX-License-Identifier: Apache-2.0
// Net beacons are gear and no vessels: a rule means them only when it says so.
#include <gtest/gtest.h>

#include "support/rule_rig.hpp"

namespace jinglue::detect {
namespace {

RuleFiles files_with(const std::string& include) {
  return {"test",
          {{"a.toml", R"(schema = 1
timezone = "Asia/Shanghai"
[[source]]
id = "S"
title = "a source"
[[rule]]
id = "zone.bay"
version = 1
kind = "zone"
level = "city"
name = { zh = "湾", en = "Bay" }
title = { zh = "疑似入湾", en = "Suspected entry" }
valid = { from = 2024-01-01 }
area = "bay"
on = "inside"
include = )" + include + R"(
severity = "low"
source = ["S"]
confidence = "example"
review = 2026-03-01
)"},
           {"zones/z.geojson", R"({"type": "FeatureCollection", "features": [
 {"type": "Feature", "id": "bay",
  "properties": {"kind": "drawn", "name_zh": "湾", "name_en": "Bay", "source": "test",
                 "confidence": "example"},
  "geometry": {"type": "Polygon", "coordinates": [[[122,37],[123,37],[123,38],[122,38],[122,37]]]}}
]})"}}};
}

/// Findings of a sender of this kind that lies in the bay for an hour.
std::size_t found(const std::string& include, model::VesselKind kind) {
  support::RuleRig rig(support::pack_of(files_with(include)));
  SubjectView view;
  view.kind = kind;
  view.name = "NET 51234";
  const auto begin = support::local("2024-05-01T12:00:00");
  for (int minute = 0; minute < 60; minute += 3) {
    rig.feed(support::make_fix(600'012'345, begin + support::minutes(minute), {37.5, 122.5}, 0.3),
             view);
  }
  return rig.folded().size();
}

TEST(NetBeacon, IsMeantOnlyByARuleThatSaysSo) {
  using model::VesselKind;
  EXPECT_EQ(found("{ registered = false }", VesselKind::kGear), 0u);
  EXPECT_EQ(found("{ registered = false }", VesselKind::kUnknown), 1u);
  EXPECT_EQ(found("{ kinds = [\"fishing\"] }", VesselKind::kGear), 0u);
  EXPECT_EQ(found("{ kinds = [\"gear\"] }", VesselKind::kGear), 1u);
  EXPECT_EQ(found("{ vessels = [\"mmsi:600012345\"] }", VesselKind::kGear), 1u);
}

}  // namespace
}  // namespace jinglue::detect
