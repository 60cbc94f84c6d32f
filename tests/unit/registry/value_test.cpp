// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "registry/csv.hpp"
#include "registry/detail/characters.hpp"
#include "registry/detail/geometry.hpp"
#include "registry/detail/number.hpp"
#include "registry/detail/search.hpp"
#include "registry/detail/value.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using namespace jinglue::registry::detail;
using base::Json;

namespace {

Field field(FieldType type) {
  Field f;
  f.key = "x";
  f.type = type;
  return f;
}

Json json(const std::string& text) {
  auto value = base::parse_json(text);
  EXPECT_TRUE(value) << text;
  return value ? *value : Json();
}

Field terminals() {
  Field f = field(FieldType::kRows);
  for (const auto& [key, type] : {std::pair{"terminal", FieldType::kText},
                                  {"from", FieldType::kInstant},
                                  {"to", FieldType::kInstant}}) {
    Field c = field(type);
    c.key = key;
    f.columns.push_back(c);
  }
  f.columns[0].required = true;
  f.columns[2].after = "from";
  return f;
}

/// Texts of the characters that matter to the forms.
rc::Gen<std::string> awkward_text(const std::string& alphabet) {
  return rc::gen::container<std::string>(rc::gen::elementOf(alphabet));
}

}  // namespace

TEST(Value, EachTypeHasOneCanonicalForm) {
  const auto is = [](FieldType type, const char* given, const char* canonical_form) {
    const auto out = canonical(field(type), json(given));
    ASSERT_TRUE(out) << given << ": " << out.error().text();
    EXPECT_EQ(out->dump(), canonical_form) << given;
  };
  is(FieldType::kText, "\"  鲁荣渔 1 \"", "\"鲁荣渔 1\"");
  is(FieldType::kText, "\" \"", "null");
  is(FieldType::kLongText, "\"a\\r\\nb\"", "\"a\\nb\"");
  is(FieldType::kNumber, "24.0", "24");
  is(FieldType::kNumber, "24.5", "24.5");
  is(FieldType::kNumber, "-0.0", "0");
  is(FieldType::kInteger, "7.0", "7");
  is(FieldType::kBoolean, "false", "false");
  is(FieldType::kDate, "\"2024-02-29\"", "\"2024-02-29\"");
  is(FieldType::kInstant, "\"2024-05-01T12:00:00+08:00\"", "\"2024-05-01T04:00:00.000Z\"");
  is(FieldType::kMoney, "\"1234.5\"", "\"1234.50\"");
  is(FieldType::kMoney, "12", "\"12.00\"");
  is(FieldType::kMoney, "-999999999999999", "\"-999999999999999.00\"");
  is(FieldType::kMoney, "\"-0.07\"", "\"-0.07\"");
  is(FieldType::kChoices, "[\"b\",\"a\",\"b\"]", "[\"a\",\"b\"]");
  is(FieldType::kChoices, "[]", "null");
  is(FieldType::kInteger, "9007199254740992.0", "9007199254740992");
  EXPECT_EQ(*canonical(field(FieldType::kGeometry),
                       json(R"({"type":"Point","coordinates":[122.0,-0.0]})")),
            json(R"({"type":"Point","coordinates":[122,0]})"));
  is(FieldType::kGeometry, R"({"type":"Point","coordinates":[122.5,37.25,9]})",
     R"({"type":"Point","coordinates":[122.5,37.25]})");
}

