// SPDX-License-Identifier: Apache-2.0
// An output to a real mosquitto: topics, payloads, a broker that goes away, passwords and TLS.
#include <gtest/gtest.h>

#include <fstream>
#include <mutex>

#include "mqtt/connection.hpp"
#include "output/relay.hpp"
#include "support/broker.hpp"
#include "unit/output/receivers.hpp"

namespace jinglue::output {
namespace {

using test::Broker;
using test::eventually;
using test::kHeard;

class MqttOutput : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!Broker::available()) GTEST_SKIP() << test::kNoBroker;
    Relay::Options options;
    options.sender.wall = [] { return kHeard; };
    options.sender.secrets = folder.path();
    relay = std::make_unique<Relay>(std::move(options));
  }
  static Destination to(const Broker& broker) {
    Destination out;
    out.name = "hub";
    out.kind = Kind::kMqtt;
    out.host = "127.0.0.1";
    out.port = broker.port();
    out.format = Format::kNdjson;
    out.mqtt.topic = "ais/{input}/{type}/{mmsi}";
    out.mqtt.client_id = "jinglue-hub";
    return out;
  }
  void approve(const Destination& destination) {
    relay->use({{destination, kHeard + std::chrono::hours(1), "1", {}}}, {});
  }
  void give(const std::vector<std::string>& lines) {
    relay->give(hearing.hear_all(lines));
    relay->drain();
  }
  base::Json state() const { return relay->state_of("hub"); }
  bool comes(const std::string& connection) const {
    return eventually([&] { return state()["connection"]["state"].as_string() == connection; });
  }
  std::int64_t count(const std::string& what) const { return state()["counts"][what].as_int(); }

  struct Listener {
    explicit Listener(const mqtt::Settings& settings)
        : connection(settings, {[this](mqtt::Message&& message) {
                                  const std::lock_guard lock(mutex);
                                  messages.push_back(std::move(message));
                                },
                                {},
                                {}}) {
      connection.start();
      EXPECT_TRUE(eventually([&] { return connection.connected(); }));
    }
    std::vector<mqtt::Message> wait_for(std::size_t wanted) {
      eventually([&] {
        const std::lock_guard lock(mutex);
        return messages.size() >= wanted;
      });
      const std::lock_guard lock(mutex);
      return messages;
    }
    std::mutex mutex;
    std::vector<mqtt::Message> messages;
    mqtt::Connection connection;
  };
  static mqtt::Settings listener(const Broker& broker) {
    mqtt::Settings out;
    out.port = broker.port();
    out.client_id = "listener";
    out.topics = {"#"};
    return out;
  }

  test::TempFolder folder;
  test::Hearing hearing;
  std::unique_ptr<Relay> relay;
};

TEST_F(MqttOutput, PublishesEachMessageUnderItsTopic) {
  Broker broker;
  Listener heard(listener(broker));
  approve(to(broker));
  ASSERT_TRUE(comes("connected"));
  const auto parts = test::static_data(412000001, "LU RONG YU 1");
  give({test::position(412000001, 37.1, 122.6), parts[0], parts[1]});
  const auto got = heard.wait_for(2);
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(got[0].topic, "ais/ais/1/412000001");
  EXPECT_EQ(got[1].topic, "ais/ais/5/412000001");
  const auto json = base::parse_json(got[1].payload);
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["name"].as_string(), "LU RONG YU 1");
  EXPECT_FALSE(got[1].payload.ends_with('\n'));
  EXPECT_TRUE(eventually([&] { return count("sent") == 2; })) << "acknowledged";
}

TEST_F(MqttOutput, SentencesOfAMessageAreOnePayload) {
  Broker broker;
  Listener heard(listener(broker));
  auto destination = to(broker);
  destination.format = Format::kNmea;
  destination.mqtt.topic = "raw";
  approve(destination);
  ASSERT_TRUE(comes("connected"));
  const auto parts = test::static_data(412000001, "LU RONG YU 1");
  give(parts);
  const auto got = heard.wait_for(1);
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].payload, parts[0] + "\r\n" + parts[1]);
}

