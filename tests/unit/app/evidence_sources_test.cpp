// SPDX-License-Identifier: Apache-2.0
#include "app/evidence_sources.hpp"

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
    sources.keep(files);
    sources.keep(files);
  }
  EXPECT_FALSE(std::filesystem::exists(kept / half));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(kept), {}), 1);
  const EvidenceSources again(folder.path(), {});
  const auto pack = detect::load_pack(files).pack;
  ASSERT_TRUE(pack);
  const auto& rule = pack->rules().front();
  EXPECT_NE(again.rule_text(rule.id, rule.version).find(rule.id), std::string::npos);
  EXPECT_EQ(again.rule_text(rule.id, 999'999), "");
  EXPECT_NE(again.zone(pack->zones().front()->id), nullptr);
  EXPECT_EQ(again.file_text("another revision", files.files.front().first), std::nullopt);
}

TEST(EvidenceSources, APackThatCannotBeKeptIsSaid) {
  const test::TempFolder folder;
  std::ofstream(folder / "rules") << "a file, no folder";
  EvidenceSources sources(folder.path(), {});
  EXPECT_THROW(sources.keep(shipped()), base::WorldError);
}

}  // namespace
}  // namespace jinglue::app
