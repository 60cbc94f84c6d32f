// SPDX-License-Identifier: Apache-2.0
// A register that is not enabled: no route opens it, whatever it is; every GET of openapi.yaml
// below /registers and the feeds beside it are tried.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "unit/serve/with_world.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

class StandingApi : public test::WithWorld {
 protected:
  static void SetUpTestSuite() {
    test::WithWorld::SetUpTestSuite();
    auto& w = world();
    vessel = w.add_vessel("演练渔0007", "鲁荣渔50007", "rongcheng", 412300007);
    leader = w.client("leader");
    admin = w.client("admin");
    clerk = w.client("clerk");
    const Json fields = Json::object({{"kind", "charter"},
                                      {"vessel", vessel},
                                      {"rules", Json::array({"zone"})},
                                      {"from", "2024-05-01T00:00:00Z"},
                                      {"to", "2024-06-01T00:00:00Z"},
                                      {"document", "演练〔2024〕1号"}});
    const auto made = leader->write("POST", "/api/v1/registers/exemption/records",
                                    Json::object({{"fields", fields}}), "e1");
    ASSERT_EQ(made.status, 201) << made.body;
    exemption = made.json()["id"].as_string();
  }
  static void TearDownTestSuite() {
    for (auto* client : {&leader, &admin, &clerk}) client->reset();
    test::WithWorld::TearDownTestSuite();
  }
  void TearDown() override { enable("vessel", true); }

  static test::HttpReply enable(const char* id, bool enabled) {
    return admin->write(
        "PATCH", "/api/v1/registers/standing",
        Json::object(
            {{"changes", Json::array({Json::object({{"register", id}, {"enabled", enabled}})})},
             {"reason", "换用省厅系统"}}),
        "");
  }
  static const Json* entry(const Json& list, const std::string& id) {
    for (const auto& one : list["items"].items())
      if (one["id"].as_string() == id || one["register"].as_string() == id) return &one;
    return nullptr;
  }
  static std::string filled(std::string path) {
    const auto put = [&](const std::string& name, const std::string& value) {
      const auto at = path.find(name);
      if (at != std::string::npos) path.replace(at, name.size(), value);
    };
    put("{register}", "vessel");
    put("{record}", vessel);
    put("{sha256}", std::string(64, 'a'));
    return path;
  }

  static inline std::string vessel, exemption;
  static inline std::unique_ptr<test::HttpClient> leader, admin, clerk;
};

TEST_F(StandingApi, the_list_says_where_the_menu_has_a_register) {
  const Json seen = leader->get("/api/v1/registers").json();
  const Json* vessels = entry(seen, "vessel");
  ASSERT_NE(vessels, nullptr);
  EXPECT_TRUE((*vessels)["enabled"].as_bool());
  EXPECT_FALSE((*vessels)["empty"].as_bool(true));
  EXPECT_EQ((*vessels)["menu"].as_string(), "shown");
  const Json* empty = entry(seen, "key_project");
  ASSERT_NE(empty, nullptr);
  EXPECT_TRUE((*empty)["empty"].as_bool());
  EXPECT_EQ((*empty)["menu"].as_string(), (*empty)["may"]["edit"].as_bool() ? "all" : "hidden");
  const auto enforcement = world().client("enforcement");
  const Json theirs = enforcement->get("/api/v1/registers").json();
  const Json* hidden = entry(theirs, "key_project");
  ASSERT_NE(hidden, nullptr);
  EXPECT_EQ((*hidden)["menu"].as_string(), "hidden")
      << "who may not write in it needs no empty list";
}

TEST_F(StandingApi, a_disabled_register_is_only_in_the_administrators_lists) {
  const auto done = enable("vessel", false);
  ASSERT_EQ(done.status, 200) << done.body;
  const Json after = done.json();
  const Json* one = entry(after, "vessel");
  ASSERT_NE(one, nullptr);
  EXPECT_FALSE((*one)["enabled"].as_bool(true));
  EXPECT_EQ((*one)["by"].as_string(), "admin");
  EXPECT_EQ((*one)["reason"].as_string(), "换用省厅系统");
  EXPECT_GE((*one)["records"].as_int(), 1);
  EXPECT_FALSE((*one)["used_by"].items().empty());
  EXPECT_EQ(entry(leader->get("/api/v1/registers").json(), "vessel"), nullptr);
  const Json admins = admin->get("/api/v1/registers").json();
  const Json* shown = entry(admins, "vessel");
  ASSERT_NE(shown, nullptr);
  EXPECT_FALSE((*shown)["enabled"].as_bool(true));
  EXPECT_FALSE((*shown)["may"]["edit"].as_bool(true));
  EXPECT_EQ((*shown)["menu"].as_string(), "hidden");
}

