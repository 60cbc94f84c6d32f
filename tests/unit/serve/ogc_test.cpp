// SPDX-License-Identifier: Apache-2.0
// OGC API - Features: what a program gets, what it is refused, and that GDAL's own client reads it.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "registry/place_time.hpp"
#include "registry/sight.hpp"
#include "serve/api/basic_sessions.hpp"
#include "serve/resource/ogc_api.hpp"
#include "serve/resource/resources.hpp"
#include "unit/serve/with_world.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

class OgcTest : public test::WithWorld {
 protected:
  static void SetUpTestSuite() {
    test::WithWorld::SetUpTestSuite();
    make("case", R"({"title":"甲","source":"patrol","begin":"2024-05-01T04:00:00Z",
        "place":{"type":"Point","coordinates":[122.5,37.1]}})");
    make("case", R"({"title":"乙 &","source":"report","begin":"2024-06-01T04:00:00Z",
        "place":{"type":"Polygon","coordinates":[[[121,36],[122,36],[122,37],[121,36]]]}})");
    make("case", R"({"title":"丙","source":"patrol","begin":"2024-07-01T04:00:00Z"})");
    right("rongcheng", "荣成海域", 122.4, "2023-01-01", "2033-01-01");
    right("rushan", "乳山海域", 121.5, "2025-01-01", "");
    right("wendeng", "文登海域", 122.0, "", "");
    duty = world().client("duty");
    rushan = world().client("liaison2");
  }
  static void TearDownTestSuite() {
    duty.reset();
    rushan.reset();
    test::WithWorld::TearDownTestSuite();
  }
  static void make(const std::string& id, const std::string& json) {
    const auto made = world().registry.create(id, *base::parse_json(json),
                                              {access::Actor::system(), test::kNow, {}, {}});
    if (!made) throw std::runtime_error(made.error().text());
  }
  static void right(const std::string& district, const std::string& title, double lon,
                    const std::string& begin, const std::string& end) {
    const auto at = [&](double x, double y) { return Json::array({lon + x, 36.5 + y}); };
    Json ring = Json::array({at(0, 0), at(0.01, 0), at(0.01, 0.01), at(0, 0.01), at(0, 0)});
    Json fields = Json::object({{"title", title},
                                {"holder", "某公司"},
                                {"district", district},
                                {"kind", "1802"},
                                {"mode", "open"},
                                {"layer", "surface"},
                                {"purpose", "commercial"},
                                {"applied_on", "2024-01-08"}});
    if (!begin.empty()) fields.set("term_begin", begin);
    if (!end.empty()) fields.set("term_end", end);
    const auto* d = world().registry.definition("sea_use_right");
    for (const auto& f : d->fields) {
      if (f.type != registry::FieldType::kGeometry) continue;
      fields.set(f.key, Json::object({{"type", "Polygon"}, {"coordinates", Json::array({ring})}}));
      break;
    }
    if (d->field("purpose")->choices.size() > 0) {
      fields.set("purpose", d->field("purpose")->choices.front().key);
    }
    make("sea_use_right", fields.dump());
  }
  static std::set<std::string> titles(test::HttpClient& who, const std::string& collection,
                                      const std::string& query) {
    const auto reply = who.get("/ogc/collections/" + collection + "/items?" + query);
    if (reply.status != 200) return {std::to_string(reply.status) + " " + reply.body};
    EXPECT_EQ(reply.header("content-type"), "application/geo+json");
    const Json json = reply.json();
    std::set<std::string> out;
    for (const auto& feature : json["features"].items()) {
      out.insert(feature["properties"]["title"].as_string());
    }
    EXPECT_EQ(json["numberReturned"].as_int(), int(out.size()));
    return out;
  }
  using Titles = std::set<std::string>;
  static int status(const std::string& query) {
    return duty->get("/ogc/collections/case/items?" + query).status;
  }
  static inline std::unique_ptr<test::HttpClient> duty, rushan;
};

access::Actor test_duty() {
  access::Actor out;
  out.user = "duty";
  out.roles = {access::Role::kDutyOfficer};
  return out;
}

std::string link_of(const Json& json, const std::string& relation) {
  for (const auto& link : json["links"].items()) {
    if (link["rel"].as_string() == relation) return link["href"].as_string();
  }
  return {};
}

/// What a program of GDAL says; its exit code behind it.
std::string run(const std::string& command) {
  std::string out;
  std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return {};
  std::array<char, 4096> some{};
  while (const std::size_t n = std::fread(some.data(), 1, some.size(), pipe)) {
    out.append(some.data(), n);
  }
  return out + "\nexit " + std::to_string(::pclose(pipe));
}

