// SPDX-License-Identifier: Apache-2.0
// Conditions and effects of transitions on definitions of the stranger kind.
#include <gtest/gtest.h>

#include "support/life_fixture.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using base::Code;
using base::Json;

namespace {

class LifeTest : public ::testing::Test {
 protected:
  Registry& reg() { return f.registry(); }

  std::string release() {
    const auto made = reg().create(
        "fry_release",
        Json::object(
            {{"species", "中国对虾"}, {"planned_quantity", 100}, {"district", "rongcheng"}}),
        f.by(f.clerk));
    EXPECT_TRUE(made) << made.error().text();
    return made->id;
  }
  static Json document(const char* kind, const char* number) {
    return Json::object({{"kind", kind}, {"number", number}});
  }
  static Json all_documents() {
    return Json::array({document("quarantine", "检2024-1"), document("residue", "药2024-1"),
                        document("hatchery", "苗2024-1")});
  }
  void patch(const std::string& id, const Json& fields) {
    const auto done = reg().patch("fry_release", id, reg().find("fry_release", id)->revision,
                                  fields, f.by(f.clerk));
    ASSERT_TRUE(done) << done.error().text();
  }
  base::Result<Record> move(const std::string& id, const char* key, Json input = Json::object()) {
    return reg().transition("fry_release", id, key, input, f.by(f.clerk));
  }
  Json offered(const std::string& id, const std::string& key, const access::Actor& actor) {
    const Json all = reg().transitions_for(*reg().find("fry_release", id), actor, f.now);
    for (const auto& t : all.items())
      if (t["key"].as_string() == key) return t;
    return {};
  }
  std::string released() {
    const auto id = release();
    patch(id, Json::object({{"documents", all_documents()},
                            {"checklist",
                             Json::array({Json::object({{"item", "水温"}, {"done", true}})})}}));
    EXPECT_TRUE(move(id, "pre_check"));
    const auto done =
        move(id, "release", Json::object({{"counted_quantity", 90}, {"reason", "天气适宜"}}));
    EXPECT_TRUE(done) << done.error().text();
    return id;
  }
  std::string trial() {
    const auto made = reg().create(
        "sea_trial",
        Json::object(
            {{"title", "无人艇编队"},
             {"place", *base::parse_json(R"({"type":"Point","coordinates":[122.5,37.1]})")},
             {"begin", "2024-06-01T00:00:00Z"},
             {"end", "2024-06-03T00:00:00Z"},
             {"vessels", Json::array({Json::object({{"name", "试验1号"}}),
                                      Json::object({{"name", "试验2号"}})})}}),
        f.by(f.duty));
    EXPECT_TRUE(made) << made.error().text();
    return made->id;
  }
  base::Result<Record> move_trial(const std::string& id, const char* key,
                                  Json input = Json::object()) {
    return reg().transition("sea_trial", id, key, input, f.by(f.leader));
  }
  std::size_t count(const char* book) { return reg().list(book, {})->total; }

  test::LifeFixture f;
};

}  // namespace

TEST_F(LifeTest, AReleaseWaitsForEachOfItsDocuments) {
  const auto id = release();
  auto refused = move(id, "pre_check");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_NE(refused.error().message.find("缺检疫合格证明；缺药残检测报告；缺苗种生产许可证"),
            std::string::npos);
  EXPECT_NE(refused.error().message.find("the quarantine certificate is missing"),
            std::string::npos);
  patch(id, Json::object({{"documents", Json::array({document("quarantine", "检2024-1"),
                                                     document("residue", "药2024-1")})}}));
  refused = move(id, "pre_check");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "缺苗种生产许可证 / the hatchery licence is missing");
  patch(id, Json::object({{"documents", all_documents()}}));
  EXPECT_TRUE(move(id, "pre_check"));
}

TEST_F(LifeTest, TransitionsSayInBothLanguagesWhatIsMissing) {
  const auto id = release();
  const auto before = offered(id, "pre_check", f.clerk);
  EXPECT_FALSE(before["allowed"].as_bool());
  EXPECT_EQ(before["reason"]["zh"].as_string(), "缺检疫合格证明；缺药残检测报告；缺苗种生产许可证");
  EXPECT_NE(before["reason"]["en"].as_string().find("the drug residue report is missing"),
            std::string::npos);
  patch(id, Json::object({{"documents", all_documents()}}));
  EXPECT_TRUE(offered(id, "pre_check", f.clerk)["allowed"].as_bool());
}

