// SPDX-License-Identifier: Apache-2.0
// The register of sea-use rights as it is shipped, with its guards: one right in a layer, consent
// across layers, who decides, areas and terms.
#include "act/sea_use/sea_use_desk.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/records_fixture.hpp"

using namespace jinglue;
using namespace jinglue::act::sea_use;
using base::Code;
using base::Json;

namespace {

SeaUseRules shipped_rules() {
  auto rules =
      SeaUseRules::read(std::filesystem::path(JINGLUE_SOURCE_DIR) / "data/sea_use/approval.toml");
  if (!rules) throw std::runtime_error(rules.error().text());
  return *rules;
}

class SeaUse : public ::testing::Test {
 protected:
  const geo::GaussKruger grid{122.5};

  /// Metres east and north of a place off Weihai.
  Json rectangle(double west, double south, double east, double north) const {
    const auto origin = grid.forward({37.4, 122.45});
    Json ring = Json::array();
    for (const auto& [e, n] :
         {std::pair{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}) {
      const auto p = grid.reverse({origin.north_m + n, origin.east_m + e});
      ring.push(Json::array({p.lon_deg, p.lat_deg}));
    }
    return Json::object({{"type", "Polygon"}, {"coordinates", Json::array({ring})}});
  }

  Json fields(const std::string& title, Json parcel, const std::string& layer = "column") const {
    return Json::object({{"title", title},
                         {"holder", "某水产有限公司"},
                         {"district", "rongcheng"},
                         {"kind", "1802"},
                         {"mode", "open"},
                         {"layer", layer},
                         {"purpose", "aquaculture"},
                         {"approval_level", "county"},
                         {"applied_on", "2024-03-01"},
                         {"parcel", std::move(parcel)}});
  }
  registry::Record apply(const Json& given) {
    const auto made = f.registry().create(kSeaUseRegister, given, f.by(clerk));
    if (!made) throw std::runtime_error(made.error().text());
    return *made;
  }
  base::Result<registry::Record> run(const registry::Record& r, const std::string& transition,
                                     const Json& input = Json::object(),
                                     const access::Actor* who = nullptr) {
    return f.registry().transition(kSeaUseRegister, r.id, transition, input,
                                   f.by(who != nullptr ? *who : clerk));
  }
  /// Up to the certificate.
  base::Result<registry::Record> certify(const registry::Record& r, double area, const char* end) {
    for (const auto& [key, input] : {std::pair{"accept", Json::object()},
                                     {"review", Json::object({{"opinion", "符合国土空间规划"}})},
                                     {"publish", Json::object()}}) {
      if (auto ok = run(r, key, input); !ok) return ok;
    }
    const auto now = *f.registry().find(kSeaUseRegister, r.id);
    const auto said = f.registry().patch(kSeaUseRegister, r.id, now.revision,
                                         Json::object({{"objections", "无异议"}}), f.by(clerk));
    if (!said) return said;
    const auto number = Json::object({{"approval_document", "荣海批〔2024〕1号"}});
    if (auto ok = run(r, "approve", number); !ok) return ok;
    if (auto ok = run(r, "approve.approve", Json::object(), &leader); !ok) return ok;
    return run(r, "register",
               Json::object({{"certificate", "鲁(2024)荣成市不动产权第" + r.number},
                             {"certified_area", area},
                             {"term_begin", "2024-06-01"},
                             {"term_end", end}}));
  }

  test::RecordsFixture f;
  SeaUseDesk desk{f.registry(), shipped_rules()};
  access::Actor clerk = f.clerk;
  access::Actor leader = f.boss;
};

TEST_F(SeaUse, ASecondRightInTheSameLayerIsRefusedWithTheAreaNamed) {
  const auto first = apply(fields("桑沟湾筏式养殖一区", rectangle(0, 0, 100, 100)));
  ASSERT_TRUE(run(first, "accept"));
  const auto second = apply(fields("桑沟湾筏式养殖二区", rectangle(50, 0, 200, 100)));
  const auto refused = run(second, "accept");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_EQ(refused.error().where, "parcel");
  EXPECT_NE(refused.error().message.find("与" + first.number +
                                         " 桑沟湾筏式养殖一区（水体）重叠0.5000公顷"),
            std::string::npos)
      << refused.error().message;
}

TEST_F(SeaUse, AnotherLayerAsksForConsentAndNeighboursForNothing) {
  const auto cable = apply(fields("海底电缆", rectangle(0, 0, 100, 100), "subsoil"));
  ASSERT_TRUE(run(cable, "accept"));
  auto wanted = fields("筏式养殖", rectangle(0, 0, 100, 100), "surface");
  const auto without = apply(wanted);
  const auto refused = run(without, "accept");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "consents");
  wanted.set("consents", Json::array({Json::object({{"holder", "某电网公司"},
                                                    {"document", "同意函〔2024〕3号"},
                                                    {"given_on", "2024-03-05"}})}));
  EXPECT_TRUE(run(apply(wanted), "accept"));
  // A corner rounded to a thousandth of a second is a sliver.
  EXPECT_TRUE(run(apply(fields("邻宗", rectangle(99.97, 0, 200, 100), "subsoil")), "accept"));
}

TEST_F(SeaUse, CornersThatChangeAfterTheAcceptanceAreLookedAtAgain) {
  const auto first = apply(fields("一区", rectangle(0, 0, 100, 100)));
  ASSERT_TRUE(run(first, "accept"));
  const auto second = apply(fields("二区", rectangle(200, 0, 300, 100)));
  const auto accepted = run(second, "accept");
  ASSERT_TRUE(accepted);
  const auto moved =
      f.registry().patch(kSeaUseRegister, second.id, accepted->revision,
                         Json::object({{"parcel", rectangle(50, 0, 150, 100)}}), f.by(clerk));
  ASSERT_TRUE(moved) << moved.error().text();
  const auto refused = run(second, "review", Json::object({{"opinion", "符合规划"}}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "parcel");
}

TEST(SeaUseRules, AMistakeIsToldWithItsLine) {
  test::TempFolder folder;
  const auto file = folder.path() / "approval.toml";
  std::ofstream(file) << "[[levels]]\nlevel = \"city\"\nmodes = [\"open\"]\nfrom_ha = 5\n"
                         "under_ha = 5\nprovision = \"p\"\nconfidence = \"high\"\n";
  const auto read = SeaUseRules::read(file);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().text().find("approval.toml:5"), std::string::npos) << read.error().text();
}

TEST_F(SeaUse, EndedRightsAndApplicationsDoNotStandInTheWay) {
  const auto first = apply(fields("一区", rectangle(0, 0, 100, 100)));
  ASSERT_TRUE(run(first, "accept"));
  ASSERT_TRUE(run(first, "withdraw", Json::object({{"reason", "申请人撤回"}})));
  EXPECT_TRUE(run(apply(fields("二区", rectangle(0, 0, 100, 100))), "accept"));
}

TEST_F(SeaUse, TheLevelFollowsAreaAndModeUnlessAReasonIsGiven) {
  // 1,500 m by 1,500 m: 225 ha of open use are the city's.
  auto wide = fields("大区", rectangle(0, 0, 1500, 1500));
  const auto refused = run(apply(wide), "accept");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "approval_level");
  EXPECT_NE(refused.error().message.find("225.0000公顷应由市级审批"), std::string::npos)
      << refused.error().message;
  wide.set("approval_level_note", "省管项目，市级转报");
  EXPECT_TRUE(run(apply(wide), "accept"));
  auto city = fields("大区二", rectangle(3000, 0, 4500, 1500));
  city.set("approval_level", "city");
  EXPECT_TRUE(run(apply(city), "accept"));
}