bool no_gdal() {
  return run("ogrinfo --version").find("exit 0") == std::string::npos;
}

}  // namespace

TEST_F(OgcTest, the_landing_page_leads_to_all_that_there_is) {
  const auto landing = duty->get("/ogc").json();
  for (const char* relation : {"self", "service-desc", "conformance", "data"}) {
    const auto address = link_of(landing, relation);
    const auto slash = address.find("/ogc");
    ASSERT_NE(slash, std::string::npos) << relation;
    EXPECT_EQ(duty->get(address.substr(slash)).status, 200) << address;
  }
  const auto classes = duty->get("/ogc/conformance").json()["conformsTo"].dump();
  EXPECT_NE(classes.find("ogcapi-features-1/1.0/conf/core"), std::string::npos);
  const auto all = duty->get("/ogc/collections").json()["collections"];
  std::set<std::string> ids;
  for (const auto& one : all.items()) ids.insert(one["id"].as_string());
  for (const auto& d : world().registry.definitions()) {
    const bool placed = registry::place_of(d, access::Actor::system()) != nullptr;
    EXPECT_EQ(ids.contains(d.id), placed && registry::may_see_any(d, test_duty())) << d.id;
  }
  EXPECT_TRUE(ids.contains("case") && ids.contains("sea_use_right"));
  const auto one = duty->get("/ogc/collections/case").json();
  EXPECT_EQ(one["extent"]["spatial"]["bbox"].items().at(0).dump(), "[121,36,122.5,37.1]");
  EXPECT_EQ(duty->get("/ogc/nothing").status, 404);
}

TEST_F(OgcTest, the_description_names_the_paths_of_the_router) {
  Router router;
  add_ogc(router);
  std::set<std::string> described, routed;
  const Json api = ogc_api("http://x/ogc");
  for (const auto& [path, operation] : api["paths"].members()) {
    described.insert(path);
  }
  for (const auto& route : router.routes()) {
    std::string path = route.pattern.substr(4);
    for (const auto* name : {"collection", "feature"}) {
      const std::string braced = std::string("{") + name + "}";
      if (const auto at = path.find(braced); at != std::string::npos) {
        path.replace(at, braced.size(), std::string("{") + name + "Id}");
      }
    }
    routed.insert(path.empty() ? "/" : path);
  }
  EXPECT_EQ(described, routed);
}

TEST_F(OgcTest, boxes_times_and_properties_narrow_what_comes) {
  EXPECT_EQ(titles(*duty, "case", ""), (Titles{"甲", "乙 &", "丙"}));
  EXPECT_EQ(titles(*duty, "case", "bbox=122.4,37,122.6,37.2"), Titles{"甲"});
  EXPECT_EQ(titles(*duty, "case", "bbox=122.4,37,0,122.6,37.2,100"), Titles{"甲"});
  EXPECT_EQ(titles(*duty, "case", "bbox=121,36.6,121.2,37"), Titles{})
      << "in the box of the triangle, not in the triangle";
  EXPECT_EQ(titles(*duty, "case", "bbox=122.2,36,-170,40"), Titles{"甲"}) << "across 180";
  EXPECT_EQ(titles(*duty, "case", "bbox=122.5,37.1,122.5,37.1"), Titles{"甲"}) << "a point";
  EXPECT_EQ(titles(*duty, "case", "datetime=2024-05-15T00:00:00Z/2024-06-15T00:00:00Z"),
            (Titles{"甲", "乙 &"}))
      << "what began and has no end lasts";
  EXPECT_EQ(titles(*duty, "case", "datetime=2024-04-30T00:00:00Z"), Titles{});
  EXPECT_EQ(titles(*duty, "case", "datetime=../2024-05-15T00:00:00Z"), Titles{"甲"});
  EXPECT_EQ(titles(*duty, "case", "datetime=../2024-06-01"), (Titles{"甲", "乙 &"}))
      << "a whole day";
  EXPECT_EQ(titles(*duty, "case", "source=patrol"), (Titles{"甲", "丙"}));
  EXPECT_EQ(titles(*duty, "case", "source=patrol&bbox=100,0,130,50"), Titles{"甲"});
  EXPECT_EQ(titles(*duty, "case", "filter=title%20LIKE%20'乙%25'&filter-lang=cql2-text"),
            Titles{"乙 &"});
  EXPECT_EQ(titles(*duty, "case",
                   "filter=S_INTERSECTS(place,POINT(122.5%2037.1))%20OR%20source='report'"),
            (Titles{"甲", "乙 &"}));
  EXPECT_EQ(titles(*duty, "sea_use_right", "datetime=2030-05-01T00:00:00Z"),
            (Titles{"荣成海域", "乳山海域"}))
      << "a right without an end lasts, one without a begin has no time";
  EXPECT_EQ(titles(*duty, "sea_use_right", "datetime=2024-05-01T00:00:00Z/2024-06-01T00:00:00Z"),
            Titles{"荣成海域"});
}

