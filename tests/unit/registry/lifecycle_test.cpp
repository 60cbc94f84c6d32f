// SPDX-License-Identifier: Apache-2.0
// The shipped lifecycles walked through every transition by every role, and the second person.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "registry/registry.hpp"
#include "support/records_fixture.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using access::Role;
using base::Code;
using base::Json;

namespace {

constexpr Role kPeople[] = {Role::kDutyOfficer, Role::kDutyLeader, Role::kLiaison,
                            Role::kEnforcement, Role::kRescue,     Role::kClerk,
                            Role::kEconomist,   Role::kLeader,     Role::kAdministrator};

class LifecycleTest : public ::testing::Test {
 protected:
  Registry& reg() { return f.registry(); }

  std::string new_record(const std::string& id) {
    Json fields = Json::object();
    if (id == "exemption") {
      const auto v = reg().create("vessel", Json::object({{"name", "a"}, {"kind", "fishing"}}),
                                  f.by(f.program));
      fields = Json::object({{"kind", "repair"},
                             {"vessel", v->id},
                             {"rules", Json::array({"moratorium"})},
                             {"from", "2024-05-01T00:00:00Z"},
                             {"to", "2024-05-09T00:00:00Z"},
                             {"document", "文〔2024〕1号"}});
    } else {
      fields = Json::object({{"title", "疑似休渔期离港"},
                             {"source", "patrol"},
                             {"begin", "2024-05-01T04:00:00Z"},
                             {"article", "第六条"},
                             {"district", "rongcheng"}});
    }
    const auto made = reg().create(id, fields, f.by(f.program));
    EXPECT_TRUE(made) << made.error().text();
    return made->id;
  }

  static Json filled_input(const Transition& t) {
    Json input = Json::object();
    for (const auto& field : t.input) {
      if (field.type == FieldType::kChoice)
        input.set(field.key, field.choices.front().key);
      else if (field.type == FieldType::kInstant)
        input.set(field.key, "2024-05-02T00:00:00Z");
      else if (field.type == FieldType::kMoney)
        input.set(field.key, "5000.00");
      else
        input.set(field.key, "内容");
    }
    return input;
  }

  base::Result<Record> move(const std::string& reg_id, const std::string& id,
                            const std::string& key, const access::Actor& actor) {
    const Transition* t = reg().definition(reg_id)->transition(key.substr(0, key.find('.')));
    Json input = Json::object();
    if (key.find('.') == std::string::npos) input = filled_input(*t);
    if (key.ends_with(".refuse")) input.set("reason", "材料不全");
    return reg().transition(reg_id, id, key, input, f.by(actor));
  }

  /// Brings a new record to `state` as the program with its second person.
  std::string in_state(const Definition& d, const std::string& state) {
    const std::string id = new_record(d.id);
    for (int i = 0; i < 5 && reg().find(d.id, id)->state != state; ++i) {
      const Transition* best = nullptr;
      for (const auto& t : d.transitions) {
        const auto now = reg().find(d.id, id)->state;
        const bool starts = std::find(t.from.begin(), t.from.end(), now) != t.from.end();
        if (starts && (t.to == state || (best == nullptr && t.to == "filed"))) best = &t;
        if (starts && t.to == state) break;
      }
      EXPECT_NE(best, nullptr) << state;
      EXPECT_TRUE(move(d.id, id, best->key, f.enforcement_or(*best)));
      if (best->approval) {
        EXPECT_TRUE(move(d.id, id, best->key + ".approve", f.leader));
      }
    }
    EXPECT_EQ(reg().find(d.id, id)->state, state);
    return id;
  }

  struct Fixture : test::RecordsFixture {
    /// Someone who may run it.
    const access::Actor& enforcement_or(const Transition& t) const {
      const bool e = std::find(t.roles.begin(), t.roles.end(), "enforcement") != t.roles.end();
      return e ? enforcement : leader;
    }
  };
  Fixture f;
};

}  // namespace

TEST_F(LifecycleTest, EveryTransitionFromEveryStateByEveryRole) {
  for (const char* register_id : {"exemption", "case"}) {
    const Definition& d = *reg().definition(register_id);
    for (const auto& state : d.states) {
      std::string id;
      for (const auto& t : d.transitions) {
        const bool starts = std::find(t.from.begin(), t.from.end(), state.key) != t.from.end();
        for (const Role role : kPeople) {
          const std::string key(access::to_key(role));
          const bool named = std::find(t.roles.begin(), t.roles.end(), key) != t.roles.end();
          const std::string what =
              std::string(register_id) + " " + state.key + " " + t.key + " by " + key;
          if (id.empty()) id = in_state(d, state.key);  // a refused one changes nothing
          const auto before = *reg().find(d.id, id);
          const auto actor = test::person("someone", role);
          const auto moved = move(d.id, id, t.key, actor);
          ASSERT_EQ(bool(moved), starts && named) << what << (moved ? "" : moved.error().text());
          if (!moved) {
            EXPECT_EQ(moved.error().code, named ? Code::kConflict : Code::kForbidden) << what;
            EXPECT_EQ(to_json(*reg().find(d.id, id)), to_json(before)) << what;
            continue;
          }
          EXPECT_EQ(moved->state, t.approval ? state.key : t.to) << what;
          EXPECT_EQ(moved->pending.is_null(), !t.approval) << what;
          id.clear();
        }
      }
    }
  }
}

