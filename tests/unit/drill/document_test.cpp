// SPDX-License-Identifier: Apache-2.0
// The example of docs/format/drill.md opens and does what the page says.
#include "drill/player.hpp"
#include "support/temp_folder.hpp"
#include "unit/drill/shipped.hpp"

using namespace jinglue;
using namespace jinglue::tests;

TEST(Document, TheExampleOfTheFormatPageIsAScenario) {
  std::ifstream in(kRoot / "docs" / "format" / "drill.md");
  std::ostringstream page;
  page << in.rdbuf();
  const std::string text = page.str();
  const std::string open = "```toml\n";
  const auto begin = text.find(open);
  ASSERT_NE(begin, std::string::npos);
  const auto end = text.find("```", begin + open.size());
  std::string example = text.substr(begin + open.size(), end - begin - open.size());
  // The page's paths are from drills/; here they are from the tree's root.
  for (auto at = example.find("../rules"); at != std::string::npos; at = example.find("../rules")) {
    example.replace(at, 8, (kRoot / "rules").string());
  }
  test::TempFolder folder;
  std::ofstream(folder / "example.toml") << example;
  const auto player = drill::Player::open(folder / "example.toml", 1);
  ASSERT_TRUE(player) << player.error().text();
  const auto truth = (*player)->truth();
  const auto& find = truth["find"].items();
  ASSERT_EQ(find.size(), 1u);
  const auto left = *base::parse_iso(find[0]["begin"].as_string());
  EXPECT_GT(left, local(5, 1, 13, 0));
  EXPECT_LT(left, local(5, 1, 13, 30));
  EXPECT_EQ((*player)->records().items().size(), 21u);
}
