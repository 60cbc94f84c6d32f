// SPDX-License-Identifier: Apache-2.0
// /tracks/export: what is in the file, who gets which vessels, the audit line, the limit.
#include <gtest/gtest.h>

#include "unit/serve/with_world.hpp"

namespace jinglue::serve {
namespace {

using std::chrono::minutes;
using test::kNow;

constexpr std::uint64_t kRongcheng = 412300001, kRushan = 412300002, kCargo = 413000001;
const std::string kPath = "/api/v1/tracks/export?from=2024-05-01T03:00:00Z&to=2024-05-01T04:00:01Z";

class TrackExportTest : public test::WithWorld {
 protected:
  static void SetUpTestSuite() {
    test::WithWorld::SetUpTestSuite();
    auto& w = world();
    vessel_id = w.add_vessel("演练渔0001", "鲁荣渔50001", "rongcheng", kRongcheng);
    w.add_vessel("演练渔0002", "鲁乳渔60002", "rushan", kRushan);
    for (int i = 0; i < 30; ++i) {
      const auto t = kNow - minutes(30 - i);
      for (const auto mmsi : {kRongcheng, kRushan, kCargo}) {
        w.add_fix(w.fix(mmsi, 37.0 + i * 0.001, 122.5, t));
      }
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
  static std::size_t count(const std::string& text, const std::string& part) {
    std::size_t out = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++out;
    return out;
  }
  static inline std::string vessel_id;
  static inline std::unique_ptr<test::HttpClient> duty, clerk;
};

TEST_F(TrackExportTest, the_file_holds_the_asked_rows) {
  const auto all = duty->get(kPath);
  ASSERT_EQ(all.status, 200) << all.body;
  EXPECT_EQ(all.header("content-type"), "text/csv; charset=utf-8");
  EXPECT_EQ(all.header("content-disposition"), "attachment; filename=\"positions.csv\"");
  EXPECT_EQ(count(all.body, "\r\n"), 91u);
  const auto one = duty->get(kPath + "&track=mmsi:413000001&bbox=122,37.0095,123,38");
  EXPECT_EQ(count(one.body, "mmsi:413000001,"), 20u) << one.body;
  EXPECT_EQ(count(one.body, "\r\n"), 21u);
  const auto gpx = duty->get(kPath + "&format=gpx&vessel=" + vessel_id);
  EXPECT_EQ(count(gpx.body, "<trkpt "), 30u);
  EXPECT_EQ(count(gpx.body, "<name>mmsi:412300001</name>"), 1u);
}

TEST_F(TrackExportTest, vessels_of_another_district_are_left_out) {
  const auto own = clerk->get(kPath);
  ASSERT_EQ(own.status, 200) << own.body;
  EXPECT_EQ(count(own.body, "mmsi:412300001,"), 30u);
  EXPECT_EQ(count(own.body, "mmsi:413000001,"), 30u) << "nobody's vessel is seen by all";
  EXPECT_EQ(count(own.body, "mmsi:412300002,"), 0u);
  const auto named = clerk->get(kPath + "&track=mmsi:412300002");
  EXPECT_EQ(count(named.body, "\r\n"), 1u) << "only the heading";
}

TEST_F(TrackExportTest, it_is_audited_and_needs_a_session) {
  ASSERT_EQ(duty->get(kPath + "&format=kml&track=mmsi:413000001").status, 200);
  const auto lines = world().access.audit_lines(0, 5);
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.front().action, "tracks.export");
  EXPECT_NE(lines.front().detail.dump().find("\"rows\":30"), std::string::npos)
      << lines.front().detail.dump();
  auto nobody = world().client();
  EXPECT_EQ(nobody->get(kPath).status, 401);
  EXPECT_EQ(duty->get(kPath + "&format=doc").status, 400);
  EXPECT_EQ(
      duty->get("/api/v1/tracks/export?from=2020-01-01T00:00:00Z&to=2024-05-01T00:00:00Z").status,
      400)
      << "longer than a year";
}

}  // namespace
}  // namespace jinglue::serve
