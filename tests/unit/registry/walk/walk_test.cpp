// SPDX-License-Identifier: Apache-2.0
// The generated walk over the shipped definitions and those of the tests; and that it sees
// definitions that do not do what they say.
#include "registry/walk/walk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>

#include "registry/walk/pattern_text.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using namespace jinglue::registry;

namespace {

namespace fs = std::filesystem;
const fs::path kSource = JINGLUE_SOURCE_DIR;

std::vector<Walked> walk(const fs::path& folder, const std::string& only = {}) {
  const test::TempFolder scratch;
  return walk_definitions(
      folder, {scratch.path(), kSource / "data" / "calendar" / "cn_holidays.csv", only});
}

const Walked& of(const std::vector<Walked>& all, const std::string& id) {
  const auto it = std::find_if(all.begin(), all.end(), [&](const Walked& w) { return w.id == id; });
  EXPECT_NE(it, all.end()) << id;
  return *it;
}

// One register in which a thing is opened, checked and finished; the placeholders are given by the
// tests.
struct Thing {
  std::string fields{}, finish{}, more{};
  std::string head{};
};
std::vector<Walked> walk_thing(const Thing& thing) {
  const test::TempFolder folder;
  std::ofstream(folder / "thing.toml") << R"(id = "thing"
schema = 1
zh = "事"
en = "Thing"
title = "name"
)" << thing.head << R"(
[[fields]]
key = "name"
zh = "名"
en = "Name"
type = "text"
required = true

[[fields]]
key = "count"
zh = "数"
en = "Count"
type = "integer"
max = 5

)" << thing.fields << R"(
[[states]]
key = "open"
zh = "开"
en = "Open"

[[states]]
key = "halted"
zh = "停"
en = "Halted"

[[states]]
key = "done"
zh = "完"
en = "Done"
final = true

[[transitions]]
key = "halt"
zh = "暂停"
en = "Halt"
from = ["open"]
to = "halted"

[[transitions]]
key = "go_on"
zh = "恢复"
en = "Go on"
from = ["halted"]
to = "open"

[[transitions]]
key = "finish"
zh = "完成"
en = "Finish"
from = ["open"]
to = "done"
)" << thing.finish << "\n" << thing.more;
  return walk(folder.path());
}

/// That there is one finding, of that kind, with these words in it.
void expect_finding(const std::vector<Walked>& all, bool broken, const std::string& words) {
  ASSERT_EQ(all.size(), 1u);
  ASSERT_EQ(all[0].findings.size(), 1u) << to_text(all);
  EXPECT_EQ(all[0].findings[0].broken, broken) << to_text(all);
  EXPECT_NE(all[0].findings[0].text.find(words), std::string::npos) << to_text(all);
  EXPECT_TRUE(std::regex_search(all[0].findings[0].where, std::regex("thing\\.toml:[0-9]+ ")))
      << all[0].findings[0].where;
}

const std::string kClock = R"(
[[clocks]]
key = "limit"
zh = "期限"
en = "Limit"
kind = "internal"
starts = { on = "create" }
)";

}  // namespace

TEST(Walk, leads_every_shipped_definition_through_its_life) {
  for (const auto& w : walk(kSource / "registers")) {
    EXPECT_TRUE(w.findings.empty()) << to_text({w});
  }
}

TEST(Walk, sees_every_guard_and_clock_of_the_test_definitions) {
  const auto all = walk(kSource / "tests" / "data" / "registers");
  for (const auto& w : all) EXPECT_TRUE(w.findings.empty()) << to_text({w});
  const auto& release = of(all, "fry_release");
  EXPECT_EQ(release.of(Seen::kTaken), 3u) << to_text(all);
  EXPECT_EQ(release.of(Seen::kCondition), 5u);
  EXPECT_EQ(release.of(Seen::kUndone), 3u);  // to others, too late, and done
  const auto& trial = of(all, "sea_trial");
  EXPECT_EQ(trial.of(Seen::kTaken), 2u);
  EXPECT_EQ(trial.of(Seen::kCondition),
            3u);  // of its own window, of zones that point here, behind a link
  EXPECT_EQ(trial.of(Seen::kRole), 2u);
  const auto& farm = of(all, "farm_cleanup");
  EXPECT_EQ(farm.of(Seen::kTaken), 6u);  // "removed" from both of its states
  EXPECT_EQ(farm.of(Seen::kStarted), 3u);
  EXPECT_EQ(farm.of(Seen::kWarned), 3u);
  EXPECT_EQ(farm.of(Seen::kPaused), 1u);
  EXPECT_EQ(farm.of(Seen::kEscalated), 2u);
  EXPECT_EQ(farm.of(Seen::kOverdue), 3u);
  EXPECT_EQ(farm.of(Seen::kMet), 3u);
  EXPECT_EQ(farm.of(Seen::kLate), 3u);
}

