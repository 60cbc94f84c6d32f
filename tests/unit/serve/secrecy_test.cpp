// SPDX-License-Identifier: Apache-2.0
// A clerk of one district reads nothing of another one's record, and nothing of a field that is not
// for clerks, by any route: every GET of openapi.yaml is tried, whatever it is, then the writes,
// the searches and the stream. A new route is tried as soon as it is described.
#include <gtest/gtest.h>

#include <regex>

#include "base/hash.hpp"
#include "unit/serve/schema.hpp"
#include "unit/serve/with_world.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

const std::string kIdNumber = "371082199001010015";
const std::string kPhone = "13863111111";
const std::string kAddress = "某街道七号楼";
const std::string kName = "秘名甲";
const std::string kPhoto = "\x89PNG\r\n\x1A\n photograph of a person";

class Secrecy : public test::WithWorld {
 protected:
  static void SetUpTestSuite() {
    test::WithWorld::SetUpTestSuite();
    clerk = world().client("clerk");
    for (const auto* unit : {"weihai", "rongcheng", "rushan"}) {
      const bool top = std::string(unit) == "weihai";
      Json fields =
          Json::object({{"key", unit}, {"name", unit}, {"kind", top ? "authority" : "district"}});
      if (!top) fields.set("parent", "weihai");
      make("organisation_unit", fields);
    }
    far = person("rushan", kIdNumber, kPhone);
    near = person("rongcheng", "371082199001010023", "13863122222");
    link = make("person",
                Json::object({{"name", "乙"},
                              {"district", "rongcheng"},
                              {"deputies", Json::array({Json::object(
                                               {{"deputy", far.id}, {"from", "2024-01-01"}})})}}));
  }
  static void TearDownTestSuite() {
    clerk.reset();
    test::WithWorld::TearDownTestSuite();
  }
  static registry::Write write() { return {access::Actor::system(), test::kNow, {}, {}}; }
  static registry::Record make(const char* register_id, const Json& fields) {
    auto made = world().registry.create(register_id, fields, write());
    if (!made) throw std::runtime_error(made.error().text());
    return *made;
  }
  static registry::Record person(const char* district, const std::string& number,
                                 const std::string& phone) {
    const auto photo = world().registry.add_file("person", "photo", "p.png", kPhoto, write());
    if (!photo) throw std::runtime_error(photo.error().text());
    return make("person", Json::object({{"name", kName + district},
                                        {"district", district},
                                        {"id_number", number},
                                        {"phone", phone},
                                        {"home_address", kAddress},
                                        {"photo", Json::array({*photo})}}));
  }
  static std::string path(const registry::Record& r) {
    return "/api/v1/registers/person/records/" + r.id;
  }
  static std::string hash() { return base::sha256_hex(kPhoto); }

  /// The address of a described path, with what it names filled in for this record.
  static std::string filled(std::string pattern, const registry::Record& r) {
    for (const auto& [name, value] : {std::pair<std::string, std::string>{"{register}", "person"},
                                      {"{record}", r.id},
                                      {"{sha256}", hash()},
                                      {"{id}", r.id},
                                      {"{item}", r.id},
                                      {"{feature}", r.id},
                                      {"{collection}", "person"},
                                      {"{field}", "phone"}}) {
      pattern = std::regex_replace(
          pattern, std::regex(std::regex_replace(name, std::regex("[{}]"), "\\$&")), value);
    }
    return "/api/v1" + std::regex_replace(pattern, std::regex("\\{[a-z_]+\\}"), "x");
  }
  static std::string leak(const std::string& body, const std::vector<std::string>& secrets) {
    for (const auto& secret : secrets) {
      if (body.find(secret) != std::string::npos) return secret;
    }
    return {};
  }
  static std::vector<std::string> gets() {
    static const test::OpenApi api(std::string(JINGLUE_SOURCE_DIR) + "/openapi.yaml");
    std::vector<std::string> out;
    for (const auto& one : api.paths()) {
      const auto pattern = one.first.as<std::string>();
      if (one.second["get"] && pattern != "/stream") out.push_back(pattern);
    }
    return out;
  }
  static inline std::unique_ptr<test::HttpClient> clerk;
  static inline registry::Record far, near, link;
};

}  // namespace

