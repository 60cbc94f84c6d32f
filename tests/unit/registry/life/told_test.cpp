// SPDX-License-Identifier: Apache-2.0
// Who is told by effects, and that a text tells nobody what they do not see.
#include <gtest/gtest.h>

#include "registry/inbox.hpp"
#include "support/records_fixture.hpp"
#include "support/written_registers.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using access::Role;
using base::Json;
using test::field;

namespace {

const char* const kLife =
    "\n[[states]]\nkey = \"open\"\nzh = \"待办\"\nen = \"Open\"\n"
    "\n[[states]]\nkey = \"passed\"\nzh = \"已转\"\nen = \"Passed\"\nfinal = true\n"
    "\n[[transitions]]\nkey = \"pass\"\nzh = \"转办\"\nen = \"Pass\"\nfrom = [\"open\"]\n"
    "to = \"passed\"\n"
    "\n[[transitions.effects]]\nkind = \"notify\"\nto = [\"role:duty_officer\", \"role:leader\"]\n"
    "zh = \"来源{source}电话{phone}船{boat.name}数{count(linked('note', 'tip', 'hint'))}\"\n"
    "en = \"from {source}\"\n"
    "\n[[transitions.effects]]\nkind = \"notify\"\nto = [\"field:handler\", \"field:office\"]\n"
    "zh = \"请办理{name}\"\nen = \"see to {name}\"\n";

class Told : public ::testing::Test {
 protected:
  Told() {
    w.copy_shipped("person");
    w.put("boat", "title = \"name\"\nread_roles = [\"leader\", \"clerk\"]\n" +
                      field("name", "text", "required = true"));
    w.put("note", "title = \"name\"\n" + field("name", "text") +
                      field("tip", "link", "link = \"tip\"") +
                      field("hint", "text", "visible_to = [\"leader\"]"));
    w.put("tip", "title = \"name\"\ndistrict = \"district\"\n" + field("name", "text") +
                     field("district", "text") +
                     field("source", "text", "visible_to = [\"leader\", \"clerk\"]") +
                     field("phone", "text", "mask = \"phone\"\nplain_to = [\"leader\"]") +
                     field("boat", "link", "link = \"boat\"") + field("handler", "person") +
                     field("office", "unit") + kLife);
    f = std::make_unique<test::RecordsFixture>(w.folder());
    access::Access quick(f->database(), access::PasswordCost::least());
    for (const auto& actor : {f->duty, f->duty2, f->clerk, f->boss, far}) {
      const access::User user{actor.user, actor.user, actor.roles, actor.district, false, {}};
      const auto added = quick.add_user(user, "a long enough Passw0rd", f->program, f->now);
      if (!added) throw std::runtime_error(added.error().text());
    }
  }
  Record make(const char* id, const Json& fields) {
    const auto made = f->registry().create(id, fields, f->by(f->program));
    if (!made) throw std::runtime_error(made.error().text());
    return *made;
  }
  void pass(Json fields) {
    const auto tip = make("tip", fields);
    make("note", Json::object({{"name", "n"}, {"tip", tip.id}, {"hint", "a"}}));
    const auto done =
        f->registry().transition("tip", tip.id, "pass", Json::object(), f->by(f->clerk));
    ASSERT_TRUE(done) << done.error().text();
  }
  std::vector<std::string> told(const std::string& who) {
    std::vector<std::string> out;
    for (const auto& n : f->registry().inbox().list(who, false, 0, 100).items)
      out.push_back(n.text.zh);
    return out;
  }
  Json tip(Json more = Json::object()) {
    more.set("name", "甲");
    more.set("district", "rongcheng");
    return more;
  }

  access::Actor far = test::person("far", Role::kClerk, "rushan");
  test::WrittenRegisters w;
  std::unique_ptr<test::RecordsFixture> f;
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_F(Told, ATextShowsEachPersonWhatThatPersonSees) {
  const auto boat = make("boat", Json::object({{"name", "鲁荣渔1"}}));
  pass(tip(Json::object({{"source", "线人"}, {"phone", "13812345678"}, {"boat", boat.id}})));
  EXPECT_EQ(told("boss"), (Texts{"来源线人电话138****5678船鲁荣渔1数1"}));
  EXPECT_EQ(told("duty"), (Texts{"来源电话138****5678船数0"}))
      << "neither the field, nor the boat's register, nor the other field are for that role";
}

TEST_F(Told, AFieldOfAPersonTellsTheAccountOrThatOfTheRecord) {
  pass(tip(Json::object({{"handler", "duty2"}})));
  EXPECT_EQ(told("duty2").front(), "请办理甲");
  EXPECT_EQ(told("duty").size(), 1u) << "only as a duty officer";
  const auto person = make("person", Json::object({{"name", "王小明"}, {"account", "duty"}}));
  pass(tip(Json::object({{"handler", person.id}})));
  EXPECT_EQ(told("duty").front(), "请办理甲");
  EXPECT_EQ(told("duty2").size(), 3u);
  const auto nobody = make("person", Json::object({{"name", "李四"}}));
  pass(tip(Json::object({{"handler", nobody.id}})));
  EXPECT_EQ(told("duty").size(), 4u) << "a person without an account is told of nothing";
}

TEST_F(Told, AFieldOfAUnitTellsItsPeopleWhoMaySeeTheRecord) {
  pass(tip(Json::object({{"office", "rongcheng"}})));
  EXPECT_EQ(told("clerk"), (Texts{"请办理甲"}));
  pass(tip(Json::object({{"office", "rushan"}})));
  EXPECT_EQ(told("far"), Texts{}) << "a record of another district is not told of";
  EXPECT_EQ(told("clerk").size(), 1u);
}
