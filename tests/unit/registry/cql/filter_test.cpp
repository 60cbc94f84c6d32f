// SPDX-License-Identifier: Apache-2.0
#include "registry/cql/filter.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "support/records_fixture.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using base::Code;
using base::Json;

namespace {

class FilterTest : public ::testing::Test {
 protected:
  FilterTest() {
    make(
        R"({"title":"甲","source":"patrol","begin":"2024-05-01T04:00:00Z",
 "place":{"type":"Point","coordinates":[122.5,37.1]}})");
    make(
        R"({"title":"乙's","source":"report","begin":"2024-06-01T04:00:00Z",
 "place":{"type":"Point","coordinates":[121.5,36.6]}})");
    make(R"({"title":"Bing","source":"patrol","begin":"2024-07-01T04:00:00Z"})");
  }
  void make(const std::string& json) {
    const auto made = f.registry().create("case", *base::parse_json(json), f.by(f.duty));
    if (!made) throw std::runtime_error(made.error().text());
  }
  std::string titles(const std::string& filter) {
    auto read = cql::read_filter(filter);
    if (!read) return read.error().text();
    Query query;
    query.filter = std::make_shared<const cql::Filter>(std::move(*read));
    const auto page = f.registry().list("case", query);
    if (!page) return page.error().text();
    std::string out;
    for (const auto& record : page->items) out += record.fields["title"].as_string() + "|";
    EXPECT_EQ(page->total, page->items.size());
    return out;
  }
  test::RecordsFixture f;
};

}  // namespace

TEST_F(FilterTest, ComparisonsOfEveryKind) {
  EXPECT_EQ(titles("source = 'patrol'"), "甲|Bing|");
  EXPECT_EQ(titles("source <> 'patrol'"), "乙's|");
  EXPECT_EQ(titles("title = '乙''s'"), "乙's|");
  EXPECT_EQ(titles("begin >= TIMESTAMP('2024-06-01T04:00:00Z')"), "乙's|Bing|");
  EXPECT_EQ(titles("begin BETWEEN TIMESTAMP('2024-05-15T00:00:00Z') AND '2024-06-15T00:00:00Z'"),
            "乙's|");
  EXPECT_EQ(titles("source IN ('report', 'referral')"), "乙's|");
  EXPECT_EQ(titles("source NOT IN ('report')"), "甲|Bing|");
  EXPECT_EQ(titles("title LIKE 'b%'"), "Bing|");
  EXPECT_EQ(titles("place IS NULL"), "Bing|");
  EXPECT_EQ(titles("place IS NOT NULL AND \"source\" = 'patrol'"), "甲|");
  EXPECT_EQ(titles("revision = 1"), "甲|乙's|Bing|");
}

TEST_F(FilterTest, AndBindsCloserThanOrAndNotCloserThanBoth) {
  EXPECT_EQ(titles("title = '甲' OR source = 'patrol' AND place IS NULL"), "甲|Bing|");
  EXPECT_EQ(titles("(title = '甲' OR source = 'patrol') AND place IS NULL"), "Bing|");
  EXPECT_EQ(titles("NOT title = '甲' AND source = 'patrol'"), "Bing|");
  EXPECT_EQ(titles("not (title = '甲' or title = 'Bing')"), "乙's|");
}

TEST_F(FilterTest, GeometriesMeetExactlyNotByTheirBoxes) {
  EXPECT_EQ(titles("S_INTERSECTS(place, BBOX(122, 37, 123, 38))"), "甲|");
  // The point lies in the triangle's box, not in the triangle.
  EXPECT_EQ(titles("S_INTERSECTS(place, POLYGON((122 37, 123 38, 122 38, 122 37)))"), "");
  EXPECT_EQ(titles("S_INTERSECTS(place, POLYGON((122 37, 123 37, 123 38, 122 37)))"), "甲|");
  EXPECT_EQ(titles("NOT S_INTERSECTS(place, BBOX(122, 37, 123, 38))"), "乙's|")
      << "no place, no answer";
  EXPECT_EQ(titles("S_INTERSECTS(place, POINT(121.5 36.6)) OR title = 'Bing'"), "乙's|Bing|");
  EXPECT_EQ(titles("S_INTERSECTS(place, MULTIPOLYGON(((121 36, 122 37, 121 37, 121 36)), ((122 37, "
                   "123 37, 123 38, 122 37))))"),
            "甲|乙's|");
}

TEST_F(FilterTest, WhatIsWrongIsNamedWithItsPlace) {
  const auto has = [&](const std::string& filter, const std::string& what) {
    const std::string got = titles(filter);
    EXPECT_NE(got.find(what), std::string::npos) << filter << ": " << got;
  };
  has("", "filter, character 1");
  has("title", "filter, character 6");
  has("title = ", "filter, character 9");
  has("title = 'a", "a quote without its end");
  has("title = 'a' 'b'", "expected AND, OR or the end");
  has("title ; 'a'", "filter, character 7");
  has("(title = 'a'", "expected ')'");
  has("colour = 'a'", "colour");
  has("source = 'nothing'", "source");
  has("begin = 'yesterday'", "begin");
  has("source > 'patrol'", "has no order");
  has("place = 'a'", "S_INTERSECTS");
  has("S_INTERSECTS(title, POINT(1 2))", "is not a geometry");
  has("S_INTERSECTS(place, BBOX(2, 2, 1, 1))", "west < east");
  has("S_INTERSECTS(place, POLYGON((1 1, 2 2)))", "place");
  has("revision = true", "another kind");
  has("revision LIKE 'a'", "is no text");
}

TEST_F(FilterTest, LimitsHold) {
  const auto code = [](const std::string& text) {
    const auto read = cql::read_filter(text);
    return read ? std::string("read") : std::string(base::to_text(read.error().code));
  };
  const std::string large = base::to_text(Code::kTooLarge);
  EXPECT_EQ(code(std::string(9000, ' ')), large);
  EXPECT_EQ(code(std::string(100, '(') + "a = 1" + std::string(100, ')')), large);
  std::string many = "a = 1";
  for (int i = 0; i < 300; ++i) many += " OR a = 1";
  EXPECT_EQ(code(many), large);
  std::string nots;
  for (int i = 0; i < 100; ++i) nots += "NOT ";
  EXPECT_EQ(code(nots + "a = 1"), large);
  std::string line = "S_INTERSECTS(a, LINESTRING(1 1";
  for (int i = 0; i < 2100; ++i) line += ",1 2";
  EXPECT_EQ(code(line + "))"), large);
}

RC_GTEST_PROP(FilterProperty, ATextIsEqualToItselfWhateverItHolds, ()) {
  static test::RecordsFixture f;
  const auto text = *rc::gen::nonEmpty(
      rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab'\"%_\\() =;"))));
  const std::string title = "x" + text.substr(0, 40) + "x";
  const auto made = f.registry().create(
      "case",
      Json::object({{"title", title}, {"source", "patrol"}, {"begin", "2024-05-01T04:00:00Z"}}),
      f.by(f.duty));
  RC_ASSERT(made.has_value());
  std::string quoted = "'";
  for (const char c : title) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  auto read = cql::read_filter("title = " + quoted + "' AND id = '" + made->id + "'");
  RC_ASSERT(read.has_value());
  Query query;
  query.filter = std::make_shared<const cql::Filter>(std::move(*read));
  const auto page = f.registry().list("case", query);
  RC_ASSERT(page.has_value());
  RC_ASSERT(page->total == 1u);
}