TEST_F(Secrecy, no_get_route_gives_another_districts_record) {
  const auto routes = gets();
  ASSERT_GT(routes.size(), 40u);
  const std::vector<std::string> secrets = {kName + "rushan",     kIdNumber,    kPhone, kAddress,
                                            "371082********0015", "138****1111"};
  const std::vector<std::string> queries = {"",
                                            "?q=%E7%A7%98%E5%90%8D%E7%94%B2",
                                            "?filter[district]=rushan&limit=1000",
                                            "?removed=true&district=rushan",
                                            "?format=geojson",
                                            "?format=xlsx"};
  for (const auto& route : routes) {
    const auto at = filled(route, far);
    for (const auto& query : queries) {
      const auto reply = clerk->get(at + query);
      EXPECT_EQ(leak(reply.body, secrets), "") << "GET " << at << query;
    }
  }
  EXPECT_EQ(clerk->get(path(far)).status, 404);
  EXPECT_EQ(clerk->get(path(far) + "/history").status, 404);
  EXPECT_EQ(clerk->get(path(far) + "/transitions").status, 404);
  EXPECT_EQ(clerk->get(path(far) + "/files/" + hash()).status, 404);
}

TEST_F(Secrecy, no_get_route_gives_what_is_masked_or_withheld_of_ones_own) {
  const std::vector<std::string> secrets = {"371082199001010023", "13863122222", kAddress};
  bool shown = false;
  for (const auto& route : gets()) {
    const auto reply = clerk->get(filled(route, near));
    EXPECT_EQ(leak(reply.body, secrets), "") << "GET " << route;
    shown = shown || reply.body.find("138****2222") != std::string::npos;
  }
  EXPECT_TRUE(shown) << "the record itself is seen, masked";
  const auto fields = clerk->get("/api/v1/registers/person").json()["fields"];
  std::map<std::string, std::string> sights;
  for (const auto& f : fields.items()) sights[f["key"].as_string()] = f["sight"].as_string();
  EXPECT_EQ(sights["home_address"], "withheld");
  EXPECT_EQ(sights["phone"], "masked");
  EXPECT_EQ(sights["name"], "");
}

TEST_F(Secrecy, filters_searches_and_sorts_tell_nothing) {
  const std::string list = "/api/v1/registers/person/records";
  EXPECT_EQ(clerk->get(list + "?filter[phone]=13863122222").status, 403);
  EXPECT_EQ(clerk->get(list + "?filter[home_address]=x").status, 403);
  EXPECT_EQ(clerk->get(list + "?sort=-id_number").status, 403);
  for (const auto& text : {kPhone, kIdNumber}) {
    const auto found = clerk->get("/api/v1/search?q=" + text);
    EXPECT_EQ(found.json()["records"].items().size(), 0u) << found.body;
    EXPECT_EQ(clerk->get(list + "?q=" + text).json()["total"].as_int(), 0);
  }
  const auto csv = clerk->get("/api/v1/registers/person/export.csv");
  ASSERT_EQ(csv.status, 200) << csv.body;
  EXPECT_EQ(csv.body.find(kName + "rushan"), std::string::npos);
  EXPECT_NE(csv.body.find(kName + "rongcheng"), std::string::npos);
  EXPECT_EQ(csv.body.find("13863122222"), std::string::npos);
}

TEST_F(Secrecy, a_link_to_what_one_does_not_see_has_no_title) {
  const auto reply = clerk->get(path(link));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_NE(reply.body.find(far.id), std::string::npos);
  EXPECT_EQ(reply.body.find(kName + "rushan"), std::string::npos) << reply.body;
}

TEST_F(Secrecy, writes_change_and_tell_nothing_of_another_district) {
  const Json body = Json::object({{"base_revision", 1}, {"fields", Json::object({{"note", "x"}})}});
  EXPECT_EQ(clerk->write("PATCH", path(far), body, "s1").status, 404);
  EXPECT_EQ(
      clerk->send("DELETE", path(far) + "?base_revision=1", "", {{"Idempotency-Key", "s2"}}).status,
      404);
  EXPECT_EQ(
      clerk->write("POST", path(far) + "/reveal", Json::object({{"field", "phone"}}), "s3").status,
      404);
  EXPECT_EQ(
      clerk->write("POST", path(near) + "/reveal", Json::object({{"field", "phone"}}), "s4").status,
      403);
  const Json twin =
      Json::object({{"fields", Json::object({{"name", "丙"}, {"id_number", kIdNumber}})}});
  const auto taken = clerk->write("POST", "/api/v1/registers/person/records", twin, "s5");
  EXPECT_NE(taken.status, 201);
  EXPECT_EQ(taken.body.find(far.id), std::string::npos) << taken.body;
  EXPECT_EQ(taken.body.find(kName), std::string::npos) << taken.body;
  EXPECT_EQ(world().registry.find("person", far.id)->revision, 1);
}

