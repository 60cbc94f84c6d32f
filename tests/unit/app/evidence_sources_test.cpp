// SPDX-License-Identifier: Apache-2.0
#include "app/evidence_sources.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

#include "support/temp_folder.hpp"

namespace jinglue::app {
namespace {

detect::RuleFiles shipped() {
  return detect::read_rule_files(std::string(JINGLUE_SOURCE_DIR) + "/rules").value();
}

TEST(EvidenceSources, KeepsARulePackAsAWholeAndReadsItAfterARestart) {
  const test::TempFolder folder;
  const auto kept = folder / "rules";
  std::filesystem::create_directories(kept);
  const auto files = shipped();
  const auto half = files.revision + ".json.unfinished";
  std::ofstream(kept / half) << "{\"revision\":\"";  // of a start that was cut off
  {
    EvidenceSources sources(folder.path(), {});
    sources.keep(files, 0);
    sources.keep(files, 5);
  }
  EXPECT_FALSE(std::filesystem::exists(kept / half));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(kept), {}), 2)
      << "the pack, and since when";
  const EvidenceSources again(folder.path(), {});
  const auto pack = detect::load_pack(files).pack;
  ASSERT_TRUE(pack);
  const auto& rule = pack->rules().front();
  EXPECT_NE(again.rule_text(rule.id, rule.version).find(rule.id), std::string::npos);
  EXPECT_EQ(again.rule_text(rule.id, 999'999), "");
  EXPECT_NE(again.zone(pack->zones().front()->id, 1), nullptr);
  EXPECT_EQ(again.file_text("another revision", files.files.front().first), std::nullopt);
}

/// The shipped pack with one square zone more.
detect::RuleFiles with_square(double east, const std::string& revision) {
  auto files = shipped();
  files.revision = revision;
  files.files.emplace_back("zones/square.geojson", fmt::format(R"({{"type":"FeatureCollection",
    "features":[{{"type":"Feature","id":"square","properties":{{"kind":"drawn","name_zh":"方",
    "name_en":"Square","source":"test","confidence":"high"}},"geometry":{{"type":"Polygon",
    "coordinates":[[[122,37],[{0},37],[{0},38],[122,38],[122,37]]]}}}}]}})",
                                                               east));
  return files;
}

double width(const std::shared_ptr<const model::Zone>& zone) {
  return zone->area->box().east_deg - zone->area->box().west_deg;
}

TEST(EvidenceSources, AZoneIsShownAsItWasWhenItJudged) {
  const test::TempFolder folder;
  EvidenceSources sources(folder.path(), {});
  sources.keep(with_square(122.5, "narrow"), 10);
  sources.keep(with_square(123, "wide"), 20);
  sources.keep(with_square(122.5, "narrow"), 30);
  ASSERT_TRUE(sources.zone("square", 11));
  EXPECT_NEAR(width(sources.zone("square", 20)), 0.5, 1e-9) << "the last that the first judged";
  EXPECT_NEAR(width(sources.zone("square", 21)), 1, 1e-9);
  EXPECT_NEAR(width(sources.zone("square", 31)), 0.5, 1e-9) << "taken back";
  EXPECT_TRUE(sources.zone("square", 1)) << "before any pack: the newest, better than none";
  EXPECT_FALSE(sources.zone("no such zone", 31));
}

TEST(EvidenceSources, APackThatCannotBeKeptIsSaid) {
  const test::TempFolder folder;
  std::ofstream(folder / "rules") << "a file, no folder";
  EvidenceSources sources(folder.path(), {});
  EXPECT_THROW(sources.keep(shipped(), 0), base::WorldError);
}

}  // namespace
}  // namespace jinglue::app
