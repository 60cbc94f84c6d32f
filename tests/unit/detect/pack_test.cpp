// SPDX-License-Identifier: Apache-2.0
#include "detect/rule/pack.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "detect/engine.hpp"

namespace jinglue::detect {
namespace {

base::Instant at(const char* iso) {
  return base::parse_iso(iso).value();
}

constexpr const char* kZones = R"({"type": "FeatureCollection", "features": [
 {"type": "Feature", "id": "bay",
  "properties": {"kind": "drawn", "name_zh": "湾", "name_en": "Bay", "source": "test",
                 "confidence": "example"},
  "geometry": {"type": "Polygon", "coordinates": [[[122,37],[123,37],[123,38],[122,38],[122,37]]]}}
]})";

/// A good file; `change` replaces the text `what` in it, so that a mistake has a known line.
std::string file_with(const std::string& what = "", const std::string& change = "") {
  std::string text = R"(schema = 1
timezone = "Asia/Shanghai"

[[source]]
id = "S"
title = "a source"

[[rule]]
id = "zone.bay"
version = 1
kind = "zone"
level = "city"
name = { zh = "湾", en = "Bay" }
title = { zh = "疑似入湾", en = "Suspected entry" }
valid = { from = 2024-01-01 }
area = "bay"
season = { from = "05-01T12:00", to = "09-01T12:00" }
on = "inside"
include = { kinds = ["fishing"] }
severity = "low"
source = ["S"]
confidence = "example"
review = 2026-03-01
)";
  const auto found = text.find(what);
  if (what.empty()) return text;
  EXPECT_NE(found, std::string::npos) << what;
  return text.replace(found, what.size(), change);
}

RuleFiles files_of(const std::string& toml, const std::string& zones = kZones) {
  return {"test", {{"a.toml", toml}, {"zones/z.geojson", zones}}};
}

TEST(RulePack, A_good_file_loads) {
  const auto loaded = load_pack(files_of(file_with()));
  for (const auto& e : loaded.errors) ADD_FAILURE() << e.text();
  ASSERT_TRUE(loaded.pack);
  ASSERT_EQ(loaded.pack->rules().size(), 1u);
  const Rule& rule = loaded.pack->rules().front();
  EXPECT_EQ(rule.id, "zone.bay");
  EXPECT_EQ(rule.where, "a.toml:8");
  EXPECT_EQ(rule.zone, 0u);
  EXPECT_FALSE(rule.verified());
  EXPECT_EQ(rule.dwell.fixes, 2);
  EXPECT_TRUE(span_at(rule.seasons, at("2024-05-01T04:00:00Z")));
  EXPECT_EQ(rule_json(rule)["confidence"].as_string(), "example");
  EXPECT_FALSE(rule_json(rule)["verified"].as_bool(true));
}

struct Mistake {
  const char* what;    ///< text of the good file ...
  const char* change;  ///< ... and what it becomes
  const char* where;   ///< file:line key
  const char* says;    ///< part of the message
};

