// SPDX-License-Identifier: Apache-2.0
// Lines and payloads from a real broker: as lines of an input, and what a message with several
// sentences gives.
#include <gtest/gtest.h>

#include "observe/link/link.hpp"
#include "support/broker.hpp"
#include "unit/observe/link/peer.hpp"

using namespace jinglue;
using namespace jinglue::observe::link;
using test::Broker;

namespace {

base::Result<std::vector<Settings>> settings(const std::string& keys) {
  const auto document =
      base::parse_config("[[input]]\nname = \"mq\"\nkind = \"mqtt\"\n" + keys, "jinglue.toml");
  if (!document) return tl::unexpected(document.error());
  return read_settings(*document);
}

std::unique_ptr<Link> open(const Broker& broker, const std::string& keys) {
  const auto read = settings("port = " + std::to_string(broker.port()) + "\n" + keys);
  if (!read) throw std::runtime_error(read.error().text());
  auto link = Link::open(read->at(0), [] { return base::Instant{1'714'536'000'000}; });
  link->start();
  return link;
}

bool connected(const Link& link) {
  for (int i = 0; i < 1000 && !link.counters().connected; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return link.counters().connected;
}

}  // namespace

TEST(MqttLink, GivesTheSentencesOfAMessageWithItsTopicAsStation) {
  if (!Broker::available()) GTEST_SKIP() << test::kNoBroker;
  Broker broker;
  const auto link = open(broker, "topics = [\"ais/#\"]\n");
  ASSERT_TRUE(connected(*link)) << link->last_error();
  broker.publish("ais/mast", "!AIVDM,1,1,,A,1,0*00\r\n!AIVDM,1,1,,B,2,0*00\n!AIVDM,3");
  const auto lines = test::take(*link, 3);
  EXPECT_EQ(test::texts(lines),
            (std::vector<std::string>{"!AIVDM,1,1,,A,1,0*00", "!AIVDM,1,1,,B,2,0*00", "!AIVDM,3"}));
  EXPECT_EQ(lines.at(0).station, "ais/mast");
  EXPECT_EQ(link->counters().lines, 3u);
  link->stop();
}

TEST(MqttLink, GivesThePayloadOfASensorWhole) {
  if (!Broker::available()) GTEST_SKIP() << test::kNoBroker;
  Broker broker;
  const auto link = open(broker, "topics = [\"b/+\"]\nformat = \"sensor\"\nmapping = \"x\"\n");
  ASSERT_TRUE(connected(*link)) << link->last_error();
  const std::string payload = "{\"a\":1,\n\"b\":\"" + std::string(3000, 'x') + "\"}\n";
  broker.publish("b/1", payload);
  const auto lines = test::take(*link, 1);
  EXPECT_EQ(lines.at(0).text, payload);
  EXPECT_EQ(lines.at(0).station, "b/1");
}

/// What was acknowledged to the broker before the stop is in the queue for the journal.
TEST(MqttLink, AStopLosesNothingThatWasAcknowledged) {
  if (!Broker::available()) GTEST_SKIP() << test::kNoBroker;
  Broker broker;
  const auto keys = "topics = [\"b/#\"]\nformat = \"sensor\"\nmapping = \"x\"\n";
  std::set<std::string> sent, got;
  for (int round = 0; round < 4; ++round) {
    const auto link = open(broker, keys);
    ASSERT_TRUE(connected(*link)) << link->last_error();
    for (int i = 0; i < 5; ++i) {
      sent.insert(std::to_string(round * 5 + i));
      broker.publish("b/1", std::to_string(round * 5 + i));
    }
    link->stop();
    for (const auto& line : link->queue().take_all(base::Duration(0))) got.insert(line.text);
  }
  const auto link = open(broker, keys);
  for (int i = 0; i < 500 && got != sent; ++i) {
    for (const auto& line : link->queue().take_all(base::Duration(20))) got.insert(line.text);
  }
  EXPECT_EQ(got, sent);
}

TEST(MqttLink, NamesMistakesOfItsKeys) {
  const auto ok = settings("topics = [\"a\"]\n");
  ASSERT_TRUE(ok);
  EXPECT_EQ(ok->at(0).broker.client_id, "jinglue-mq");
  EXPECT_FALSE(ok->at(0).whole);
  EXPECT_NE(settings("").error().text().find("topics"), std::string::npos);
  const auto foreign = settings("topics = [\"a\"]\nfile = \"x\"");
  EXPECT_NE(foreign.error().text().find("jinglue.toml:5 input[0].file"), std::string::npos);
  const auto udp = base::parse_config(
      "[[input]]\nname = \"u\"\nkind = \"udp\"\nport = 1\nformat = \"sensor\"", "jinglue.toml");
  EXPECT_NE(read_settings(*udp).error().text().find("sensors come by MQTT only"),
            std::string::npos);
}