TEST(Value, WhatIsWrongIsNamed) {
  const auto refused = [](FieldType type, const char* given) {
    const auto out = canonical(field(type), json(given));
    EXPECT_FALSE(out) << given;
    if (!out) {
      EXPECT_EQ(out.error().where, "x");
    }
  };
  refused(FieldType::kText, "5");
  refused(FieldType::kText, "\"a\\nb\"");
  refused(FieldType::kText, ("\"" + std::string(301, 'a') + "\"").c_str());
  refused(FieldType::kNumber, "\"5\"");
  refused(FieldType::kInteger, "5.5");
  refused(FieldType::kBoolean, "1");
  refused(FieldType::kDate, "\"2023-02-29\"");
  refused(FieldType::kDate, "\"2023-2-9\"");
  refused(FieldType::kInstant, "\"2024-05-01T12:00:00\"");
  refused(FieldType::kMoney, "\"1.234\"");
  refused(FieldType::kMoney, "\"1,234.00\"");
  refused(FieldType::kMoney, "\".5\"");
  refused(FieldType::kMoney, "1.5");
  refused(FieldType::kInteger, "9007199254740993");  // a double would make it another number
  refused(FieldType::kMoney, "-1000000000000000");   // a digit more than its text may have
  refused(FieldType::kChoice, "\"two words\"");
  refused(FieldType::kLink, "\"not-an-id\"");
  refused(FieldType::kRows, "{}");
  refused(FieldType::kGeometry, R"({"type":"Point","coordinates":[200,37]})");
  refused(FieldType::kGeometry, R"({"type":"Polygon","coordinates":[[[0,0],[1,1],[0,1]]]})");
  refused(FieldType::kGeometry, R"({"type":"Circle"})");
}

TEST(Value, ChoicesFollowTheListAndTakeNamesInText) {
  Field f = field(FieldType::kChoices);
  f.choices = {{"T", {"拖网", "Trawl"}}, {"C", {"刺网", "Gillnet"}}};
  EXPECT_EQ(canonical(f, json(R"(["C","T"])"))->dump(), R"(["T","C"])");
  EXPECT_EQ(from_text(f, "gillnet; 拖网")->dump(), R"(["T","C"])");
  EXPECT_FALSE(canonical(f, json(R"(["Q"])")));
  f.open = true;
  EXPECT_EQ(canonical(f, json(R"(["Q","C"])"))->dump(), R"(["C","Q"])");
}

TEST(Value, PatternsWorkOnChineseCharacters) {
  Field f = field(FieldType::kText);
  f.pattern = "鲁[\u4e00-\u9fff]{1,2}渔[0-9]{5}";
  EXPECT_TRUE(canonical(f, Json("鲁荣渔51234")));
  EXPECT_FALSE(canonical(f, Json("鲁荣渔5123")));
  EXPECT_FALSE(canonical(f, Json("鲁AB渔51234")));
  EXPECT_EQ(character_count("鲁荣a"), 3u);
}

TEST(Value, TerminalsAreWrittenShort) {
  const Field f = terminals();
  const auto rows = from_text(
      f, "mmsi:412345678; mmsi:412345679@2024-01-01T00:00:00Z/;beidou:7@/2024-01-02T00:00:00Z");
  ASSERT_TRUE(rows) << rows.error().text();
  EXPECT_EQ(rows->dump(), R"([{"terminal":"mmsi:412345678"},)"
                          R"({"terminal":"mmsi:412345679","from":"2024-01-01T00:00:00.000Z"},)"
                          R"({"terminal":"beidou:7","to":"2024-01-02T00:00:00.000Z"}])");
  EXPECT_EQ(*from_text(f, to_text(f, *rows)), *rows);
  const auto bad = from_text(f, "mmsi:412345678;a\nb");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().where, "x[1].terminal");
  EXPECT_FALSE(from_text(f, "mmsi:412345679@2024-01-01T00:00:00Z"));
  EXPECT_FALSE(from_text(f, "mmsi:1@2024-01-02T00:00:00Z/2024-01-01T00:00:00Z"));
  const auto wrong = canonical(f, json(R"([{"terminal":"a"},{"colour":"b"}])"));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().where, "x[1].colour");
}

RC_GTEST_PROP(Value, RowsReadBackFromTheirText, ()) {
  const Field f = terminals();
  const auto names =
      *rc::gen::container<std::vector<std::string>>(awkward_text("ab;@/[]{}\"\\, 1:"));
  Json rows = Json::array();
  for (const auto& name : names) {
    if (!base::trim(name).empty()) rows.push(Json::object({{"terminal", name}}));
  }
  const auto good = canonical(f, rows);
  RC_ASSERT(good.has_value());
  const auto back = from_text(f, to_text(f, *good));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == *good);
}

