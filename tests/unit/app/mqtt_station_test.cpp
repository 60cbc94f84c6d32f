// SPDX-License-Identifier: Apache-2.0
// The real program with a real broker: ships and buoys by MQTT, a crash, a broker that stops, what
// System says of a wrong password.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <set>

#include "support/broker.hpp"
#include "support/station.hpp"

namespace jinglue::app {
namespace {

namespace fs = std::filesystem;
using base::Json;

class MqttStation : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::Broker::available()) GTEST_SKIP() << test::kNoBroker;
  }
  static std::string input(const test::Broker& broker, const std::string& name,
                           const std::string& keys) {
    return "[[input]]\nname = \"" + name +
           "\"\nkind = \"mqtt\"\nport = " + std::to_string(broker.port()) + "\n" + keys;
  }
  static std::string buoys(const test::Broker& broker) {
    return input(broker, "buoys",
                 "topics = [\"buoys/#\"]\nformat = \"sensor\"\nmapping = \"" JINGLUE_SOURCE_DIR
                 "/data/sensors/weihai.toml\"\n");
  }
  void start(const std::string& inputs) {
    station.write_config(inputs);
    station.add_user("admin", "administrator");
    station.add_user("duty", "duty_officer");
    restart();
  }
  void restart() {
    station.start();
    ASSERT_TRUE(station.wait_ready()) << station.output();
    client = std::make_unique<test::HttpClient>(station.http_port);
    ASSERT_TRUE(client->sign_in("admin", test::kPassword));
    duty = std::make_unique<test::HttpClient>(station.http_port);
    ASSERT_TRUE(duty->sign_in("duty", test::kPassword));
  }
  Json input_named(const std::string& name) {
    const auto all = client->get("/api/v1/inputs").json()["items"];
    for (const auto& one : all.items()) {
      if (one["name"].as_string() == name) return one;
    }
    return {};
  }
  Json sensor(const std::string& id) {
    const auto all = duty->get("/api/v1/sensors").json()["items"];
    for (const auto& one : all.items()) {
      if (one["id"].as_string() == id) return one;
    }
    return {};
  }
  static bool soon(const std::function<bool()>& condition) {
    for (int i = 0; i < 400; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }
  bool connected(const std::string& name) {
    return soon([&] {
      const auto state = input_named(name)["state"].as_string();
      return state == "silent" || state == "running";
    });
  }
  /// Observed some minutes ago.
  static std::string wave(int minutes_ago, double height, double lat = 37.52) {
    const auto time = base::wall_now() - std::chrono::minutes(minutes_ago);
    return Json::object({{"time", base::to_iso({time.ms / 60'000 * 60'000})},
                         {"pos", Json::array({lat, 122.27})},
                         {"wave", Json::object({{"hs", height}})},
                         {"bat", 99999}})
        .dump();
  }
  std::vector<double> heights() {
    const auto now = base::wall_now();
    const auto answer =
        duty->get("/api/v1/sensors/W01/series?quantity=wave_height&from=" +
                  base::to_iso(now - std::chrono::hours(48)) + "&to=" + base::to_iso(now));
    std::vector<double> out;
    const auto json = answer.json();
    for (const auto& value : json["v"].items()) out.push_back(value.as_double());
    return out;
  }

  test::TestStation station;
  std::unique_ptr<test::HttpClient> client, duty;
};

TEST_F(MqttStation, ShipsByMqttAreTheSameShipsAsByUdp) {
  test::Broker broker;
  start(input(broker, "mq", "topics = [\"ais/+\"]\n"));
  ASSERT_TRUE(connected("mq")) << input_named("mq").dump();
  const auto now = base::wall_now();
  const auto one = test::position_line(440000001, 37.8, 122.6, 5, now);
  const auto two = test::position_line(440000002, 37.7, 122.5, 7.5, now);
  const test::UdpFeed udp(station.udp_port);
  ASSERT_TRUE(udp.send(one));
  broker.publish("ais/mast", two);
  broker.publish("ais/mast", one + one.substr(0, 20) + "\n");
  const auto fix_of = [&](const char* track) {
    return duty->get(std::string("/api/v1/vessels/mmsi:") + track).json()["fix"];
  };
  ASSERT_TRUE(
      soon([&] { return fix_of("440000001").has("lat") && fix_of("440000002").has("lat"); }));
  EXPECT_NEAR(fix_of("440000002")["lat"].as_double(), 37.7, 1e-6);
  EXPECT_NEAR(fix_of("440000002")["sog_kn"].as_double(), 7.5, 1e-6);
  ASSERT_TRUE(soon([&] { return input_named("mq")["copies"].as_int() == 1; }))
      << input_named("mq").dump();
  const auto counted = input_named("mq");
  EXPECT_EQ(counted["kind"].as_string(), "mqtt");
  EXPECT_EQ(counted["messages"].as_int(), 1) << "the other was heard by UDP before";
  EXPECT_EQ(counted["lines"].as_int(), 3);
  const auto stations = client->get("/api/v1/stations").json()["items"];
  EXPECT_NE(stations.dump().find("\"ais/mast\""), std::string::npos) << stations.dump();
}