TEST_F(SeaUse, TheCertifiedAreaGovernsButADifferenceIsExplained) {
  const auto right = apply(fields("一区", rectangle(0, 0, 100, 100)));
  const auto differs = certify(right, 1.2, "2039-05-31");
  ASSERT_FALSE(differs);
  EXPECT_EQ(differs.error().where, "certified_area");
  EXPECT_NE(differs.error().message.find("1.0000公顷"), std::string::npos);
  const auto done = run(right, "register",
                        Json::object({{"certificate", "鲁(2024)第1号"},
                                      {"certified_area", 1.2},
                                      {"certified_area_note", "界址点按测绘成果修正"},
                                      {"term_begin", "2024-06-01"},
                                      {"term_end", "2039-05-31"}}));
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(done->state, "registered");
}

TEST_F(SeaUse, NoTermIsLongerThanTheLawAllows) {
  const auto right = apply(fields("一区", rectangle(0, 0, 100, 100)));
  const auto longer = certify(right, 1.0, "2039-06-01");
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().where, "term_end");
  const auto done = run(right, "register",
                        Json::object({{"certificate", "鲁(2024)第2号"},
                                      {"certified_area", 1.0},
                                      {"term_begin", "2024-06-01"},
                                      {"term_end", "2039-05-31"}}));
  EXPECT_TRUE(done) << done.error().text();
}