TEST_F(OgcTest, what_is_wrong_is_400_and_named) {
  for (const char* query :
       {"bbox=1,2,3", "bbox=a,b,c,d", "bbox=0,50,1,40", "bbox=200,0,201,1", "limit=0", "limit=x",
        "offset=-1", "datetime=yesterday", "datetime=2024-06-01T00:00:00Z/2024-05-01T00:00:00Z",
        "datetime=../..", "filter=title", "filter=nothing%20=%201", "filter-lang=sql", "f=html",
        "no_such=1", "source=none", "cursor=zz", "crs=EPSG:3857", "filter-crs=EPSG:3857"}) {
    EXPECT_EQ(status(query), 400) << query;
  }
  const auto reply = duty->get("/ogc/collections/case/items?no_such=1");
  EXPECT_EQ(reply.json()["field"].as_string(), "no_such") << reply.body;
  EXPECT_EQ(duty->get("/ogc/collections/nothing/items").status, 404);
  EXPECT_EQ(duty->get("/ogc/collections/vessel/items").status, 404) << "no place";
  EXPECT_EQ(duty->get("/ogc/collections/case/items/none").status, 404);
}

TEST_F(OgcTest, pages_lead_to_the_next_one_and_offsets_skip) {
  std::set<std::string> seen;
  std::string path = "/ogc/collections/case/items?limit=1&source=patrol";
  for (int i = 0; i < 2; ++i) {
    const auto json = duty->get(path).json();
    EXPECT_EQ(json["numberMatched"].as_int(), 2) << json.dump();
    ASSERT_EQ(json["features"].items().size(), 1u);
    seen.insert(json["features"].items().at(0)["properties"]["title"].as_string());
    const auto next = link_of(json, "next");
    EXPECT_EQ(next.empty(), i == 1);
    if (!next.empty()) path = next.substr(next.find("/ogc"));
  }
  EXPECT_EQ(seen, (Titles{"甲", "丙"}));
  EXPECT_EQ(titles(*duty, "case", "source=patrol&limit=1&offset=1"), Titles{"丙"});
  EXPECT_EQ(titles(*duty, "case", "offset=3"), Titles{});
  EXPECT_EQ(status("limit=100000"), 200) << "more than a page is a page";
}

TEST_F(OgcTest, a_feature_has_all_its_columns_and_its_own_address) {
  const auto page = duty->get("/ogc/collections/case/items?limit=1").json();
  const auto& first = page["features"].items().at(0);
  const auto one = duty->get("/ogc/collections/case/items/" + first["id"].as_string()).json();
  EXPECT_EQ(one["properties"].dump(), first["properties"].dump());
  EXPECT_EQ(one["geometry"].dump(), R"({"type":"Point","coordinates":[122.5,37.1]})");
  EXPECT_TRUE(first["properties"].has("district")) << "null, so that the column is known";
  EXPECT_FALSE(first["properties"].has("place")) << "it is the geometry";
  EXPECT_EQ(first["properties"]["state"].as_string(), "lead");
  const auto asked = duty->get("/ogc/collections/case/queryables").json()["properties"];
  EXPECT_EQ(asked["place"]["format"].as_string(), "geometry-any");
  EXPECT_EQ(asked["begin"]["format"].as_string(), "date-time");
}

TEST_F(OgcTest, everybody_sees_what_they_see_in_the_registers) {
  EXPECT_EQ(rushan->get("/ogc/collections/case/items").status, 404) << "cases are not for them";
  EXPECT_EQ(titles(*rushan, "sea_use_right", ""), Titles{"乳山海域"});
  const auto box = rushan->get("/ogc/collections/sea_use_right").json()["extent"]["spatial"];
  EXPECT_NEAR(box["bbox"].items().at(0).items().at(2).as_double(), 121.51, 1e-9)
      << "the extent tells nothing of others";
  const auto all = duty->get("/ogc/collections/sea_use_right/items").json();
  for (const auto& one : all["features"].items()) {
    const bool own = one["properties"]["district"].as_string() == "rushan";
    EXPECT_EQ(rushan->get("/ogc/collections/sea_use_right/items/" + one["id"].as_string()).status,
              own ? 200 : 404);
  }
}