TEST_F(MqttStation, BuoysHaveTheirLastValuesAndTheirSeriesAlsoAfterAKill) {
  test::Broker broker;
  start(buoys(broker));
  ASSERT_TRUE(connected("buoys"));
  EXPECT_TRUE(sensor("W01")["declared"].as_bool());
  EXPECT_FALSE(sensor("W01").has("last_seen"));
  broker.publish("buoys/weihai/W01/obs", wave(30, 0.8));
  broker.publish("buoys/weihai/W01/obs", wave(20, 0.9));
  broker.publish("buoys/weihai/W01/obs", wave(20, 0.9));
  broker.publish("buoys/weihai/W01/obs", wave(40, 0.7));
  broker.publish("buoys/weihai/W01/obs", "{");
  ASSERT_TRUE(soon([&] { return input_named("buoys")["durable_lines"].as_int() == 5; }));
  ASSERT_TRUE(soon([&] { return heights().size() == 3; }));
  EXPECT_EQ(heights(), (std::vector<double>{0.7, 0.8, 0.9}));
  station.process->kill(SIGKILL);
  broker.publish("buoys/weihai/W01/obs", wave(10, 1.1));  // the broker keeps it
  restart();
  ASSERT_TRUE(soon([&] { return heights().size() == 4; }));
  EXPECT_EQ(heights(), (std::vector<double>{0.7, 0.8, 0.9, 1.1}));
  const auto now = sensor("W01");
  EXPECT_EQ(now["values"].items().at(0)["quantity"].as_string(), "wave_height");
  EXPECT_DOUBLE_EQ(now["values"].items().at(0)["value"].as_double(), 1.1);
  EXPECT_EQ(now["reports"].as_int(), 4);
  EXPECT_EQ(now["copies"].as_int(), 1);
  EXPECT_EQ(now["late"].as_int(), 1);
  EXPECT_FALSE(now["silent"].as_bool());
  const auto counted = input_named("buoys");
  EXPECT_EQ(counted["messages"].as_int(), 4);
  EXPECT_EQ(counted["copies"].as_int(), 1);
  EXPECT_EQ(counted["rejects"]["not_json"].as_int(), 1);
  EXPECT_EQ(counted["withheld"]["value_out_of_range"].as_int(), 5) << "the battery, each time";
  EXPECT_EQ(duty->get("/api/v1/sensors/none/series?quantity=ph&from=2024-01-01T00:00:00Z&to="
                      "2024-01-02T00:00:00Z")
                .status,
            404);
  EXPECT_EQ(duty->get("/api/v1/sensors/W01/series?quantity=x&from=2024-01-01T00:00:00Z&to="
                      "2024-01-02T00:00:00Z")
                .status,
            400);
}

TEST_F(MqttStation, NothingIsLostWhenTheBrokerStopsAndStarts) {
  test::Broker broker;
  start(buoys(broker));
  ASSERT_TRUE(connected("buoys"));
  std::set<double> sent;
  const auto publish = [&](int from, int count) {
    for (int i = from; i < from + count; ++i) {
      sent.insert(i / 10.0);
      broker.publish("buoys/weihai/W01/obs", wave(200 - i, i / 10.0));
    }
  };
  publish(1, 4);
  broker.stop();
  ASSERT_TRUE(soon([&] { return input_named("buoys")["state"].as_string() == "connecting"; }));
  EXPECT_NE(input_named("buoys")["detail"].as_string().find("broker"), std::string::npos);
  broker.start();
  publish(5, 4);
  station.process->kill(SIGTERM);
  publish(9, 4);
  restart();
  EXPECT_TRUE(soon([&] {
    const auto got = heights();
    return std::set<double>(got.begin(), got.end()) == sent;
  })) << heights().size();
}

TEST_F(MqttStation, ABuoyThatLeftItsCircleIsAProblemUntilItIsBack) {
  test::Broker broker;
  start(buoys(broker));
  ASSERT_TRUE(connected("buoys"));
  const auto problem = [&] {
    const auto health = client->get("/api/v1/system/health").json();
    for (const auto& one : health["problems"].items()) {
      if (one["code"].as_string() == "sensor_adrift.W01") return one["text"]["en"].as_string();
    }
    return std::string();
  };
  broker.publish("buoys/weihai/W01/obs", wave(3, 1, 37.53));
  ASSERT_TRUE(soon([&] { return !problem().empty(); }));
  EXPECT_NE(problem().find("1110 m off its station"), std::string::npos) << problem();
  EXPECT_TRUE(sensor("W01")["adrift"].as_bool());
  broker.publish("buoys/weihai/W01/obs", wave(2, 1, 37.521));
  EXPECT_TRUE(soon([&] { return problem().empty(); }));
}

TEST_F(MqttStation, SystemSaysThatThePasswordIsRefused) {
  test::Broker broker({false, false, "weihai", "sea-2024", ""});
  const auto secret = station.folder() / "secret";
  std::ofstream(secret) << "not-the-word\n";
  start(input(
      broker, "mq",
      "topics = [\"ais/+\"]\nuser = \"weihai\"\npassword_file = \"" + secret.string() + "\"\n"));
  ASSERT_TRUE(soon([&] { return input_named("mq")["state"].as_string() == "connecting"; }));
  const auto detail = input_named("mq")["detail"].as_string();
  EXPECT_NE(detail.find("refuses the user 'weihai' or the password"), std::string::npos) << detail;
  EXPECT_EQ(station.output().find("not-the-word"), std::string::npos);
  std::ofstream(secret) << "sea-2024\n";
  EXPECT_TRUE(connected("mq")) << "the file is read at each connect";
}

TEST_F(MqttStation, AMappingWithAMistakeIsNamedAtTheStart) {
  station.write_config(
      "[[input]]\nname = \"b\"\nkind = \"mqtt\"\ntopics = [\"b/#\"]\nformat = \"sensor\"\n"
      "mapping = \"" +
      (station.folder() / "mine.toml").string() + "\"\n");
  test::TestStation::write(station.folder() / "mine.toml",
                           "name = \"m\"\n[[message]]\ntopic = \"b/+\"\nstation = 2\n");
  station.start();
  EXPECT_FALSE(station.wait_ready());
  EXPECT_NE(station.output().find("mine.toml:4"), std::string::npos) << station.output();
}

}  // namespace
}  // namespace jinglue::app
