// SPDX-License-Identifier: Apache-2.0
// Taking back transitions whose effects meet on one record, and what is computed from them.
#include <gtest/gtest.h>

#include <set>

#include "support/records_fixture.hpp"
#include "support/written_registers.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using base::Code;
using base::Json;
using test::field;

namespace {

std::string state(const std::string& key, bool final = false) {
  return "\n[[states]]\nkey = \"" + key + "\"\nzh = \"状态" + key + "\"\nen = \"" + key + "\"\n" +
         (final ? "final = true\n" : "");
}
std::string transition(const std::string& key, const std::string& from, const std::string& to,
                       const std::string& more = {}) {
  return "\n[[transitions]]\nkey = \"" + key + "\"\nzh = \"流转" + key + "\"\nen = \"" + key +
         "\"\nfrom = [\"" + from + "\"]\nto = \"" + to + "\"\n" + more;
}
const std::string kOnJobs = "\n[[transitions.effects]]\nregister = \"job\"\nlink = \"plan\"\n";

class Undo : public ::testing::Test {
 protected:
  Undo() {
    w.put("job", "title = \"name\"\n" + field("name", "text") +
                     field("plan", "link", "link = \"plan\"") + field("stage", "text") +
                     field("note", "text") + field("size", "integer") + state("new") +
                     state("running") + state("ended", true) +
                     transition("start", "new", "running") + transition("end", "running", "ended"));
    w.put("plan",
          "title = \"name\"\n" + field("name", "text") +
              field("jobs", "integer", "computed = \"count(linked('job', 'plan', 'name'))\"") +
              field("size", "integer", "computed = \"sum(linked('job', 'plan', 'size'))\"") +
              state("open") + state("gone", true) +
              transition("go", "open", "gone", "undo = [\"duty_leader\"]\n") + kOnJobs +
              "kind = \"update\"\nfields = { stage = \"'one'\", note = \"name\" }\n" + kOnJobs +
              "kind = \"run\"\ntransition = \"start\"\n" + kOnJobs +
              "kind = \"update\"\nfields = { stage = \"'two'\", size = \"7\" }\n" + kOnJobs +
              "kind = \"run\"\ntransition = \"end\"\n" +
              transition("more", "open", "gone", "undo = [\"duty_leader\"]\n") +
              "\n[[transitions.effects]]\nkind = \"create\"\nregister = \"job\"\n"
              "link = \"plan\"\nfields = { name = \"'made'\", size = \"5\" }\n");
    f = std::make_unique<test::RecordsFixture>(w.folder());
  }
  Record make(const char* id, const Json& fields) {
    const auto made = f->registry().create(id, fields, f->by(f->duty));
    if (!made) throw std::runtime_error(made.error().text());
    return *made;
  }
  base::Result<Record> move(const std::string& plan, const char* key) {
    const bool back = std::string(key).ends_with(".undo");
    return f->registry().transition("plan", plan, key,
                                    back ? Json::object({{"reason", "误操作"}}) : Json::object(),
                                    f->by(f->leader));
  }
  Record now(const char* id, const std::string& record) { return *f->registry().find(id, record); }
  /// Each revision is of one change.
  void expect_one_change_each(const char* id, const std::string& record) {
    std::set<std::pair<std::int64_t, std::string>> seen;
    std::int64_t last = 0;
    for (const auto& line : f->registry().history(id, record)) {
      EXPECT_TRUE(seen.insert({line.revision, line.field}).second)
          << line.revision << " " << line.field;
      last = line.revision;
    }
    EXPECT_EQ(last, now(id, record).revision);
  }

  test::WrittenRegisters w;
  std::unique_ptr<test::RecordsFixture> f;
};

}  // namespace

TEST_F(Undo, SeveralEffectsOnOneRecordAreTakenBackInTurn) {
  const auto plan = make("plan", Json::object({{"name", "计划"}}));
  const auto job =
      make("job", Json::object({{"name", "a"}, {"plan", plan.id}, {"stage", "zero"}, {"size", 2}}));
  for (int round = 0; round < 2; ++round) {
    const auto gone = move(plan.id, "go");
    ASSERT_TRUE(gone) << gone.error().text();
    EXPECT_EQ(gone->fields["size"].as_int(), 7) << "the answer is what there is afterwards";
    EXPECT_EQ(now("job", job.id).state, "ended");
    EXPECT_EQ(now("job", job.id).fields["stage"].as_string(), "two");
    EXPECT_EQ(now("job", job.id).fields["note"].as_string(), "计划");
    const auto back = move(plan.id, "go.undo");
    ASSERT_TRUE(back) << back.error().text();
    EXPECT_EQ(back->state, "open");
    EXPECT_EQ(back->fields["size"].as_int(), 2);
    EXPECT_EQ(now("job", job.id).state, "new");
    EXPECT_EQ(now("job", job.id).fields["stage"].as_string(), "zero");
    EXPECT_FALSE(now("job", job.id).fields.has("note"));
    EXPECT_EQ(now("job", job.id).fields["size"].as_int(), 2);
  }
  expect_one_change_each("plan", plan.id);
  expect_one_change_each("job", job.id);
}