TEST_F(LifecycleTest, FilingNeedsASecondPersonOfTheRightRole) {
  const std::string id = new_record("case");
  auto two_roles = f.enforcement;
  two_roles.roles.push_back(Role::kDutyLeader);
  EXPECT_EQ(move("case", id, "file.approve", f.leader).error().code, Code::kConflict)
      << "nothing was asked for";
  const auto asked = move("case", id, "file", two_roles);
  ASSERT_TRUE(asked) << asked.error().text();
  EXPECT_EQ(asked->state, "lead");
  EXPECT_EQ(asked->pending["by"].as_string(), "enforcement");
  EXPECT_EQ(asked->fields["handler"], Json()) << "nothing is filled in before the approval";
  EXPECT_EQ(move("case", id, "file.approve", two_roles).error().code, Code::kForbidden)
      << "who asked does not approve, whatever the roles";
  EXPECT_EQ(move("case", id, "file.approve", f.duty).error().code, Code::kForbidden);
  EXPECT_EQ(move("case", id, "drop", f.enforcement).error().code, Code::kConflict)
      << "no other way while it waits";
  EXPECT_EQ(
      reg()
          .patch("case", id, asked->revision, Json::object({{"note", "x"}}), f.by(f.enforcement))
          .error()
          .where,
      "pending")
      << "what is being approved does not change under the approver";
  const auto filed = move("case", id, "file.approve", f.leader);
  ASSERT_TRUE(filed) << filed.error().text();
  EXPECT_EQ(filed->state, "filed");
  EXPECT_TRUE(filed->pending.is_null());
  EXPECT_EQ(filed->fields["handler"].as_string(), "内容");
  EXPECT_EQ(filed->fields["filed_by"].as_string(), "enforcement");
  EXPECT_EQ(filed->fields["filing_approved_by"].as_string(), "leader");
  EXPECT_EQ(filed->fields["filed_at"].as_string(), base::to_iso(f.now));
  std::vector<std::string> inputs;
  for (const auto& line : reg().history("case", id)) {
    if (line.field == "input") inputs.push_back(line.after["transition"].as_string());
  }
  EXPECT_EQ(inputs, (std::vector<std::string>{"file", "file.approve"}));
}

TEST_F(LifecycleTest, ARequestIsRefusedOrWithdrawn) {
  const std::string id = new_record("case");
  ASSERT_TRUE(move("case", id, "file", f.enforcement));
  const auto other = test::person("colleague", Role::kEnforcement);
  EXPECT_EQ(move("case", id, "file.withdraw", other).error().code, Code::kForbidden);
  EXPECT_EQ(
      reg().transition("case", id, "file.refuse", Json::object(), f.by(f.leader)).error().where,
      "reason");
  const auto refused = move("case", id, "file.refuse", f.leader);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->state, "lead");
  EXPECT_TRUE(refused->pending.is_null());
  ASSERT_TRUE(move("case", id, "file", f.enforcement));
  EXPECT_TRUE(move("case", id, "file.withdraw", f.enforcement));
  EXPECT_TRUE(move("case", id, "drop", f.enforcement));
}