TEST_F(SeaUse, TheCheckTellsAreasLevelAndTermAndHidesWhatMayNotBeSeen) {
  const auto first = apply(fields("一区", rectangle(0, 0, 100, 100)));
  ASSERT_TRUE(run(first, "accept"));
  auto wanted = fields("二区", rectangle(50, 0, 150, 100));
  wanted.set("certified_area", 1.0001);
  const auto checked = desk.check(wanted, {}, f.now);
  ASSERT_TRUE(checked);
  const Json seen = desk.json(*checked, wanted, clerk);
  EXPECT_EQ(seen["area_ha"].as_string(), "1.0000");
  EXPECT_EQ(seen["meridian_deg"].as_double(), 122.5);
  EXPECT_EQ(seen["certified"].as_string(), "last_digit");
  EXPECT_EQ(seen["level"]["key"].as_string(), "county");
  EXPECT_EQ(seen["term"]["years"].as_int(), 15);
  EXPECT_EQ(seen["overlaps"].items()[0]["number"].as_string(), first.number);
  EXPECT_EQ(seen["overlaps"].items()[0]["area_ha"].as_string(), "0.5000");
  const auto stranger = test::person("clerk2", access::Role::kClerk, "rushan");
  const Json hidden = desk.json(*checked, wanted, stranger);
  EXPECT_TRUE(hidden["overlaps"].items()[0]["number"].is_null());
  EXPECT_TRUE(hidden["overlaps"].items()[0]["title"].is_null());
  EXPECT_EQ(hidden["overlaps"].items()[0]["area_ha"].as_string(), "0.5000");
}

TEST_F(SeaUse, WithoutASoundPolygonNothingIsAccepted) {
  auto none = fields("一区", Json());
  const auto refused = run(apply(none), "accept");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "parcel");
}

TEST(SeaUseRules, WhatNoRowCoversIsNotGuessed) {
  const auto rules = shipped_rules();
  registry::expression::Day day;
  ASSERT_TRUE(registry::expression::read_day("2024-05-01", day));
  EXPECT_EQ(rules.level("structures", 100, day), nullptr);
  EXPECT_EQ(rules.level("other", 1, day), nullptr);
  EXPECT_EQ(rules.level("enclosure", 99.9999, day)->level, "province");
  EXPECT_EQ(rules.level("enclosure", 100, day)->level, "state_council");
  EXPECT_EQ(rules.level("reclamation", 50, day)->level, "state_council");
  EXPECT_EQ(rules.level("open", 199.9999, day)->level, "county");
  registry::expression::Day before;
  ASSERT_TRUE(registry::expression::read_day("2001-12-31", before));
  EXPECT_EQ(rules.level("enclosure", 100, before), nullptr);
}

}  // namespace
