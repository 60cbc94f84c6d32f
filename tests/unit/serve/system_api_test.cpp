// SPDX-License-Identifier: Apache-2.0
// /system, /inputs, /clock, /drill, /users, /audit, /healthz, /metrics.
#include <gtest/gtest.h>

#include "unit/serve/with_world.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

class SystemApiTest : public test::WithWorld {
 protected:
  static test::HttpReply write(test::HttpClient& client, const std::string& method,
                               const std::string& path, const Json& body) {
    return client.write(method, "/api/v1" + path, body, "unused");
  }
};

TEST_F(SystemApiTest, the_system_page_has_its_numbers) {
  const auto admin = world().client("admin");
  const auto reply = admin->get("/api/v1/system");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto json = reply.json();
  EXPECT_EQ(json["version"].as_string(), "test");
  EXPECT_EQ(json["archive"]["positions"].as_int(), 0);
  EXPECT_GE(json["streams"]["http_requests_total"].as_int(), 1);
  EXPECT_EQ(json["metrics"]["memory_bytes"].as_int(), 12);
  EXPECT_EQ(admin->get("/api/v1/inputs").json()["items"].items().at(0)["name"].as_string(), "ais");
  EXPECT_EQ(admin->get("/api/v1/system/health").json()["state"].as_string(), "ok");
  EXPECT_EQ(admin->get("/api/v1/clock").json()["now"].as_string(), base::to_iso(test::kNow));
}

TEST_F(SystemApiTest, sensors_have_their_last_values_and_a_series) {
  const auto duty = world().client("duty");
  const auto list = duty->get("/api/v1/sensors").json()["items"];
  ASSERT_EQ(list.items().size(), 1u);
  const auto buoy = list.items()[0];
  EXPECT_EQ(buoy["off_station_m"].as_int(), 300);
  EXPECT_FALSE(buoy["adrift"].as_bool());
  EXPECT_FALSE(buoy["silent"].as_bool());
  EXPECT_EQ(buoy["values"].items().size(), 2u);
  EXPECT_DOUBLE_EQ(buoy["values"].items()[0]["value"].as_double(), 1.25);
  EXPECT_EQ(buoy["values"].items()[0]["unit"].as_string(), "m");
  const std::string series = "/api/v1/sensors/W01/series?quantity=wave_height&from=";
  Json answer;
  for (int i = 0; i < 300 && answer["v"].items().empty(); ++i) {  // the table commits soon
    answer = duty->get(series + "2024-05-01T00:00:00Z&to=2024-05-01T05:00:00Z").json();
  }
  ASSERT_EQ(answer["v"].items().size(), 1u) << answer.dump();
  EXPECT_DOUBLE_EQ(answer["v"].items()[0].as_double(), 1.25);
  EXPECT_EQ(answer["t"].items()[0].as_int(), test::kNow.ms - 300'000);
  EXPECT_FALSE(answer["cut"].as_bool());
  EXPECT_EQ(duty->get(series + "2024-05-01T00:00:00Z&to=2026-05-01T05:00:00Z").status, 400);
  EXPECT_EQ(duty->get("/api/v1/sensors/W01/series?quantity=wave_height").status, 400);
  EXPECT_EQ(test::HttpClient(world().server->port()).get("/api/v1/sensors").status, 401);
}

TEST_F(SystemApiTest, watchdogs_need_no_session) {
  test::HttpClient client(world().server->port());
  auto reply = client.get("/healthz");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "ok\n");
  world().health = "failed";
  EXPECT_EQ(client.get("/healthz").status, 503);
  world().health = "degraded";
  EXPECT_EQ(client.get("/healthz").status, 200);
  world().health = "ok";
  reply = client.get("/metrics");
  EXPECT_EQ(reply.status, 200);
  EXPECT_NE(reply.body.find("# TYPE jinglue_lines_total counter\njinglue_lines_total 5\n"),
            std::string::npos);
  EXPECT_NE(reply.body.find("# TYPE jinglue_memory_bytes gauge\n"), std::string::npos);
  EXPECT_NE(reply.body.find("jinglue_http_requests_total"), std::string::npos);
}

TEST_F(SystemApiTest, a_station_without_an_input_is_no_fault_to_a_watchdog) {
  world().health = "no_input";
  test::HttpClient client(world().server->port());
  const auto reply = client.get("/healthz");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "no_input\n");
  world().health = "ok";
}

