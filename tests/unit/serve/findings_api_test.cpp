// SPDX-License-Identifier: Apache-2.0
// /findings and /suspensions: lists, details, the officers' acts and who may.
#include <gtest/gtest.h>

#include "unit/serve/with_world.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

class FindingsApiTest : public test::WithWorld {
 protected:
  static void SetUpTestSuite() {
    test::WithWorld::SetUpTestSuite();
    auto& w = world();
    vessel_id = w.add_vessel("演练渔0001", "鲁荣渔50001", "rongcheng", 412300001);
    w.add_fix(w.fix(412300001, 37.0, 122.5, test::kNow));
    w.publish();
    duty = w.client("duty");
    clerk = w.client("clerk");
  }
  static void TearDownTestSuite() {
    duty.reset();
    clerk.reset();
    test::WithWorld::TearDownTestSuite();
  }
  /// A new finding of one step; returns its path below /api/v1.
  static std::string finding(const std::string& district = "rongcheng") {
    const std::uint64_t id = 0xABC000 + ++s_count;
    world().add_steps({world().step(id, vessel_id, district)});
    return "/api/v1/findings/" + base::to_hex(id);
  }
  static test::HttpReply review(test::HttpClient& client, const std::string& path, const Json& body,
                                const std::string& key) {
    return client.write("POST", path + "/reviews", body, key);
  }
  static inline std::uint64_t s_count{0};
  static inline std::string vessel_id;
  static inline std::unique_ptr<test::HttpClient> duty, clerk;
};

TEST_F(FindingsApiTest, a_finding_explains_itself) {
  const auto path = finding();
  const auto reply = duty->get(path);
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto json = reply.json();
  EXPECT_EQ(json["status"].as_string(), "new");
  EXPECT_EQ(json["severity"].as_string(), "high");
  EXPECT_TRUE(json["open"].as_bool());
  EXPECT_EQ(json["title"]["zh"].as_string(), "疑似休渔期离港");
  EXPECT_EQ(json["rule_id"].as_string(), "summer_moratorium.north_of_35n");
  EXPECT_DOUBLE_EQ(json["values"]["speed_max_kn"].as_double(), 3.5);
  ASSERT_EQ(json["subjects"].items().size(), 1u);
  EXPECT_EQ(json["subjects"].items()[0]["id"].as_string(), vessel_id);
  EXPECT_TRUE(json["subjects"].items()[0].has("handle"));
  ASSERT_EQ(json["steps"].items().size(), 1u);
  EXPECT_EQ(json["steps"].items()[0]["kind"].as_string(), "opened");
  ASSERT_EQ(json["positions"].items().size(), 1u);
  EXPECT_DOUBLE_EQ(json["positions"].items()[0]["lat"].as_double(), 37.0);
  EXPECT_TRUE(json["review_list"].is_array());
}

TEST_F(FindingsApiTest, the_list_is_filtered_by_district_of_the_person) {
  finding("rongcheng");
  finding("rushan");
  finding("");
  const auto all = duty->get("/api/v1/findings?limit=1000").json();
  const auto own = clerk->get("/api/v1/findings?limit=1000").json();
  EXPECT_GT(all["total"].as_int(), own["total"].as_int());
  for (const auto& item : own["items"].items()) {
    EXPECT_EQ(item["values"]["district"].as_string(), "rongcheng");
  }
  EXPECT_EQ(clerk->get("/api/v1/findings?district=rushan").json()["items"].items().size(), 0u);
  EXPECT_EQ(duty->get("/api/v1/findings?district=rushan").json()["items"].items().size(), 1u);
}

TEST_F(FindingsApiTest, a_finding_of_another_district_does_not_exist_for_a_clerk) {
  const auto path = finding("rushan");
  EXPECT_EQ(duty->get(path).status, 200);
  EXPECT_EQ(clerk->get(path).status, 404);
  EXPECT_EQ(clerk->get(finding("")).status, 404);
  EXPECT_EQ(clerk->get(finding("rongcheng")).status, 200);
  EXPECT_EQ(review(*clerk, path, Json::object({{"kind", "comment"}}), "k1").status, 404);
}

TEST_F(FindingsApiTest, a_cursor_that_no_page_gave_is_refused) {
  for (int i = 0; i < 3; ++i) finding();
  const auto first = duty->get("/api/v1/findings?limit=1").json();
  const auto& next = first["next"].as_string();
  ASSERT_FALSE(next.empty());
  const auto second = duty->get("/api/v1/findings?limit=1&cursor=" + next).json();
  EXPECT_NE(second["items"].items().at(0)["id"], first["items"].items().at(0)["id"]);
  for (const auto* bad : {"x", "12", "12-", "12-xyz", "-0000000000000001"}) {
    const auto reply = duty->get(std::string("/api/v1/findings?cursor=") + bad);
    EXPECT_EQ(reply.status, 400) << bad;
    EXPECT_EQ(reply.json()["field"].as_string(), "cursor");
  }
}

TEST_F(FindingsApiTest, an_id_that_is_none_is_404) {
  for (const char* id : {"0123456789abcdef", "xyz", "12345", "0123456789ABCDEFG"}) {
    EXPECT_EQ(duty->get(std::string("/api/v1/findings/") + id).status, 404) << id;
  }
}

