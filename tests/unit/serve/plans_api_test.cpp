// SPDX-License-Identifier: Apache-2.0
// /plans: a document in, a draft, edits, tasks, their progress; who may and what is refused.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "unit/serve/with_world.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

std::string sample(const std::string& name) {
  std::ifstream in(std::string(JINGLUE_SOURCE_DIR) + "/tests/data/plan/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class PlansApiTest : public test::WithWorld {
 protected:
  static void SetUpTestSuite() {
    test::WithWorld::SetUpTestSuite();
    liaison = world().client("liaison");
    local = world().client("liaison2");
    duty = world().client("duty");
    clerk = world().client("clerk");
  }
  static void TearDownTestSuite() {
    for (auto* client : {&liaison, &local, &duty, &clerk}) client->reset();
    test::WithWorld::TearDownTestSuite();
  }
  static std::string key() { return "plan-key-" + std::to_string(++s_count); }
  static test::HttpReply hand_in(test::HttpClient& client, const std::string& bytes,
                                 const std::string& name = {}, const std::string& with = key()) {
    return client.send("POST", "/api/v1/plans" + (name.empty() ? "" : "?name=" + name), bytes,
                       {{"Content-Type", name.empty() ? "text/plain" : "application/octet-stream"},
                        {"Idempotency-Key", with}});
  }
  static std::string path(const Json& plan) { return "/api/v1/plans/" + plan["id"].as_string(); }
  static void gather(const Json& nodes, std::vector<Json>& out) {
    for (const auto& node : nodes.items()) {
      if (node["kind"].as_string() == "measure") out.push_back(node);
      gather(node["children"], out);
    }
  }
  static std::vector<Json> measures(const Json& plan) {
    std::vector<Json> out;
    gather(plan["nodes"], out);
    return out;
  }
  static Json accept(const std::vector<Json>& nodes) {
    Json edits = Json::array();
    for (const auto& node : nodes)
      edits.push(Json::object({{"op", "set"},
                               {"node", node["id"]},
                               {"values", Json::object({{"decision", "accepted"}})}}));
    return edits;
  }
  static test::HttpReply patch(test::HttpClient& client, const Json& plan, std::int64_t revision,
                               const Json& edits) {
    return client.write("PATCH", path(plan),
                        Json::object({{"base_revision", revision}, {"edits", edits}}), key());
  }
  static inline int s_count{0};
  static inline std::unique_ptr<test::HttpClient> liaison, local, duty, clerk;
};

TEST_F(PlansApiTest, pasted_text_becomes_a_draft_that_is_listed_and_read_again) {
  const auto reply = hand_in(*liaison, sample("work_points.txt"));
  ASSERT_EQ(reply.status, 201) << reply.body;
  const auto plan = reply.json();
  EXPECT_EQ(reply.header("location"), path(plan));
  EXPECT_EQ(plan["owner"].as_string(), "liaison");
  EXPECT_GT(measures(plan).size(), 8u);
  EXPECT_FALSE(plan.has("file_name"));
  EXPECT_EQ(liaison->get(path(plan)).json()["nodes"], plan["nodes"]);
  const auto list = liaison->get("/api/v1/plans").json();
  EXPECT_EQ(list["items"].items().front()["id"].as_string(), plan["id"].as_string());
  EXPECT_FALSE(list["items"].items().front().has("nodes"));
  // A bound liaison sees the plans of the whole authority and of the own district.
  EXPECT_EQ(local->get(path(plan)).status, 200);
}

TEST_F(PlansApiTest, the_same_key_hands_in_once) {
  const auto one = hand_in(*liaison, sample("task_list.txt"), "list.txt", "once");
  const auto two = hand_in(*liaison, sample("task_list.txt"), "list.txt", "once");
  ASSERT_EQ(one.status, 201) << one.body;
  EXPECT_EQ(two.status, 201);
  EXPECT_EQ(one.json()["id"].as_string(), two.json()["id"].as_string());
  EXPECT_EQ(one.json()["file_name"].as_string(), "list.txt");
}

TEST_F(PlansApiTest, what_is_no_document_is_refused_with_what_to_do) {
  const auto refused = [&](const std::string& bytes, int status, const std::string& says) {
    const auto reply = hand_in(*liaison, bytes, "x.doc");
    EXPECT_EQ(reply.status, status) << reply.body;
    EXPECT_NE(reply.body.find(says), std::string::npos) << reply.body;
  };
  refused("", 422, "no text");
  refused(std::string("\x7F"
                      "ELF\0\1\2\3\4",
                      9),
          422, "no text in");
  refused("%PDF-1.7 ...", 422, "PDF");
  refused("\xD0\xCF\x11\xE0 old", 422, "old form of Word");
  refused("会议总结了上一年的工作,大家认为成绩来之不易。", 422, "nothing that is to be done");
  refused(std::string(11u << 20, 'x'), 413, "at most");
  EXPECT_EQ(
      liaison->send("POST", "/api/v1/plans", "{}", {{"Content-Type", "application/json"}}).status,
      415);
}

TEST_F(PlansApiTest, a_text_in_gb18030_is_the_same_text) {
  // 要加强安全检查。
  const std::string gb = "\xD2\xAA\xBC\xD3\xC7\xBF\xB0\xB2\xC8\xAB\xBC\xEC\xB2\xE9\xA1\xA3";
  const auto reply = hand_in(*liaison, gb, "gb.txt");
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.json()["form"].as_string(), "GB18030");
  EXPECT_EQ(measures(reply.json()).at(0)["text"].as_string(), "加强安全检查");
}