TEST_F(SystemApiTest, everyone_signed_in_reads_the_names_of_accounts_and_no_more) {
  const auto reply = world().client("clerk")->get("/api/v1/people").json();
  ASSERT_GE(reply["items"].items().size(), 5u);
  bool found = false;
  for (const auto& one : reply["items"].items()) {
    EXPECT_EQ(one.members().size(), 2u);
    found = found || one["name"].as_string() == "admin";
    EXPECT_FALSE(one["display_name"].as_string().empty());
  }
  EXPECT_TRUE(found);
}

TEST_F(SystemApiTest, an_audit_line_says_whose_clock_its_time_is_of) {
  const auto duty = world().client("duty");
  write(*duty, "POST", "/drill", Json::object({{"action", "pause"}}));
  write(*duty, "POST", "/drill", Json::object({{"action", "resume"}}));
  const auto lines = world().client("admin")->get("/api/v1/audit?limit=50").json();
  int wall = 0, data = 0;
  for (const auto& line : lines["items"].items()) {
    const std::string& action = line["action"].as_string();
    if (action.starts_with("session.")) {
      EXPECT_EQ(line["clock"].as_string(), "wall");
    }
    if (action.starts_with("drill.")) {
      EXPECT_EQ(line["clock"].as_string(), "data");
    }
    ++(line["clock"].as_string() == "wall" ? wall : data);
  }
  EXPECT_GT(wall, 0);
  EXPECT_GT(data, 0);
}

TEST_F(SystemApiTest, metrics_through_a_proxy_need_a_session) {
  test::HttpClient client(world().server->port());
  EXPECT_EQ(client.send("GET", "/metrics", "", {{"X-Forwarded-For", "192.0.2.7"}}).status, 403);
  const auto admin = world().client("admin");
  EXPECT_EQ(admin->send("GET", "/metrics", "", {{"X-Forwarded-For", "192.0.2.7"}}).status, 200);
}

TEST_F(SystemApiTest, the_drill_is_paused_and_its_speed_is_changed_with_an_audit_line) {
  const auto duty = world().client("duty");
  auto reply = write(*duty, "POST", "/drill", Json::object({{"action", "pause"}}));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_TRUE(reply.json()["paused"].as_bool());
  reply = write(*duty, "POST", "/drill", Json::object({{"action", "speed"}, {"speed", 5}}));
  EXPECT_DOUBLE_EQ(reply.json()["speed"].as_double(), 5);
  EXPECT_FALSE(write(*duty, "POST", "/drill", Json::object({{"action", "resume"}}))
                   .json()["paused"]
                   .as_bool());
  reply = write(*duty, "POST", "/drill", Json::object({{"action", "speed"}, {"speed", 0}}));
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.json()["field"].as_string(), "speed");
  EXPECT_EQ(write(*duty, "POST", "/drill", Json::object({{"action", "explode"}})).status, 422);
  EXPECT_EQ(
      write(*world().client("clerk"), "POST", "/drill", Json::object({{"action", "pause"}})).status,
      403);
  const auto lines = world().access.audit_lines(INT64_MAX, 20);
  EXPECT_TRUE(std::any_of(lines.begin(), lines.end(),
                          [](const auto& line) { return line.action == "drill.pause"; }));
}

TEST_F(SystemApiTest, an_administrator_keeps_the_accounts) {
  const auto admin = world().client("admin");
  Json body = Json::object({{"name", "newcomer"},
                            {"display_name", "新值班员"},
                            {"roles", Json::array({"duty_officer"})},
                            {"district", "rushan"},
                            {"password", "a-long-enough-one"}});
  auto reply = write(*admin, "POST", "/users", body);
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.json()["district"].as_string(), "rushan");
  EXPECT_EQ(reply.body.find("password"), std::string::npos);
  EXPECT_EQ(write(*admin, "POST", "/users", body).status, 409);
  body.set("name", "another");
  body.set("password", "short");
  EXPECT_EQ(write(*admin, "POST", "/users", body).status, 422);
  body.set("roles", Json::array({"emperor"}));
  reply = write(*admin, "POST", "/users", body);
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.json()["field"].as_string(), "roles");
  body.set("roles", Json::array({"system"}));
  EXPECT_EQ(write(*admin, "POST", "/users", body).status, 422);

  test::HttpClient newcomer(world().server->port());
  ASSERT_TRUE(newcomer.sign_in("newcomer", "a-long-enough-one"));
  EXPECT_EQ(newcomer.get("/api/v1/users").status, 403);
  reply = write(*admin, "PATCH", "/users/newcomer", Json::object({{"disabled", true}}));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_TRUE(reply.json()["disabled"].as_bool());
  EXPECT_EQ(newcomer.get("/api/v1/session").status, 401);
  EXPECT_FALSE(newcomer.sign_in("newcomer", "a-long-enough-one"));
  EXPECT_EQ(write(*admin, "PATCH", "/users/nobody", Json::object({{"disabled", true}})).status,
            404);
  EXPECT_EQ(write(*admin, "PATCH", "/users/newcomer", Json::object()).status, 400);
  // Two acts at once could be done by half: the password changed, the last administrator kept.
  const auto two = Json::object({{"password", "another-long-one"}, {"disabled", false}});
  EXPECT_EQ(write(*admin, "PATCH", "/users/newcomer", two).status, 400);
  EXPECT_EQ(write(*admin, "PATCH", "/users/newcomer", Json::object({{"disabled", "yes"}})).status,
            422);
  bool listed = false;
  const auto users = admin->get("/api/v1/users").json();
  for (const auto& user : users["items"].items()) {
    listed = listed || user["name"].as_string() == "newcomer";
  }
  EXPECT_TRUE(listed);
}