TEST_F(FindingsApiTest, verifying_makes_one_lead_however_often_it_is_sent) {
  const auto path = finding();
  const Json body = Json::object({{"kind", "verify"}, {"seen_step", 0}});
  const auto first = review(*duty, path, body, "verify-1");
  ASSERT_EQ(first.status, 201) << first.body;
  const auto again = review(*duty, path, body, "verify-1");
  ASSERT_EQ(again.status, 201) << again.body;
  EXPECT_EQ(first.json()["review"]["id"].as_string(), again.json()["review"]["id"].as_string());
  const auto json = first.json();
  EXPECT_EQ(json["finding"]["status"].as_string(), "verified");
  EXPECT_EQ(json["review"]["actor"].as_string(), "duty");
  const std::string lead = json["finding"]["case_id"].as_string();
  ASSERT_FALSE(lead.empty());
  const auto record = duty->get("/api/v1/registers/case/records/" + lead);
  ASSERT_EQ(record.status, 200) << record.body;
  EXPECT_EQ(record.json()["fields"]["vessel"].as_string(), vessel_id);
  // The title of the linked vessel comes along.
  EXPECT_EQ(record.json()["links"][vessel_id].as_string(), "演练渔0001");
  // And the vessel's panel shows both.
  const auto vessel = duty->get("/api/v1/vessels/" + vessel_id).json();
  EXPECT_GE(vessel["findings"].items().size(), 1u);
  EXPECT_GE(vessel["cases"].items().size(), 1u);
}

TEST_F(FindingsApiTest, what_a_review_lacks_is_named) {
  const auto path = finding();
  const auto refused = [&](const Json& body, const std::string& field) {
    const auto reply = review(*duty, path, body, "bad-" + body.dump().substr(0, 80));
    EXPECT_EQ(reply.status, 422) << body.dump() << reply.body;
    EXPECT_EQ(reply.json()["field"].as_string(), field) << reply.body;
  };
  refused(Json::object({{"kind", "approve"}, {"seen_step", 0}}), "kind");
  refused(Json::object({{"kind", "acknowledge"}}), "seen_step");
  refused(Json::object({{"kind", "acknowledge"}, {"seen_step", -1}}), "seen_step");
  refused(Json::object({{"kind", "false_alarm"}, {"seen_step", 0}}), "reason");
  refused(Json::object({{"kind", "suspend"}, {"seen_step", 0}, {"scope", "fleet"}}), "scope");
  refused(Json::object({{"kind", "suspend"}, {"seen_step", 0}, {"until", "soon"}}), "until");
  const auto keyless =
      duty->send("POST", path + "/reviews", "{}", {{"Content-Type", "application/json"}});
  EXPECT_EQ(keyless.status, 400);
  EXPECT_EQ(keyless.json()["code"].as_string(), "idempotency_key_missing");
}

TEST_F(FindingsApiTest, only_those_who_may_review_do) {
  const auto path = finding();
  const auto reply =
      review(*clerk, path,
             Json::object({{"kind", "false_alarm"}, {"seen_step", 0}, {"reason", "auxiliary"}}),
             "clerk-1");
  EXPECT_EQ(reply.status, 403) << reply.body;
  EXPECT_EQ(duty->get(path).json()["status"].as_string(), "new");
}

TEST_F(FindingsApiTest, the_same_key_of_two_people_is_two_acts) {
  const auto path = finding();
  const auto leader = world().client("leader");
  const Json body = Json::object({{"kind", "acknowledge"}, {"seen_step", 0}});
  const auto one = review(*duty, path, body, "shared-key");
  const auto two = review(*leader, path, body, "shared-key");
  ASSERT_EQ(one.status, 201) << one.body;
  ASSERT_EQ(two.status, 201) << two.body;
  EXPECT_NE(one.json()["review"]["id"].as_string(), two.json()["review"]["id"].as_string());
}

TEST_F(FindingsApiTest, a_suspension_is_listed_and_taken_back) {
  const auto path = finding();
  const auto reply = review(*duty, path,
                            Json::object({{"kind", "suspend"},
                                          {"seen_step", 0},
                                          {"reason", "permit under way"},
                                          {"suspend_for", "2h"},
                                          {"scope", "vessel"}}),
                            "suspend-1");
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.json()["review"]["until"].as_string(),
            base::to_iso(test::kNow + std::chrono::hours(2)));
  EXPECT_EQ(reply.json()["review"]["scope"].as_string(), "vessel");
  const auto list = duty->get("/api/v1/suspensions").json();
  ASSERT_EQ(list["items"].items().size(), 1u);
  EXPECT_EQ("/api/v1/findings/" + list["items"].items()[0]["finding"]["id"].as_string(), path);
  const auto reopened =
      review(*duty, path, Json::object({{"kind", "reopen"}, {"seen_step", 0}}), "reopen-1");
  ASSERT_EQ(reopened.status, 201) << reopened.body;
  EXPECT_EQ(duty->get("/api/v1/suspensions").json()["items"].items().size(), 0u);
}

TEST_F(FindingsApiTest, counts_are_by_status_severity_and_rule) {
  finding();
  const auto json = duty->get("/api/v1/findings/counts").json();
  EXPECT_GE(json["status"]["new"].as_int(), 1);
  EXPECT_GE(json["severity"]["high"].as_int(), 1);
  EXPECT_GE(json["rules"]["summer_moratorium.north_of_35n"].as_int(), 1);
}

}  // namespace
}  // namespace jinglue::serve
