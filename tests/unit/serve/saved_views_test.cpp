// SPDX-License-Identifier: Apache-2.0
// /registers/{register}/views, and lists narrowed by CQL2 and a box.
#include <gtest/gtest.h>

#include "unit/serve/with_world.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

const std::string kViews = "/api/v1/registers/vessel/views";

class SavedViewsApi : public test::WithWorld {
 protected:
  static void SetUpTestSuite() {
    test::WithWorld::SetUpTestSuite();
    duty = world().client("duty");
    leader = world().client("leader");
    admin = world().client("admin");
  }
  static void TearDownTestSuite() {
    for (auto* client : {&duty, &leader, &admin}) client->reset();
    test::WithWorld::TearDownTestSuite();
  }
  static test::HttpReply put(test::HttpClient& client, const std::string& name,
                             const std::string& query, bool shared) {
    return client.write("PUT", kViews,
                        Json::object({{"name", name}, {"query", query}, {"shared", shared}}), "");
  }
  static std::vector<std::string> names(test::HttpClient& client) {
    std::vector<std::string> out;
    const Json list = client.get(kViews).json();
    for (const auto& one : list["items"].items()) out.push_back(one["name"].as_string());
    return out;
  }
  static inline std::unique_ptr<test::HttpClient> duty, leader, admin;
};

TEST_F(SavedViewsApi, own_ones_are_own_and_shared_ones_are_for_all) {
  ASSERT_EQ(put(*duty, "我的荣成", "f.district=rongcheng", false).status, 200);
  const auto shared = put(*duty, "看板", "view=board", true);
  ASSERT_EQ(shared.status, 200) << shared.body;
  EXPECT_EQ(names(*duty), (std::vector<std::string>{"我的荣成", "看板"}));
  EXPECT_EQ(names(*leader), (std::vector<std::string>{"看板"}));

  // The same name is the same view, of the same person.
  const auto again = put(*duty, "看板", "view=board&q=1", true);
  EXPECT_EQ(again.json()["id"].as_string(), shared.json()["id"].as_string());
  EXPECT_EQ(put(*leader, "看板", "view=list", false).status, 200);
  EXPECT_EQ(names(*leader), (std::vector<std::string>{"看板", "看板"}));

  const std::string path = kViews + "/" + shared.json()["id"].as_string();
  EXPECT_EQ(leader->write("DELETE", path, Json(), "").status, 404);
  EXPECT_EQ(admin->write("DELETE", path, Json(), "").status, 204);
  EXPECT_EQ(names(*duty), (std::vector<std::string>{"我的荣成"}));
  const std::string own = duty->get(kViews).json()["items"].items().front()["id"].as_string();
  EXPECT_EQ(admin->write("DELETE", kViews + "/" + own, Json(), "").status, 404);
  EXPECT_EQ(duty->write("DELETE", kViews + "/" + own, Json(), "").status, 204);
}

TEST_F(SavedViewsApi, what_is_no_view_is_refused) {
  EXPECT_EQ(put(*duty, "  ", "view=board", false).status, 422);
  EXPECT_EQ(put(*duty, std::string(61, 'n'), "view=board", false).status, 422);
  EXPECT_EQ(put(*duty, "行\n行", "view=board", false).status, 422);
  EXPECT_EQ(put(*duty, "空格", "view=board shared", false).status, 422);
  EXPECT_EQ(put(*duty, "长", std::string(2001, 'q'), false).status, 422);
  EXPECT_EQ(admin->get("/api/v1/registers/case/views").status, 403);
  EXPECT_EQ(duty->get("/api/v1/registers/none/views").status, 404);
}

TEST_F(SavedViewsApi, at_most_fifty_of_one_person) {
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(put(*duty, "v" + std::to_string(i), "view=list", false).status, 200) << i;
  }
  EXPECT_EQ(put(*duty, "v50", "view=list", false).status, 422);
  EXPECT_EQ(put(*duty, "v49", "view=board", false).status, 200);
}

TEST_F(SavedViewsApi, a_list_is_narrowed_by_a_filter) {
  const auto list = [&](const std::string& cql) {
    return duty->get("/api/v1/registers/vessel/records?limit=500&cql=" + cql);
  };
  for (const int length : {20, 31, 45}) {
    const auto side = "鲁演渔7" + std::to_string(length);
    const Json fields = Json::object({{"name", "演练船"},
                                      {"side_number", side},
                                      {"kind", "fishing"},
                                      {"district", "rongcheng"},
                                      {"length_m", length}});
    const auto made = duty->write("POST", "/api/v1/registers/vessel/records",
                                  Json::object({{"fields", fields}}), side);
    ASSERT_EQ(made.status, 201) << made.body;
  }
  const auto long_ones = list("length_m%20%3E%2030");
  ASSERT_EQ(long_ones.status, 200) << long_ones.body;
  const auto all = duty->get("/api/v1/registers/vessel/records?limit=500").json();
  std::size_t expected = 0;
  for (const auto& one : all["items"].items()) {
    const Json& length = one["fields"]["length_m"];
    if (!length.is_null() && length.as_double() > 30) ++expected;
  }
  EXPECT_EQ(long_ones.json()["items"].items().size(), expected);
  EXPECT_GE(expected, 2u);
  EXPECT_LT(expected, all["items"].items().size());
  EXPECT_EQ(list("length_m%20%3E").status, 400);
  EXPECT_EQ(list("nothing%20%3D%201").status, 400);
  EXPECT_EQ(duty->get("/api/v1/registers/vessel/records?bbox=1,2,3").status, 400);
}

}  // namespace
}  // namespace jinglue::serve
