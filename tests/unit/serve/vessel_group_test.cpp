// SPDX-License-Identifier: Apache-2.0
// Density of vessels of the register by group, gear, home port and district, and exports of a
// vessel: every track of its terminals while it carried them, and nothing of who had them after.
#include <gtest/gtest.h>

#include "unit/serve/with_world.hpp"

namespace jinglue::serve {
namespace {

using base::Json;
using std::chrono::minutes;
using test::kNow;

constexpr std::uint64_t kShared = 412300001, kOwn = 412300002;
const std::string kSpan = "from=2024-05-01T03:00:00Z&to=2024-05-01T04:00:01Z";
const std::string kRaster = "/api/v1/archive/raster?cell=0.01&bbox=122,36,123,38&" + kSpan;

class VesselGroupTest : public test::WithWorld {
 protected:
  static void SetUpTestSuite() {
    test::WithWorld::SetUpTestSuite();
    auto& w = world();
    const auto moved = base::to_iso(kNow - minutes(30));
    first = add("演练渔0001", "rongcheng",
                {{"groups", Json::array({"watched"})},
                 {"gears", Json::array({"T"})},
                 {"home_port", "shidao"}},
                Json::array({Json::object({{"terminal", "mmsi:412300001"}, {"to", moved}})}));
    add("演练渔0002", "rushan", {{"groups", Json::array({"other"})}},
        Json::array({Json::object({{"terminal", "mmsi:412300001"}, {"from", moved}}),
                     Json::object({{"terminal", "mmsi:412300002"}})}));
    for (int i = 0; i < 60; ++i) {  // a report a minute; two hulls on the first number
      const auto t = kNow - minutes(60 - i);
      w.add_fix(w.fix(kShared, 37.0 + i * 0.001, 122.5, t));
      auto second = w.fix(kShared, 37.5, 122.2, t);
      second.track.segment = 1;
      w.add_fix(second);
      w.add_fix(w.fix(kOwn, 36.5, 122.7, t));
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
  static std::string add(const std::string& name, const std::string& district,
                         const std::vector<std::pair<std::string, Json>>& more, Json terminals) {
    Json fields = Json::object({{"name", name}, {"kind", "fishing"}, {"district", district}});
    for (const auto& [key, value] : more) fields.set(key, value);
    fields.set("terminals", std::move(terminals));
    registry::Write write;
    write.actor = access::Actor::system();
    write.now = kNow;
    const auto record = world().registry.create("vessel", fields, write);
    EXPECT_TRUE(record) << record.error().text();
    world().take_changes();
    return record->id;
  }
  /// Positions and vessels of the answer.
  static std::pair<std::int64_t, std::int64_t> counted(test::HttpClient& client,
                                                       const std::string& more) {
    const auto reply = client.get(kRaster + more);
    EXPECT_EQ(reply.status, 200) << reply.body;
    const auto json = reply.json();
    std::int64_t sum = 0;
    for (const auto& cell : json["counts"].items()) sum += cell.as_int();
    EXPECT_EQ(sum, json["positions"].as_int());
    return {sum, json["vessels"].is_null() ? -1 : json["vessels"].as_int()};
  }
  using Counted = std::pair<std::int64_t, std::int64_t>;
  static inline std::string first;
  static inline std::unique_ptr<test::HttpClient> duty, clerk;
};

TEST_F(VesselGroupTest, a_raster_of_a_group_counts_its_vessels_while_they_carried_the_terminal) {
  EXPECT_EQ(counted(*duty, ""), Counted(180, -1));
  EXPECT_EQ(counted(*duty, "&group=watched"), Counted(60, 1)) << "both tracks, half of the hour";
  EXPECT_EQ(counted(*duty, "&gear=T"), Counted(60, 1));
  EXPECT_EQ(counted(*duty, "&home_port=shidao"), Counted(60, 1));
  EXPECT_EQ(counted(*duty, "&district=rushan"), Counted(120, 1));
  EXPECT_EQ(counted(*duty, "&group=watched&district=rushan"), Counted(0, 0)) << "both must hold";
  EXPECT_EQ(counted(*duty, "&group=watched&kind=cargo"), Counted(0, 0));
  EXPECT_EQ(counted(*duty, "&group=nobody"), Counted(0, 0));
}

TEST_F(VesselGroupTest, vessels_of_another_district_are_in_no_group) {
  EXPECT_EQ(counted(*clerk, "&group=other"), Counted(0, 0));
  EXPECT_EQ(counted(*clerk, "&group=watched"), Counted(60, 1));
  const auto all = duty->get("/api/v1/archive/groups").json()["groups"];
  ASSERT_EQ(all.items().size(), 2u) << all.dump();
  EXPECT_EQ(all.items()[1]["key"].as_string(), "watched");
  EXPECT_EQ(all.items()[1]["vessels"].as_int(), 1);
  const auto own = clerk->get("/api/v1/archive/groups").json()["groups"];
  ASSERT_EQ(own.items().size(), 1u) << own.dump();
  EXPECT_EQ(own.items()[0]["key"].as_string(), "watched");
}

TEST_F(VesselGroupTest, the_bytes_say_how_many_vessels_too) {
  const auto reply = duty->get(kRaster + "&group=watched&format=binary");
  ASSERT_EQ(reply.body.substr(0, 4), "JLR1");
  EXPECT_NE(reply.body.find("\"vessels\":1"), std::string::npos);
}

TEST_F(VesselGroupTest, an_export_of_a_vessel_has_all_tracks_of_its_terminals) {
  const auto reply = duty->get("/api/v1/tracks/export?format=csv&vessel=" + first + "&" + kSpan);
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto rows = [&](const std::string& track) {
    std::size_t out = 0;
    for (auto at = reply.body.find(track); at != std::string::npos;
         at = reply.body.find(track, at + 1)) {
      ++out;
    }
    return out;
  };
  EXPECT_EQ(rows("mmsi:412300001,"), 30u);
  EXPECT_EQ(rows("mmsi:412300001/1,"), 30u);
  EXPECT_EQ(rows("mmsi:412300002,"), 0u);
}

}  // namespace
}  // namespace jinglue::serve
