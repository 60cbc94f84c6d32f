// SPDX-License-Identifier: Apache-2.0
#include "registry/organisation.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "registry/import.hpp"
#include "support/records_fixture.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using access::Role;
using base::Code;
using base::Json;

namespace {

std::string shipped_units() {
  std::ifstream in(std::string(JINGLUE_SOURCE_DIR) + "/data/organisation_units.csv",
                   std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class OrganisationTest : public ::testing::Test {
 protected:
  OrganisationTest() {
    const auto report =
        import_csv(f.registry(), "organisation_unit", shipped_units(), {}, f.by(f.program));
    if (!report || report->refused > 0) throw std::runtime_error("the shipped units are refused");
  }
  std::string add(Json fields) {
    auto made = f.registry().create("organisation_unit", fields, f.by(f.admin));
    if (!made) throw std::runtime_error(made.error().text());
    return made->id;
  }
  void set(const std::string& key, Json fields) {
    const auto unit = f.registry().find_by("organisation_unit", "key", key);
    const auto done =
        f.registry().patch("organisation_unit", unit->id, unit->revision, fields, f.by(f.admin));
    if (!done) throw std::runtime_error(done.error().text());
  }
  /// What the program gives an account of that unit at sign-in.
  access::Actor of_unit(const std::string& unit, Role role = Role::kClerk) {
    const std::string name = "at_" + unit;
    access::User user{name, name, {role}, unit, false, {}};
    const auto users = f.access().users();
    if (std::none_of(users.begin(), users.end(), [&](const auto& u) { return u.name == name; })) {
      const auto added = f.access().add_user(user, "a long password 1", f.admin, f.now);
      if (!added) throw std::runtime_error(added.error().text());
    }
    auto session = f.access().sign_in(name, "a long password 1", "127.0.0.1", base::wall_now());
    if (!session) throw std::runtime_error(session.error().text());
    return session->actor;
  }
  std::uint64_t seen(const access::Actor& who) {
    return f.registry().list_for(who, "person", {})->total;
  }
  Record person(const char* district) {
    const auto made = f.registry().create(
        "person", Json::object({{"name", district}, {"district", district}}), f.by(f.program));
    if (!made) throw std::runtime_error(made.error().text());
    return *made;
  }

  test::RecordsFixture f;
};

}  // namespace

TEST_F(OrganisationTest, AUnitReachesTheRecordsOfAllBelowItAndNoOthers) {
  add(Json::object(
      {{"key", "shidao"}, {"name", "石岛管理区"}, {"kind", "district"}, {"parent", "rongcheng"}}));
  for (const auto* d : {"rongcheng", "shidao", "rushan"}) person(d);
  EXPECT_EQ(seen(of_unit("weihai")), 3u) << "the city";
  EXPECT_EQ(seen(of_unit("rongcheng")), 2u) << "itself and its own districts";
  EXPECT_EQ(seen(of_unit("shidao")), 1u);
  EXPECT_EQ(seen(of_unit("rushan")), 1u);
  const auto port = of_unit("shidao");
  EXPECT_FALSE(f.registry().may_see(person("rongcheng"), port)) << "not what is above";
  const auto city = of_unit("weihai");
  const auto boat = person("rushan");
  EXPECT_TRUE(f.registry().patch("person", boat.id, 1, Json::object({{"note", "x"}}), f.by(city)));
  EXPECT_FALSE(f.registry().patch("person", boat.id, 2, Json::object({{"note", "y"}}), f.by(port)));
  EXPECT_TRUE(access::authorise(city, access::Action::kSeeFindings, {"", "rushan"}));
}

TEST_F(OrganisationTest, AMergerKeepsRecordsNamesAndHistoryAndHandsThemOn) {
  const auto boat = person("lingang");
  EXPECT_EQ(seen(of_unit("jingqu")), 0u);
  set("lingang", Json::object({{"until", "2024-12-31"}, {"merged_into", "jingqu"}}));
  const auto units = f.registry().organisation();
  EXPECT_EQ(units->below("jingqu", "2025-01-01"), std::vector<std::string>{"lingang"});
  EXPECT_TRUE(units->below("jingqu", "2024-12-31").empty()) << "its last day is its own";
  EXPECT_EQ(seen(of_unit("jingqu")), 1u) << "of that unit today";
  EXPECT_EQ(f.registry().find("person", boat.id)->fields["district"].as_string(), "lingang")
      << "records keep the unit that they were of";
  set("jingqu",
      Json::object({{"name", "经济技术开发区（临港）"},
                    {"former_names", Json::array({Json::object({{"name", "经济技术开发区"},
                                                                {"until", "2024-12-31"}})})}}));
  const auto now = f.registry().organisation();
  EXPECT_EQ(now->name_on("jingqu", "2024-05-01").zh, "经济技术开发区");
  EXPECT_EQ(now->name_on("jingqu", "2025-05-01").zh, "经济技术开发区（临港）");
}

TEST_F(OrganisationTest, TheTreeIsFreshAfterEachChangeAndAloopHangsNobody) {
  EXPECT_EQ(of_unit("rushan").below.size(), 0u);
  set("wendeng", Json::object({{"parent", "rushan"}}));
  EXPECT_EQ(of_unit("rushan").below, std::vector<std::string>{"wendeng"});
  set("rushan", Json::object({{"parent", "wendeng"}}));
  EXPECT_EQ(of_unit("rushan").below, std::vector<std::string>{"wendeng"});
  EXPECT_LT(f.registry().organisation()->above("rushan").size(), 20u);
}

TEST_F(OrganisationTest, FieldsOfUnitsAndDistrictsTakeOnlyThoseThatStand) {
  const auto refused = [&](const char* key, const char* value) {
    const auto made =
        f.registry().create("person", Json::object({{"name", "王"}, {key, value}}), f.by(f.admin));
    return made ? std::string("ok") : made.error().message + " | " + made.error().hint;
  };
  EXPECT_EQ(refused("unit", "rongcheng"), "ok");
  EXPECT_NE(refused("unit", "atlantis").find("there is no unit"), std::string::npos);
  add(Json::object(
      {{"key", "gu"}, {"name", "股"}, {"kind", "department"}, {"parent", "rongcheng"}}));
  EXPECT_EQ(refused("unit", "gu"), "ok");
  EXPECT_NE(refused("district", "gu").find("is no district"), std::string::npos);
  set("lingang", Json::object({{"until", "2024-04-30"}, {"merged_into", "jingqu"}}));
  EXPECT_NE(refused("district", "lingang").find("its work goes on in jingqu"), std::string::npos);
}

TEST_F(OrganisationTest, ANewRecordBeginsWithTheUnitAndDistrictOfItsWriter) {
  add(Json::object(
      {{"key", "shidao"}, {"name", "石岛"}, {"kind", "port"}, {"parent", "rongcheng"}}));
  const auto clerk = of_unit("rongcheng");
  const auto made = f.registry().create("person", Json::object({{"name", "李"}}), f.by(clerk));
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->fields["unit"].as_string(), "rongcheng");
  EXPECT_EQ(made->fields["district"].as_string(), "rongcheng");
  const Json form = f.registry().defaults("person", f.by(of_unit("shidao")));
  EXPECT_EQ(form["unit"].as_string(), "shidao");
  EXPECT_EQ(form["district"].as_string(), "rongcheng") << "the district that the unit is in";
  const auto empty = f.registry().create("person", Json::object({{"name", "赵"}, {"unit", Json()}}),
                                         f.by(f.admin));
  EXPECT_TRUE(empty->fields["unit"].is_null()) << "given as empty";
}

TEST_F(OrganisationTest, APersonIsAnAccountOrARecordThatExists) {
  const auto who = of_unit("rongcheng");
  const auto named = [&](const std::string& account) {
    return f.registry().create("person", Json::object({{"name", "王"}, {"account", account}}),
                               f.by(f.admin));
  };
  EXPECT_TRUE(named(who.user));
  EXPECT_EQ(named("nobody").error().code, Code::kMissing);
  EXPECT_EQ(named("01890000-0000-7000-8000-000000000000").error().code, Code::kMissing);
  EXPECT_EQ(named("王小明").error().code, Code::kMalformed);
}