class Mistakes : public testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, is_refused_with_file_line_and_key) {
  const Mistake& m = GetParam();
  const auto loaded = load_pack(files_of(file_with(m.what, m.change)));
  EXPECT_FALSE(loaded.pack);
  const bool found =
      std::any_of(loaded.errors.begin(), loaded.errors.end(), [&](const base::Error& e) {
        return e.where == m.where && e.message.find(m.says) != std::string::npos;
      });
  std::string all;
  for (const auto& e : loaded.errors) all += e.text() + "\n";
  EXPECT_TRUE(found) << "wanted " << m.where << ": " << m.says << "\ngot\n" << all;
  EXPECT_EQ(loaded.errors.size(), 1u) << all;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Mistakes,
    testing::Values(
        Mistake{"include = { kinds = [\"fishing\"] }\n", "", "a.toml:8 rule[0].include",
                "no criteria"},
        Mistake{"include = { kinds = [\"fishing\"] }", "include = {}", "a.toml:19 rule[0].include",
                "no criteria"},
        Mistake{"kinds = [\"fishing\"]", "kinds = [\"fishes\"]",
                "a.toml:19 rule[0].include.kinds[0]", "not a kind of vessel"},
        Mistake{"kinds = [\"fishing\"]", "gears = [\"Q\"]", "a.toml:19 rule[0].include.gears[0]",
                "not a gear"},
        Mistake{"area = \"bay\"", "area = \"gulf\"", "a.toml:16 rule[0].area",
                "there is no zone 'gulf'"},
        Mistake{"area = \"bay\"", "area = \"bay\"\ncolour = 1", "a.toml:17 rule[0].colour",
                "unknown key 'colour'"},
        Mistake{"id = \"zone.bay\"", "id = \"Zone Bay\"", "a.toml:9 rule[0].id", "not a rule id"},
        Mistake{"version = 1\n", "version = \"one\"\n", "a.toml:10 rule[0].version",
                "whole number"},
        Mistake{"kind = \"zone\"", "kind = \"zones\"", "a.toml:11 rule[0].kind", "unknown value"},
        Mistake{"level = \"city\"", "level = \"village\"", "a.toml:12 rule[0].level",
                "unknown value"},
        Mistake{", en = \"Bay\" }", " }", "a.toml:13 rule[0].name.en", "is required"},
        Mistake{"title = { zh = \"疑似入湾\"", "title = { zh = \"非法入湾\"",
                "a.toml:14 rule[0].title.zh", "does not state a suspicion"},
        Mistake{"valid = { from = 2024-01-01 }", "valid = { from = \"2024-01-01\" }",
                "a.toml:15 rule[0].valid.from", "must be a date"},
        Mistake{"valid = { from = 2024-01-01 }", "valid = { from = 2024-01-01, to = 2023-01-01 }",
                "a.toml:15 rule[0].valid", "not after"},
        Mistake{"05-01T12:00", "05-32T12:00", "a.toml:17 rule[0].season.from",
                "not a day of the year"},
        Mistake{"05-01T12:00", "02-29T12:00", "a.toml:17 rule[0].season.from",
                "not a day of the year"},
        Mistake{"on = \"inside\"", "on = \"near\"", "a.toml:18 rule[0].on", "unknown value"},
        Mistake{"severity = \"low\"", "severity = \"loud\"", "a.toml:20 rule[0].severity",
                "unknown value"},
        Mistake{"source = [\"S\"]", "source = [\"T\"]", "a.toml:21 rule[0].source",
                "there is no source"},
        Mistake{"source = [\"S\"]", "source = []", "a.toml:21 rule[0].source", "empty"},
        Mistake{"confidence = \"example\"\nreview", "confidence = \"sure\"\nreview",
                "a.toml:22 rule[0].confidence", "unknown value"},
        Mistake{"review = 2026-03-01", "review = \"soon\"", "a.toml:23 rule[0].review", "a date"},
        Mistake{"review = 2026-03-01", "review = 2026-03-01\noverrides = [\"zone.gulf\"]",
                "a.toml:24 rule[0].overrides", "there is no rule"},
        Mistake{"review = 2026-03-01", "review = 2026-03-01\nsilence_min = 0",
                "a.toml:24 rule[0].silence_min", "at least 1"},
        Mistake{"review = 2026-03-01", "review = 2026-03-01\nspeed_kn = { min = 5, max = 4 }",
                "a.toml:24 rule[0].speed_kn", "not above"},
        Mistake{"review = 2026-03-01", "review = 2026-03-01\ndwell = { fixes = 0 }",
                "a.toml:24 rule[0].dwell.fixes", "from 1"},
        Mistake{"Asia/Shanghai", "Asia/Weihai", "a.toml:2 timezone", "no time zone"},
        Mistake{"schema = 1", "schema = 2", "a.toml:1 schema", "unknown schema"}));

TEST(RulePack, Several_mistakes_are_reported_at_once) {
  auto text = file_with("area = \"bay\"", "area = \"gulf\"\ncolour = 1");
  text.replace(text.find("\"low\""), 5, "\"loud\"");
  const auto loaded = load_pack(files_of(text));
  EXPECT_FALSE(loaded.pack);
  EXPECT_EQ(loaded.errors.size(), 3u);
}

TEST(RulePack, A_moratorium_needs_season_and_article) {
  auto text = file_with("kind = \"zone\"", "kind = \"moratorium\"");
  text.replace(text.find("season = "), 53, "");
  text.replace(text.find("on = \"inside\"\n"), 14, "");
  const auto loaded = load_pack(files_of(text));
  std::vector<std::string> places;
  for (const auto& e : loaded.errors) places.push_back(e.where);
  EXPECT_EQ(places,
            (std::vector<std::string>{"a.toml:8 rule[0].season", "a.toml:8 rule[0].article"}));
}