TEST_F(Undo, WhatSomebodyElseDidInBetweenStandsInTheWay) {
  const auto plan = make("plan", Json::object({{"name", "计划"}}));
  const auto job = make("job", Json::object({{"name", "a"}, {"plan", plan.id}}));
  ASSERT_TRUE(move(plan.id, "go"));
  ASSERT_TRUE(f->registry().patch("job", job.id, now("job", job.id).revision,
                                  Json::object({{"note", "改"}}), f->by(f->program)));
  const auto refused = move(plan.id, "go.undo");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_EQ(now("plan", plan.id).state, "gone");
  EXPECT_EQ(now("job", job.id).fields["stage"].as_string(), "two");
}

TEST_F(Undo, WhatIsComputedFromWhatATransitionMadeFollowsBothWays) {
  const auto plan = make("plan", Json::object({{"name", "计划"}}));
  const auto gone = move(plan.id, "more");
  ASSERT_TRUE(gone) << gone.error().text();
  EXPECT_EQ(gone->state, "gone");
  EXPECT_EQ(gone->fields["jobs"].as_int(), 1);
  EXPECT_EQ(gone->fields["size"].as_int(), 5);
  expect_one_change_each("plan", plan.id);
  // Another job changes what the plan computes: that is nobody's change of the plan.
  make("job", Json::object({{"name", "b"}, {"plan", plan.id}, {"size", 4}}));
  EXPECT_EQ(now("plan", plan.id).fields["size"].as_int(), 9);
  const auto back = move(plan.id, "more.undo");
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(back->state, "open");
  EXPECT_EQ(back->fields["jobs"].as_int(), 1);
  EXPECT_EQ(back->fields["size"].as_int(), 4);
  EXPECT_EQ(back->revision, now("plan", plan.id).revision);
  expect_one_change_each("plan", plan.id);
}

namespace {

TEST(UndoInPlace, a_step_from_a_state_to_itself_is_seen_and_taken_back_once) {
  test::WrittenRegisters w;
  w.put("task", "title = \"name\"\n" + field("name", "text") + field("due", "date") +
                    state("open") + state("ended", true) +
                    transition("postpone", "open", "open", "undo = [\"duty_leader\"]\n") +
                    "\n[[transitions.input]]\nkey = \"due\"\nzh = \"到期\"\nen = \"Due\"\n"
                    "type = \"date\"\nrequired = true\n" +
                    transition("end", "open", "ended"));
  test::RecordsFixture f(w.folder());
  auto& reg = f.registry();
  const auto made =
      reg.create("task", Json::object({{"name", "a"}, {"due", "2024-06-01"}}), f.by(f.duty));
  ASSERT_TRUE(made) << made.error().text();
  const auto run = [&](const char* key, const Json& input) {
    return reg.transition("task", made->id, key, input, f.by(f.leader));
  };
  const Json why = Json::object({{"reason", "误操作"}});
  EXPECT_FALSE(run("postpone.undo", why)) << "nothing was done yet";
  ASSERT_TRUE(run("postpone", Json::object({{"due", "2024-07-01"}})));
  const auto possible = reg.transitions_for(*reg.find("task", made->id), f.leader, f.now);
  EXPECT_NE(possible.dump().find("postpone.undo"), std::string::npos) << possible.dump();
  const auto back = run("postpone.undo", why);
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(back->fields["due"].as_string(), "2024-06-01");
  EXPECT_EQ(back->state, "open");
  EXPECT_FALSE(run("postpone.undo", why)) << "it is back already";
  ASSERT_TRUE(run("postpone", Json::object({{"due", "2024-08-01"}})));
  ASSERT_TRUE(run("end", Json::object()));
  EXPECT_FALSE(run("postpone.undo", why)) << "another step followed";
}

}  // namespace