TEST_F(MqttOutput, ABrokerThatGoesAwayAndComesBackGetsWhatIsLive) {
  Broker broker;
  approve(to(broker));
  ASSERT_TRUE(comes("connected"));
  broker.stop();
  ASSERT_TRUE(comes("connecting"));
  give({test::position(412000001, 37.1, 122.6)});
  EXPECT_TRUE(
      eventually([&] { return state()["counts"]["dropped"]["not_connected"].as_int() == 1; }));
  EXPECT_FALSE(state()["connection"]["error"].as_string().empty());
  broker.start();
  Listener heard(listener(broker));
  ASSERT_TRUE(comes("connected"));
  give({test::position(412000002, 37.1, 122.6)});
  const auto got = heard.wait_for(1);
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].topic, "ais/ais/1/412000002");
}

TEST_F(MqttOutput, PasswordAndAuthorityComeFromTheSecretsFolder) {
  Broker::Options wanted;
  wanted.tls = true;
  wanted.user = "jinglue";
  wanted.password = "swordfish";
  Broker broker(wanted);
  auto destination = to(broker);
  destination.mqtt.user = "jinglue";
  destination.mqtt.password_file = "hub.password";
  destination.mqtt.tls = true;
  destination.mqtt.ca_file = "hub.pem";
  std::filesystem::copy(broker.authority().ca(), folder / "hub.pem");
  std::ofstream(folder / "hub.password") << "wrong\n";
  approve(destination);
  ASSERT_TRUE(eventually([&] { return !state()["connection"]["error"].as_string().empty(); }));
  EXPECT_EQ(state().dump().find("wrong"), std::string::npos) << state().dump();
  std::ofstream(folder / "hub.password") << "swordfish\n";
  ASSERT_TRUE(comes("connected")) << state().dump();
  give({test::position(412000001, 37.1, 122.6)});
  EXPECT_TRUE(eventually([&] { return count("sent") == 1; }));
}

TEST(MqttDestination, TopicsAndFilesAreChecked) {
  const auto made = [](const char* member, base::Json value, const char* host = "10.0.0.7") {
    auto broker = base::Json::object({{"topic", "ais/{mmsi}"}});
    broker.set(member, std::move(value));
    return destination_from_json(base::Json::object({{"name", "hub"},
                                                     {"recipient", "x"},
                                                     {"purpose", "x"},
                                                     {"kind", "mqtt"},
                                                     {"host", host},
                                                     {"port", 1883},
                                                     {"mqtt", std::move(broker)}}));
  };
  const auto good = made("user", "x");
  ASSERT_TRUE(good) << good.error().text();
  EXPECT_EQ(good->mqtt.client_id, "jinglue-hub");
  const auto again = destination_from_json(to_json(*good));
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(to_json(*again), to_json(*good));
  for (const auto* topic : {"", "ais/#", "ais/{colour}", "a+b/+"}) {
    EXPECT_FALSE(made("topic", topic)) << topic;
  }
  for (const auto* file : {"/etc/shadow", "../jinglue.toml", ".hidden", "a/b"}) {
    const auto refused = made("password_file", file);
    ASSERT_FALSE(refused) << file;
    EXPECT_EQ(refused.error().where, "mqtt.password_file");
  }
  EXPECT_TRUE(made("password_file", "hub"));
  EXPECT_FALSE(made("password_file", "hub", "203.0.113.7")) << "in the clear over the internet";
}

TEST(MqttDestination, ValuesCannotMakeLevelsOfATopic) {
  EXPECT_EQ(fill_topic("a/{station}/{mmsi}/{name}{input}/{type}", {"n", "in", "x/+#y", 5, 2320001}),
            "a/x___y/002320001/nin/5");
}

}  // namespace
}  // namespace jinglue::output