TEST(RulePack, Versions_of_one_id_may_not_overlap) {
  const std::string one = file_with();
  std::string two = one.substr(one.find("[[rule]]"));
  EXPECT_EQ(load_pack(files_of(one + two)).errors.at(0).code, base::Code::kConflict);
  two.replace(two.find("version = 1"), 11, "version = 2");
  const auto overlap = load_pack(files_of(one + two));
  ASSERT_EQ(overlap.errors.size(), 1u);
  EXPECT_EQ(overlap.errors[0].where, "a.toml:31 rule[1].valid");
  two.replace(two.find("from = 2024-01-01"), 17, "to = 2024-01-01");
  EXPECT_TRUE(load_pack(files_of(one + two)).pack);
}

TEST(RulePack, Zone_mistakes_name_file_line_and_feature) {
  std::string bad = kZones;
  bad.replace(bad.find("[123,38],[122,38]"), 17, "[122,38],[123,38]");  // a bow tie
  bad.replace(bad.find("\"drawn\""), 7, "\"sketch\"");
  const auto loaded = load_pack(files_of(file_with(), bad));
  ASSERT_GE(loaded.errors.size(), 2u);
  EXPECT_EQ(loaded.errors[0].where, "zones/z.geojson:2 bay.properties.kind");
  EXPECT_EQ(loaded.errors[1].where, "zones/z.geojson:2 bay.geometry");
}

TEST(RulePack, A_rule_that_is_off_may_wait_for_its_area) {
  auto text = file_with("area = \"bay\"",
                        "area = \"gulf\"\nenabled = false\n"
                        "disabled_because = { zh = \"无坐标\", en = \"no coordinates\" }");
  const auto loaded = load_pack(files_of(text));
  ASSERT_TRUE(loaded.pack);
  EXPECT_EQ(rule_json(loaded.pack->rules()[0])["disabled_because"]["zh"].as_string(), "无坐标");
}

TEST(RulePack, Gear_sub_types_come_from_the_vessel_groups) {
  EXPECT_TRUE(gear_covers("T", "T"));
  EXPECT_TRUE(gear_covers("T", "T.beam_shrimp"));
  EXPECT_FALSE(gear_covers("T.beam_shrimp", "T"));
  EXPECT_FALSE(gear_covers("D", "DL"));
  model::VesselFacts facts;
  facts.gears = {"Z", "T"};
  facts.groups = {"Z.small", "distant_water"};
  EXPECT_EQ(effective_gears(facts), (std::vector<std::string>{"T", "Z.small"}));
}

RC_GTEST_PROP(RulePack, Any_damage_gives_mistakes_with_a_place_or_a_pack, ()) {
  std::string toml = file_with();
  std::string zones = kZones;
  std::string& text = *rc::gen::arbitrary<bool>() ? toml : zones;
  const auto changes = *rc::gen::inRange(1, 4);
  for (int i = 0; i < changes && !text.empty(); ++i) {
    const auto begin = *rc::gen::inRange<std::size_t>(0, text.size());
    const auto length = *rc::gen::inRange<std::size_t>(0, 12);
    text.replace(begin, length, *rc::gen::container<std::string>(rc::gen::character<char>()));
  }
  const auto loaded = load_pack(files_of(toml, zones));
  RC_ASSERT((loaded.pack == nullptr) == !loaded.errors.empty());
  for (const auto& error : loaded.errors) {
    RC_ASSERT(error.where.find("a.toml") != std::string::npos ||
              error.where.find("zones/z.geojson") != std::string::npos);
    RC_ASSERT(!error.message.empty());
  }
}

TEST(Season, Instants_are_those_of_the_named_zone_and_may_cross_the_new_year) {
  const TimeSpan always;
  const auto from = parse_month_day("12-15T00:00").value();
  const auto to = parse_month_day("01-10T12:30:15").value();
  const auto spans = yearly_spans(from, to, "Asia/Shanghai", always).value();
  const auto span = span_at(spans, at("2025-01-01T00:00:00Z"));
  ASSERT_TRUE(span);
  EXPECT_EQ(base::to_iso(span->from), "2024-12-14T16:00:00.000Z");
  EXPECT_EQ(base::to_iso(span->to), "2025-01-10T04:30:15.000Z");
  EXPECT_FALSE(span_at(spans, span->to));
  EXPECT_TRUE(span_at(spans, span->from));
  EXPECT_FALSE(span_at(spans, base::Instant{span->from.ms - 1}));
}