RC_GTEST_PROP(Value, NumbersAndMoneyReadBack, (double number, std::int64_t fen)) {
  const auto n = canonical(field(FieldType::kNumber), Json(number));
  RC_PRE(n.has_value());
  RC_ASSERT(*base::parse_json(n->dump()) == *n);
  RC_ASSERT(*from_text(field(FieldType::kNumber), to_text(field(FieldType::kNumber), *n)) == *n);
  const std::int64_t amount = fen % 100'000'000'000'000;
  RC_ASSERT(money_fen(money_from_fen(amount)) == amount);
  RC_ASSERT(*canonical(field(FieldType::kMoney), money_from_fen(amount)) == money_from_fen(amount));
}

TEST(Number, CountsPerYearOfTheZone) {
  const auto p = parse_number_pattern("AJ-{year}-{n:4}");
  ASSERT_TRUE(p);
  const base::Instant eve = *base::parse_iso("2024-12-31T16:00:00Z");  // midnight in Shanghai
  EXPECT_EQ(fill_dates(p->before, eve, "Asia/Shanghai"), "AJ-2025-");
  EXPECT_EQ(fill_dates(p->before, eve - base::Duration(1), "Asia/Shanghai"), "AJ-2024-");
  EXPECT_EQ(number_text(*p, "AJ-2024-", 7, ""), "AJ-2024-0007");
  EXPECT_EQ(number_text(*p, "AJ-2024-", 12345, ""), "AJ-2024-12345");
  for (const char* bad : {"AJ", "{n:0}", "{n:4}{n:4}", "{day}{n:4}", "{n:4"}) {
    EXPECT_FALSE(parse_number_pattern(bad)) << bad;
  }
}

TEST(Search, WordsAreSplitAndEscaped) {
  EXPECT_EQ(search_words("  鲁荣　ABC "), (std::vector<std::string>{"鲁荣", "abc"}));
  EXPECT_EQ(escape_like("50%_\\"), "50\\%\\_\\\\");
}

TEST(Geometry, BinaryHasLongitudeFirst) {
  const Json line = json(R"({"type":"LineString","coordinates":[[122,37],[123,38]]})");
  const std::string wkb = geometry_wkb(line);
  EXPECT_EQ(wkb.size(), 1 + 4 + 4 + 4 * 8u);
  EXPECT_EQ(geometry_box(line).east_deg, 123);
  EXPECT_EQ(geometry_box(line).south_deg, 37);
}

TEST(Csv, QuotesAndLineEnds) {
  const auto rows = read_csv(
      "\xEF\xBB\xBF"
      "a,b\r\n\"x,\"\"y\"\"\nz\",2\n\n , \n3,\n");
  ASSERT_TRUE(rows) << rows.error().text();
  ASSERT_EQ(rows->size(), 3u);
  EXPECT_EQ((*rows)[1].cells[0], "x,\"y\"\nz");
  EXPECT_EQ((*rows)[1].line, 2u);
  EXPECT_EQ((*rows)[2].line, 6u);
  EXPECT_EQ((*rows)[2].cells, (std::vector<std::string>{"3", ""}));
  for (const char* bad : {"a\n\"b", "a\n\"b\"c\n", "a\n\xff\n"}) EXPECT_FALSE(read_csv(bad)) << bad;
}

RC_GTEST_PROP(Csv, CellsReadBack, ()) {
  using Row = std::vector<std::string>;
  const auto row_of = rc::gen::nonEmpty(rc::gen::container<Row>(awkward_text("a,\"\r\n ;b")));
  const auto table = *rc::gen::container<std::vector<Row>>(row_of);
  std::string text;
  std::vector<std::vector<std::string>> kept;
  for (const auto& row : table) {
    const bool says = std::any_of(row.begin(), row.end(),
                                  [](const auto& cell) { return !base::trim(cell).empty(); });
    if (!says) continue;
    append_csv_row(text, row);
    kept.push_back(row);
  }
  const auto back = read_csv(text);
  RC_ASSERT(back.has_value());
  RC_ASSERT(back->size() == kept.size());
  for (std::size_t i = 0; i < kept.size(); ++i) RC_ASSERT((*back)[i].cells == kept[i]);
}
