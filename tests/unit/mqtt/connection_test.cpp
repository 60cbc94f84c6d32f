// SPDX-License-Identifier: Apache-2.0
// Connections to a real mosquitto: messages both ways, TLS, passwords, restarts, limits, holds.
#include "mqtt/connection.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <mutex>
#include <set>

#include "support/broker.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using test::Broker;

namespace {

/// What a connection received; waits are bounded.
struct Heard {
  mutable std::mutex mutex;
  std::vector<mqtt::Message> messages;

  mqtt::Handlers handlers() {
    mqtt::Handlers out;
    out.on_message = [this](mqtt::Message&& message) {
      const std::lock_guard lock(mutex);
      messages.push_back(std::move(message));
    };
    return out;
  }
  std::size_t count() const {
    const std::lock_guard lock(mutex);
    return messages.size();
  }
  std::multiset<std::string> payloads() const {
    const std::lock_guard lock(mutex);
    std::multiset<std::string> out;
    for (const auto& message : messages) out.insert(message.payload);
    return out;
  }
};

template <class Condition>
bool soon(Condition condition, std::chrono::seconds patience = std::chrono::seconds(20)) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < until) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return condition();
}

mqtt::Settings settings_of(const Broker& broker, const std::string& id = "listener") {
  mqtt::Settings out;
  out.port = broker.port();
  out.client_id = id;
  out.topics = {"buoys/#"};
  return out;
}

class MqttConnection : public testing::Test {
 protected:
  void SetUp() override {
    if (!Broker::available()) GTEST_SKIP() << test::kNoBroker;
  }
  std::string secret(const std::string& text) {
    const auto file = m_folder / ("secret" + std::to_string(m_files++));
    std::ofstream(file) << text << '\n';
    return file;
  }
  /// The words of the problem that it settles on.
  static std::string problem(mqtt::Settings settings) {
    mqtt::Connection connection(std::move(settings), {});
    connection.start();
    soon([&] { return !connection.last_error().empty(); });
    EXPECT_FALSE(connection.connected());
    return connection.last_error();
  }

 private:
  test::TempFolder m_folder;
  int m_files{0};
};

}  // namespace

TEST_F(MqttConnection, GivesTopicAndPayloadOfAnotherClientsMessage) {
  Broker broker;
  Heard heard;
  mqtt::Connection connection(settings_of(broker), heard.handlers());
  connection.start();
  ASSERT_TRUE(soon([&] { return connection.connected(); })) << connection.last_error();
  broker.publish("buoys/07", std::string("{\"h\":1.2}\0\x01", 11));
  broker.publish("elsewhere", "no");
  broker.publish("buoys/08", "");
  ASSERT_TRUE(soon([&] { return heard.count() == 2; }));
  EXPECT_EQ(heard.messages[0].topic, "buoys/07");
  EXPECT_EQ(heard.messages[0].payload, std::string("{\"h\":1.2}\0\x01", 11));
  EXPECT_EQ(heard.messages[1].payload, "");
  EXPECT_EQ(connection.counters().messages, 2u);
  EXPECT_EQ(connection.counters().bytes, 11u);
  EXPECT_EQ(connection.last_error(), "");
}

TEST_F(MqttConnection, PublishesAndSaysWhenTheBrokerHasIt) {
  Broker broker;
  Heard heard;
  mqtt::Connection listener(settings_of(broker), heard.handlers());
  auto settings = settings_of(broker, "sender");
  settings.topics.clear();
  mqtt::Connection sender(settings, {});
  EXPECT_FALSE(sender.publish({"buoys/1", "early", 1, false}));
  listener.start();
  sender.start();
  ASSERT_TRUE(soon([&] { return listener.connected() && sender.connected(); }));
  EXPECT_FALSE(sender.publish({"buoys/#", "x", 1, false}));
  std::atomic<int> done{0};
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(sender.publish({"buoys/1", std::to_string(i), i % 2, false},
                               [&](const base::Status& came) { done += came ? 1 : 1000; }));
  }
  ASSERT_TRUE(soon([&] { return done == 200 && heard.count() == 200; })) << done;
  EXPECT_EQ(sender.counters().acknowledged, 200u);
  EXPECT_EQ(sender.waiting(), 0u);
}

