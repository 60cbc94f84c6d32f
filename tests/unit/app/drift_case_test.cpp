// SPDX-License-Identifier: Apache-2.0
#include "app/drift_case.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "base/config.hpp"
#include "base/json.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;

namespace {

constexpr const char* kCase = R"(schema = 1
name = "落水演练"
start = 2024-02-28T08:00:00+08:00
hours = 12
land = "coast.geojson"
seed = 7

[constant]
wind = { east_m_s = 6.0, north_m_s = 0.0 }
current = { east_m_s = 0.0, north_m_s = 0.2 }

[[seeding]]
object = "PIW-1"
particles = 2000
at = [122.5, 37.0]
radius_m = 1000

[[seeding]]
object = "GREEN-TIDE"
particles = 500
polygon = [[122.4, 36.9], [122.5, 36.9], [122.45, 37.0]]
)";
/// Land to the east of 122.6.
constexpr const char* kCoast = R"({"type":"Polygon","coordinates":
[[[122.6,36],[123,36],[123,38],[122.6,38],[122.6,36]]]})";

class DriftCaseTest : public ::testing::Test {
 protected:
  DriftCaseTest() {
    const auto document = base::read_config(JINGLUE_SOURCE_DIR "/data/drift/objects.toml");
    m_objects = *drift::read_objects(*document);
    put("coast.geojson", kCoast);
  }
  void put(const char* name, const std::string& text) {
    std::ofstream(m_folder.path() / name, std::ios::binary) << text;
  }
  std::string got(const char* name) {
    std::ifstream in(m_folder.path() / name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }
  auto read(const std::string& text) {
    put("case.toml", text);
    return app::read_drift_case(m_folder.path() / "case.toml", m_objects);
  }
  std::string refused(const std::string& from, const std::string& to) {
    std::string text = kCase;
    text.replace(text.find(from), from.size(), to);
    const auto what = read(text);
    EXPECT_FALSE(what) << to;
    return what ? "" : what.error().text();
  }
  test::TempFolder m_folder;
  std::vector<drift::DriftObject> m_objects;
};

}  // namespace

TEST_F(DriftCaseTest, RunsAndWritesItsFiles) {
  const auto what = read(kCase);
  ASSERT_TRUE(what) << what.error().text();
  const auto written = app::run_drift_case(**what, m_folder.path() / "out", 2);
  ASSERT_TRUE(written) << written.error().text();
  const auto result = base::parse_json(got("out/result.json"));
  ASSERT_TRUE(result);
  EXPECT_EQ((*result)["particles"].as_int(), 2500);
  EXPECT_EQ((*result)["seed"].as_int(), 7);
  EXPECT_EQ((*result)["crosswind_sign"].as_string(), "right");
  EXPECT_GT((*result)["stranded"].as_int(), 100);
  EXPECT_EQ((*result)["used"].items().size(), 2u);
  EXPECT_EQ((*result)["inputs"].items().size(), 2u);
  // What is constant and what is unverified is said.
  ASSERT_EQ(written->warnings.size(), 3u);
  EXPECT_NE(written->warnings[0].find("constant wind"), std::string::npos);
  EXPECT_NE(written->warnings[2].find("GREEN-TIDE: figures unverified"), std::string::npos);
  const auto areas = base::parse_json(got("out/areas.geojson"));
  ASSERT_TRUE(areas);
  EXPECT_EQ((*areas)["features"].items().size(), 13u * 3);
  EXPECT_LT(written->brief.size(), 2000u);
  EXPECT_NE(written->brief.find("落水演练"), std::string::npos);
  EXPECT_NE(written->brief.find("02-28T12:00"), std::string::npos) << written->brief;
  const auto stranded = got("out/stranded.csv");
  EXPECT_EQ(std::count(stranded.begin(), stranded.end(), '\n') - 1, (*result)["stranded"].as_int());
}

TEST_F(DriftCaseTest, TheSameCaseGivesTheSameFilesAtAnyNumberOfThreads) {
  const auto what = read(kCase);
  ASSERT_TRUE(what);
  ASSERT_TRUE(app::run_drift_case(**what, m_folder.path() / "out", 1));
  const auto hours = got("out/hours.csv"), areas = got("out/areas.geojson");
  ASSERT_TRUE(app::run_drift_case(**what, m_folder.path() / "out", 3));
  EXPECT_EQ(hours, got("out/hours.csv"));
  EXPECT_EQ(areas, got("out/areas.geojson"));
}

TEST_F(DriftCaseTest, MistakesNameFileLineAndKey) {
  EXPECT_NE(refused("\"PIW-1\"", "\"PIW-99\"").find("case.toml:13"), std::string::npos)
      << refused("\"PIW-1\"", "\"PIW-99\"");
  EXPECT_NE(refused("hours = 12", "hours = 0").find("hours"), std::string::npos);
  EXPECT_NE(refused("hours = 12", "hours = 12\nstep_seconds = 700").find("step_seconds"),
            std::string::npos);
  EXPECT_NE(refused("[122.5, 37.0]", "[37.0, 122.5]").find("no place at sea"), std::string::npos);
  EXPECT_NE(refused("radius_m = 1000", "radius_m = 1000\ntrack = []").find("One of"),
            std::string::npos);
  EXPECT_NE(refused("seed = 7", "sede = 7").find("sede"), std::string::npos);
  EXPECT_NE(refused("\"coast.geojson\"", "\"nowhere.geojson\"").find("nowhere.geojson"),
            std::string::npos);
  EXPECT_NE(refused("particles = 2000", "particles = 0").find("particles"), std::string::npos);
  EXPECT_NE(refused("east_m_s = 6.0", "east_m_s = 600.0").find("wind"), std::string::npos);
  EXPECT_NE(refused("seed = 7", "seed = 7\nforecasts = [\"none.nc\"]").find("none.nc"),
            std::string::npos);
}

TEST_F(DriftCaseTest, AStartOnLandOrWithoutForcingIsAnErrorWhenItRuns) {
  std::string text = kCase;
  text.replace(text.find("[122.5, 37.0]"), 13, "[122.8, 37.0]");
  const auto on_land = read(text);
  ASSERT_TRUE(on_land);
  const auto first = app::run_drift_case(**on_land, m_folder.path() / "out", 1);
  ASSERT_FALSE(first);
  EXPECT_NE(first.error().text().find("on land"), std::string::npos);
  text = kCase;
  const auto wind = text.find("wind = {");
  text.erase(wind, text.find('\n', wind) - wind);
  const auto windless = read(text);
  ASSERT_TRUE(windless);
  const auto second = app::run_drift_case(**windless, m_folder.path() / "out", 1);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().text().find("no forecast says the wind"), std::string::npos);
}
