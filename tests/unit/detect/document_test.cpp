// SPDX-License-Identifier: Apache-2.0
// The example of docs/format/rules.md, as a reader would copy it.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "support/rule_rig.hpp"

namespace jinglue::detect {
namespace {

using namespace support;  // NOLINT: the vocabulary of these tests

std::string page() {
  std::ifstream in(std::string(JINGLUE_SOURCE_DIR) + "/docs/format/rules.md");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string block(const std::string& text, const std::string& language) {
  const std::string mark = "```" + language + "\n";
  const auto begin = text.find(mark);
  if (begin == std::string::npos) return {};
  const auto end = text.find("```", begin + mark.size());
  return text.substr(begin + mark.size(), end - begin - mark.size());
}

TEST(RulesPage, Its_example_loads_and_finds_what_it_says) {
  const std::string text = page();
  const auto pack = pack_of(
      {"page",
       {{"trial.toml", block(text, "toml")}, {"zones/trial.geojson", block(text, "json")}}});
  auto boat = make_vessel("1", 1);
  boat->groups = {"trial_boats"};
  const auto run = [&](const std::string& begin, double speed_kn, const SubjectView& view) {
    RuleRig rig(pack);
    for (int i = 0; i < 70; ++i) {
      rig.feed(make_fix(1, local(begin) + minutes(i), {36.95, 122.75}, speed_kn), view);
    }
    return rig.folded();
  };
  const auto found = run("2024-06-02T10:00:00", 2, view_of(boat));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].title.zh, "疑似进入试验水域停留");
  EXPECT_EQ(found[0].severity, model::Severity::kMedium);  // after an hour
  EXPECT_NE(found[0].reason.zh.find("未经核对"), std::string::npos);
  EXPECT_TRUE(run("2024-06-02T10:00:00", 4, view_of(boat)).empty());
  EXPECT_TRUE(run("2024-06-10T18:00:00", 2, view_of(boat)).empty());
  EXPECT_TRUE(run("2025-06-02T10:00:00", 2, view_of(boat)).empty());
  EXPECT_TRUE(run("2024-06-02T10:00:00", 2, view_of(make_vessel("2", 1))).empty());
}

TEST(RulesPage, Names_every_key_that_the_loader_knows) {
  const std::string text = page();
  const auto loaded = load_pack(
      {"x",
       {{"x.toml",
         "schema = 1\ntimezone = \"UTC\"\nno = 1\n[[rule]]\nno = 1\ninclude = { no = 1 }\n"
         "late_return = { no = 1 }\n[[coverage]]\nno = 1\n[[source]]\nno = 1\n"}}});
  int tables = 0;
  for (const auto& error : loaded.errors) {
    const auto at = error.hint.find("known keys: ");
    if (at == std::string::npos) continue;
    ++tables;
    std::istringstream keys(error.hint.substr(at + 12));
    for (std::string key; keys >> key;) {
      if (key.back() == ',') key.pop_back();
      const bool told =
          text.find("`" + key) != std::string::npos || text.find("[[" + key) != std::string::npos;
      EXPECT_TRUE(told) << "not in docs/format/rules.md: " << key;
    }
  }
  EXPECT_EQ(tables, 6);
}

}  // namespace
}  // namespace jinglue::detect