TEST(Season, Follows_daylight_saving_of_its_zone) {
  const auto day = parse_month_day("07-01T12:00").value();
  const auto end = parse_month_day("12-01T12:00").value();
  const auto spans = yearly_spans(day, end, "Europe/Copenhagen", {}).value();
  const auto span = span_at(spans, at("2024-08-01T00:00:00Z"));
  ASSERT_TRUE(span);
  EXPECT_EQ(base::to_iso(span->from), "2024-07-01T10:00:00.000Z");
  EXPECT_EQ(base::to_iso(span->to), "2024-12-01T11:00:00.000Z");
}

class ShippedPack : public testing::Test {
 protected:
  void SetUp() override {
    auto read = read_rule_files(std::string(JINGLUE_SOURCE_DIR) + "/rules");
    ASSERT_TRUE(read) << read.error().text();
    files = *read;
    auto loaded = load_pack(files);
    for (const auto& e : loaded.errors) ADD_FAILURE() << e.text();
    pack = loaded.pack;
    ASSERT_TRUE(pack);
  }
  RuleFiles files;
  std::shared_ptr<const RulePack> pack;
};

TEST_F(ShippedPack, Holds_every_band_and_version) {
  const auto version = [&](const char* id, const char* when) {
    const Rule* rule = pack->rule(id, at(when));
    return rule != nullptr ? rule->version : -1;
  };
  EXPECT_EQ(version("summer_moratorium.north_of_35n", "2024-05-01T04:00:00Z"), 2023);
  EXPECT_EQ(version("summer_moratorium.north_of_35n", "2016-07-01T04:00:00Z"), 2013);
  EXPECT_EQ(version("summer_moratorium.north_of_35n", "2019-07-01T04:00:00Z"), -1);
  EXPECT_EQ(version("summer_moratorium.north_of_35n.small_stow_net", "2025-06-01T04:00:00Z"), 2025);
  EXPECT_EQ(version("summer_moratorium.35n_to_26n30", "2022-06-01T04:00:00Z"), 2021);
  EXPECT_EQ(version("summer_moratorium.35n_to_26n30", "2024-06-01T04:00:00Z"), 2023);
  EXPECT_EQ(version("summer_moratorium.35n_to_26n30.four_gears", "2022-06-01T04:00:00Z"), 2021);
  EXPECT_EQ(version("summer_moratorium.26n30_to_12n", "2024-06-01T04:00:00Z"), 2021);
  EXPECT_EQ(version("home_port", "2024-06-01T04:00:00Z"), 2023);
}

TEST_F(ShippedPack, Seasons_are_exact_instants) {
  const Rule* rule = pack->rule("summer_moratorium.north_of_35n", at("2024-06-01T00:00:00Z"));
  ASSERT_NE(rule, nullptr);
  const auto span = span_at(rule->seasons, at("2024-06-01T00:00:00Z"));
  ASSERT_TRUE(span);
  EXPECT_EQ(base::to_iso(span->from), "2024-05-01T04:00:00.000Z");
  EXPECT_EQ(base::to_iso(span->to), "2024-09-01T04:00:00.000Z");
}

TEST_F(ShippedPack, Knows_for_which_periods_it_holds_no_rule) {
  const std::size_t zone = pack->zone_index("north_of_35N");
  ASSERT_EQ(pack->coverage_of(zone).size(), 1u);
  const auto& gaps = pack->coverage()[pack->coverage_of(zone)[0]].gaps;
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_EQ(base::to_iso(gaps[0].from), "2016-12-31T16:00:00.000Z");
  EXPECT_EQ(base::to_iso(gaps[0].to), "2023-03-12T16:00:00.000Z");
}

TEST_F(ShippedPack, Survives_the_journal_as_json) {
  const auto json = base::parse_json(files.to_json().dump());
  ASSERT_TRUE(json);
  const auto again = RuleFiles::from_json(*json);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->revision, files.revision);
  EXPECT_EQ(again->files, files.files);
}

TEST_F(ShippedPack, Every_zone_says_where_it_comes_from) {
  for (const auto& zone : pack->zones()) {
    EXPECT_FALSE(zone->source.empty()) << zone->id;
    EXPECT_FALSE(zone->confidence.empty()) << zone->id;
  }
  EXPECT_EQ(zones_geojson(*pack)["features"].items().size(), pack->zones().size());
}

}  // namespace
}  // namespace jinglue::detect
