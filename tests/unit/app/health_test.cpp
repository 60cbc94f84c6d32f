// SPDX-License-Identifier: Apache-2.0
#include "app/health.hpp"

#include <gtest/gtest.h>

namespace jinglue::app {
namespace {

TEST(Health, ASilentStationIsOurReceiverAndSaysWhatNobodyHears) {
  picture::SilentStation station{"shore", "weihai", {1714536000000}, 200, 50, {37.4, 122.4}};
  Health health;
  const base::Instant now{1714536000000 + 45 * 60'000};
  health.raise("station_silent.shore.weihai", problem_of(station, now));
  const auto json = health.to_json();
  EXPECT_EQ(json["state"].as_string(), "degraded");
  const auto& problem = json["problems"].items().at(0);
  EXPECT_EQ(problem["since"].as_string(), "2024-05-01T04:00:00.000Z");
  for (const char* part : {"weihai", "45 min", "75%", "37.4°N 122.4°E", "not the fleet"}) {
    EXPECT_NE(problem["text"]["en"].as_string().find(part), std::string::npos) << part;
  }
  EXPECT_NE(problem["text"]["zh"].as_string().find("不代表船舶停发"), std::string::npos);
  health.clear("station_silent.shore.weihai");
  EXPECT_TRUE(health.sound());
}

}  // namespace
}  // namespace jinglue::app
