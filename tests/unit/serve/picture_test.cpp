// SPDX-License-Identifier: Apache-2.0
// /vessels, /tracks, /picture, /search, /zones, /rules over a picture made by hand.
#include <gtest/gtest.h>

#include <set>

#include "unit/serve/with_world.hpp"

namespace jinglue::serve {
namespace {

using base::Json;
using std::chrono::minutes;
using std::chrono::seconds;
using test::kNow;

constexpr std::uint64_t kRongcheng = 412300001, kRushan = 412300002, kCargo = 413000001;

class PictureTest : public test::WithWorld {
 protected:
  static void SetUpTestSuite() {
    test::WithWorld::SetUpTestSuite();
    auto& w = world();
    rongcheng_id = w.add_vessel("演练渔0001", "鲁荣渔50001", "rongcheng", kRongcheng);
    rushan_id = w.add_vessel("演练渔0002", "鲁乳渔60002", "rushan", kRushan);
    // One hour of a track each minute, with a silence of 20 minutes.
    for (int i = 0; i < 60; ++i) {
      if (i > 20 && i < 40) continue;
      w.add_fix(w.fix(kRongcheng, 37.0 + i * 0.001, 122.5, kNow - minutes(60 - i)));
    }
    w.add_fix(w.fix(kRushan, 36.8, 121.6, kNow - minutes(5)));
    auto cargo = w.fix(kCargo, 37.5, 123.0, kNow - seconds(30), 1200);
    cargo.heading_deg = 91;
    cargo.nav_status = 0;
    w.add_fix(cargo);
    model::StaticReport report;
    report.track = cargo.track;
    report.time = cargo.time;
    report.name = "DRILL STAR";
    report.ship_type = 70;
    report.dimensions = model::Dimensions{100, 20, 8, 9};
    report.offset = ++w.offset;
    w.live.apply(report);
    w.publish();
    duty = w.client("duty");
    clerk = w.client("clerk");
  }
  static void TearDownTestSuite() {
    duty.reset();
    clerk.reset();
    test::WithWorld::TearDownTestSuite();
  }
  static std::set<std::string> names(const Json& page) {
    std::set<std::string> out;
    for (const auto& item : page["items"].items()) out.insert(item["name"].as_string());
    return out;
  }
  static inline std::string rongcheng_id, rushan_id;
  static inline std::unique_ptr<test::HttpClient> duty, clerk;
};

TEST_F(PictureTest, the_list_holds_registered_and_unmatched_vessels) {
  const auto reply = duty->get("/api/v1/vessels");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto json = reply.json();
  EXPECT_EQ(json["total"].as_int(), 3);
  EXPECT_EQ(names(json), (std::set<std::string>{"演练渔0001", "演练渔0002", "DRILL STAR"}));
  EXPECT_EQ(json["now"].as_string(), base::to_iso(kNow));
  for (const auto& vessel : json["items"].items()) {
    const bool cargo = vessel["name"].as_string() == "DRILL STAR";
    EXPECT_EQ(vessel["matched"].as_bool(), !cargo);
    EXPECT_EQ(vessel.has("vessel_id"), !cargo);
    if (!cargo) continue;
    EXPECT_EQ(vessel["kind"].as_string(), "cargo");
    EXPECT_DOUBLE_EQ(vessel["fix"]["sog_kn"].as_double(), 12);
    EXPECT_DOUBLE_EQ(vessel["fix"]["lat"].as_double(), 37.5);
    EXPECT_EQ(vessel["fix"]["heading_deg"].as_int(), 91);
    EXPECT_DOUBLE_EQ(vessel["age_s"].as_double(), 30);
    EXPECT_DOUBLE_EQ(vessel["length_m"].as_double(), 120);
  }
}

TEST_F(PictureTest, filters_search_fields_and_pages) {
  EXPECT_EQ(names(duty->get("/api/v1/vessels?kind=fishing").json()).size(), 2u);
  EXPECT_EQ(names(duty->get("/api/v1/vessels?matched=false").json()),
            std::set<std::string>{"DRILL STAR"});
  EXPECT_EQ(names(duty->get("/api/v1/vessels?bbox=122,36.9,122.9,37.2").json()),
            std::set<std::string>{"演练渔0001"});
  EXPECT_EQ(names(duty->get("/api/v1/vessels?q=drill%20star").json()),
            std::set<std::string>{"DRILL STAR"});
  EXPECT_EQ(names(duty->get("/api/v1/vessels?q=412300002").json()),
            std::set<std::string>{"演练渔0002"});
  EXPECT_EQ(names(duty->get("/api/v1/vessels?district=rushan").json()),
            std::set<std::string>{"演练渔0002"});
  std::set<std::string> seen;
  std::string cursor;
  int pages = 0;
  do {
    const auto page =
        duty->get("/api/v1/vessels?limit=2&fields=name,handle&cursor=" + cursor).json();
    for (const auto& item : page["items"].items()) {
      EXPECT_EQ(item.members().size(), 2u);
      EXPECT_TRUE(seen.insert(item["name"].as_string()).second);
    }
    cursor = page["next"].as_string();
    ++pages;
  } while (!cursor.empty() && pages < 10);
  EXPECT_EQ(pages, 2);
  EXPECT_EQ(seen.size(), 3u);
}

TEST_F(PictureTest, a_bad_parameter_is_named) {
  for (const auto& [path, field] : std::vector<std::pair<std::string, std::string>>{
           {"/vessels?kind=submarine", "kind"},
           {"/vessels?at_berth=maybe", "at_berth"},
           {"/vessels?limit=0", "limit"},
           {"/vessels?limit=5000", "limit"},
           {"/vessels?cursor=x", "cursor"},
           {"/vessels?bbox=1,2,3", "bbox"},
           {"/vessels?bbox=123,36,122,37", "bbox"},
           {"/vessels?bbox=nan,36,122,37", "bbox"},
           {"/picture", "at"},
           {"/picture?at=yesterday", "at"},
           {"/picture/positions?from=2024-05-01T00:00:00Z&to=2024-05-01T01:00:00Z", "bbox"},
           {"/picture/positions?bbox=1,2,3,4&from=2024-05-01T00:00:00Z&to=2024-05-03T01:00:00Z",
            "to"},
           {"/tracks/mmsi:412300001/positions?from=x", "from"},
           {"/findings?severity=awful", "severity"},
           {"/findings?status=awful", "status"},
           {"/findings?from=awful", "from"},
           {"/search", "q"},
       }) {
    const auto reply = duty->get("/api/v1" + path);
    EXPECT_EQ(reply.status, 400) << path << reply.body;
    EXPECT_EQ(reply.json()["field"].as_string(), field) << path;
  }
}

TEST_F(PictureTest, one_vessel_is_found_by_handle_record_and_track) {
  const auto by_record = duty->get("/api/v1/vessels/" + rongcheng_id);
  ASSERT_EQ(by_record.status, 200) << by_record.body;
  const auto json = by_record.json();
  EXPECT_EQ(json["record"]["fields"]["side_number"].as_string(), "鲁荣渔50001");
  EXPECT_EQ(json["record"]["title"].as_string(), "演练渔0001");
  EXPECT_TRUE(json["others"].is_array());
  EXPECT_TRUE(json["findings"].is_array());
  EXPECT_TRUE(json["cases"].is_array());
  const auto handle = std::to_string(json["handle"].as_int());
  EXPECT_EQ(duty->get("/api/v1/vessels/" + handle).json()["vessel_id"].as_string(), rongcheng_id);
  const auto by_track = duty->get("/api/v1/vessels/mmsi:413000001").json();
  EXPECT_EQ(by_track["stated"]["ship_type"].as_int(), 70);
  EXPECT_DOUBLE_EQ(by_track["stated"]["beam_m"].as_double(), 17);
  for (const char* absent :
       {"999", "mmsi:999999999", "nonsense", "0190f5d0-0000-7000-8000-000000000000"}) {
    EXPECT_EQ(duty->get(std::string("/api/v1/vessels/") + absent).status, 404) << absent;
  }
}

TEST_F(PictureTest, a_clerk_sees_the_own_district_and_the_unmatched_only) {
  EXPECT_EQ(names(clerk->get("/api/v1/vessels").json()),
            (std::set<std::string>{"演练渔0001", "DRILL STAR"}));
  EXPECT_EQ(clerk->get("/api/v1/vessels/" + rushan_id).status, 404);
  EXPECT_EQ(clerk->get("/api/v1/vessels/mmsi:412300002").status, 404);
  EXPECT_EQ(clerk->get("/api/v1/tracks/mmsi:412300002/positions").status, 404);
  EXPECT_EQ(clerk->get("/api/v1/tracks/mmsi:412300001/positions").status, 200);
  EXPECT_EQ(clerk->get("/api/v1/picture?at=2024-05-01T04:00:00Z").json()["count"].as_int(), 2);
  EXPECT_EQ(clerk
                ->get("/api/v1/picture/positions?bbox=120,36,124,38&"
                      "from=2024-05-01T03:00:00Z&to=2024-05-01T04:00:01Z")
                .json()["tracks"]
                .items()
                .size(),
            2u);
  EXPECT_TRUE(clerk->get("/api/v1/search?q=412300002").json()["vessels"].items().empty());
  EXPECT_TRUE(clerk->get("/api/v1/search?q=412300002").json()["records"].items().empty());
}

TEST_F(PictureTest, someone_without_the_right_gets_403) {
  const auto economist = world().client("economist");
  for (const char* path : {"/vessels", "/vessels/1", "/picture?at=2024-05-01T04:00:00Z",
                           "/findings", "/suspensions", "/inputs", "/users", "/audit", "/zones"}) {
    const auto reply = economist->get(std::string("/api/v1") + path);
    EXPECT_EQ(reply.status, 403) << path;
    EXPECT_EQ(reply.json()["code"].as_string(), "forbidden");
  }
}

TEST_F(PictureTest, a_track_has_its_positions_and_names_its_gaps) {
  const auto reply = duty->get("/api/v1/tracks/mmsi%3A412300001/positions");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto json = reply.json();
  EXPECT_EQ(json["count"].as_int(), 41);
  const auto& columns = json["columns"];
  for (const char* name : {"t", "lat", "lon", "sog_kn", "cog_deg", "heading_deg", "source"}) {
    EXPECT_EQ(columns[name].items().size(), 41u) << name;
  }
  EXPECT_EQ(columns["t"].items().at(1).as_int(), 60'000);
  EXPECT_DOUBLE_EQ(columns["lat"].items().at(1).as_double(), 37.001);
  EXPECT_DOUBLE_EQ(columns["sog_kn"].items().at(0).as_double(), 3.5);
  EXPECT_TRUE(columns["heading_deg"].items().at(0).is_null());
  ASSERT_EQ(json["gaps"].items().size(), 1u);
  EXPECT_DOUBLE_EQ(json["gaps"].items()[0]["seconds"].as_double(), 1200);
}

TEST_F(PictureTest, a_limited_track_goes_on_where_it_was_cut) {
  std::string from = "2024-05-01T03:00:00Z";
  std::int64_t count = 0;
  int pages = 0;
  while (!from.empty() && pages < 10) {
    const auto json =
        duty->get("/api/v1/tracks/mmsi:412300001/positions?limit=10&from=" + from).json();
    count += json["count"].as_int();
    from = json["next"].as_string();
    ++pages;
  }
  EXPECT_EQ(count, 41);
  EXPECT_EQ(pages, 5);
  EXPECT_EQ(
      duty->get("/api/v1/tracks/mmsi:412300001/positions?thin_s=300").json()["count"].as_int(), 9);
}

TEST_F(PictureTest, a_track_as_geojson_is_cut_at_its_gaps) {
  const auto reply = duty->send("GET", "/api/v1/tracks/mmsi:412300001/positions", "",
                                {{"Accept", "application/geo+json"}});
  EXPECT_EQ(reply.header("content-type"), "application/geo+json");
  const auto json = reply.json();
  ASSERT_EQ(json["features"].items().size(), 2u);
  const auto& first = json["features"].items()[0];
  EXPECT_EQ(first["geometry"]["type"].as_string(), "LineString");
  EXPECT_EQ(first["geometry"]["coordinates"].items().size(), 21u);
  EXPECT_EQ(first["properties"]["times"].items().size(), 21u);
  EXPECT_DOUBLE_EQ(first["geometry"]["coordinates"].items()[0].items()[0].as_double(), 122.5);
  const auto single = duty->get("/api/v1/tracks/mmsi:413000001/positions?format=geojson").json();
  EXPECT_EQ(single["features"].items().at(0)["geometry"]["type"].as_string(), "Point");
  EXPECT_EQ(duty->get("/api/v1/tracks/mmsi:999999999/positions").status, 404);
}

TEST_F(PictureTest, the_picture_of_a_past_instant_is_the_last_fix_of_each_vessel_before_it) {
  const auto now = duty->get("/api/v1/picture?at=2024-05-01T04:00:00Z").json();
  EXPECT_EQ(now["count"].as_int(), 3);
  const auto before = duty->get("/api/v1/picture?at=2024-05-01T03:10:30Z").json();
  ASSERT_EQ(before["count"].as_int(), 1);
  EXPECT_EQ(before["names"].items().at(0).as_string(), "演练渔0001");
  EXPECT_EQ(before["tracks"].items().at(0).as_string(), "mmsi:412300001");
  EXPECT_EQ(before["vessel_ids"].items().at(0).as_string(), rongcheng_id);
  EXPECT_DOUBLE_EQ(before["columns"]["lat"].items().at(0).as_double(), 37.010);
  EXPECT_EQ(before["columns"]["t"].items().at(0).as_int(), -30'000);
  // In the silence the last position is 10 minutes old: shown only when that age is accepted.
  const std::string gap = "/api/v1/picture?at=2024-05-01T03:30:00Z&max_age_s=";
  EXPECT_EQ(duty->get(gap + "300").json()["count"].as_int(), 0);
  EXPECT_EQ(duty->get(gap + "900").json()["count"].as_int(), 1);
  EXPECT_EQ(duty->get("/api/v1/picture?at=2024-05-01T04:00:00Z&bbox=122,36.9,122.9,37.2")
                .json()["count"]
                .as_int(),
            1);
}

TEST_F(PictureTest, all_positions_of_a_stretch_come_by_track) {
  const std::string path =
      "/api/v1/picture/positions?bbox=120,36,124,38&"
      "from=2024-05-01T03:50:00Z&to=2024-05-01T04:00:00Z";
  const auto json = duty->get(path).json();
  EXPECT_EQ(json["count"].as_int(), 12);  // ten of the first, one each of the others
  EXPECT_EQ(json["tracks"].items().size(), 3u);
  EXPECT_FALSE(json["cut"].as_bool());
  const auto cut = duty->get(path + "&limit=5").json();
  EXPECT_TRUE(cut["cut"].as_bool());
  EXPECT_LE(cut["count"].as_int(), 5);
}

TEST_F(PictureTest, search_finds_vessels_records_and_typed_coordinates) {
  const auto json = duty->get("/api/v1/search?q=%E6%BC%94%E7%BB%83%E6%B8%940001").json();
  ASSERT_EQ(json["vessels"].items().size(), 1u) << json.dump();
  EXPECT_EQ(json["vessels"].items()[0]["vessel_id"].as_string(), rongcheng_id);
  ASSERT_GE(json["records"].items().size(), 1u);
  EXPECT_EQ(json["records"].items()[0]["id"].as_string(), rongcheng_id);
  EXPECT_FALSE(json.has("position"));
  const auto typed = duty->get("/api/v1/search?q=37%C2%B030.0%E2%80%B2N%20122%C2%B045.0%E2%80%B2E");
  EXPECT_DOUBLE_EQ(typed.json()["position"]["lat"].as_double(), 37.5);
  EXPECT_DOUBLE_EQ(typed.json()["position"]["lon"].as_double(), 122.75);
}

TEST_F(PictureTest, zones_come_as_geojson_once_per_revision) {
  const auto reply = duty->get("/api/v1/zones");
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("content-type"), "application/geo+json");
  const auto json = reply.json();
  EXPECT_EQ(json["features"].items().size(), world().pack->zones().size());
  EXPECT_FALSE(json["features"].items().at(0)["properties"]["name_zh"].as_string().empty());
  const auto again =
      duty->send("GET", "/api/v1/zones", "", {{"If-None-Match", reply.header("etag")}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  const auto berths = duty->get("/api/v1/zones?kind=berth").json();
  EXPECT_GT(berths["features"].items().size(), 0u);
  EXPECT_LT(berths["features"].items().size(), world().pack->zones().size());
  for (const auto& zone : berths["features"].items()) {
    EXPECT_EQ(zone["properties"]["kind"].as_string(), "berth");
  }
}

TEST_F(PictureTest, a_large_answer_is_compressed_when_the_client_takes_it) {
  const auto plain = duty->get("/api/v1/zones");
  const auto packed = duty->send("GET", "/api/v1/zones", "", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(packed.header("content-encoding"), "gzip");
  EXPECT_EQ(packed.header("vary"), "Accept-Encoding");
  EXPECT_LT(packed.body.size(), plain.body.size() / 2);
  EXPECT_EQ(plain.header("content-encoding"), "");
}

TEST_F(PictureTest, a_vessel_with_two_devices_is_two_terminals) {
  test::World own;
  const Json rows =
      Json::array({Json::object({{"terminal", "mmsi:412300009"}, {"from", "2024-01-01T00:00:00Z"}}),
                   Json::object({{"terminal", "mmsi:412300008"}})});
  registry::Write write;
  write.actor = access::Actor::system();
  write.now = own.now();
  const auto record = own.registry.create("vessel",
                                          Json::object({{"name", "演练渔0009"},
                                                        {"kind", "fishing"},
                                                        {"district", "rushan"},
                                                        {"terminals", rows}}),
                                          write);
  ASSERT_TRUE(record) << record.error().text();
  own.take_changes();
  own.add_fix(own.fix(412300009, 37.1, 122.5, kNow - minutes(2)));
  own.add_fix(own.fix(412300008, 37.2, 122.5, kNow - minutes(1)));
  own.add_fix(own.fix(440000001, 37.3, 122.5, kNow));
  own.publish();
  const auto duty_there = own.client("duty");
  const auto page = duty_there->get("/api/v1/terminals").json();
  ASSERT_EQ(page["items"].items().size(), 3u);
  EXPECT_EQ(page["items"].items()[0]["terminal"].as_string(), "mmsi:412300008");
  EXPECT_NEAR(page["items"].items()[1]["fix"]["lat"].as_double(), 37.1, 1e-6)
      << "each its own position";
  EXPECT_EQ(duty_there->get("/api/v1/vessels").json()["items"].items().size(), 2u);
  const auto first = duty_there->get("/api/v1/terminals?limit=1").json();
  EXPECT_EQ(first["items"].items().size(), 2u) << "those of one vessel stand together";
  const auto rest =
      duty_there->get("/api/v1/terminals?limit=1&cursor=" + first["next"].as_string()).json();
  ASSERT_EQ(rest["items"].items().size(), 1u);
  EXPECT_EQ(rest["items"].items()[0]["flag"].as_string(), "KR");
  EXPECT_TRUE(rest["items"].items()[0]["vessel"].is_null());
  EXPECT_FALSE(rest.has("next"));

  const auto one = duty_there->get("/api/v1/terminals/mmsi:412300009").json();
  EXPECT_EQ(one["vessel"]["vessel_id"].as_string(), record->id);
  ASSERT_EQ(one["claims"].items().size(), 1u);
  EXPECT_EQ(one["claims"].items()[0]["from"].as_string(), "2024-01-01T00:00:00.000Z");
  EXPECT_TRUE(one["claims"].items()[0]["to"].is_null());
  EXPECT_EQ(duty_there->get("/api/v1/terminals?kind=beidou").json()["items"].items().size(), 0u);
  const auto clerk_there = own.client("clerk");  // of another district
  EXPECT_EQ(clerk_there->get("/api/v1/terminals/mmsi:412300009").status, 404);
  EXPECT_EQ(clerk_there->get("/api/v1/terminals").json()["items"].items().size(), 1u);
}

TEST_F(PictureTest, the_flag_of_an_unmatched_vessel_is_that_of_its_number) {
  const auto cargo = duty->get("/api/v1/vessels/mmsi:" + std::to_string(kCargo)).json();
  EXPECT_FALSE(cargo["matched"].as_bool(true));
  EXPECT_EQ(cargo["flag"].as_string(), "CN");
  EXPECT_EQ(cargo["flag_source"].as_string(), "mmsi");
  const auto listed = duty->get("/api/v1/vessels?matched=false&fields=flag").json();
  EXPECT_EQ(listed["items"].items().at(0)["flag"].as_string(), "CN");
}

TEST_F(PictureTest, a_vessel_of_a_monitoring_system_shows_what_it_states) {
  test::World own;
  auto fix = own.fix(kCargo, 37.4, 122.4, kNow - minutes(1));
  fix.track = *model::parse_track("naf:BZZZ9");
  fix.source = model::FixSource::kNaf;
  own.add_fix(fix);
  model::StaticReport said;
  said.track = fix.track;
  said.time = fix.time;
  said.name = "LUWEIYU";
  said.call_sign = "BZZZ9";
  said.side_number = "LRY 0001";
  said.flag = "KOR";
  said.offset = ++own.offset;
  own.live.apply(said);
  own.publish();
  const auto there = own.client("duty");
  const auto vessel = there->get("/api/v1/vessels/naf:BZZZ9").json();
  EXPECT_EQ(vessel["name"].as_string(), "LUWEIYU");
  EXPECT_EQ(vessel["side_number"].as_string(), "LRY 0001");
  EXPECT_EQ(vessel["flag"].as_string(), "KR");
  EXPECT_EQ(vessel["flag_source"].as_string(), "stated");
  EXPECT_EQ(vessel["stated"]["call_sign"].as_string(), "BZZZ9");
  EXPECT_EQ(vessel["stated"]["side_number"].as_string(), "LRY 0001");
  EXPECT_EQ(vessel["stated"]["flag"].as_string(), "KOR");
  const auto found = there->get("/api/v1/search?q=LRY+0001").json()["vessels"];
  ASSERT_EQ(found.items().size(), 1u);
  EXPECT_EQ(found.items()[0]["flag"].as_string(), "KR");
}

TEST_F(PictureTest, rules_come_with_what_the_pack_lacks) {
  const auto list = duty->get("/api/v1/rules").json();
  bool gap = false;
  for (const auto& one : list["gaps"].items()) {
    gap = gap || (one["area"].as_string() == "north_of_35N" && one["promised"].as_bool() &&
                  one["to"].as_string() == "2023-03-12T16:00:00.000Z");
  }
  EXPECT_TRUE(gap);
  std::set<std::string> unverified;
  for (const auto& one : list["unverified"].items()) unverified.insert(one["id"].as_string());
  EXPECT_EQ(unverified,
            (std::set<std::string>{"zone.sanggou_farm.inside", "zone.sanggou_farm.outside"}))
      << "in 2024 no review is due yet";
}

TEST_F(PictureTest, rules_come_with_the_text_of_their_file) {
  const auto list = duty->get("/api/v1/rules").json();
  EXPECT_EQ(list["revision"].as_string(), world().pack->revision());
  ASSERT_EQ(list["items"].items().size(),
            world().pack->rules().size() + world().pack->shared_numbers().size());
  const auto& first = list["items"].items().at(0);
  const auto one = duty->get("/api/v1/rules/" + first["id"].as_string());
  ASSERT_EQ(one.status, 200) << one.body;
  const auto json = one.json();
  EXPECT_NE(json["text"].as_string().find(first["id"].as_string()), std::string::npos);
  EXPECT_TRUE(json["file"].as_string().ends_with(".toml"));
  EXPECT_EQ(duty->get("/api/v1/rules/no.such.rule").status, 404);
  const auto shared = duty->get("/api/v1/rules/identity.shared_number");
  ASSERT_EQ(shared.status, 200) << shared.body;
  EXPECT_EQ(shared.json()["kind"].as_string(), "shared_number");
  EXPECT_EQ(shared.json()["file"].as_string(), "shared_number.toml");
  EXPECT_NE(shared.json()["text"].as_string().find("[[shared_number]]"), std::string::npos);
  EXPECT_NE(shared.json()["article"]["zh"].as_string().find("M.585"), std::string::npos);
  EXPECT_GT(shared.json()["apart_nm"].as_double(), 0);
  EXPECT_EQ(duty->get("/api/v1/rules/identity.shared_number?version=9").status, 404);
  bool listed = false;
  for (const auto& rule : list["items"].items()) {
    listed = listed || rule["id"].as_string() == "identity.shared_number";
  }
  EXPECT_TRUE(listed);
  EXPECT_EQ(duty->get("/api/v1/rules/" + first["id"].as_string() + "?version=999").status, 404);
}

TEST_F(PictureTest, rules_are_for_those_who_see_findings_or_look_after_the_system) {
  EXPECT_EQ(world().client("admin")->get("/api/v1/rules").status, 200);
  EXPECT_EQ(world().client("admin")->get("/api/v1/findings").status, 403);
  EXPECT_EQ(world().client("economist")->get("/api/v1/rules").status, 403);
}

}  // namespace
}  // namespace jinglue::serve