TEST(Walk, passes_a_definition_that_does_what_it_says) {
  const auto all = walk_thing({"", R"(requires = ["count"]
roles = ["clerk"]
approval = ["duty_leader"]
)",
                               kClock + R"(length = "10 days"
pauses = ["halted"]
warn = "2 days"
to = ["role:clerk"]
)"});
  EXPECT_TRUE(all[0].findings.empty()) << to_text(all);
  EXPECT_EQ(all[0].of(Seen::kTaken), 3u);
  EXPECT_EQ(all[0].of(Seen::kRequired), 1u);
  EXPECT_EQ(all[0].of(Seen::kSecond), 2u);
  EXPECT_EQ(all[0].of(Seen::kState), 3u);
  EXPECT_EQ(all[0].of(Seen::kPaused), 1u);
}

TEST(Walk, brings_files_and_fields_that_few_see) {
  const auto all = walk_thing({R"(
[[fields]]
key = "papers"
zh = "材料"
en = "Papers"
type = "file"
accept = ["image"]

[[fields]]
key = "informant"
zh = "举报人"
en = "Informant"
type = "text"
visible_to = ["leader"]

[[fields]]
key = "term"
zh = "期间"
en = "Term"
type = "period"
)",
                               R"(
[[transitions.conditions]]
when = "not empty(papers) and not empty(informant) and term.to > today"
zh = "缺材料"
en = "papers are missing "
)"});
  EXPECT_TRUE(all[0].findings.empty()) << to_text(all);
  EXPECT_EQ(all[0].of(Seen::kCondition), 1u);
}

TEST(Walk, fails_where_nothing_fulfils_a_condition) {
  expect_finding(walk_thing({"", R"(
[[transitions.conditions]]
when = "count > 7"
zh = "数不足"
en = "too few"
)"}),
                 true, "no values were found with which this holds: count > 7");
}

TEST(Walk, tells_of_a_condition_that_never_refuses) {
  expect_finding(walk_thing({"", R"(
[[transitions.conditions]]
when = "not empty(name) "
zh = "须有名称"
en = "a name is needed"
)"}),
                 false, "no values were found with which this does not hold: not empty(name)");
}

TEST(Walk, fails_where_an_effect_cannot_be_carried_out) {
  expect_finding(walk_thing({R"(
[[fields]]
key = "code"
zh = "码"
en = "Code"
type = "text"
pattern = "[0-9]{3}"
)",
                             R"(
[[transitions.effects]]
kind = "update"
texts = { code = "{name}" }
)"}),
                 true, "the effect 'update' of 'finish'");
}

TEST(Walk, fails_where_a_named_role_may_not) {
  // With the rights of cases a second person's transition is asked for by enforcement alone.
  expect_finding(walk_thing({"", R"(roles = ["clerk", "enforcement"]
approval = ["duty_leader"]
)",
                             "", "rights = \"case\"\n"}),
                 true, "names the role 'clerk', which may not");
}

TEST(Walk, fails_where_a_clock_warns_before_it_starts) {
  expect_finding(walk_thing({"", "", kClock + "length = \"5 days\"\nwarn = \"6 days\"\n"}), true,
                 "the warning is due before it starts");
}

TEST(Walk, fails_where_a_clock_pauses_in_a_state_that_ends_it) {
  expect_finding(walk_thing({"", "", kClock + "length = \"5 days\"\npauses = [\"done\"]\n"}), true,
                 "it does not stand still in 'done'");
}

TEST(Walk, fails_where_nobody_is_told_that_a_clock_is_late) {
  // "watchers" of a record that nobody watches.
  expect_finding(walk_thing({"", "", kClock + "length = \"5 days\"\nto = [\"watchers\"]\n"}), true,
                 "nobody is told that it is late");
}

TEST(Walk, fails_where_a_clock_never_starts) {
  expect_finding(walk_thing({"", "", kClock + "length = \"5 days\"\nwhen = \"count > 7\"\n"}), true,
                 "it is not started: no values were found with which this holds: count > 7");
}

TEST(PatternText, is_accepted_by_its_pattern) {
  for (const char* pattern :
       {"[0-9]{9}", "[a-z][a-z0-9_]{0,39}", "(?:IMO)?[0-9]{7}", "[0-9a-f]{16}",
        "鲁[A-Z]{1,3}[0-9]+", "\\d{3}-\\d{4}", "a|b", "[0-9A-HJ-NPQRTUWXY]{18}",
        "mmsi:[0-9]{9}|(beidou|radar):[0-9]{1,16}|naf:[0-9A-Z]{1,10}"}) {
    const auto text = text_for_pattern(pattern, 7);
    ASSERT_TRUE(text) << pattern;
    EXPECT_TRUE(std::regex_match(*text, std::regex(pattern))) << pattern;
  }
  EXPECT_NE(*text_for_pattern("[0-9]{9}", 1), *text_for_pattern("[0-9]{9}", 2));
  EXPECT_FALSE(text_for_pattern("(?=x)y", 1));
}
