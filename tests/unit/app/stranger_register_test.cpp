// SPDX-License-Identifier: Apache-2.0
// The example of docs/guide/write-a-register.md, word for word, in the program as it was built: its
// checks and tests, then form, list, API, import and lifecycle.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "support/station.hpp"

namespace jinglue {
namespace {

using base::Json;

std::string block(const std::string& language) {
  std::ifstream in(std::string(JINGLUE_SOURCE_DIR) + "/docs/guide/write-a-register.md");
  std::stringstream all;
  all << in.rdbuf();
  const std::string open = "```" + language + "\n";
  const auto from = all.str().find(open) + open.size();
  return all.str().substr(from, all.str().find("```\n", from) - from);
}

class StrangerRegister : public testing::Test {
 protected:
  StrangerRegister() {
    std::ofstream(station.share / "registers" / "volunteer_boat.toml") << block("toml");
    std::ofstream(station.share / "boats.csv") << block("csv");
  }
  test::HttpReply post(const std::string& path, const Json& body) {
    return client->write("POST", "/api/v1/registers/volunteer_boat" + path, body,
                         "k" + std::to_string(++m_keys));
  }
  test::TestStation station;
  std::unique_ptr<test::HttpClient> client;

 private:
  int m_keys{0};
};

TEST_F(StrangerRegister, is_checked_and_led_through_its_life) {
  const std::string folder = (station.share / "registers").string();
  EXPECT_EQ(station.verb({"registers", "check", folder}), 0) << station.verb_output;
  EXPECT_EQ(station.verb({"registers", "test", folder, "--only", "volunteer_boat", "--share",
                          JINGLUE_SOURCE_DIR}),
            0)
      << station.verb_output;
  for (const char* seen : {"6 transitions taken", "3 refused by a condition", "2 clocks started",
                           "2 ended late", "1 definitions, 0 wrong, 0 not shown"}) {
    EXPECT_NE(station.verb_output.find(seen), std::string::npos) << seen << station.verb_output;
  }
}

TEST_F(StrangerRegister, has_form_list_and_api_after_a_start) {
  ASSERT_NO_FATAL_FAILURE(station.add_user("rescuer", "rescue"));
  EXPECT_EQ(
      station.verb({"registers", "import", "volunteer_boat", (station.share / "boats.csv").string(),
                    "--data", station.data.string(), "--share", station.share.string()}),
      0)
      << station.verb_output;
  station.start();
  ASSERT_TRUE(station.wait_ready()) << station.output();
  client = std::make_unique<test::HttpClient>(station.http_port);
  ASSERT_TRUE(client->sign_in("rescuer", test::kPassword));
  const auto form = client->get("/api/v1/registers/volunteer_boat");
  ASSERT_EQ(form.status, 200) << form.body;
  EXPECT_EQ(form.json()["name"]["zh"].as_string(), "海上救助志愿船台账");
  EXPECT_EQ(form.json()["fields"].items().size(), 8u);
  const auto list = client->get("/api/v1/registers/volunteer_boat/records?q=50001");
  ASSERT_EQ(list.status, 200) << list.body;
  ASSERT_EQ(list.json()["items"].items().size(), 1u) << list.body;
  const auto boat = list.json()["items"].items()[0];
  EXPECT_EQ(boat["clocks"].items().size(), 2u);
  EXPECT_EQ(boat["clocks"].items()[0]["verified"].as_bool(true), false);
  const std::string one = "/records/" + boat["id"].as_string();
  const auto admitted = post(one + "/transitions", Json::object({{"transition", "admit"}}));
  ASSERT_EQ(admitted.status, 200) << admitted.body;
  EXPECT_EQ(admitted.json()["state"].as_string(), "on_duty");
  EXPECT_EQ(admitted.json()["fields"]["checked_by"].as_string(), "rescuer");
  const auto bare = post("/records", Json::object({{"fields", Json::object({{"boat_name", "无证"},
                                                                            {"skipper", "赵某"},
                                                                            {"district", "rushan"},
                                                                            {"speed_kn", 8}})}}));
  ASSERT_EQ(bare.status, 201) << bare.body;
  const auto refused = post("/records/" + bare.json()["id"].as_string() + "/transitions",
                            Json::object({{"transition", "admit"}}));
  EXPECT_EQ(refused.status, 409) << refused.body;
  EXPECT_NE(refused.body.find("须已签署志愿书"), std::string::npos) << refused.body;
  EXPECT_NE(refused.body.find("至少配两只救生圈"), std::string::npos) << refused.body;
}

}  // namespace
}  // namespace jinglue
