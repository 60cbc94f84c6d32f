// SPDX-License-Identifier: Apache-2.0
#include "drill/script/scenario.hpp"

#include "drill/chance/random.hpp"
#include "drill/player.hpp"
#include "support/temp_folder.hpp"
#include "unit/drill/shipped.hpp"

using namespace jinglue;
using namespace jinglue::tests;

namespace {

/// A small exercise on open water; parts are replaced by the tests.
const std::string kSmall = R"(schema = 1
id = "small"
title_zh = "小演练"
title_en = "Small"
timezone = "Asia/Shanghai"
begin = 2024-05-01T06:00:00
end = 2024-05-01T09:00:00
opens = 2024-05-01T07:00:00
speed = 10
zones = ["zones.geojson"]
[sea]
lanes = [["a", "b"]]
[sea.nodes]
a = [36.02, 122.0]
b = [36.20, 122.0]
[[harbour]]
key = "home"
zone = "port_home"
gates = ["a"]
[[ground]]
zone = "ground_far"
gates = ["b"]
[[group]]
key = "boats"
part = "boats"
count = 3
kind = "fishing"
name = "演练{n}"
ais_name = "YL {n}"
mmsi_from = 412990001
carry = ["A"]
ship_type = 30
plan = [
  { do = "moor", at = "home", until = "05-01 06:30" },
  { do = "sail", to = "ground_far", speed_kn = 8 },
  { do = "work", as = "line", in = "ground_far" },
]
)";

const char* kZones = R"({"type":"FeatureCollection","features":[
{"type":"Feature","id":"port_home","properties":{"kind":"port"},"geometry":{"type":"Polygon",
"coordinates":[[[121.99,36.0],[122.01,36.0],[122.01,36.01],[121.99,36.01],[121.99,36.0]]]}},
{"type":"Feature","id":"ground_far","properties":{"kind":"working"},"geometry":{"type":"Polygon",
"coordinates":[[[121.9,36.2],[122.1,36.2],[122.1,36.3],[121.9,36.3],[121.9,36.2]]]}}]})";

class SmallDrill : public testing::Test {
 protected:
  SmallDrill() { std::ofstream(m_folder.path() / "zones.geojson") << kZones; }

  std::string with(const std::string& from, const std::string& to) {
    std::string text = kSmall;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }
  /// The message that opening gives; empty when it opens.
  std::string refusal(const std::string& text) {
    const auto file = m_folder.path() / "small.toml";
    std::ofstream(file) << text;
    const auto player = drill::Player::open(file, 1);
    return player ? "" : player.error().text();
  }

  test::TempFolder m_folder;
};

}  // namespace

TEST_F(SmallDrill, ASoundScenarioOpens) {
  EXPECT_EQ(refusal(kSmall), "");
}

TEST_F(SmallDrill, TheStreamEndsWithTheExercise) {
  ASSERT_EQ(refusal(kSmall), "");
  auto player = std::move(*drill::Player::open(m_folder / "small.toml", 1));
  std::vector<drill::Sentence> out;
  player->until(player->end() + std::chrono::hours(1), out);
  ASSERT_GT(out.size(), 1000u);
  EXPECT_GE(out.front().time, player->begin());
  EXPECT_LT(out.back().time, player->end());
  out.clear();
  player->until(player->end() + std::chrono::hours(2), out);
  EXPECT_TRUE(out.empty());
}

TEST_F(SmallDrill, AnUnknownKeyIsRefusedWithFileAndLine) {
  const std::string text = refusal(with("count = 3", "count = 3\ncolour = \"red\""));
  EXPECT_NE(text.find("small.toml:"), std::string::npos) << text;
  EXPECT_NE(text.find("colour"), std::string::npos) << text;
}