TEST_F(MqttConnection, SpeaksTlsWithAClientCertificateAndAPassword) {
  Broker broker({true, true, "weihai", "sea-2024", ""});
  auto settings = settings_of(broker);
  settings.tls = mqtt::Tls{broker.authority().ca(), broker.authority().certificate("client"),
                           broker.authority().key("client")};
  settings.user = "weihai";
  settings.password_file = secret("sea-2024");
  for (const char* host : {"127.0.0.1", "localhost"}) {
    Heard heard;
    settings.host = host;
    mqtt::Connection connection(settings, heard.handlers());
    connection.start();
    ASSERT_TRUE(soon([&] { return connection.connected(); })) << host << connection.last_error();
    broker.publish("buoys/1", "by TLS");
    EXPECT_TRUE(soon([&] { return heard.count() == 1; }));
  }
}

TEST_F(MqttConnection, SaysWhichCertificateIsNotTrusted) {
  Broker broker({true, false, "", "", ""});
  const test::TempFolder other;
  const test::Authority stranger(other.path());
  auto settings = settings_of(broker);
  settings.tls = mqtt::Tls{stranger.ca(), {}, {}};
  auto text = problem(settings);
  EXPECT_NE(text.find("is not trusted"), std::string::npos) << text;
  EXPECT_NE(text.find(stranger.ca().string()), std::string::npos) << text;
  settings.tls->ca_file = broker.authority().ca();
  settings.host = "ip6-localhost";  // the certificate is of localhost and 127.0.0.1
  settings.host = "127.0.0.2";
  text = problem(settings);
  EXPECT_NE(text.find("127.0.0.2"), std::string::npos) << text;
}

TEST_F(MqttConnection, SaysThatThePortDoesNotSpeakTls) {
  Broker broker;
  auto settings = settings_of(broker);
  settings.tls = mqtt::Tls{};
  const auto text = problem(settings);
  EXPECT_NE(text.find("TLS"), std::string::npos) << text;
}

TEST_F(MqttConnection, SaysThatThePasswordIsRefusedAndNeverTheWord) {
  Broker broker({false, false, "weihai", "sea-2024", ""});
  auto settings = settings_of(broker);
  settings.user = "weihai";
  settings.password_file = secret("wrong-word");
  const auto text = problem(settings);
  EXPECT_NE(text.find("refuses the user 'weihai' or the password"), std::string::npos) << text;
  EXPECT_EQ(text.find("wrong-word"), std::string::npos) << text;
  settings.user.clear();
  settings.password_file.clear();
  EXPECT_NE(problem(settings).find("wants a user and a password"), std::string::npos);
  settings.user = "weihai";
  settings.password_file = secret("");
  EXPECT_NE(problem(settings).find("the password cannot be read"), std::string::npos);
}

TEST_F(MqttConnection, SaysThatNobodyListensAndConnectsWhenSomebodyDoes) {
  Broker broker;
  const auto settings = settings_of(broker);
  broker.stop();
  mqtt::Connection connection(settings, {});
  connection.start();
  ASSERT_TRUE(soon([&] { return !connection.last_error().empty(); }));
  EXPECT_NE(connection.last_error().find("cannot connect to the broker 127.0.0.1:"),
            std::string::npos);
  broker.start();
  EXPECT_TRUE(soon([&] { return connection.connected(); }));
  EXPECT_EQ(connection.last_error(), "");
}

/// The session is the broker's: it holds what came while we or it were away.
TEST_F(MqttConnection, LosesNothingWhenTheBrokerOrTheListenerStopsAndStarts) {
  Broker broker;
  Heard heard;
  std::multiset<std::string> sent;
  int number = 0;
  const auto publish = [&](int count) {
    for (int i = 0; i < count; ++i) {
      sent.insert(std::to_string(number));
      broker.publish("buoys/1", std::to_string(number++));
    }
  };
  const auto heard_all = [&] {
    const auto got = heard.payloads();
    return std::set<std::string>(got.begin(), got.end()) ==
           std::set<std::string>(sent.begin(), sent.end());
  };
  {
    mqtt::Connection first(settings_of(broker), heard.handlers());
    first.start();
    ASSERT_TRUE(soon([&] { return first.connected(); }));
    publish(5);
    broker.stop();
    ASSERT_TRUE(soon([&] { return !first.connected(); }));
    broker.start();
    publish(5);  // perhaps before it has connected again
    ASSERT_TRUE(soon([&] { return first.connected() && heard_all(); }));
    EXPECT_GE(first.counters().connects, 2u);
  }
  publish(5);  // nobody listens
  mqtt::Connection second(settings_of(broker), heard.handlers());
  second.start();
  EXPECT_TRUE(soon(heard_all)) << heard.count() << " of " << sent.size();
}

