// SPDX-License-Identifier: Apache-2.0
// /archive and the positions of vessels: what the answers hold, in every form, and who sees what.
#include <gtest/gtest.h>

#include <cstring>
#include <set>

#include "base/text.hpp"
#include "unit/serve/with_world.hpp"

namespace jinglue::serve {
namespace {

using base::Json;
using std::chrono::minutes;
using test::kNow;

constexpr std::uint64_t kRongcheng = 412300001, kSecond = 412300011, kRushan = 412300002,
                        kCargo = 413000001;
const std::string kSpan = "from=2024-05-01T03:00:00Z&to=2024-05-01T04:00:01Z";

class ArchiveApiTest : public test::WithWorld {
 protected:
  static void SetUpTestSuite() {
    test::WithWorld::SetUpTestSuite();
    auto& w = world();
    rongcheng_id = w.add_vessel("演练渔0001", "鲁荣渔50001", "rongcheng", kRongcheng);
    w.add_vessel("演练渔0002", "鲁乳渔60002", "rushan", kRushan);
    for (int i = 0; i < 60; ++i) {  // northward, a report a minute, one thousandth of a degree each
      const auto t = kNow - minutes(60 - i);
      w.add_fix(w.fix(kRongcheng, 37.0 + i * 0.001, 122.5, t));
      w.add_fix(w.fix(kCargo, 37.02, 122.4 + i * 0.005, t, 1200));
      if (i % 10 == 0) w.add_fix(w.fix(kRushan, 37.02, 122.5, t));
    }
    w.publish();
    duty = w.client("duty");
    clerk = w.client("clerk");
  }
  static void TearDownTestSuite() {
    duty.reset();
    clerk.reset();
    test::WithWorld::TearDownTestSuite();
  }
  static std::vector<std::string> lines(const std::string& body) {
    std::vector<std::string> out;
    for (const auto part : base::split(body, '\n')) {
      if (!part.empty()) out.emplace_back(part);
    }
    return out;
  }
  static inline std::string rongcheng_id;
  static inline std::unique_ptr<test::HttpClient> duty, clerk;
};

TEST_F(ArchiveApiTest, positions_of_a_polygon_are_those_inside_exactly) {
  // A triangle: of the northbound track rows 10 to 20 lie inside, both on the boundary.
  const std::string polygon = "polygon=122.5,37.01,122.5,37.02,122.49,37.015&";
  const auto reply = duty->get("/api/v1/archive/positions?" + polygon + kSpan);
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto all = lines(reply.body);
  std::size_t ours = 0;
  for (const auto& line : all) {
    const auto json = *base::parse_json(line);
    if (json["track"].as_string() != "mmsi:412300001") continue;
    ++ours;
    EXPECT_GE(json["lat"].as_double(), 37.01);
    EXPECT_LE(json["lat"].as_double(), 37.02);
  }
  EXPECT_EQ(ours, 11u);
  const auto end = *base::parse_json(all.back());
  EXPECT_TRUE(end["end"].as_bool());
  EXPECT_EQ(end["count"].as_int(), std::int64_t(all.size()) - 1);
  EXPECT_FALSE(end["cut"].as_bool());
  const auto cut = lines(duty->get("/api/v1/archive/positions?limit=5&" + polygon + kSpan).body);
  ASSERT_EQ(cut.size(), 6u);
  EXPECT_TRUE((*base::parse_json(cut.back()))["cut"].as_bool());
}

TEST_F(ArchiveApiTest, the_binary_form_holds_the_same_rows) {
  const std::string asked = "/api/v1/archive/positions?bbox=122,36,123,38&" + kSpan;
  const auto reply = duty->get(asked + "&format=binary");
  ASSERT_EQ(reply.header("content-type"), "application/vnd.jinglue.positions");
  const auto& bytes = reply.body;
  ASSERT_GT(bytes.size(), 16u);
  ASSERT_EQ(bytes.substr(0, 4), "JLP2");
  std::uint32_t head_size = 0, rows = 0;
  std::memcpy(&head_size, bytes.data() + 4, 4);
  std::memcpy(&rows, bytes.data() + 8, 4);
  EXPECT_EQ(head_size % 4, 0u);
  ASSERT_EQ(bytes.size(), 16 + head_size + std::size_t{rows} * 18);
  const auto head = *base::parse_json(bytes.substr(16, head_size));
  EXPECT_EQ(head["base_ms"].as_int(), kNow.ms - 3'600'000);
  EXPECT_EQ(head["unit_ms"].as_int(), 1);
  const auto all = lines(duty->get(asked).body);
  ASSERT_EQ(all.size(), rows + 1u);
  const char* times = bytes.data() + 16 + head_size;
  std::size_t row = 0;
  for (const auto& track : head["tracks"].items()) {
    EXPECT_EQ(track["begin"].as_int(), std::int64_t(row));
    for (std::int64_t i = 0; i < track["count"].as_int(); ++i, ++row) {
      std::uint32_t time = 0;
      std::int32_t lat = 0;
      std::memcpy(&time, times + row * 4, 4);
      std::memcpy(&lat, times + rows * 4 + row * 4, 4);
      const auto json = *base::parse_json(all[row]);
      EXPECT_EQ(json["track"].as_string(), track["track"].as_string());
      EXPECT_EQ(json["time"].as_string(),
                base::to_iso(base::Instant{head["base_ms"].as_int() + time}));
      EXPECT_NEAR(json["lat"].as_double(), lat / 6e6, 1e-6);
    }
  }
  EXPECT_EQ(row, rows);
}

TEST_F(ArchiveApiTest, who_was_here_says_when_and_for_how_long) {
  const auto reply =
      duty->get("/api/v1/archive/visits?bbox=122.49,37.0095,122.51,37.0205&" + kSpan);
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto json = reply.json();
  ASSERT_EQ(json["total"].as_int(), 3) << reply.body;
  std::set<std::string> names;
  for (const auto& one : json["items"].items()) {
    names.insert(one["name"].as_string());
    if (one["name"].as_string() != "演练渔0001") continue;
    EXPECT_EQ(one["first"].as_string(), base::to_iso(kNow - minutes(50)));
    EXPECT_EQ(one["last"].as_string(), base::to_iso(kNow - minutes(40)));
    EXPECT_EQ(one["positions"].as_int(), 11);
    EXPECT_EQ(one["stays"].as_int(), 1);
    EXPECT_DOUBLE_EQ(one["inside_s"].as_double(), 600);
    EXPECT_EQ(one["side_number"].as_string(), "鲁荣渔50001");
    EXPECT_DOUBLE_EQ(one["entered"]["lat"].as_double(), 37.01);
  }
  EXPECT_TRUE(names.contains("演练渔0002"));
  const auto csv = duty->get(
      "/api/v1/archive/visits?format=csv&kind=cargo,unknown&bbox="
      "122.49,37.0095,122.51,37.0205&" +
      kSpan);
  EXPECT_EQ(lines(csv.body).size(), 2u) << csv.body;
  // A clerk of one district does not learn who of another was there.
  const auto seen =
      clerk->get("/api/v1/archive/visits?bbox=122.49,37.0095,122.51,37.0205&" + kSpan);
  EXPECT_EQ(seen.json()["total"].as_int(), 2) << seen.body;
}

TEST_F(ArchiveApiTest, counts_and_rasters_agree_with_the_rows) {
  const std::string area = "bbox=122.45,37,122.55,37.06&";
  const auto rows = lines(duty->get("/api/v1/archive/positions?" + area + kSpan).body).size() - 1;
  const auto count = duty->get("/api/v1/archive/count?" + area + kSpan).json();
  EXPECT_EQ(count["positions"].as_int(), std::int64_t(rows));
  EXPECT_EQ(count["tracks"].as_int(), 3);
  const auto raster =
      duty->get("/api/v1/archive/raster?cell=0.02&bbox=122.4,36.98,122.6,37.1&" + kSpan).json();
  EXPECT_EQ(raster["width"].as_int(), 10);
  std::int64_t sum = 0;
  for (const auto& cell : raster["counts"].items()) sum += cell.as_int();
  EXPECT_EQ(sum, raster["positions"].as_int());
  const auto fishing =
      duty->get("/api/v1/archive/raster?kind=fishing&cell=0.02&bbox=122.4,36.98,122.6,37.1&" +
                kSpan)
          .json();
  EXPECT_EQ(fishing["positions"].as_int(), 66);
  EXPECT_EQ(sum, 66 + 40);  // the cargo ship is at the eastern edge, outside of the grid, at i = 40
}

TEST_F(ArchiveApiTest, crossings_name_vessel_and_direction) {
  const auto json =
      duty->get("/api/v1/archive/crossings?line=122,37.0305,123,37.0305&" + kSpan).json();
  ASSERT_EQ(json["items"].items().size(), 1u);
  const auto& one = json["items"].items()[0];
  EXPECT_EQ(one["name"].as_string(), "演练渔0001");
  EXPECT_EQ(one["to"].as_string(), "left");
  const auto features =
      duty->get("/api/v1/archive/crossings?format=geojson&line=122,37.0305,123,37.0305&" + kSpan)
          .json()["features"];
  ASSERT_EQ(features.items().size(), 1u);
  const auto& at = features.items()[0]["geometry"]["coordinates"].items();
  EXPECT_DOUBLE_EQ(at.at(0).as_double(), 122.5);
  EXPECT_DOUBLE_EQ(at.at(1).as_double(), 37.0305);
}

TEST_F(ArchiveApiTest, the_picture_of_an_instant_comes_as_features_and_lines) {
  const std::string path = "/api/v1/picture?at=2024-05-01T03:30:30Z";
  const auto count = duty->get(path).json()["count"].as_int();
  EXPECT_EQ(count, 3);
  const auto features = duty->get(path + "&format=geojson").json()["features"];
  EXPECT_EQ(std::int64_t(features.items().size()), count);
  EXPECT_FALSE(features.items()[0]["properties"]["name"].as_string().empty());
  EXPECT_EQ(std::int64_t(lines(duty->get(path + "&format=ndjson").body).size()), count + 1);
}

TEST_F(ArchiveApiTest, the_positions_of_a_vessel_come_in_every_form) {
  const std::string path = "/api/v1/vessels/" + rongcheng_id + "/positions?" + kSpan;
  const auto columns = duty->get(path).json();
  EXPECT_EQ(columns["count"].as_int(), 60);
  EXPECT_EQ(columns["tracks"].items().size(), 1u);
  EXPECT_EQ(lines(duty->get(path + "&format=ndjson").body).size(), 61u);
  EXPECT_EQ(duty->get(path + "&format=geojson").json()["features"].items().size(), 1u);
  EXPECT_EQ(duty->get(path + "&format=binary").body.substr(0, 4), "JLP2");
  EXPECT_EQ(duty->get(path + "&format=gpx").status, 400);
  const auto thin = duty->get(path + "&thin_s=600").json();
  EXPECT_EQ(thin["count"].as_int(), 6);
  const auto first = duty->get(path + "&limit=7").json();
  EXPECT_EQ(first["count"].as_int(), 7);
  EXPECT_EQ(first["next"].as_string(), base::to_iso(kNow - minutes(53)));
}

TEST_F(ArchiveApiTest, what_leaves_the_house_is_in_the_audit_log) {
  const std::string asked = "/api/v1/archive/positions?bbox=122,36,123,38&limit=7&" + kSpan;
  const auto count = [] {
    std::size_t out = 0;
    for (const auto& line : world().access.audit_lines(0, 1000)) {
      out += line.action == "archive.positions" && line.actor == "duty" ? 1 : 0;
    }
    return out;
  };
  const auto before = count();
  duty->get(asked + "&format=binary");
  EXPECT_EQ(count(), before) << "the map looks all the time";
  duty->get(asked);
  duty->get(asked + "&format=geojson");
  EXPECT_EQ(count(), before + 2);
}

TEST_F(ArchiveApiTest, a_bad_question_is_named) {
  for (const auto& [path, field] : std::vector<std::pair<std::string, std::string>>{
           {"/archive/visits?" + kSpan, "bbox"},
           {"/archive/visits?polygon=1,2,3&" + kSpan, "polygon"},
           {"/archive/visits?polygon=1,2,3,x,4,5&" + kSpan, "polygon"},
           {"/archive/visits?polygon=0,0,10,10,0,10,10,0&" + kSpan, "polygon"},
           {"/archive/visits?bbox=1,2,3,4&from=2020-01-01T00:00:00Z&to=2024-01-01T00:00:00Z", "to"},
           {"/archive/visits?bbox=1,2,3,4&from=2024-01-02T00:00:00Z&to=2024-01-01T00:00:00Z", "to"},
           {"/archive/positions?bbox=1,2,3,4&format=xlsx&" + kSpan, "format"},
           {"/archive/count?bbox=1,2,3,4&kind=submarine&" + kSpan, "kind"},
           {"/archive/raster?cell=0&bbox=1,2,3,4&" + kSpan, "cell"},
           {"/archive/raster?cell=0.0001&bbox=1,2,30,40&" + kSpan, "cell"},
           {"/archive/meetings?distance_m=0&" + kSpan, "distance_m"},
           {"/archive/crossings?line=1,2,3&" + kSpan, "line"},
       }) {
    const auto reply = duty->get("/api/v1" + path);
    EXPECT_EQ(reply.status, 400) << path << reply.body;
    EXPECT_EQ(reply.json()["field"].as_string(), field) << path << reply.body;
  }
}

}  // namespace
}  // namespace jinglue::serve