TEST_F(SmallDrill, EveryMistakeNamesItsKey) {
  const std::vector<std::array<std::string, 3>> cases{
      {"schema = 1", "schema = 7", "schema"},
      {"opens = 2024-05-01T07:00:00", "opens = 2024-05-01T05:00:00", "opens"},
      {"\"05-01 06:30\"", "\"5 o'clock\"", "until"},
      {"\"05-01 06:30\"", "\"05-01 26:30\"", "until"},
      {"\"05-01 06:30\"", "\"+5-01 06:30\"", "until"},
      {"\"05-01 06:30\"", "\"05-01  6:30\"", "until"},
      {"\"05-01 06:30\"", "\"05-01 06:30 \"", "until"},
      {"\"05-01 06:30\"", "\"05-01 06:30:5x\"", "until"},
      {"until = \"05-01 06:30\"", "for = \" 45m\"", "duration"},
      {"until = \"05-01 06:30\"", "for = \"45\"", "duration"},
      {"speed_kn = 8", "speed_kn = [9, 8]", "speed_kn"},
      {"do = \"moor\"", "do = \"fly\"", "do"},
      {"kind = \"fishing\"", "kind = \"submarine\"", "kind"},
      {"carry = [\"A\"]", "carry = [\"radar\"]", "radar"},
      {"carry = [\"A\"]", "carry = [\"A B\"]", "second_mmsi_from"},
      {"at = \"home\"", "at = \"nowhere\"", "nowhere"},
      {"zone = \"ground_far\"", "zone = \"ground_lost\"", "ground_lost"},
      {"gates = [\"b\"]", "gates = [\"c\"]", "c"},
      {"[\"zones.geojson\"]", "[\"lost.geojson\"]", "lost.geojson"},
      {"timezone = \"Asia/Shanghai\"", "timezone = \"Asia/Atlantis\"", "small.toml:5 timezone"},
      {"b = [36.20, 122.0]", "b = [122.0, 36.20]", "latitude"},
      {"count = 3", "count = 0", "count"},
      {"count = 3", "count = 4294967297", "out of range"},
      {"mmsi_from = 412990001", "mmsi_from = 9223372036854775807", "out of range"},
      {"until = \"05-01 06:30\"", "for = \"9223372036854775807h\"", "duration"},
      {"speed_kn = 8", "speed_kn = nan", "finite"},
  };
  for (const auto& [from, to, named] : cases) {
    const std::string text = refusal(with(from, to));
    EXPECT_NE(text, "") << to;
    EXPECT_NE(text.find(named), std::string::npos) << to << " -> " << text;
  }
}

TEST_F(SmallDrill, AMoveThatCannotArriveInTimeIsRefused) {
  const std::string text =
      refusal(with("speed_kn = 8 }", "speed_kn = 8, arrive = \"05-01 06:35\" }"));
  EXPECT_NE(text.find("cannot arrive"), std::string::npos) << text;
}

TEST_F(SmallDrill, UnjoinedNodesAreRefused) {
  const std::string text = refusal(with("[[\"a\", \"b\"]]", "[[\"a\", \"a\"]]"));
  EXPECT_NE(text.find("no lane leads"), std::string::npos) << text;
}

TEST_F(SmallDrill, TheSameNumberTwiceIsRefused) {
  std::string second = kSmall.substr(kSmall.find("[[group]]"));
  second.replace(second.find("boats"), 5, "other");
  const std::string text = refusal(kSmall + second);
  EXPECT_NE(text.find("412990001"), std::string::npos) << text;
}

TEST_F(SmallDrill, AFullHarbourIsRefused) {
  const std::string text = refusal(with("count = 3", "count = 3000"));
  EXPECT_NE(text.find("full"), std::string::npos) << text;
}

TEST_F(SmallDrill, AnExpectationThatNeverComesTrueIsRefused) {
  const std::string text = refusal(kSmall + R"([[expect]]
rule = "dark"
vessel = "boats_001"
measure = "dark"
begin = "05-01 06:00"
note_zh = "无"
note_en = "none"
)");
  EXPECT_NE(text.find("never does"), std::string::npos) << text;
}

TEST_F(SmallDrill, AMissingFileIsRefused) {
  EXPECT_FALSE(drill::Player::open(m_folder.path() / "absent.toml", 1));
}

TEST(Random, TheStreamIsTheSameOnEveryMachine) {
  // SplitMix64 from seed 0: the published first outputs.
  drill::chance::Random random(0);
  EXPECT_EQ(random.next(), 0xE220A8397B1DCDAFULL);
  EXPECT_EQ(random.next(), 0x6E789E6AA1B965F4ULL);
}

TEST(Random, NoiseIsSmoothAndBounded) {
  double most = 0;
  for (std::int64_t t = -500'000; t < 500'000; t += 250) {
    const double a = drill::chance::noise(7, t, 60'000);
    EXPECT_LE(std::abs(a), 1.0);
    most = std::max(most, std::abs(drill::chance::noise(7, t + 250, 60'000) - a));
  }
  EXPECT_LT(most, 2 * 1.5 * 250 / 60'000.0 + 1e-9) << "steepest cubic between -1 and 1";
}
