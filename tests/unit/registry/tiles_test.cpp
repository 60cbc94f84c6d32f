// SPDX-License-Identifier: Apache-2.0
// Tiles: numbers over the records that a person sees.
#include <gtest/gtest.h>

#include <algorithm>

#include "registry/tiles.hpp"
#include "support/records_fixture.hpp"
#include "support/written_registers.hpp"

namespace jinglue::registry {
namespace {

using base::Json;
using expression::Day;

Day day(const char* text) {
  Day out;
  EXPECT_TRUE(expression::read_day(text, out)) << text;
  return out;
}
std::string shown(const TileSpan& span) {
  return expression::to_text(span.from) + "/" + expression::to_text(span.to);
}

TEST(Tiles, a_filter_is_filled_with_the_day) {
  const Day today = day("2024-05-01");
  EXPECT_EQ(*filled_filter("due < DATE('{today}') AND year = {year}", today),
            "due < DATE('2024-05-01') AND year = 2024");
  EXPECT_EQ(*filled_filter("{today+180} {today-1} {month}", today),
            "2024-10-28 2024-04-30 2024-05");
  for (const char* wrong : {"{tomorrow}", "{today+x}", "{today+99999}", "{today", "{}"}) {
    EXPECT_FALSE(filled_filter(wrong, today)) << wrong;
  }
}

TEST(Tiles, a_period_is_held_against_the_same_part_of_the_one_before) {
  using P = TilePeriod;
  EXPECT_EQ(shown(span_of(P::kMonth, day("2024-03-31"))), "2024-03-01/2024-03-31");
  EXPECT_EQ(shown(span_before(P::kMonth, day("2024-03-31"))), "2024-02-01/2024-02-29");
  EXPECT_EQ(shown(span_before(P::kMonth, day("2024-01-05"))), "2023-12-01/2023-12-05");
  EXPECT_EQ(shown(span_of(P::kQuarter, day("2024-05-10"))), "2024-04-01/2024-05-10");
  EXPECT_EQ(shown(span_before(P::kQuarter, day("2024-05-10"))), "2024-01-01/2024-02-09");
  EXPECT_EQ(shown(span_of(P::kYear, day("2024-05-10"))), "2024-01-01/2024-05-10");
  EXPECT_EQ(shown(span_before(P::kYear, day("2024-05-10"))), "2023-01-01/2023-05-10");
  EXPECT_EQ(shown(span_before(P::kYear, day("2024-02-29"))), "2023-01-01/2023-02-28");
}

constexpr const char* kTiles = R"(
[[tiles]]
key = "all"
zh = "全部"
en = "All"

[[tiles]]
key = "won"
zh = "本年"
en = "Won this year"
of = "sum"
field = "amount"
filter = "kind = 'funds'"
period = "year"
by = "on"

[[tiles]]
key = "share"
zh = "比重"
en = "Share"
of = "sum"
field = "amount"
against = "plan"
warn = { below = 80 }
source = "计划"

[[tiles]]
key = "mean"
zh = "均值"
en = "Mean"
of = "average"
field = "amount"
filter = "kind = 'none'"

[[tiles]]
key = "hidden"
zh = "保密"
en = "Hidden"
of = "sum"
field = "bonus"
)";

std::string grants() {
  return "title = \"name\"\ndistrict = \"district\"\n" + test::field("name", "text") +
         test::field("district", "text") + test::field("kind", "text") +
         test::field("amount", "money") + test::field("plan", "money") + test::field("on", "date") +
         test::field("bonus", "integer", "visible_to = [\"duty_leader\"]") + kTiles;
}

class TilesOver : public testing::Test {
 protected:
  TilesOver() { written.put("grant", grants()); }
  void make(const char* district, const char* kind, const char* amount, const char* on) {
    const auto made = f().registry().create("grant",
                                            Json::object({{"name", "x"},
                                                          {"district", district},
                                                          {"kind", kind},
                                                          {"amount", amount},
                                                          {"plan", "100.00"},
                                                          {"on", on},
                                                          {"bonus", 5}}),
                                            f().by(f().program));
    ASSERT_TRUE(made) << made.error().text();
  }
  std::optional<TileValue> tile(const std::string& key, const access::Actor& who) {
    for (auto& one : tiles_for(f().registry(), who, f().now)) {
      if (one.tile->key == key) return one;
    }
    return std::nullopt;
  }
  test::RecordsFixture& f() {
    if (!fixture) fixture = std::make_unique<test::RecordsFixture>(written.folder());
    return *fixture;
  }
  test::WrittenRegisters written;
  std::unique_ptr<test::RecordsFixture> fixture;
};

TEST_F(TilesOver, each_person_gets_the_numbers_of_the_rows_that_the_person_sees) {
  make("rongcheng", "funds", "10.50", "2024-02-01");
  make("rushan", "funds", "20.25", "2024-03-01");
  make("rushan", "honour", "40.00", "2024-03-01");
  make("rushan", "funds", "7.00", "2023-03-01");
  make("rushan", "funds", "9.00", "2023-12-01");  // after the same day of last year
  EXPECT_EQ(tile("all", f().leader)->value, 5);
  EXPECT_EQ(tile("all", f().clerk)->value, 1);
  const auto won = tile("won", f().leader);
  ASSERT_TRUE(won);
  EXPECT_DOUBLE_EQ(*won->value, 30.75);
  EXPECT_EQ(won->records, 2u);
  EXPECT_DOUBLE_EQ(*won->previous, 7.00);
  EXPECT_DOUBLE_EQ(*tile("won", f().clerk)->value, 10.50);
  EXPECT_FALSE(tile("mean", f().leader)->value) << "an average over nothing";
}

TEST_F(TilesOver, the_filter_of_the_list_shows_the_same_records) {
  make("rongcheng", "funds", "10.50", "2024-02-01");
  make("rongcheng", "funds", "1.00", "2023-02-01");
  const auto won = tile("won", f().leader);
  EXPECT_EQ(won->cql, "(kind = 'funds') AND on >= DATE('2024-01-01') AND on <= DATE('2024-05-01')");
}

TEST_F(TilesOver, a_plan_gives_a_percentage_and_that_is_judged) {
  make("rongcheng", "funds", "75.00", "2024-02-01");
  auto share = tile("share", f().leader);
  EXPECT_DOUBLE_EQ(*share->against, 100);
  EXPECT_DOUBLE_EQ(*share->percent, 75);
  EXPECT_TRUE(share->warns);
  make("rongcheng", "funds", "95.00", "2024-02-01");
  share = tile("share", f().leader);
  EXPECT_DOUBLE_EQ(*share->percent, 85);
  EXPECT_FALSE(share->warns);
}

TEST_F(TilesOver, a_sum_over_a_field_that_is_not_seen_is_not_shown) {
  make("rongcheng", "funds", "75.00", "2024-02-01");
  EXPECT_TRUE(tile("hidden", f().leader));
  EXPECT_FALSE(tile("hidden", f().clerk));
  f().registry().definition("grant")->in_use->store(false);
  EXPECT_FALSE(tile("all", f().leader)) << "nor is one of a register that is not in use";
}

TEST(Tiles, mistakes_of_the_file_are_told_with_their_keys) {
  const auto says = [](const std::string& tile, const std::string& words) {
    test::WrittenRegisters written;
    written.put("grant", "title = \"name\"\n" + test::field("name", "text") +
                             test::field("amount", "money") +
                             "\n[[tiles]]\nkey = \"a\"\nzh = \"甲\"\nen = \"A\"\n" + tile);
    const auto set = read_definitions(written.folder());
    return std::any_of(set.errors.begin(), set.errors.end(), [&](const base::Error& e) {
      return e.text().find(words) != std::string::npos;
    });
  };
  EXPECT_TRUE(says("of = \"sum\"", "is no integer, number or money"));
  EXPECT_TRUE(says("of = \"median\"", "unknown number 'median'"));
  EXPECT_TRUE(says("field = \"amount\"", "a count adds nothing up"));
  EXPECT_TRUE(says("filter = \"amount >\"", "expected a value"));
  EXPECT_TRUE(says("filter = \"none = 1\"", "unknown field 'none'"));
  EXPECT_TRUE(says("filter = \"amount > {tomorrow}\"", "'{tomorrow}' is not known"));
  EXPECT_TRUE(says("clock = \"due:overdue\"", "unknown clock 'due'"));
  EXPECT_TRUE(says("period = \"year\"", "a period needs the date"));
  EXPECT_TRUE(says("period = \"week\"\nby = \"created_at\"", "unknown period 'week'"));
  EXPECT_TRUE(says("warn = { above = 0 }", "a threshold has a source"));
  EXPECT_TRUE(says("warn = { over = 0 }\nsource = \"x\"", "unknown key 'over'"));
  EXPECT_FALSE(
      says("period = \"month\"\nby = \"created_at\"\nwarn = { above = 2 }\nsource = \"x\"", ""));
}

TEST(Tiles, the_shipped_registers_have_theirs_and_all_are_counted) {
  test::RecordsFixture f;
  std::size_t registers = 0;
  for (const auto& d : f.registry().definitions()) {
    const auto& tiles = life_of(d).tiles;
    registers += tiles.empty() ? 0 : 1;
    for (const auto& tile : tiles) {
      const auto value = tile_value(f.registry(), d, tile, f.program, f.now);
      EXPECT_TRUE(value) << d.id << '.' << tile.key << ": " << value.error().text();
    }
  }
  EXPECT_GE(registers, 8u);
}

}  // namespace
}  // namespace jinglue::registry
