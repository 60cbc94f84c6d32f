// SPDX-License-Identifier: Apache-2.0
// Topics and filters: the examples of MQTT 3.1.1 section 4.7, and properties.
#include "mqtt/topic.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

using namespace jinglue::mqtt;

TEST(MqttTopic, MatchesAsTheStandardsExamplesSay) {
  EXPECT_TRUE(matches("sport/tennis/player1/#", "sport/tennis/player1"));
  EXPECT_TRUE(matches("sport/tennis/player1/#", "sport/tennis/player1/ranking"));
  EXPECT_TRUE(matches("sport/#", "sport"));
  EXPECT_TRUE(matches("#", "sport/tennis"));
  EXPECT_TRUE(matches("sport/tennis/+", "sport/tennis/player1"));
  EXPECT_FALSE(matches("sport/tennis/+", "sport/tennis/player1/ranking"));
  EXPECT_FALSE(matches("sport/+", "sport"));
  EXPECT_TRUE(matches("sport/+", "sport/"));
  EXPECT_TRUE(matches("+/+", "/finance"));
  EXPECT_TRUE(matches("/+", "/finance"));
  EXPECT_FALSE(matches("+", "/finance"));
  EXPECT_FALSE(matches("#", "$SYS/broker/load"));
  EXPECT_FALSE(matches("+/monitor/Clients", "$SYS/monitor/Clients"));
  EXPECT_TRUE(matches("$SYS/#", "$SYS/broker/load"));
  EXPECT_FALSE(matches("sport", "Sport"));
}

TEST(MqttTopic, GivesTheLevelsThatStandForAPlus) {
  std::vector<std::string_view> levels;
  ASSERT_TRUE(matches("buoys/+/+/data", "buoys/weihai/07/data", levels));
  EXPECT_EQ(levels, (std::vector<std::string_view>{"weihai", "07"}));
}

TEST(MqttTopic, RefusesFiltersAndTopicsThatTheStandardDoesNotHave) {
  for (const char* good : {"a", "a/#", "#", "+", "a/+/b", "/", "海/浪"}) {
    EXPECT_TRUE(check_filter(good)) << good;
  }
  for (const char* bad : {"", "a#", "#/a", "a+/b", "a/#/b", "\xff"}) {
    EXPECT_FALSE(check_filter(bad)) << bad;
  }
  EXPECT_FALSE(check_filter(std::string("a\0b", 3)));
  EXPECT_FALSE(check_filter(std::string(65536, 'a')));
  EXPECT_TRUE(check_topic("a/b"));
  EXPECT_FALSE(check_topic("a/+"));
}

RC_GTEST_PROP(MqttTopic, ATopicMatchesItselfAndItsFilterWithAnyLevelOpen, ()) {
  const auto levels = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("a", "b", "", "x1")));
  std::string topic, open;
  const auto at = *rc::gen::inRange<std::size_t>(0, levels.size());
  for (std::size_t i = 0; i < levels.size(); ++i) {
    topic += (i > 0 ? "/" : "") + levels[i];
    open += (i > 0 ? "/" : "") + (i == at ? "+" : levels[i]);
  }
  if (topic.empty()) return;  // no topic
  RC_ASSERT(matches(topic, topic));
  RC_ASSERT(matches(open, topic));
  RC_ASSERT(matches("#", topic));
  RC_ASSERT(matches(topic + "/#", topic));
  RC_ASSERT(!matches(topic, topic + "/more"));
}