TEST_F(SystemApiTest, roles_and_district_of_an_account_are_changed) {
  const auto admin = world().client("admin");
  const auto economist = world().client("economist");
  EXPECT_EQ(economist->get("/api/v1/audit").status, 403);
  auto reply = write(*admin, "PATCH", "/users/economist",
                     Json::object({{"roles", Json::array({"economist", "administrator"})},
                                   {"district", "rushan"},
                                   {"display_name", "统计员乙"}}));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.json()["roles"].items().size(), 2u);
  EXPECT_EQ(reply.json()["district"].as_string(), "rushan");
  EXPECT_EQ(economist->get("/api/v1/audit").status, 200) << "the open session has it at once";
  EXPECT_EQ(economist->get("/api/v1/session").json()["user"]["district"].as_string(), "rushan");
  EXPECT_EQ(economist->get("/api/v1/session").json()["user"]["display_name"].as_string(),
            "统计员乙");
  const auto line = admin->get("/api/v1/audit?limit=1").json()["items"].items().at(0);
  EXPECT_EQ(line["action"].as_string(), "user.change");
  EXPECT_EQ(line["actor"].as_string(), "admin");

  reply = write(*admin, "PATCH", "/users/economist",
                Json::object({{"roles", Json::array({"economist"})}, {"district", nullptr}}));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_FALSE(reply.json().has("district"));
  EXPECT_EQ(economist->get("/api/v1/audit").status, 403);
  reply = write(*admin, "PATCH", "/users/admin", Json::object({{"roles", Json::array({"clerk"})}}));
  EXPECT_EQ(reply.status, 409) << "the last administrator";
  EXPECT_EQ(reply.json()["field"].as_string(), "roles");
  EXPECT_EQ(write(*admin, "PATCH", "/users/admin", Json::object({{"disabled", true}})).status, 409);
  EXPECT_EQ(
      write(*admin, "PATCH", "/users/economist", Json::object({{"roles", Json::array()}})).status,
      422);
  EXPECT_EQ(write(*admin, "PATCH", "/users/economist",
                  Json::object({{"roles", Json::array({"emperor"})}}))
                .status,
            422);
  EXPECT_EQ(write(*admin, "PATCH", "/users/economist", Json::object({{"district", 5}})).status,
            422);
}

TEST_F(SystemApiTest, the_audit_log_is_read_in_pages_and_verified) {
  const auto admin = world().client("admin");
  std::int64_t last = INT64_MAX;
  std::string cursor;
  int lines = 0;
  do {
    const auto page =
        admin->get("/api/v1/audit?limit=3" + (cursor.empty() ? "" : "&cursor=" + cursor)).json();
    for (const auto& line : page["items"].items()) {
      EXPECT_LT(line["number"].as_int(), last);
      last = line["number"].as_int();
      ++lines;
    }
    cursor = page["next"].as_string();
  } while (!cursor.empty() && lines < 1000);
  EXPECT_EQ(last, 1);
  const auto verified = admin->get("/api/v1/audit/verify").json();
  EXPECT_TRUE(verified["ok"].as_bool());
  EXPECT_GE(verified["lines"].as_int(), lines);
}

}  // namespace
}  // namespace jinglue::serve