TEST_F(PlansApiTest, only_who_may_break_down_documents) {
  EXPECT_EQ(hand_in(*duty, "要加强检查。").status, 403);
  EXPECT_EQ(duty->get("/api/v1/plans").status, 403);
  EXPECT_EQ(clerk->get("/api/v1/plans").status, 403);
  const auto own = hand_in(*local, sample("work_points.txt"));
  ASSERT_EQ(own.status, 201) << own.body;
  EXPECT_EQ(own.json()["district"].as_string(), "rushan");
  EXPECT_EQ(liaison->get(path(own.json())).status, 200);
  EXPECT_EQ(duty->get(path(own.json())).status, 403);
  EXPECT_EQ(liaison->get("/api/v1/plans/00000000-0000-7000-8000-000000000000").status, 404);
}

TEST_F(PlansApiTest, edits_hold_under_the_revision_that_was_seen) {
  const auto plan = hand_in(*liaison, sample("work_points.txt")).json();
  const auto all = measures(plan);
  const auto done = patch(*liaison, plan, 1, accept({all[0]}));
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.json()["revision"].as_int(), 2);
  EXPECT_EQ(done.json()["counts"]["accepted"].as_int(), 1);
  EXPECT_EQ(patch(*liaison, plan, 1, accept({all[1]})).status, 412);
  EXPECT_EQ(patch(*liaison, plan, 2, Json::array({Json::object({{"op", "sing"}})})).status, 422);
  const auto facts =
      liaison->write("PATCH", path(plan),
                     Json::object({{"base_revision", 2},
                                   {"facts", Json::object({{"issuer", "威海市海洋发展局"}})}}),
                     key());
  ASSERT_EQ(facts.status, 200) << facts.body;
  EXPECT_EQ(facts.json()["facts"]["issuer"].as_string(), "威海市海洋发展局");
}

TEST_F(PlansApiTest, tasks_are_made_once_open_their_passage_and_show_progress) {
  const auto plan = hand_in(*liaison, sample("task_list.txt")).json();
  const auto all = measures(plan);
  const auto edited = patch(*liaison, plan, 1, accept(all));
  ASSERT_EQ(edited.status, 200) << edited.body;
  const Json body = Json::object({{"base_revision", 2}});
  const auto made = liaison->write("POST", path(plan) + "/records", body, "make-once");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.json()["tasks"].items().size(), all.size());
  const auto again = liaison->write("POST", path(plan) + "/records", body, "make-once");
  EXPECT_EQ(again.status, 201) << again.body;
  EXPECT_EQ(again.json()["tasks"], made.json()["tasks"]);
  EXPECT_EQ(liaison->write("POST", path(plan) + "/records", body, key()).status, 412);
  // A node that is a task is edited as a task.
  EXPECT_EQ(patch(*liaison, plan, 3, accept({all[0]})).status, 409);

  const auto task = duty->get("/api/v1/registers/task/records/" +
                              made.json()["tasks"].items().front().as_string());
  ASSERT_EQ(task.status, 200) << task.body;
  const auto fields = task.json()["fields"];
  const auto text = duty->get("/api/v1/plans/texts/" + fields["document"].as_string());
  ASSERT_EQ(text.status, 200) << text.body;
  const auto paragraph =
      text.json()["paragraphs"].items().at(std::size_t(fields["passage_paragraph"].as_int()));
  EXPECT_NE(paragraph["text"].as_string().find(fields["passage_text"].as_string()),
            std::string::npos);

  const auto progress =
      duty->get("/api/v1/plans/progress?document=" + made.json()["document"].as_string());
  ASSERT_EQ(progress.status, 200) << progress.body;
  EXPECT_EQ(progress.json()["all"]["total"].as_int(), std::int64_t(all.size()));
  EXPECT_EQ(progress.json()["tasks"].items().size(), all.size());
  EXPECT_EQ(duty->get("/api/v1/plans/progress?standing=x").status, 400);
  const auto sheet = duty->get("/api/v1/plans/progress.xlsx");
  ASSERT_EQ(sheet.status, 200);
  EXPECT_EQ(sheet.body.substr(0, 2), "PK");
  EXPECT_NE(sheet.header("content-disposition").find(".xlsx"), std::string::npos);
}

TEST_F(PlansApiTest, a_draft_is_removed_under_its_revision) {
  const auto plan = hand_in(*liaison, "要加强检查。").json();
  EXPECT_EQ(liaison->send("DELETE", path(plan)).status, 400);
  EXPECT_EQ(liaison->send("DELETE", path(plan) + "?base_revision=7").status, 412);
  EXPECT_EQ(liaison->send("DELETE", path(plan) + "?base_revision=1").status, 204);
  EXPECT_EQ(liaison->get(path(plan)).status, 404);
}

}  // namespace
}  // namespace jinglue::serve
