// SPDX-License-Identifier: Apache-2.0
// What is refused in conditions, effects and clocks of a definition: with file, line, key, column.
#include <gtest/gtest.h>

#include <fstream>

#include "registry/definition.hpp"
#include "registry/life.hpp"
#include "support/life_fixture.hpp"

using namespace jinglue;
using namespace jinglue::registry;

namespace {

const char* const kHead = R"(id = "thing"
schema = 1
zh = "事"
en = "Thing"
title = "name"
fields = [
  { key = "name", zh = "名", en = "Name", type = "text", required = true },
  { key = "count", zh = "数", en = "Count", type = "integer" },
  { key = "due", zh = "限", en = "Due", type = "date" },
  { key = "other", zh = "另", en = "Other", type = "link", link = "other" },
  { key = "handler", zh = "办", en = "Handler", type = "person" },
  { key = "office", zh = "处", en = "Office", type = "unit" },
  { key = "term", zh = "期", en = "Term", type = "period" },
]
states = [
  { key = "open", zh = "开", en = "Open" },
  { key = "done", zh = "完", en = "Done", final = true },
]
[[transitions]]
key = "finish"
zh = "完成"
en = "Finish"
from = ["open"]
to = "done"
)";

const char* const kOther = R"(id = "other"
schema = 1
zh = "另"
en = "Other"
title = "name"
fields = [
  { key = "name", zh = "名", en = "Name", type = "text", required = true },
  { key = "kind", zh = "类", en = "Kind", type = "choice", choices = [
    { key = "a", zh = "甲", en = "A" }] },
  { key = "thing", zh = "事", en = "Thing", type = "link", link = "thing" },
]
states = [
  { key = "open", zh = "开", en = "Open" },
  { key = "shut", zh = "关", en = "Shut", final = true },
]
[[transitions]]
key = "shut"
zh = "关"
en = "Shut"
from = ["open"]
to = "shut"
)";

/// All mistakes of the two definitions with more lines for each, one per line.
std::string mistakes(const std::string& more, const std::string& more_of_other = "") {
  const test::TempFolder folder;
  std::ofstream(folder / "thing.toml") << kHead << more;
  std::ofstream(folder / "other.toml") << kOther << more_of_other;
  std::string out;
  for (const auto& e : read_definitions(folder.path()).errors) out += e.text() + "\n";
  return out;
}
std::string condition(const std::string& when) {
  return mistakes("[[transitions.conditions]]\nwhen = \"" + when +
                  "\"\nzh = \"不行\"\nen = \"no\"\n");
}
std::string effect(const std::string& lines) {
  return mistakes("[[transitions.effects]]\n" + lines);
}
std::string clock(const std::string& lines) {
  return mistakes("[[clocks]]\nkey = \"c\"\nzh = \"时\"\nen = \"C\"\nkind = \"internal\"\n" +
                  lines);
}

testing::AssertionResult says(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "'" << part << "' is not in:\n" << text;
}

}  // namespace

TEST(LifeReader, ReadsConditionsAcrossRegisters) {
  EXPECT_EQ(condition("other.state == 'open' and count > 3"), "");
  EXPECT_EQ(condition("count(linked('other', 'thing'), state == 'open' and kind == 'a') == 0"), "");
  EXPECT_EQ(condition("days(today, due) < 90 or now < now"), "");
}

TEST(LifeReader, NamesFileLineKeyAndColumnOfAWrongCondition) {
  const auto unknown = condition("count > 3 and missing == 1");
  EXPECT_TRUE(says(unknown, "thing.toml:26"));
  EXPECT_TRUE(says(unknown, "when"));
  EXPECT_TRUE(says(unknown, "column 15: there is no field 'missing'"));
  EXPECT_TRUE(says(condition("other.nothing == 1"), "there is no field 'other.nothing'"));
  EXPECT_TRUE(says(condition("count + 1"), "a condition is true or false"));
  EXPECT_TRUE(says(condition("any(linked('other', 'name'), true)"), "has no rows"));
  EXPECT_TRUE(
      says(mistakes("[[transitions.conditions]]\nwhen = \"count > 1\"\nzh = \"不\"\n"), "en"));
}