TEST_F(LifeTest, AConditionOnWhatThePersonIsAskedIsLookedAtWhenItIsGiven) {
  const auto id = release();
  patch(id, Json::object({{"documents", all_documents()}}));
  ASSERT_TRUE(move(id, "pre_check"));
  const Json good = Json::object({{"counted_quantity", 90}, {"reason", "天气适宜"}});
  auto refused = move(id, "release", good);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "现场核查清单尚未全部完成 / the checklist is not done");
  patch(id, Json::object(
                {{"checklist", Json::array({Json::object({{"item", "水温"}, {"done", true}})})}}));
  EXPECT_TRUE(offered(id, "release", f.clerk)["allowed"].as_bool());
  refused = move(id, "release", Json::object({{"counted_quantity", 121}, {"reason", "多"}}));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("within 120%"), std::string::npos);
  EXPECT_FALSE(reg().find("fry_release", id)->fields.has("counted_quantity"));
  EXPECT_TRUE(move(id, "release", good));
}

TEST_F(LifeTest, AReasonIsAskedForAndKept) {
  const auto id = release();
  patch(id, Json::object(
                {{"documents", all_documents()},
                 {"checklist", Json::array({Json::object({{"item", "水温"}, {"done", true}})})}}));
  ASSERT_TRUE(move(id, "pre_check"));
  const auto refused = move(id, "release", Json::object({{"counted_quantity", 90}}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "reason");
  ASSERT_TRUE(
      move(id, "release", Json::object({{"counted_quantity", 90}, {"reason", "天气适宜"}})));
  const auto history = reg().history("fry_release", id);
  const auto kept = std::any_of(history.begin(), history.end(), [](const HistoryLine& l) {
    return l.field == "input" && l.after["input"]["reason"].as_string() == "天气适宜";
  });
  EXPECT_TRUE(kept);
}

TEST_F(LifeTest, AnEffectFillsFieldsAndTellsTheDistrictOnce) {
  const auto id = released();
  const auto record = *reg().find("fry_release", id);
  EXPECT_EQ(record.fields["release_on"].as_string(), "2024-05-01");
  const std::vector<std::string> expected{record.number + " 中国对虾 已放流 90 万尾"};
  EXPECT_EQ(f.told("clerk"), expected);
  EXPECT_EQ(f.told("leader"), expected);
  EXPECT_TRUE(f.told("other").empty());  // of another district
  EXPECT_TRUE(f.told("boss").empty());
}

TEST_F(LifeTest, AnApprovedTrialBecomesAZoneThatEndsWithIt) {
  const auto id = trial();
  const auto approved = move_trial(id, "approve");
  ASSERT_TRUE(approved) << approved.error().text();
  const auto zone = reg().find("temporary_zone", approved->fields["zone"].as_string());
  ASSERT_TRUE(zone);
  EXPECT_EQ(zone->state, "active");
  EXPECT_EQ(zone->fields["name"].as_string(), "海试临时区：无人艇编队（" + approved->number + "）");
  EXPECT_EQ(zone->fields["trial"].as_string(), id);
  EXPECT_EQ(zone->fields["kind"].as_string(), "trial");
  EXPECT_EQ(zone->fields["begin"].as_string(), "2024-06-01T00:00:00.000Z");
  EXPECT_EQ(zone->fields["place"], reg().find("sea_trial", id)->fields["place"]);
  EXPECT_EQ(zone->created_by, "leader");  // in the name of who approved
  EXPECT_EQ(count("permit_slip"), 2u);    // one for each vessel
  const auto finished = move_trial(id, "finish");
  ASSERT_TRUE(finished) << finished.error().text();
  const auto lifted = reg().find("temporary_zone", zone->id);
  EXPECT_EQ(lifted->state, "lifted");
  EXPECT_EQ(lifted->fields["lifted_at"].as_string(), base::to_iso(f.now));
  const auto slips = *reg().list("permit_slip", {});
  for (const auto& slip : slips.items) EXPECT_TRUE(slip.fields["void"].as_bool());
  EXPECT_TRUE(f.access().verify_audit());
}

TEST_F(LifeTest, WhatAnEffectCannotDoUndoesTheWholeTransition) {
  const auto id = trial();
  const auto approved = move_trial(id, "approve");
  ASSERT_TRUE(approved);
  const auto zone = approved->fields["zone"].as_string();
  // The zone was lifted by hand: the condition over the link says so.
  ASSERT_TRUE(reg().transition("temporary_zone", zone, "lift",
                               Json::object({{"lifted_at", "2024-05-02T00:00:00Z"}}),
                               f.by(f.leader)));
  const auto refused = move_trial(id, "finish");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "临时区域未生效 / the zone is not in force");
  // A template that becomes longer than the field takes: nothing is left of the transition.
  const auto long_name = trial();
  std::string text;
  for (int i = 0; i < 290; ++i) text += "长";
  ASSERT_TRUE(
      reg().patch("sea_trial", long_name, 1, Json::object({{"title", text}}), f.by(f.duty)));
  const auto zones = count("temporary_zone");
  const auto slips = count("permit_slip");
  const auto lines = f.access().audit_lines(0, 1).front().number;
  const auto failed = move_trial(long_name, "approve");
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().message.find("the effect 'create' of 'approve'"), std::string::npos);
  EXPECT_EQ(count("temporary_zone"), zones);
  EXPECT_EQ(count("permit_slip"), slips);
  EXPECT_EQ(reg().find("sea_trial", long_name)->state, "applied");
  EXPECT_EQ(f.access().audit_lines(0, 1).front().number, lines);
}