TEST_F(StandingApi, every_address_about_it_gives_the_one_refusal) {
  ASSERT_EQ(enable("vessel", false).status, 200);
  const YAML::Node file = YAML::LoadFile(std::string(JINGLUE_SOURCE_DIR) + "/openapi.yaml");
  std::size_t asked = 0;
  for (const auto& path : file["paths"]) {
    const auto pattern = path.first.as<std::string>();
    if (!path.second["get"] || !pattern.starts_with("/registers/{register}")) continue;
    for (auto* client : {leader.get(), clerk.get(), admin.get()}) {
      if (client == admin.get() && pattern == "/registers/{register}") continue;
      const auto reply = client->get("/api/v1" + filled(pattern));
      EXPECT_EQ(reply.status, 403) << pattern << ' ' << reply.body;
      EXPECT_EQ(reply.json()["code"].as_string(), "register_disabled") << pattern << reply.body;
      ++asked;
    }
  }
  EXPECT_GT(asked, 25u);
  const Json fields = Json::object({{"fields", Json::object({{"name", "x"}})}});
  const std::string base = "/api/v1/registers/vessel";
  for (const auto& reply :
       {leader->write("POST", base + "/records", fields, "w1"),
        leader->write("POST", base + "/records/" + vessel + "/comments",
                      Json::object({{"text", "x"}}), "w2"),
        leader->write("PUT", base + "/views", Json::object({{"name", "x"}, {"query", "view=list"}}),
                      ""),
        leader->get("/api/v1/registers/changes?register=vessel")}) {
    EXPECT_EQ(reply.status, 403) << reply.body;
    EXPECT_EQ(reply.json()["code"].as_string(), "register_disabled") << reply.body;
  }
}

TEST_F(StandingApi, feeds_and_searches_leave_it_out_and_links_keep_their_titles) {
  const auto count = [](const std::string& path, const char* list) {
    const auto reply = leader->get("/api/v1" + path);
    EXPECT_EQ(reply.status, 200) << reply.body;
    const Json body = reply.json();
    std::size_t out = 0;
    for (const auto& one : body[list].items())
      out += one["register"].as_string() == "vessel" ? 1 : 0;
    return out;
  };
  const std::string find = "/search?q=%E9%B2%81%E8%8D%A3%E6%B8%9450007";
  EXPECT_GT(count(find, "records"), 0u);
  EXPECT_GT(count("/registers/changes", "items"), 0u);
  ASSERT_EQ(enable("vessel", false).status, 200);
  EXPECT_EQ(count(find, "records"), 0u);
  EXPECT_EQ(count("/registers/changes", "items"), 0u);
  const auto linking = leader->get("/api/v1/registers/exemption/records/" + exemption);
  ASSERT_EQ(linking.status, 200) << linking.body;
  EXPECT_FALSE(linking.json()["links"][vessel].as_string().empty()) << linking.body;
  ASSERT_EQ(enable("vessel", true).status, 200);
  EXPECT_GT(count(find, "records"), 0u) << "nothing was lost";
}

TEST_F(StandingApi, a_finding_needs_the_register_of_cases) {
  auto& w = world();
  w.publish();
  w.add_steps({w.step(0xF7, vessel, "rongcheng")});
  ASSERT_EQ(enable("case", false).status, 200);
  const Json review = Json::object({{"kind", "verify"}, {"seen_step", 0}});
  const auto refused =
      leader->write("POST", "/api/v1/findings/00000000000000f7/reviews", review, "review-1");
  EXPECT_EQ(refused.status, 403) << refused.body;
  EXPECT_EQ(refused.json()["code"].as_string(), "register_disabled") << refused.body;
  EXPECT_NE(refused.json()["hint"].as_string().find("administrator"), std::string::npos);
  ASSERT_EQ(enable("case", true).status, 200);
}

}  // namespace
}  // namespace jinglue::serve