TEST(LifeReader, RefusesEffectsThatCouldNeverBeCarriedOut) {
  EXPECT_EQ(effect("kind = \"create\"\nregister = \"other\"\nlink = \"thing\"\nkeep = \"other\"\n"
                   "fields = { name = \"name\", kind = \"'a'\" }\n"),
            "");
  const auto create = [](const std::string& lines) {
    return effect("kind = \"create\"\nregister = \"other\"\n" + lines);
  };
  EXPECT_TRUE(says(effect("kind = \"make\"\n"), "unknown effect 'make'"));
  EXPECT_TRUE(says(effect("kind = \"create\"\nregister = \"none\"\n"), "unknown register 'none'"));
  EXPECT_TRUE(says(create(""), "needs the field 'name'"));
  EXPECT_TRUE(
      says(create("fields = { name = \"name\", nothing = \"1\" }\n"), "unknown field 'nothing'"));
  EXPECT_TRUE(says(create("fields = { name = \"name\", kind = \"'b'\" }\n"), "has no choice 'b'"));
  EXPECT_TRUE(
      says(create("fields = { name = \"name\" }\nlink = \"kind\"\n"), "is no link to 'thing'"));
  EXPECT_TRUE(says(create("texts = { name = \"{nme}\" }\n"), "in {nme}: there is no field 'nme'"));
  EXPECT_TRUE(says(create("texts = { name = \"{name\" }\n"), "a '{' is not closed"));
  EXPECT_TRUE(
      says(create("for_each = \"name\"\nfields = { name = \"name\" }\n"), "no field of rows"));
  EXPECT_TRUE(says(effect("kind = \"update\"\nfields = { count = \"name\" }\n"),
                   "a text does not go into 'count'"));
  EXPECT_TRUE(says(effect("kind = \"update\"\n"), "an update writes"));
  EXPECT_TRUE(says(effect("kind = \"run\"\ntransition = \"shut\"\n"), "of which record?"));
  EXPECT_TRUE(says(effect("kind = \"run\"\nof = \"other\"\ntransition = \"open\"\n"),
                   "'other' has no transition 'open'"));
  EXPECT_TRUE(says(effect("kind = \"notify\"\nto = [\"role:king\"]\nzh = \"a\"\nen = \"a\"\n"),
                   "nobody is meant by 'role:king'"));
  EXPECT_TRUE(says(effect("kind = \"notify\"\nto = []\nzh = \"a\"\nen = \"a\"\n"), "who is told"));
}

TEST(LifeReader, WhatIsFilledByItselfNeedNotBeGiven) {
  const auto create = [](const std::string& field) {
    const std::string more = "[[fields]]\nkey = \"day\"\nzh = \"日\"\nen = \"Day\"\n" + field;
    const test::TempFolder folder;
    std::ofstream(folder / "thing.toml")
        << kHead << "[[transitions.effects]]\nkind = \"create\"\nregister = \"new\"\n"
        << "fields = { name = \"name\" }\n";
    std::ofstream(folder / "other.toml") << kOther;
    std::ofstream(folder / "new.toml")
        << "id = \"new\"\nschema = 1\nzh = \"新\"\nen = \"New\"\ntitle = \"name\"\n"
        << "[[fields]]\nkey = \"name\"\nzh = \"名\"\nen = \"Name\"\ntype = \"text\"\n"
        << more;
    std::string out;
    for (const auto& e : read_definitions(folder.path()).errors) out += e.text() + "\n";
    return out;
  };
  EXPECT_TRUE(says(create("type = \"date\"\nrequired = true\n"), "needs the field 'day'"));
  EXPECT_EQ(create("type = \"date\"\nrequired = true\ndefault_of = \"today\"\n"), "");
  EXPECT_EQ(create("type = \"integer\"\nrequired = true\ndefault = 0\n"), "");
}