TEST_F(OgcTest, programs_sign_in_with_name_and_password) {
  const auto stranger = world().client();
  const auto refused = stranger->get("/ogc");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.header("www-authenticate"), R"(Basic realm="Jinglue", charset="UTF-8")");
  EXPECT_EQ(stranger->get("/api/v1/registers").header("www-authenticate"), "")
      << "a browser's page signs in by itself";
  const auto lines = [] { return world().access.audit_lines(0, 500); };
  const auto count = [&] {
    int out = 0;
    for (const auto& line : lines()) out += line.action == "session.sign_in" ? 1 : 0;
    return out;
  };
  const int before = count();
  const std::pair<std::string, std::string> good = {"Authorization",
                                                    "Basic ZHV0eTpkcmlsbC1kdXR5LTIwMjQ="};
  EXPECT_EQ(stranger->send("GET", "/ogc", "", {good}).status, 200);
  EXPECT_EQ(stranger->send("GET", "/ogc/collections", "", {good}).status, 200);
  EXPECT_EQ(count(), before + 1) << "one session for both";
  EXPECT_EQ(stranger->send("GET", "/api/v1/registers", "", {good}).status, 401)
      << "only where programs read maps";
  const std::pair<std::string, std::string> bad = {"Authorization", "Basic ZHV0eTp3cm9uZw=="};
  EXPECT_EQ(stranger->send("GET", "/ogc", "", {bad}).status, 401);
}

TEST(BasicHeader, IsReadOrRefused) {
  const auto good = read_basic("Basic ZHV0eTpkcmlsbC1kdXR5LTIwMjQ=");
  ASSERT_TRUE(good);
  EXPECT_EQ(good->first, "duty");
  EXPECT_EQ(good->second, "drill-duty-2024");
  EXPECT_EQ(read_basic("basic  YTpiOmM=")->second, "b:c");
  for (const char* wrong : {"", "Basic", "Basic !", "Bearer YTpi", "Basic YWI=", "Basic //8="}) {
    EXPECT_FALSE(read_basic(wrong)) << wrong;
  }
  EXPECT_FALSE(read_basic("Basic " + std::string(2000, 'A')));
}

TEST_F(OgcTest, gdal_reads_it_page_by_page_with_its_filters) {
  if (no_gdal()) GTEST_SKIP() << "the program ogrinfo is not installed (package gdal-bin)";
  const std::string host = "127.0.0.1:" + std::to_string(world().server->port());
  const std::string source = "\"OAPIF:http://" + host + "/ogc\"";
  const std::string with =
      "--config GDAL_HTTP_USERPWD duty:drill-duty-2024 --config GDAL_HTTP_AUTH BASIC ";
  const auto listed = run("ogrinfo " + with + source);
  EXPECT_NE(listed.find("case"), std::string::npos) << listed;
  EXPECT_NE(listed.find("sea_use_right"), std::string::npos) << listed;
  const auto all = run("ogrinfo " + with + "-oo PAGE_SIZE=1 -al -geom=YES " + source + " case");
  EXPECT_NE(all.find("Feature Count: 3"), std::string::npos) << all;
  EXPECT_NE(all.find("POINT (122.5 37.1)"), std::string::npos) << all;
  EXPECT_NE(all.find("乙 &"), std::string::npos) << all;
  EXPECT_NE(all.find("exit 0"), std::string::npos) << all;
  const auto box = run("ogrinfo " + with + "-al -spat 122.4 37 122.6 37.2 " + source + " case");
  EXPECT_NE(box.find("title (String) = 甲"), std::string::npos) << box;
  EXPECT_EQ(box.find("乙 &"), std::string::npos) << box;
  const auto where =
      run("ogrinfo " + with + "-al -where \"source = 'report'\" " + source + " case");
  EXPECT_NE(where.find("乙 &"), std::string::npos) << where;
  EXPECT_EQ(where.find("title (String) = 甲"), std::string::npos) << where;
  test::TempFolder folder;
  const auto file = (folder / "rights.geojson").string();
  const auto copied =
      run("ogr2ogr " + with + "-f GeoJSON " + file + " " + source + " sea_use_right");
  EXPECT_NE(copied.find("exit 0"), std::string::npos) << copied;
  std::ifstream in(file);
  const auto json = base::parse_json(std::string(std::istreambuf_iterator<char>(in), {}));
  ASSERT_TRUE(json) << copied;
  EXPECT_EQ((*json)["features"].items().size(), 3u);
}

}  // namespace jinglue::serve