TEST_F(MqttConnection, HoldsWhileThereIsNoRoomAndTheBrokerKeepsTheRest) {
  Broker broker;
  Heard heard;
  std::atomic<std::size_t> room{3};
  auto handlers = heard.handlers();
  handlers.has_room = [&] { return heard.count() < room; };
  mqtt::Connection connection(settings_of(broker), handlers);
  auto settings = settings_of(broker, "sender");
  settings.topics.clear();
  mqtt::Connection sender(settings, {});
  connection.start();
  sender.start();
  ASSERT_TRUE(soon([&] { return connection.connected() && sender.connected(); }));
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(sender.publish({"buoys/1", std::to_string(i), 1, false}));
  }
  ASSERT_TRUE(soon([&] { return connection.counters().holds > 0 && !connection.connected(); }));
  ASSERT_TRUE(soon([&] { return sender.waiting() == 0; }));
  EXPECT_LT(heard.count(), 300u);
  room = 1000;
  EXPECT_TRUE(soon([&] {
    const auto got = heard.payloads();
    return std::set<std::string>(got.begin(), got.end()).size() == 300;
  })) << heard.count();
}

TEST_F(MqttConnection, CountsWhatIsTooLongTooManyOrNoLongerAskedFor) {
  Broker broker;
  Heard heard;
  {
    mqtt::Connection before(settings_of(broker), {});
    before.start();
    ASSERT_TRUE(soon([&] { return before.connected(); }));
  }
  auto settings = settings_of(broker);
  settings.topics = {"buoys/1"};  // the session still has buoys/#
  settings.max_payload = 64;
  settings.max_per_s = 10;
  mqtt::Connection connection(settings, heard.handlers());
  connection.start();
  ASSERT_TRUE(soon([&] { return connection.connected(); }));
  broker.publish("buoys/2", "other");
  broker.publish("buoys/1", std::string(65, 'x'));
  ASSERT_TRUE(soon([&] { return connection.counters().too_large == 1; }));
  EXPECT_EQ(connection.counters().other_topic, 1u);
  auto sending = settings_of(broker, "sender");
  sending.topics.clear();
  mqtt::Connection sender(sending, {});
  sender.start();
  ASSERT_TRUE(soon([&] { return sender.connected(); }));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(sender.publish({"buoys/1", "x", 1, false}));
  ASSERT_TRUE(soon(
      [&] { return connection.counters().over_rate + connection.counters().messages == 100; }));
  EXPECT_GE(connection.counters().over_rate, 50u);
  EXPECT_EQ(heard.count(), connection.counters().messages);
}

/// Each has an answer; what the broker did not acknowledge can be sent again, and all arrives.
TEST_F(MqttConnection, AnswersEachPublicationAlsoWhenTheBrokerStops) {
  Broker broker;
  Heard heard;
  mqtt::Connection listener(settings_of(broker), heard.handlers());
  auto settings = settings_of(broker, "sender");
  settings.topics.clear();
  mqtt::Connection sender(settings, {});
  listener.start();
  sender.start();
  ASSERT_TRUE(soon([&] { return sender.connected() && listener.connected(); }));
  std::mutex mutex;
  std::set<std::string> left, on_the_way;
  for (int i = 0; i < 500; ++i) left.insert(std::to_string(i) + std::string(1000, 'x'));
  const auto all = left;
  const auto send_left = [&] {
    std::set<std::string> now;
    {
      const std::lock_guard lock(mutex);
      now = left;
      for (const auto& payload : on_the_way) now.erase(payload);
    }
    for (const auto& payload : now) {
      {
        const std::lock_guard lock(mutex);
        on_the_way.insert(payload);
      }
      const auto done = [&, payload](const base::Status& came) {
        const std::lock_guard lock(mutex);
        on_the_way.erase(payload);
        if (came) left.erase(payload);
      };
      if (sender.publish({"buoys/1", payload, 1, false}, done)) continue;
      const std::lock_guard lock(mutex);
      on_the_way.erase(payload);
    }
  };
  std::thread stopper([&] { broker.stop(); });
  send_left();
  stopper.join();
  broker.start();
  EXPECT_TRUE(soon([&] {
    if (sender.connected()) send_left();
    const std::lock_guard lock(mutex);
    return left.empty();
  })) << left.size();
  EXPECT_TRUE(soon([&] {
    const auto got = heard.payloads();
    return std::set<std::string>(got.begin(), got.end()) == all;
  }));
  EXPECT_EQ(sender.waiting(), 0u);
}

TEST_F(MqttConnection, StopsAtOnceWhereNobodyAnswers) {
  const auto silent = test::free_port();
  mqtt::Settings settings;
  settings.port = silent;
  settings.client_id = "x";
  const auto began = std::chrono::steady_clock::now();
  {
    mqtt::Connection connection(settings, {});
    connection.start();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}