TEST(LifeReader, PeopleAreNamedByFieldsThatCanNameThem) {
  for (const char* field : {"name", "handler", "office"}) {
    EXPECT_EQ(effect("kind = \"notify\"\nto = [\"field:" + std::string(field) +
                     "\"]\nzh = \"a\"\nen = \"a\"\n"),
              "")
        << field;
  }
  for (const char* field : {"count", "due", "other", "term"}) {
    EXPECT_TRUE(says(effect("kind = \"notify\"\nto = [\"field:" + std::string(field) +
                            "\"]\nzh = \"a\"\nen = \"a\"\n"),
                     "nobody is meant by 'field:" + std::string(field) + "'"));
  }
}

TEST(LifeReader, RefusesEffectsThatRunInACircle) {
  const std::string here =
      "[[transitions.effects]]\nkind = \"run\"\nof = \"other\"\n"
      "transition = \"shut\"\n";
  EXPECT_EQ(mistakes(here), "");
  const std::string back =
      "[[transitions.effects]]\nkind = \"run\"\nof = \"thing\"\n"
      "transition = \"finish\"\n";
  const auto circle = mistakes(here, back);
  EXPECT_TRUE(says(circle, "this comes back to 'finish' itself"));
  EXPECT_TRUE(says(circle, "this comes back to 'shut' itself"));
}

TEST(LifeReader, RefusesClocksThatMeanNothing) {
  EXPECT_EQ(clock("starts = { on = \"create\" }\nlength = \"7 working days\"\nwarn = \"1 day\"\n"),
            "");
  EXPECT_EQ(clock("until = \"due\"\n"), "");
  EXPECT_EQ(clock("until = \"due\"\nstops_when = \"count > 3\"\nconfidence = \"memory\"\n"), "");
  EXPECT_TRUE(says(clock("until = \"due\"\nstops_when = \"count + 3\"\n"), "true or false"));
  EXPECT_TRUE(
      says(clock("until = \"due\"\nconfidence = \"rumour\"\n"), "unknown confidence 'rumour'"));
  EXPECT_TRUE(says(clock("length = \"7 days\"\n"), "says when the clock starts"));
  EXPECT_TRUE(says(clock("starts = { on = \"create\" }\n"), "a clock has a length"));
  EXPECT_TRUE(says(clock("starts = { on = \"create\" }\nlength = \"7 moons\"\n"),
                   "'7 moons' is no length of time"));
  EXPECT_TRUE(
      says(clock("starts = { state = \"shut\" }\nlength = \"7 days\"\n"), "unknown state 'shut'"));
  EXPECT_TRUE(says(clock("starts = { field = \"name\" }\nlength = \"7 days\"\n"),
                   "'name' is no field of type date or instant"));
  EXPECT_TRUE(says(clock("until = \"due\"\nlength = \"7 days\"\n"), "runs to that date"));
  EXPECT_TRUE(says(clock("starts = { state = \"open\" }\nlength = \"1 day\"\nstops = [\"open\"]\n"),
                   "cannot both start and end it"));
  EXPECT_TRUE(says(clock("starts = { on = \"create\" }\nlength = \"1 day\"\nescalate = [{ to = "
                         "[\"superior\"] }]\n"),
                   "how long after"));
  EXPECT_TRUE(says(clock("starts = { on = \"create\" }\nlength = \"1 day\"\ncolour = \"red\"\n"),
                   "unknown key 'colour'"));
}

TEST(LifeReader, RefusesAnUndoThatNobodyMayDoAndAReasonThatIsThere) {
  EXPECT_TRUE(says(mistakes("undo_within = \"3 days\"\n"), "nobody may undo 'finish'"));
  EXPECT_TRUE(says(mistakes("undo = [\"king\"]\n"), "unknown role 'king'"));
  EXPECT_TRUE(says(mistakes("reason = true\ninput = [{ key = \"reason\", zh = \"由\", en = \"R\", "
                            "type = \"text\" }]\n"),
                   "has a field 'reason' already"));
}
