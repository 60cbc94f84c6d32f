// SPDX-License-Identifier: Apache-2.0
// jinglue rules check: mistakes with file, line and key; of a good pack what it lacks.
#include <gtest/gtest.h>

#include <fstream>

#include "base/json.hpp"
#include "unit/cli/run.hpp"

namespace jinglue {
namespace {

const std::string kRules = std::string(JINGLUE_SOURCE_DIR) + "/rules";

TEST(RulesCheck, the_shipped_pack_names_its_rules_gaps_and_unverified_rules) {
  const auto ran = test::run({"rules", "check", kRules, "--json", "--at", "2026-02-01T00:00:00Z"});
  ASSERT_EQ(ran.code, 0) << ran.output;
  const auto json = base::parse_json(ran.output).value();
  EXPECT_TRUE(json["ok"].as_bool());
  EXPECT_GE(json["rules"].items().size(), 10u);
  bool validity = false;
  for (const auto& rule : json["rules"].items()) {
    validity = validity || (rule["id"].as_string() == "summer_moratorium.north_of_35n" &&
                            rule["valid_to"].as_string() == "2016-12-31T16:00:00.000Z" &&
                            rule["valid_from"].is_null());
  }
  EXPECT_TRUE(validity);
  // North of 35 N nothing is held from 2017 to 13 March 2023, and it is promised.
  bool gap = false;
  for (const auto& one : json["gaps"].items()) {
    gap = gap ||
          (one["kind"].as_string() == "moratorium" && one["area"].as_string() == "north_of_35N" &&
           one["promised"].as_bool() && one["from"].as_string() == "2016-12-31T16:00:00.000Z" &&
           one["to"].as_string() == "2023-03-12T16:00:00.000Z");
  }
  EXPECT_TRUE(gap) << ran.output;
  // No review is due yet; only what nobody read in a source.
  ASSERT_EQ(json["unverified"].items().size(), 2u) << ran.output;
  for (const auto& one : json["unverified"].items()) {
    EXPECT_EQ(one["confidence"].as_string(), "example");
    EXPECT_EQ(one["because"].items().size(), 1u);
  }
}

TEST(RulesCheck, a_passed_review_date_makes_a_rule_unverified) {
  const auto ran = test::run({"rules", "check", kRules, "--at", "2026-03-02T00:00:00+08:00"});
  ASSERT_EQ(ran.code, 0) << ran.output;
  EXPECT_TRUE(test::holds(ran.output, "review was due 2026-03-01")) << ran.output;
  EXPECT_TRUE(test::holds(ran.output, "confidence example, review was due")) << ran.output;
  EXPECT_TRUE(test::holds(ran.output, "OFF: no coordinates of the motor-trawl")) << ran.output;
  const auto day = test::run({"rules", "check", kRules, "--at", "2026-03-01T23:59:59+08:00"});
  EXPECT_FALSE(test::holds(day.output, "review was due")) << day.output;
}

TEST(RulesCheck, mistakes_have_file_line_and_key_for_people_and_machines) {
  const test::TempFolder folder;
  std::ofstream(folder / "bad.toml") << "schema = 1\ntimezone = \"Asia/Shanghai\"\ncolour = 1\n";
  const auto people = test::run({"rules", "check", folder.path().string()});
  EXPECT_EQ(people.code, 1);
  EXPECT_TRUE(test::holds(people.output, "bad.toml:3 colour")) << people.output;
  const auto machine = test::run({"rules", "check", folder.path().string(), "--json"});
  EXPECT_EQ(machine.code, 1);
  const auto json = base::parse_json(machine.output).value();
  EXPECT_FALSE(json["ok"].as_bool(true));
  const auto& error = json["errors"].items().at(0);
  EXPECT_EQ(error["file"].as_string(), "bad.toml");
  EXPECT_EQ(error["line"].as_int(), 3);
  EXPECT_EQ(error["key"].as_string(), "colour");
  EXPECT_FALSE(error["message"].as_string().empty());
}

}  // namespace
}  // namespace jinglue