TEST_F(Secrecy, a_whole_number_is_read_by_its_roles_and_logged) {
  auto leader = world().client("leader");
  const auto reply = leader->write("POST", path(near) + "/reveal",
                                   Json::object({{"field", "phone"}, {"reason", "drill"}}), "s6");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.json()["value"].as_string(), "13863122222");
  EXPECT_EQ(reply.header("cache-control"), "no-store");
  EXPECT_EQ(
      leader->write("POST", path(near) + "/reveal", Json::object({{"field", "id_number"}}), "s7")
          .status,
      403);
  const auto lines = world().access.audit_lines(INT64_MAX, 1);
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.front().action, "record.reveal");
  EXPECT_EQ(lines.front().detail["reason"].as_string(), "drill");
}

TEST_F(Secrecy, the_stream_tells_of_no_record_that_one_may_not_see) {
  test::StreamClient stream(world().server->port(), clerk->cookie);
  ASSERT_EQ(stream.status(), 101);
  ASSERT_TRUE(stream.subscribe(Json::object({{"topics", Json::array({"records"})}})));
  const auto until_ready = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (std::chrono::steady_clock::now() < until_ready) {
    const auto frame = stream.next(std::chrono::milliseconds(5000));
    if (frame && frame->kind == test::FrameKind::kReady) break;
  }
  const auto hidden = person("rushan", "371082199001010031", "13863133333");
  const auto seen = person("rongcheng", "37108219900101004X", "13863144444");
  std::vector<std::string> told;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (std::chrono::steady_clock::now() < until) {
    const auto frame = stream.next(std::chrono::milliseconds(500));
    if (!frame) continue;
    EXPECT_EQ(frame->records.find("13863144444"), std::string::npos);
    if (frame->kind != test::FrameKind::kRecords) continue;
    base::ByteReader in(frame->records);
    for (int i = 0; i < frame->count; ++i) {
      in.get<std::uint32_t>();
      told.push_back(stream.text(in.get<std::uint32_t>()));
      in.get<std::int64_t>();
      in.get<std::uint32_t>();
      in.get<std::uint32_t>();
    }
    if (std::find(told.begin(), told.end(), seen.id) != told.end()) break;
  }
  EXPECT_NE(std::find(told.begin(), told.end(), seen.id), told.end()) << "the stream works";
  EXPECT_EQ(std::find(told.begin(), told.end(), hidden.id), told.end());
}

TEST_F(Secrecy, a_file_goes_up_and_comes_down_with_its_kind) {
  auto leader = world().client("leader");
  const std::string to = "/api/v1/registers/person/files?field=photo&name=%E7%85%A7.png";
  const test::HttpClient::Headers bytes = {{"Content-Type", "application/octet-stream"}};
  const auto up = leader->send("POST", to, kPhoto + "2", bytes);
  ASSERT_EQ(up.status, 201) << up.body;
  const auto held = world().registry.find("person", near.id);
  const auto done =
      leader->write("PATCH", path(near),
                    Json::object({{"base_revision", held->revision},
                                  {"fields", Json::object({{"photo", Json::array({up.json()})}})}}),
                    "f1");
  ASSERT_EQ(done.status, 200) << done.body;
  const auto down = clerk->get(path(near) + "/files/" + up.json()["sha256"].as_string());
  ASSERT_EQ(down.status, 200);
  EXPECT_EQ(down.body, kPhoto + "2");
  EXPECT_EQ(down.header("content-type"), "image/png");
  EXPECT_EQ(down.header("content-disposition"), "inline; filename*=UTF-8''%E7%85%A7.png");
  EXPECT_EQ(down.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(leader->send("POST", to, "<svg onload='x'>", bytes).status, 422);
  EXPECT_EQ(leader->send("POST", to, kPhoto, {{"Content-Type", "text/csv"}}).status, 415);
  EXPECT_EQ(leader
                ->send("POST", "/api/v1/registers/person/files?field=photo&name=..%2Fa.png", kPhoto,
                       bytes)
                .status,
            422);
  EXPECT_EQ(leader->send("POST", to, kPhoto + std::string(6u << 20, 'x'), bytes).status, 413);
  EXPECT_EQ(clerk->get(path(near) + "/files/..%2f..%2frecords.db").status, 404);
  const auto units = clerk->get("/api/v1/units").json();
  EXPECT_EQ(units["items"].items().size(), 3u);
  const auto defaults = clerk->get("/api/v1/registers/person/defaults").json();
  EXPECT_EQ(defaults["fields"]["district"].as_string(), "rongcheng");
}

}  // namespace jinglue::serve