TEST_F(LifecycleTest, TransitionsForSaysWhatIsPossibleAndWhyNot) {
  const std::string id = new_record("case");
  const auto entry = [&](const access::Actor& actor, const std::string& key) {
    const Json list = reg().transitions_for(*reg().find("case", id), actor, f.now);
    for (const auto& t : list.items()) {
      if (t["key"].as_string() == key) return t;
    }
    return Json();
  };
  EXPECT_TRUE(entry(f.enforcement, "file")["allowed"].as_bool());
  EXPECT_TRUE(entry(f.enforcement, "file")["approval"].as_bool());
  EXPECT_EQ(entry(f.enforcement, "file")["input"].items().size(), 3u);
  EXPECT_FALSE(entry(f.duty, "file")["allowed"].as_bool());
  EXPECT_EQ(entry(f.duty, "file")["reason"]["zh"].as_string(),
            "没有此项权限，需要角色：渔政执法人员");
  EXPECT_TRUE(entry(f.enforcement, "close").is_null()) << "not from this state";
  ASSERT_TRUE(
      reg().patch("case", id, 1, Json::object({{"article", nullptr}}), f.by(f.enforcement)));
  EXPECT_EQ(entry(f.enforcement, "file")["reason"]["zh"].as_string(), "请先填写：涉嫌违反条款");
  reg().set_guard("case", "file", [](const Record&, const Json&, const Write&) {
    return base::Status(base::fail(Code::kConflict, "今天不行 / not today"));
  });
  ASSERT_TRUE(reg().patch("case", id, 2, Json::object({{"article", "x"}}), f.by(f.enforcement)));
  EXPECT_EQ(entry(f.enforcement, "file")["reason"]["en"].as_string(), "not today");
  EXPECT_EQ(move("case", id, "file", f.enforcement).error().message, "今天不行 / not today");
  reg().set_guard("case", "file", {});
  ASSERT_TRUE(move("case", id, "file", f.enforcement));
  EXPECT_TRUE(entry(f.enforcement, "drop").is_null());
  EXPECT_TRUE(entry(f.leader, "file.approve")["allowed"].as_bool());
  EXPECT_EQ(entry(f.leader, "file.approve")["name"]["zh"].as_string(), "批准：立案");
  EXPECT_EQ(entry(f.leader, "file.approve")["to"].as_string(), "filed");
  EXPECT_FALSE(entry(f.enforcement, "file.approve")["allowed"].as_bool());
  EXPECT_TRUE(entry(f.enforcement, "file.withdraw")["allowed"].as_bool());
}

TEST_F(LifecycleTest, LockedAndFinalRecordsAreNotEditedByPeople) {
  const std::string id = new_record("exemption");
  const auto approved = move("exemption", id, "approve", f.leader);
  ASSERT_TRUE(approved) << approved.error().text();
  EXPECT_EQ(approved->fields["approved_by"].as_string(), "leader");
  const Json wider = Json::object({{"to", "2030-01-01T00:00:00Z"}});
  EXPECT_EQ(reg().patch("exemption", id, approved->revision, wider, f.by(f.leader)).error().where,
            "state")
      << "an approved permission does not grow by an edit";
  EXPECT_EQ(reg().remove("exemption", id, approved->revision, f.by(f.leader)).error().code,
            Code::kConflict);
  EXPECT_TRUE(move("exemption", id, "revoke", f.leader));
  EXPECT_TRUE(reg().transitions_for(*reg().find("exemption", id), f.leader, f.now).items().empty());
}

TEST_F(LifecycleTest, ThreeWithoutIsOnlyARecordedInspectionOutcome) {
  const std::string id = new_record("case");
  const Json outcome = Json::object({{"inspection_outcome", "three_without"}});
  EXPECT_EQ(reg().patch("case", id, 1, outcome, f.by(f.enforcement)).error().code,
            Code::kForbidden);
  EXPECT_EQ(reg().transition("case", id, "inspect_lead", outcome, f.by(f.enforcement)).error().code,
            Code::kMissing)
      << "time and inspectors belong to it";
  Json whole = outcome;
  whole.set("inspected_at", "2024-05-01T05:00:00Z").set("inspected_by", "甲、乙");
  const auto done = reg().transition("case", id, "inspect_lead", whole, f.by(f.enforcement));
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(done->state, "lead");
  EXPECT_EQ(done->fields["inspection_outcome"].as_string(), "three_without");
}

TEST_F(LifecycleTest, UnknownKeysAndInputsAreRefused) {
  const std::string id = new_record("case");
  for (const char* key : {"fly", "file.fly", "drop.approve", "", ".approve"}) {
    EXPECT_EQ(reg().transition("case", id, key, {}, f.by(f.enforcement)).error().code,
              Code::kUnknown)
        << key;
  }
  Json input = Json::object({{"drop_reason", "证据不足"}, {"colour", "red"}});
  EXPECT_EQ(reg().transition("case", id, "drop", input, f.by(f.enforcement)).error().where,
            "colour");
  EXPECT_EQ(reg().transition("case", id, "drop", {}, f.by(f.enforcement)).error().where,
            "drop_reason");
  input = Json::object({{"drop_reason", "证据不足"}});
  const auto dropped = reg().transition("case", id, "drop", input, f.by(f.enforcement, "k"));
  const auto again = reg().transition("case", id, "drop", input, f.by(f.enforcement, "k"));
  ASSERT_TRUE(dropped && again);
  EXPECT_EQ(to_json(*dropped), to_json(*again));
  EXPECT_EQ(dropped->number, "AJ-2024-0001");
}
