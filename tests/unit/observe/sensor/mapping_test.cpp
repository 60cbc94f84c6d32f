// SPDX-License-Identifier: Apache-2.0
// Mapping files of sensors: each mistake is named with file, line and key.
#include "observe/sensor/mapping.hpp"

#include <gtest/gtest.h>

using namespace jinglue;
using observe::sensor::Mapping;

namespace {

std::string mistake(const std::string& text) {
  const auto document = base::parse_config(text, "m.toml");
  if (!document) return document.error().text();
  const auto out = Mapping::read(*document);
  return out ? "none" : out.error().text();
}

/// A sound file with the line put in at its end.
std::string with(const std::string& more) {
  return mistake(
      "name = \"m\"\n[[message]]\ntopic = \"b/+/o\"\nstation = 1\n"
      "[message.quantity.ph]\nat = \"/ph\"\nunit = \"1\"\n" +
      more);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST(SensorMapping, IsReadWithItsStations) {
  const auto document = base::read_config(JINGLUE_SOURCE_DIR "/data/sensors/weihai.toml");
  ASSERT_TRUE(document);
  const auto mapping = Mapping::read(*document);
  ASSERT_TRUE(mapping) << mapping.error().text();
  EXPECT_EQ(mapping->messages().size(), 2u);
  ASSERT_EQ(mapping->stations().size(), 4u);
  EXPECT_EQ(mapping->stations()[0].id, "W01");
  EXPECT_EQ(mapping->stations()[0].watch_radius_m, 400);
  EXPECT_EQ(mapping->stations()[0].silent_after, std::chrono::seconds(5400));
  EXPECT_EQ(with(""), "none");
}

TEST(SensorMapping, NamesEachMistakeWithLineAndKey) {
  EXPECT_TRUE(has(mistake("name = \"m\"\n"), "no message is described"));
  EXPECT_TRUE(has(mistake("name = \"m\"\nmesage = 1"), "m.toml:2 mesage"));
  EXPECT_TRUE(
      has(mistake("name = \"m\"\n[[message]]\ntopic = \"a/#/b\"\nstation = \"x\""), "m.toml:3"));
  EXPECT_TRUE(has(mistake("name = \"m\"\n[[message]]\ntopic = \"a/+\"\nstation = 2"),
                  "the topic has 1 '+'"));
  EXPECT_TRUE(has(mistake("name = \"m\"\n[[message]]\ntopic = \"a\"\nstation = \"/i~2d\""),
                  "is no JSON pointer"));
  EXPECT_TRUE(
      has(mistake("name = \"m\"\n[[message]]\ntopic = \"a\"\nstation = \"x\""), "says nothing"));
  EXPECT_TRUE(has(with("range = [3, 2]\n"), "m.toml:8"));
  EXPECT_TRUE(has(with("range = [0, 20]\n"), "within 0 to 14")) << with("range = [0, 20]\n");
  EXPECT_TRUE(has(with("missing = -999\n"), "is a list"));
  EXPECT_TRUE(
      has(with("[message.quantity.wave]\nat = \"/w\"\nunit = \"m\""), "'wave' is no quantity"));
  EXPECT_TRUE(has(with("[message.quantity.wave_height]\nat = \"/w\"\nunit = \"kn\""),
                  "one of m, cm, mm, ft"));
  EXPECT_TRUE(has(with("[message.time]\nat = \"/t\"\nform = \"yyyy-mm-dd HH:MM\""),
                  "zone of the times is not said"));
  EXPECT_TRUE(
      has(with("[message.time]\nat = \"/t\"\nform = \"yyyy-mm HH:MM\""), "no form of a time"));
  EXPECT_TRUE(has(with("[message.time]\nat = \"/t\"\nform = \"yyyymmddHHMM\"\nzone = \"Mars\""),
                  "no time zone"));
  EXPECT_TRUE(
      has(with("[message.time]\nat = \"/t\"\nzone = \"UTC\""), "say their zone themselves"));
  EXPECT_TRUE(has(with("[[station]]\nid = \"\""), "1 to 64 bytes"));
  EXPECT_TRUE(has(with("[[station]]\nid = \"a\"\n[[station]]\nid = \"a\""), "two stations"));
  EXPECT_TRUE(has(with("[[station]]\nid = \"a\"\nwatch_radius_m = 100"), "needs its centre"));
  EXPECT_TRUE(has(with("[[station]]\nid = \"a\"\nlatitude = 91\nlongitude = 1"), "out of range"));
}

TEST(SensorMapping, ReadsTimesOfEachForm) {
  const auto time = [](const std::string& keys, const base::Json& value) {
    const auto document = base::parse_config(keys, "m.toml");
    const auto form = observe::sensor::TimeForm::read(*document);
    const auto out = form ? form->parse(value) : std::nullopt;
    return out ? base::to_iso(*out) : std::string("none");
  };
  EXPECT_EQ(time("", "2024-05-01T12:00:00+08:00"), "2024-05-01T04:00:00.000Z");
  EXPECT_EQ(time("", "2024-05-01T12:00:00"), "none");
  EXPECT_EQ(time("form = \"unix_s\"", 1714536000.25), "2024-05-01T04:00:00.250Z");
  EXPECT_EQ(time("form = \"unix_ms\"", std::int64_t{1714536000250}), "2024-05-01T04:00:00.250Z");
  EXPECT_EQ(time("form = \"unix_s\"", -1), "none");
  const std::string local = "form = \"yyyy/mm/dd HH:MM\"\nzone = \"Asia/Shanghai\"";
  EXPECT_EQ(time(local, "2024/05/01 12:00"), "2024-05-01T04:00:00.000Z");
  EXPECT_EQ(time(local, "2024/05/01 24:00"), "none");
  EXPECT_EQ(time(local, "2024/13/01 12:00"), "none");
  EXPECT_EQ(time(local, "2024/05/01 12:00Z"), "none");
  EXPECT_EQ(time("form = \"yyyymmddHHMMSS\"\nzone = \"UTC\"", std::int64_t{20240229040000}),
            "2024-02-29T04:00:00.000Z");
  EXPECT_EQ(time("form = \"yyyymmddHHMMSS\"\nzone = \"UTC\"", std::int64_t{20230229040000}),
            "none");
}