TEST_F(LifeTest, ALinkedRecordInAStateGuardsATransition) {
  const auto id = trial();
  ASSERT_TRUE(reg().create(
      "temporary_zone",
      Json::object({{"name", "手工"},
                    {"kind", "other"},
                    {"trial", id},
                    {"place", *base::parse_json(R"({"type":"Point","coordinates":[122,37]})")}}),
      f.by(f.leader)));
  const auto refused = move_trial(id, "approve");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "已有生效的临时区域 / there is a zone in force already");
}

TEST_F(LifeTest, ATransitionIsTakenBackWithAReasonAndTheHistoryKeepsBoth) {
  const auto id = released();
  EXPECT_TRUE(offered(id, "release.undo", f.clerk).is_object());
  EXPECT_FALSE(offered(id, "release.undo", f.clerk)["allowed"].as_bool());
  EXPECT_TRUE(offered(id, "release.undo", f.leader)["allowed"].as_bool());
  const auto undo = [&](const access::Actor& actor, Json input) {
    return reg().transition("fry_release", id, "release.undo", input, f.by(actor));
  };
  const Json why = Json::object({{"reason", "计数有误"}});
  EXPECT_EQ(undo(f.clerk, why).error().code, Code::kForbidden);
  EXPECT_EQ(undo(f.leader, Json::object()).error().where, "reason");
  const auto back = undo(f.leader, why);
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(back->state, "pre_checked");
  EXPECT_FALSE(back->fields.has("release_on"));
  EXPECT_FALSE(back->fields.has("counted_quantity"));
  EXPECT_EQ(f.told("clerk").front().find("已撤销："), 0u);
  EXPECT_EQ(undo(f.leader, why).error().code, Code::kConflict);  // once
  std::vector<std::string> moves;
  for (const auto& line : reg().history("fry_release", id))
    if (line.field == "input") moves.push_back(line.after["transition"].as_string());
  EXPECT_EQ(moves, (std::vector<std::string>{"pre_check", "release", "release.undo"}));
}

TEST_F(LifeTest, UndoingIsRefusedAfterItsTimeAndAfterAnotherTransition) {
  const auto late = released();
  f.now = f.now + std::chrono::hours(24 * 5);
  auto refused = reg().transition("fry_release", late, "release.undo",
                                  Json::object({{"reason", "计数有误"}}), f.by(f.leader));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("已超过可撤销的时限"), std::string::npos);
  const auto moved = released();
  ASSERT_TRUE(move(moved, "publish"));
  refused = reg().transition("fry_release", moved, "release.undo",
                             Json::object({{"reason", "计数有误"}}), f.by(f.leader));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("was not the record's last transition"),
            std::string::npos);
}

TEST_F(LifeTest, UndoingAlsoTakesBackWhatTheTransitionMade) {
  const auto id = trial();
  const auto approved = move_trial(id, "approve");
  ASSERT_TRUE(approved);
  const auto zone = approved->fields["zone"].as_string();
  const auto back = move_trial(id, "approve.undo", Json::object({{"reason", "推迟"}}));
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(back->state, "applied");
  EXPECT_FALSE(back->fields.has("zone"));
  EXPECT_TRUE(reg().find("temporary_zone", zone)->removed);
  EXPECT_EQ(count("permit_slip"), 0u);
  ASSERT_TRUE(move_trial(id, "approve"));  // and again
}

TEST_F(LifeTest, UndoingIsRefusedWhenWhatItMadeHasChangedSince) {
  const auto id = trial();
  const auto approved = move_trial(id, "approve");
  const auto zone = approved->fields["zone"].as_string();
  ASSERT_TRUE(
      reg().patch("temporary_zone", zone, 1, Json::object({{"name", "改名"}}), f.by(f.leader)));
  const auto refused = move_trial(id, "approve.undo", Json::object({{"reason", "推迟"}}));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("此后已变动，不能撤销"), std::string::npos);
  EXPECT_NE(refused.error().message.find("'temporary_zone'"), std::string::npos);
  EXPECT_EQ(reg().find("sea_trial", id)->state, "approved");
  EXPECT_EQ(count("permit_slip"), 2u);
}

TEST_F(LifeTest, ARepeatedRequestDoesItsEffectsOnce) {
  const auto id = trial();
  const auto write = f.by(f.leader, "one");
  ASSERT_TRUE(reg().transition("sea_trial", id, "approve", Json::object(), write));
  ASSERT_TRUE(reg().transition("sea_trial", id, "approve", Json::object(), write));
  EXPECT_EQ(count("temporary_zone"), 1u);
  EXPECT_EQ(count("permit_slip"), 2u);
}
