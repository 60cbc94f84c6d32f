// SPDX-License-Identifier: Apache-2.0
// The real program: what only the wiring can get wrong.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "store/database.hpp"
#include "store/snapshot.hpp"
#include "support/station.hpp"

namespace jinglue::app {
namespace {

namespace fs = std::filesystem;

/// Asks until the answer is as wanted; the last answer.
test::HttpReply get_until(test::HttpClient& client, const std::string& path,
                          const std::function<bool(const test::HttpReply&)>& wanted) {
  test::HttpReply reply;
  for (int i = 0; i < 200; ++i) {
    reply = client.get(path);
    if (wanted(reply)) return reply;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return reply;
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Station, ShowsFlagsStationsAndTheSizeOfTheLivePicture) {
  test::TestStation station;
  fs::create_directories(station.share / "data");
  fs::copy(fs::path(JINGLUE_SOURCE_DIR) / "data" / "mid.csv", station.share / "data" / "mid.csv");
  station.add_user("admin", "administrator");
  station.start();
  ASSERT_TRUE(station.wait_ready()) << station.output();
  test::TcpFeed feed(station.tcp_port);
  ASSERT_TRUE(feed.connected());
  ASSERT_TRUE(feed.send(test::position_line(440000001, 37.8, 122.6, 5)));
  test::HttpClient client(station.http_port);
  ASSERT_TRUE(client.sign_in("admin", test::kPassword));
  const auto metrics = get_until(client, "/metrics", [](const auto& reply) {
    return reply.body.find("jinglue_live_tracks 1\n") != std::string::npos;
  });
  EXPECT_NE(metrics.body.find("jinglue_live_tracks 1\n"), std::string::npos) << metrics.body;
  EXPECT_NE(metrics.body.find("jinglue_live_expired_total 0\n"), std::string::npos);
  const auto stations = client.get("/api/v1/stations").json()["items"];
  ASSERT_EQ(stations.items().size(), 1u);
  EXPECT_EQ(stations.items()[0]["name"].as_string(), "127.0.0.1") << "without its port";
  EXPECT_EQ(stations.items()[0]["input"].as_string(), "tcp");
  EXPECT_EQ(stations.items()[0]["positions"].as_int(), 1);

  station.add_user("duty", "duty_officer");
  test::HttpClient duty(station.http_port);
  ASSERT_TRUE(duty.sign_in("duty", test::kPassword));
  const auto vessel = duty.get("/api/v1/vessels/mmsi:440000001").json();
  EXPECT_EQ(vessel["flag"].as_string(), "KR") << vessel.dump();
  const auto& heard = vessel["heard_by"].items();
  ASSERT_EQ(heard.size(), 1u) << vessel.dump();
  EXPECT_EQ(heard[0]["receptions"].items().at(0)["station"].as_string(), "127.0.0.1");
  const std::string coverage = "/api/v1/stations/coverage?input=tcp&station=127.0.0.1";
  EXPECT_EQ(duty.get(coverage).json()["cells"]["count"].items().size(), 1u);
  EXPECT_EQ(station.process->kill(SIGTERM), 0) << station.output();

  station.start();
  ASSERT_TRUE(station.wait_ready()) << station.output();
  const auto input = client.get("/api/v1/inputs").json()["items"].items().at(0);
  EXPECT_EQ(input["lines"].as_int(), 1) << "lines of the run before are lines too";
  EXPECT_EQ(input["durable_lines"].as_int(), 1);
  EXPECT_EQ(client.get("/api/v1/stations").json()["items"].items().at(0)["messages"].as_int(), 1)
      << "and stations are part of the snapshot";
  EXPECT_EQ(client.get(coverage).json()["cells"]["count"].items().size(), 1u) << "and coverage";
}

/// The newest snapshot of a stopped station as another version of the program would have left it.
void age_snapshot(const fs::path& folder) {
  auto snapshot = store::load_snapshot(folder);
  ASSERT_TRUE(snapshot);
  snapshot->state[0] = static_cast<char>(snapshot->state[0] + 1);
  store::save_snapshot(folder, *snapshot);
}

TEST(Station, ASnapshotOfAnotherVersionIsRebuiltFromAWholeJournal) {
  test::TestStation station;
  station.add_user("duty", "duty_officer");
  station.start();
  ASSERT_TRUE(station.wait_ready()) << station.output();
  test::TcpFeed feed(station.tcp_port);
  ASSERT_TRUE(feed.send(test::position_line(412000001, 37.3, 122.6, 5)));
  test::HttpClient client(station.http_port);
  ASSERT_TRUE(client.sign_in("duty", test::kPassword));
  const auto there = [](const auto& reply) { return reply.status == 200; };
  ASSERT_EQ(get_until(client, "/api/v1/vessels/mmsi:412000001", there).status, 200);
  EXPECT_EQ(station.process->kill(SIGTERM), 0) << station.output();

  age_snapshot(station.data / "snapshots");
  station.start();
  ASSERT_TRUE(station.wait_ready()) << station.output();
  EXPECT_NE(station.output().find("of another version"), std::string::npos) << station.output();
  EXPECT_EQ(client.get("/api/v1/vessels/mmsi:412000001").status, 200);
  const auto input = client.get("/api/v1/inputs").json()["items"].items().at(0);
  EXPECT_EQ(input["durable_lines"].as_int(), 1);
}

TEST(Station, AFieldThatADefinitionGainedIsAppliedWhenAskedFor) {
  test::TestStation station;
  station.add_user("admin", "administrator");
  const auto file = station.share / "registers" / "vessel.toml";
  const std::string text = read_file(file);
  const auto at = text.find("[[fields]]");
  ASSERT_NE(at, std::string::npos);
  test::TestStation::write(file, text.substr(0, at) +
                                     "[[fields]]\nkey = \"paint\"\nzh = \"船体颜色\"\n"
                                     "en = \"Paint\"\ntype = \"text\"\n" +
                                     text.substr(at));
  station.start();
  EXPECT_FALSE(station.wait_ready());
  EXPECT_EQ(station.process->wait(), 1);
  EXPECT_NE(station.output().find("add column f_paint"), std::string::npos) << station.output();
  EXPECT_NE(station.output().find("registers migrate"), std::string::npos) << station.output();
  station.start({"--apply-added-columns"});
  ASSERT_TRUE(station.wait_ready()) << station.output();
  EXPECT_FALSE(fs::is_empty(station.data / "backups"));
  EXPECT_EQ(station.verb({"registers", "migrate", "--data", station.data.string(), "--share",
                          station.share.string()}),
            1)
      << "the running station owns the folder";
  EXPECT_EQ(station.process->kill(SIGTERM), 0);
  station.start();
  EXPECT_TRUE(station.wait_ready()) << "once is enough: " << station.output();
}

TEST(Station, AnAttachmentThatNoRecordTookIsRemovedAfterADay) {
  test::TestStation station;
  station.add_user("admin", "administrator");
  station.start();
  ASSERT_TRUE(station.wait_ready()) << station.output();
  test::HttpClient client(station.http_port);
  ASSERT_TRUE(client.sign_in("admin", test::kPassword));
  const auto upload = [&](const std::string& bytes) {
    return client.send("POST", "/api/v1/registers/person/files?field=photo&name=a.png",
                       "\x89PNG\r\n\x1A\n" + bytes, {{"Content-Type", "application/octet-stream"}});
  };
  const auto loose = upload("loose").json();
  const auto held = upload("held").json();
  const auto made = client.write(
      "POST", "/api/v1/registers/person/records",
      base::Json::object(
          {{"fields", base::Json::object({{"name", "王"}, {"photo", base::Json::array({held})}})}}),
      "p1");
  ASSERT_EQ(made.status, 201) << made.body;
  const auto file = [&](const base::Json& of) {
    return station.data / "files" / "attachments" / of["sha256"].as_string();
  };
  ASSERT_TRUE(fs::exists(file(loose)));
  ASSERT_EQ(station.process->kill(SIGTERM), 0);
  {
    store::Database records({station.data / "records.db"});
    records.write([](store::Db& db) {  // as if both had come two days ago
      db.prepare("UPDATE record_file SET at = at - 172800000").run();
    });
  }
  station.start();
  ASSERT_TRUE(station.wait_ready()) << station.output();
  for (int i = 0; i < 200 && fs::exists(file(loose)); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_FALSE(fs::exists(file(loose))) << station.output();
  EXPECT_TRUE(fs::exists(file(held)));
}

TEST(Station, ATrustedProxyIsNamedInTheSettings) {
  test::TestStation station;
  station.write_config("[server]\ntrusted_proxies = [\"127.0.0.0/8\"]\n");
  station.add_user("admin", "administrator");
  station.start();
  ASSERT_TRUE(station.wait_ready()) << station.output();
  test::HttpClient proxy(station.http_port);
  const auto reply =
      proxy.send("POST", "/api/v1/session", R"({"name":"nobody","password":"wrong"})",
                 {{"Content-Type", "application/json"}, {"X-Forwarded-For", "203.0.113.9"}});
  EXPECT_EQ(reply.status, 401);
  test::HttpClient admin(station.http_port);
  ASSERT_TRUE(admin.sign_in("admin", test::kPassword));
  const auto lines = admin.get("/api/v1/audit?limit=2").json()["items"];
  EXPECT_EQ(lines.items().at(1)["address"].as_string(), "203.0.113.9");
}

}  // namespace
}  // namespace jinglue::app
