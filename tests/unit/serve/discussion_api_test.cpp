// SPDX-License-Identifier: Apache-2.0
// Comments on records and watchers over HTTP: who may, what is told, what is repeated or too long.
#include <gtest/gtest.h>

#include "unit/serve/with_world.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

class DiscussionApiTest : public test::WithWorld {
 protected:
  static void SetUpTestSuite() {
    test::WithWorld::SetUpTestSuite();
    leader = world().client("leader");
    clerk = world().client("clerk");
    admin = world().client("admin");
  }
  static void TearDownTestSuite() {
    for (auto* client : {&leader, &clerk, &admin}) client->reset();
    test::WithWorld::TearDownTestSuite();
  }
  void SetUp() override { vessel = add_vessel("rongcheng"); }

  static std::string key() { return "talk-" + std::to_string(++s_count); }
  /// The path of a vessel's record of that district.
  static std::string add_vessel(const std::string& district) {
    ++s_count;
    const auto made = leader->write(
        "POST", "/api/v1/registers/vessel/records",
        Json::object({{"fields", Json::object({{"name", "演练渔" + std::to_string(s_count)},
                                               {"kind", "fishing"},
                                               {"district", district}})}}),
        key());
    EXPECT_EQ(made.status, 201) << made.body;
    return "/api/v1/registers/vessel/records/" + made.json()["id"].as_string();
  }
  static test::HttpReply say(test::HttpClient& client, const std::string& path,
                             const std::string& text, const std::string& key) {
    return client.write("POST", path + "/comments", Json::object({{"text", text}}), key);
  }
  static std::size_t audited(const std::string& action, const std::string& path) {
    const std::string target = "vessel/" + path.substr(path.rfind('/') + 1);
    std::size_t out = 0;
    const auto lines = admin->get("/api/v1/audit?limit=500").json()["items"];
    for (const auto& line : lines.items())
      out += line["action"].as_string() == action && line["target"].as_string() == target ? 1 : 0;
    return out;
  }

  std::string vessel;
  static inline int s_count{0};
  static inline std::unique_ptr<test::HttpClient> leader, clerk, admin;
};

TEST_F(DiscussionApiTest, a_comment_is_kept_told_and_audited_once_however_often_it_is_sent) {
  const std::string once = key();
  const auto first = say(*clerk, vessel, "  船主已电话确认在港 ", once);
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(first.json()["text"].as_string(), "船主已电话确认在港");
  EXPECT_EQ(first.json()["person"].as_string(), "clerk");
  const auto again = say(*clerk, vessel, "  船主已电话确认在港 ", once);
  ASSERT_EQ(again.status, 201) << again.body;
  EXPECT_EQ(again.json().dump(), first.json().dump());
  EXPECT_EQ(say(*clerk, vessel, "另一句话", once).status, 409);
  const auto all = leader->get(vessel + "/comments").json();
  ASSERT_EQ(all["items"].items().size(), 1u);
  EXPECT_EQ(all["watchers"].dump(), R"(["clerk"])");
  EXPECT_FALSE(all["watched"].as_bool());
  EXPECT_EQ(audited("record.comment", vessel), 1u);
  std::size_t told = 0;  // the leader made the record
  const auto inbox = leader->get("/api/v1/inbox").json()["items"];
  for (const auto& notice : inbox.items()) {
    told +=
        notice["kind"].as_string() == "comment" && vessel.ends_with(notice["record"].as_string())
            ? 1
            : 0;
  }
  EXPECT_EQ(told, 1u);
}

TEST_F(DiscussionApiTest, who_may_not_see_the_record_neither_reads_nor_writes) {
  const std::string other = add_vessel("rushan");
  ASSERT_EQ(say(*leader, other, "请核实", key()).status, 201);
  EXPECT_EQ(clerk->get(other + "/comments").status, 404);
  EXPECT_EQ(say(*clerk, other, "看看", key()).status, 404);
  const auto watch = [&](test::HttpClient& client) {
    return client.write("PUT", other + "/watch", Json::object({{"watch", true}}), key()).status;
  };
  EXPECT_EQ(watch(*clerk), 404);
  auto nobody = world().client();
  EXPECT_EQ(nobody->get(other + "/comments").status, 401);
  EXPECT_EQ(leader->get(other + "/comments").json()["items"].items().size(), 1u);
}

TEST_F(DiscussionApiTest, what_is_empty_too_long_or_without_a_key_is_refused) {
  EXPECT_EQ(say(*leader, vessel, " \n ", key()).status, 422);
  std::string text;
  for (int i = 0; i < 2'000; ++i) text += "长";
  EXPECT_EQ(say(*leader, vessel, text, key()).status, 201);
  EXPECT_EQ(say(*leader, vessel, text + "长", key()).status, 413);
  const auto bare = leader->send("POST", vessel + "/comments", R"({"text":"无键"})",
                                 {{"Content-Type", "application/json"}});
  EXPECT_EQ(bare.status, 400) << bare.body;
  EXPECT_EQ(leader->get(vessel + "/comments").json()["items"].items().size(), 1u);
}

TEST_F(DiscussionApiTest, watching_twice_is_audited_once_and_can_be_ended) {
  const auto watch = [&](bool on) {
    const auto reply = clerk->write("PUT", vessel + "/watch", Json::object({{"watch", on}}), key());
    EXPECT_EQ(reply.status, 200) << reply.body;
  };
  watch(true);
  watch(true);
  EXPECT_TRUE(clerk->get(vessel + "/comments").json()["watched"].as_bool());
  EXPECT_EQ(audited("record.watch", vessel), 1u);
  watch(false);
  watch(false);
  EXPECT_FALSE(clerk->get(vessel + "/comments").json()["watched"].as_bool());
  EXPECT_EQ(audited("record.unwatch", vessel), 1u);
}

TEST_F(DiscussionApiTest, comments_come_in_pages) {
  for (const char* text : {"一", "二", "三"})
    ASSERT_EQ(say(*leader, vessel, text, key()).status, 201);
  const auto first = leader->get(vessel + "/comments?limit=2").json();
  ASSERT_EQ(first["items"].items().size(), 2u);
  const auto rest =
      leader->get(vessel + "/comments?limit=2&cursor=" + first["next"].as_string()).json();
  ASSERT_EQ(rest["items"].items().size(), 1u);
  EXPECT_EQ(rest["items"].items()[0]["text"].as_string(), "三");
  EXPECT_FALSE(rest.has("next"));
}

}  // namespace
}  // namespace jinglue::serve
