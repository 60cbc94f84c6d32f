// SPDX-License-Identifier: Apache-2.0
// openapi.yaml against the router and against the answers of a running server.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <thread>

#include "serve/api/problem.hpp"
#include "serve/resource/discussion.hpp"
#include "serve/resource/resources.hpp"
#include "serve/resource/retention.hpp"
#include "unit/serve/schema.hpp"
#include "unit/serve/with_world.hpp"

namespace jinglue::serve {
namespace {

using base::Json;
using test::OpenApi;

const OpenApi& openapi() {
  static const OpenApi file(std::string(JINGLUE_SOURCE_DIR) + "/openapi.yaml");
  return file;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::set<std::string> operations_of_file() {
  std::set<std::string> out;
  for (const auto& path : openapi().paths()) {
    for (const auto& entry : path.second) {
      const auto method = entry.first.as<std::string>();
      if (method == "servers" || method == "parameters") continue;
      out.insert(upper(method) + " " + path.first.as<std::string>());
    }
  }
  return out;
}

std::set<std::string> operations_of_router() {
  Router router;
  const Hooks none;
  add_session(router, none);
  add_vessels(router);
  add_terminals(router);
  add_tracks(router);
  add_track_export(router);
  add_picture(router);
  add_archive(router);
  add_raster(router);
  add_coverage(router);
  add_encounters(router);
  add_findings(router, none);
  add_suspensions(router);
  add_inbox(router);
  add_saved_views(router);
  add_record_templates(router);
  add_record_schedules(router);
  add_rules(router);
  add_zones(router);
  add_registers(router);
  add_register_standing(router, none);
  add_records(router);
  add_record_files(router);
  add_discussion(router, {});
  add_retention(router);
  add_record_values(router);
  add_register_changes(router);
  add_tiles(router);
  add_packs(router);
  add_plans(router);
  add_sea_use(router);
  add_plan_progress(router);
  add_search(router);
  add_system(router, none);
  add_sensors(router);
  add_drill(router);
  add_users(router, none);
  add_audit(router);
  add_outputs(router);
  add_webhooks(router);
  add_messages(router);
  add_boat_messages(router);
  add_watchdogs(router, none);
  std::set<std::string> out;
  for (const auto& route : router.routes()) {
    out.insert(std::string(to_text(route.method)) + " " + route.pattern);
  }
  return out;
}

TEST(OpenApiTest, the_file_and_the_router_name_the_same_operations) {
  EXPECT_EQ(operations_of_file(), operations_of_router());
}

TEST(OpenApiTest, every_error_code_of_the_file_has_a_title_in_both_languages) {
  const auto codes = openapi().resolve(
      YAML::Load("{$ref: '#/components/schemas/Problem'}"))["properties"]["code"]["enum"];
  ASSERT_GT(codes.size(), 10u);
  for (const auto& code : codes) {
    const Problem problem{400, code.as<std::string>(), "x"};
    for (const char* language : {"zh", "en"}) {
      const auto json = base::parse_json(to_response(problem, language).text());
      EXPECT_NE((*json)["title"].as_string(), problem.code) << problem.code;
    }
  }
}

/// So that a page can tell every failure in its reader's language: Problem{404, "missing", ...}
/// in the sources, and the codes of base, are all in the file (and so have titles, see above).
TEST(OpenApiTest, every_error_code_of_the_program_is_in_the_file) {
  std::set<std::string> known;
  const auto codes = openapi().resolve(
      YAML::Load("{$ref: '#/components/schemas/Problem'}"))["properties"]["code"]["enum"];
  for (const auto& code : codes) known.insert(code.as<std::string>());
  std::set<std::string> used;
  for (int i = 0; i <= static_cast<int>(base::Code::kUnavailable); ++i) {
    used.insert(base::to_text(static_cast<base::Code>(i)));
  }
  const std::regex made(R"re([45]\d\d,\s*"([a-z_]+)")re");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           std::string(JINGLUE_SOURCE_DIR) + "/src/serve")) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    for (std::sregex_iterator at(text.begin(), text.end(), made), end; at != end; ++at) {
      used.insert((*at)[1].str());
    }
  }
  EXPECT_GT(used.size(), 14u);
  for (const auto& code : used) EXPECT_TRUE(known.contains(code)) << code;
}

/// Asks a running server and checks each answer against the file.
class ConformanceTest : public test::WithWorld {
 protected:
  static void SetUpTestSuite() {
    test::WithWorld::SetUpTestSuite();
    auto& w = world();
    vessel_id = w.add_vessel("演练渔0001", "鲁荣渔50001", "rongcheng", 412300001);
    for (int i = 0; i < 30; ++i) {
      if (i > 5 && i < 25) continue;
      w.add_fix(w.fix(412300001, 37 + i * 0.001, 122.5, test::kNow - std::chrono::minutes(30 - i)));
    }
    w.add_fix(w.fix(413000001, 37.5, 122.6, test::kNow));
    w.publish();
    w.add_steps({w.step(kFinding, vessel_id, "rongcheng"), w.step(kOther, vessel_id, "rongcheng")});
    leader = w.client("leader");
    admin = w.client("admin");
    enforcement = w.client("enforcement");
  }
  static void TearDownTestSuite() {
    for (auto* client : {&leader, &admin, &enforcement}) client->reset();
    test::WithWorld::TearDownTestSuite();
  }

  /// `operation` is "GET /vessels/{vessel}", `target` the filled path with its query.
  static Json expect(test::HttpClient& client, const std::string& operation,
                     const std::string& target, int status, const Json& body = {}) {
    const auto space = operation.find(' ');
    const std::string method = operation.substr(0, space);
    const std::string pattern = operation.substr(space + 1);
    const bool root = pattern == "/healthz" || pattern == "/metrics";
    const std::string path = (root ? "" : "/api/v1") + target;
    const auto reply = body.is_null() ? client.send(method, path, "", {{"Idempotency-Key", key()}})
                                      : client.write(method, path, body, key());
    EXPECT_EQ(reply.status, status) << operation << ' ' << reply.body;
    check(operation, pattern, lower(method), reply);
    if (reply.status < 400) s_seen.insert(operation);
    return reply.json();
  }

  static void check(const std::string& operation, const std::string& pattern,
                    const std::string& method, const test::HttpReply& reply) {
    const auto responses = openapi().paths()[pattern][method]["responses"];
    const auto entry = responses[std::to_string(reply.status)];
    ASSERT_TRUE(entry) << operation << " does not name the status " << reply.status;
    const auto response = openapi().resolve(entry);
    if (!response["content"]) {
      EXPECT_TRUE(reply.body.empty()) << operation;
      return;
    }
    const std::string header = reply.header("content-type");
    const std::string type = header.substr(0, header.find(';'));
    const auto content = response["content"][type];
    const bool any = !content.IsDefined() && response["content"]["*/*"].IsDefined();
    ASSERT_TRUE(any || content.IsDefined()) << operation << " does not name the type " << type;
    const bool one_value = type.ends_with("json") && !type.ends_with("ndjson");
    if (any || !one_value) return;
    for (const auto& wrong : openapi().check(reply.json(), content["schema"])) {
      ADD_FAILURE() << operation << ' ' << reply.status << wrong;
    }
  }

  static std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
  }
  static std::string key() { return "key-" + std::to_string(++s_keys); }

  static constexpr std::uint64_t kFinding = 0xF1, kOther = 0xF2;
  static inline int s_keys{0};
  static inline std::set<std::string> s_seen;
  static inline std::string vessel_id;
  static inline std::unique_ptr<test::HttpClient> leader, admin, enforcement;
};

TEST_F(ConformanceTest, a_the_picture) {
  expect(*leader, "GET /vessels", "/vessels", 200);
  expect(*leader, "GET /vessels", "/vessels?kind=x", 400);
  expect(*leader, "GET /vessels/{vessel}", "/vessels/" + vessel_id, 200);
  expect(*leader, "GET /vessels/{vessel}", "/vessels/mmsi:413000001", 200);
  expect(*leader, "GET /vessels/{vessel}", "/vessels/none", 404);
  expect(*leader, "GET /terminals", "/terminals", 200);
  expect(*leader, "GET /terminals", "/terminals?kind=carrier_pigeon", 400);
  expect(*leader, "GET /terminals/{terminal}", "/terminals/mmsi:412300001", 200);
  expect(*leader, "GET /terminals/{terminal}", "/terminals/mmsi:999999999", 404);
  expect(*leader, "GET /tracks/{track}/positions", "/tracks/mmsi:412300001/positions", 200);
  expect(*leader, "GET /tracks/{track}/positions",
         "/tracks/mmsi:412300001/positions?format=geojson", 200);
  expect(*leader, "GET /tracks/{track}/positions", "/tracks/mmsi:412300001/positions?limit=3", 200);
  expect(*leader, "GET /tracks/{track}/positions", "/tracks/mmsi:999999999/positions", 404);
  expect(*leader, "GET /picture", "/picture?at=2024-05-01T04:00:00Z", 200);
  expect(*leader, "GET /picture/positions",
         "/picture/positions?bbox=120,36,124,38&from=2024-05-01T03:00:00Z&"
         "to=2024-05-01T04:00:01Z",
         200);
  expect(*leader, "GET /vessels/{vessel}/positions", "/vessels/" + vessel_id + "/positions", 200);
  expect(*leader, "GET /vessels/{vessel}/positions", "/vessels/none/positions", 404);
  expect(*leader, "GET /search", "/search?q=37.5N%20122.5E", 200);
  expect(*leader, "GET /search", "/search?q=412300001", 200);
  expect(*leader, "GET /stream", "/stream", 426);
}

TEST_F(ConformanceTest, a_positions_as_files) {
  const std::string span = "?from=2024-05-01T03:00:00Z&to=2024-05-01T04:00:01Z";
  for (const std::string format :
       {"csv", "geojson", "geojsonseq", "ndjson", "gpx", "kml", "parquet", "mfjson"}) {
    expect(*leader, "GET /tracks/export", "/tracks/export" + span + "&format=" + format, 200);
  }
  expect(*leader, "GET /tracks/export", "/tracks/export" + span + "&format=xls", 400);
  expect(*leader, "GET /tracks/export", "/tracks/export" + span + "&track=x", 400);
  expect(*leader, "GET /tracks/export", "/tracks/export" + span + "&vessel=none", 404);
  expect(*leader, "GET /tracks/export", "/tracks/export" + span + "&vessel=" + vessel_id, 200);
  expect(*leader, "GET /tracks/export", "/tracks/export", 400);
}

TEST_F(ConformanceTest, a_questions_to_the_archive) {
  const std::string span = "from=2024-05-01T03:00:00Z&to=2024-05-01T04:00:01Z";
  const std::string box = "?bbox=120,36,124,38&" + span;
  const Json area = *base::parse_json(
      R"({"area":{"type":"Polygon","coordinates":[[[120,36],[124,36],[124,38],[120,36]]]}})");
  for (const std::string path : {"/archive/positions", "/archive/count", "/archive/visits"}) {
    expect(*leader, "GET " + path, path + box, 200);
    expect(*leader, "POST " + path, path + "?" + span, 200, area);
    expect(*leader, "GET " + path, path + "?" + span, 400);
    expect(*leader, "POST " + path, path + "?" + span, 400,
           Json::object({{"area", Json::object({{"type", "Polygon"}})}}));
  }
  for (const std::string format : {"ndjson", "geojson", "binary"}) {
    expect(*leader, "GET /archive/positions", "/archive/positions" + box + "&format=" + format,
           200);
  }
  for (const std::string format : {"json", "csv", "ndjson"}) {
    expect(*leader, "GET /archive/visits", "/archive/visits" + box + "&format=" + format, 200);
  }
  expect(*leader, "GET /archive/raster", "/archive/raster" + box + "&cell=0.5", 200);
  expect(*leader, "GET /archive/raster", "/archive/raster" + box + "&cell=0.5&format=binary", 200);
  expect(*leader, "GET /archive/raster", "/archive/raster" + box + "&cell=0.5&gear=T", 200);
  expect(*leader, "GET /archive/raster", "/archive/raster" + box + "&cell=0.0001", 400);
  expect(*leader, "GET /archive/groups", "/archive/groups", 200);
  expect(*leader, "GET /archive/meetings", "/archive/meetings" + box + "&minutes=10", 200);
  expect(*leader, "GET /archive/crossings", "/archive/crossings?line=122,37.01,123,37.01&" + span,
         200);
  expect(*leader, "GET /archive/crossings", "/archive/crossings?line=122,37&" + span, 400);
  for (const std::string format : {"geojson", "ndjson"}) {
    expect(*leader, "GET /archive/crossings",
           "/archive/crossings?line=122,37.01,123,37.01&format=" + format + "&" + span, 200);
    expect(*leader, "GET /archive/meetings", "/archive/meetings" + box + "&format=" + format, 200);
    expect(*leader, "GET /picture", "/picture?at=2024-05-01T04:00:00Z&format=" + format, 200);
  }
}

TEST_F(ConformanceTest, b_findings_rules_and_zones) {
  const std::string one = "/findings/" + base::to_hex(kFinding);
  expect(*leader, "GET /findings", "/findings", 200);
  expect(*leader, "GET /findings/counts", "/findings/counts", 200);
  expect(*leader, "GET /findings/{finding}", one, 200);
  expect(*leader, "GET /findings/{finding}", "/findings/0000000000000000", 404);
  const std::string review = "POST /findings/{finding}/reviews";
  expect(*leader, review, one + "/reviews", 422, Json::object({{"kind", "x"}, {"seen_step", 0}}));
  expect(*leader, review, one + "/reviews", 201,
         Json::object({{"kind", "verify"}, {"seen_step", 0}}));
  expect(*leader, review, "/findings/" + base::to_hex(kOther) + "/reviews", 201,
         Json::object(
             {{"kind", "suspend"}, {"seen_step", 0}, {"reason", "permit"}, {"suspend_for", "1h"}}));
  expect(*leader, "GET /findings/{finding}", one, 200);  // with its review
  expect(*leader, "GET /suspensions", "/suspensions", 200);
  const std::string talk = "/registers/{register}/records/{record}";
  const std::string on = "/registers/vessel/records/" + vessel_id;
  const Json words = Json::object({{"text", "已与船主联系"}});
  expect(*leader, "POST " + talk + "/comments", on + "/comments", 201, words);
  expect(*leader, "POST " + talk + "/comments", on + "/comments", 400, Json::object({{"text", 3}}));
  expect(*leader, "GET " + talk + "/comments", on + "/comments?limit=1", 200);
  expect(*leader, "PUT " + talk + "/watch", on + "/watch", 200, Json::object({{"watch", false}}));
  expect(*leader, "GET /registers/{register}/retention", "/registers/vessel/retention", 404);
  expect(*leader, "POST " + talk + "/disposal", on + "/disposal", 403,
         Json::object({{"reason", "保管期满"}}));
  expect(*leader, "PUT " + talk + "/watch", on + "/watch", 400, Json::object({{"watch", "yes"}}));
  expect(*leader, "GET /inbox", "/inbox?unread=true&limit=5", 200);
  expect(*leader, "POST /inbox/read", "/inbox/read", 200, Json::object({{"until", 5}}));
  expect(*leader, "POST /inbox/read", "/inbox/read", 400, Json::object({{"numbers", "all"}}));
  const Json view = Json::object({{"name", "看板"}, {"query", "view=board"}, {"shared", true}});
  const auto saved =
      expect(*leader, "PUT /registers/{register}/views", "/registers/vessel/views", 200, view);
  expect(*leader, "GET /registers/{register}/views", "/registers/vessel/views", 200);
  const std::string remove = "DELETE /registers/{register}/views/{view}";
  expect(*leader, remove, "/registers/vessel/views/none", 404);
  expect(*leader, remove, "/registers/vessel/views/" + saved["id"].as_string(), 204);
  const auto rules = expect(*leader, "GET /rules", "/rules", 200);
  expect(*leader, "GET /rules/{rule}", "/rules/" + rules["items"].items().at(0)["id"].as_string(),
         200);
  expect(*leader, "GET /zones", "/zones", 200);
}

TEST_F(ConformanceTest, c_which_registers_are_in_use) {
  const auto change = [](const char* id, bool enabled, const char* why) {
    return Json::object(
        {{"changes", Json::array({Json::object({{"register", id}, {"enabled", enabled}})})},
         {"reason", why}});
  };
  const std::string read = "GET /registers/standing";
  const std::string write = "PATCH /registers/standing";
  const std::string path = "/registers/standing";
  expect(*leader, read, path, 403);
  expect(*leader, write, path, 403, change("goal", false, "why"));
  expect(*admin, write, path, 400, Json::object({{"changes", 1}}));
  expect(*admin, write, path, 409, change("person", false, "why"));
  expect(*admin, write, path, 413, change("goal", false, std::string(301, 'x').c_str()));
  expect(*admin, write, path, 422, change("goal", false, ""));
  expect(*admin, write, path, 200, change("goal", true, ""));
  expect(*admin, write, path, 200, change("goal", false, "why"));
  expect(*admin, read, path, 200);
  expect(*leader, "GET /registers/{register}", "/registers/goal", 403);
  expect(*admin, "GET /registers/{register}", "/registers/goal", 200);
  expect(*leader, "GET /registers/{register}/records", "/registers/goal/records", 403);
  expect(*admin, write, path, 200, change("goal", true, ""));
}

TEST_F(ConformanceTest, c_templates_schedules_and_tiles) {
  const std::string stem = "/registers/{register}/templates";
  const std::string at = "/registers/task/templates";
  const Json fields = Json::object(
      {{"title", "{month}月海上安全检查"}, {"kind", "task"}, {"importance", "normal"}});
  const Json keep = Json::object({{"name", "安全检查"}, {"fields", fields}, {"shared", true}});
  const Json kept = expect(*leader, "PUT " + stem, at, 200, keep);
  expect(*leader, "PUT " + stem, at, 400, Json::object({{"fields", fields}}));
  expect(*leader, "PUT " + stem, at, 422, Json::object({{"name", "x"}, {"record", "none"}}));
  expect(*leader, "GET " + stem, at, 200);
  const std::string make = "POST /registers/{register}/records";
  const std::string id = kept["id"].as_string();
  const Json made =
      expect(*leader, make, "/registers/task/records", 201,
             Json::object({{"fields", Json::object({{"kind", "supervision"}})}, {"template", id}}));
  EXPECT_EQ(made["fields"]["title"].as_string(), "{month}月海上安全检查");
  expect(*leader, "DELETE " + stem + "/{template}", at + "/none", 404);
  expect(*leader, "DELETE " + stem + "/{template}", at + "/" + id, 204);

  const std::string again = "/registers/{register}/schedules";
  const std::string on = "/registers/task/schedules";
  const Json rule = Json::object(
      {{"every", "month"}, {"day", 25}, {"off_days", "previous"}, {"due_field", "due"}});
  Json wanted = Json::object({{"name", "安全检查"}, {"fields", fields}, {"rule", rule}});
  const Json saved = expect(*leader, "PUT " + again, on, 200, wanted);
  EXPECT_EQ(saved["next"].items().size(), 3u);
  wanted.set("rule", Json::object({{"every", "fortnight"}}));
  expect(*leader, "PUT " + again, on, 422, wanted);
  expect(*leader, "GET " + again, on, 200);
  const auto schedule = saved["id"].as_string();
  expect(*admin, "DELETE " + again + "/{schedule}", on + "/none", 404);
  expect(*leader, "DELETE " + again + "/{schedule}", on + "/" + schedule, 204);

  const Json tiles = expect(*leader, "GET /tiles", "/tiles", 200);
  EXPECT_GE(tiles["items"].items().size(), 8u);
  expect(*leader, "GET /session/preferences", "/session/preferences", 200);
  const std::string choose = "PUT /session/preferences";
  expect(*leader, choose, "/session/preferences", 200,
         Json::object({{"language", "en"}, {"quiet_from", "21:00"}, {"quiet_until", "06:30"}}));
  expect(*leader, choose, "/session/preferences", 422, Json::object({{"language", "fr"}}));
}

TEST_F(ConformanceTest, c_registers) {
  expect(*leader, "GET /registers", "/registers", 200);
  expect(*leader, "GET /registers/{register}", "/registers/case", 200);
  expect(*leader, "GET /registers/{register}", "/registers/none", 404);
  const std::string list = "/registers/vessel/records";
  const std::string records = "/registers/{register}/records";
  const Json fields = Json::object({{"name", "演练"}, {"kind", "fishing"}, {"length_m", 12}});
  const auto record =
      expect(*leader, "POST " + records, list, 201, Json::object({{"fields", fields}}));
  expect(*leader, "POST " + records, list, 422,
         Json::object({{"fields", Json::object({{"kind", 1}})}}));
  expect(*leader, "GET " + records, list, 200);
  const std::string one = list + "/" + record["id"].as_string();
  expect(*leader, "GET " + records + "/{record}", one, 200);
  const auto change = [&](double length) {
    return Json::object(
        {{"base_revision", record["revision"]}, {"fields", Json::object({{"length_m", length}})}});
  };
  expect(*leader, "PATCH " + records + "/{record}", one, 200, change(13));
  expect(*leader, "PATCH " + records + "/{record}", one, 412, change(14));
  expect(*leader, "GET " + records + "/{record}/history", one + "/history", 200);
  expect(*leader, "GET " + records + "/{record}/transitions", one + "/transitions", 200);
  const auto now = leader->get("/api/v1" + one).json();
  expect(*leader, "DELETE " + records + "/{record}",
         one + "?base_revision=" + std::to_string(now["revision"].as_int()), 200);
  const auto csv = leader->send("POST", "/api/v1/registers/vessel/import", "name,kind\nx,y\n",
                                {{"Content-Type", "text/csv"}});
  check("POST /registers/{register}/import", "/registers/{register}/import", "post", csv);
  s_seen.insert("POST /registers/{register}/import");
  const auto columns = leader->send("POST", "/api/v1/registers/vessel/import/columns",
                                    "name,kind\nx,y\n", {{"Content-Type", "text/csv"}});
  check("POST /registers/{register}/import/columns", "/registers/{register}/import/columns", "post",
        columns);
  s_seen.insert("POST /registers/{register}/import/columns");
  expect(*leader, "GET /registers/{register}/export.csv", "/registers/vessel/export.csv", 200);
  for (const std::string format : {"csv", "xlsx"}) {
    expect(*leader, "GET /registers/{register}/export", "/registers/vessel/export?format=" + format,
           200);
  }
  expect(*leader, "GET /registers/{register}/export", "/registers/vessel/export?format=x", 400);
  expect(*leader, "GET /registers/changes", "/registers/changes", 200);
  expect(*leader, "GET /registers/changes", "/registers/changes?format=ndjson", 200);
  expect(*leader, "GET /registers/changes", "/registers/changes?since=x", 400);
  expect(*admin, "GET /webhooks", "/webhooks", 200);
  expect(*leader, "GET /webhooks", "/webhooks", 200);
  expect(*enforcement, "GET /webhooks", "/webhooks", 403);
}

TEST_F(ConformanceTest, c_what_surrounds_values) {
  const Json unit = Json::object({{"key", "weihai"}, {"name", "威海"}, {"kind", "authority"}});
  const std::string records = "/registers/{register}/records";
  expect(*admin, "POST " + records, "/registers/organisation_unit/records", 201,
         Json::object({{"fields", unit}}));
  expect(*leader, "GET /units", "/units", 200);
  expect(*leader, "GET /registers/{register}", "/registers/person", 200);
  expect(*leader, "GET /registers/{register}/defaults", "/registers/person/defaults", 200);
  expect(*leader, "GET /registers/{register}/defaults", "/registers/none/defaults", 404);
  const auto up =
      leader->send("POST", "/api/v1/registers/person/files?field=photo&name=a.png",
                   "\x89PNG\r\n\x1A\n picture", {{"Content-Type", "application/octet-stream"}});
  check("POST /registers/{register}/files", "/registers/{register}/files", "post", up);
  s_seen.insert("POST /registers/{register}/files");
  const Json fields =
      Json::object({{"name", "王"}, {"phone", "13800000000"}, {"photo", Json::array({up.json()})}});
  const auto person = expect(*leader, "POST " + records, "/registers/person/records", 201,
                             Json::object({{"fields", fields}}));
  const std::string one = "/registers/person/records/" + person["id"].as_string();
  const std::string reveal = "POST /registers/{register}/records/{record}/reveal";
  expect(*leader, reveal, one + "/reveal", 200, Json::object({{"field", "phone"}}));
  expect(*leader, reveal, one + "/reveal", 403, Json::object({{"field", "id_number"}}));
  const std::string file = "GET /registers/{register}/records/{record}/files/{sha256}";
  EXPECT_EQ(leader->get("/api/v1" + one + "/files/" + up.json()["sha256"].as_string()).status, 200);
  s_seen.insert(file);  // its bytes are no JSON to check
  expect(*leader, file, one + "/files/none", 404);
}

TEST_F(ConformanceTest, d_cases) {
  const auto cases = leader->get("/api/v1/registers/case/records").json();
  ASSERT_FALSE(cases["items"].items().empty());
  const auto& lead = cases["items"].items()[0];
  const std::string one = "/registers/case/records/" + lead["id"].as_string();
  const std::string records = "/registers/{register}/records/{record}";
  const std::string packs = "/registers/case/records/{record}";
  const auto moves =
      expect(*enforcement, "GET " + records + "/transitions", one + "/transitions", 200);
  std::string possible;
  for (const auto& move : moves["items"].items()) {
    if (move["allowed"].as_bool()) possible = move["key"].as_string();
  }
  ASSERT_FALSE(possible.empty()) << moves.dump();
  const auto moved = enforcement->write("POST", "/api/v1" + one + "/transitions",
                                        Json::object({{"transition", possible}}), key());
  check("transition " + possible, "/registers/{register}/records/{record}/transitions", "post",
        moved);
  s_seen.insert("POST " + records + "/transitions");
  const auto pack = expect(*enforcement, "POST " + packs + "/pack", one + "/pack", 201);
  expect(*enforcement, "GET " + packs + "/packs", one + "/packs", 200);
  const std::string folder = one + "/packs/" + pack["pack"].as_string();
  expect(*enforcement, "GET " + packs + "/packs/{pack}/zip", folder + "/zip", 200);
  expect(*enforcement, "GET " + packs + "/packs/{pack}/files/{file}",
         folder + "/files/manifest.json", 200);
}

TEST_F(ConformanceTest, e_system_users_and_audit) {
  expect(*admin, "GET /inputs", "/inputs", 200);
  expect(*admin, "GET /stations", "/stations", 200);
  model::Fix heard;
  heard.track = {model::TerminalId::make(model::TerminalKind::kMmsi, 412000001), 0};
  heard.time = heard.arrival = test::kNow;
  heard.position = geo::to_position({37.4, 122.4});
  world().coverage.take(heard, {"ais", "weihai-1", test::kNow, test::kNow, std::int16_t{-90}});
  const std::string coverage = "/stations/coverage?input=ais&station=";
  const auto cells = expect(*admin, "GET /stations/coverage", coverage + "weihai-1", 200)["cells"];
  EXPECT_EQ(cells["count"].items().size(), 1u);
  EXPECT_EQ(cells["strongest_dbm"].items().at(0).as_int(), -90);
  expect(*admin, "GET /stations/coverage", coverage + "nowhere", 404);
  expect(*admin, "GET /stations/coverage", "/stations/coverage?input=ais", 400);
  expect(*leader, "GET /sensors", "/sensors", 200);
  expect(
      *leader, "GET /sensors/{sensor}/series",
      "/sensors/W01/series?quantity=wave_height&from=2024-05-01T00:00:00Z&to=2024-05-01T05:00:00Z",
      200);
  expect(*admin, "GET /system", "/system", 200);
  expect(*admin, "GET /system/health", "/system/health", 200);
  expect(*admin, "GET /clock", "/clock", 200);
  expect(*admin, "POST /drill", "/drill", 200, Json::object({{"action", "pause"}}));
  expect(*admin, "POST /drill", "/drill", 422, Json::object({{"action", "x"}}));
  expect(*leader, "GET /people", "/people", 200);
  expect(*admin, "GET /users", "/users", 200);
  expect(*admin, "POST /users", "/users", 201,
         Json::object({{"name", "guest"},
                       {"display_name", "访客"},
                       {"roles", Json::array({"leader"})},
                       {"password", "a-long-enough-one"}}));
  expect(*admin, "PATCH /users/{user}", "/users/guest", 200, Json::object({{"disabled", true}}));
  expect(*admin, "GET /audit", "/audit", 200);
  expect(*admin, "GET /audit/verify", "/audit/verify", 200);
  expect(*leader, "GET /users", "/users", 403);
  expect(*admin, "GET /healthz", "/healthz", 200);
  expect(*admin, "GET /metrics", "/metrics", 200);
}

TEST_F(ConformanceTest, e_outputs) {
  Json proposal = Json::object({{"name", "province"},
                                {"recipient", "省厅"},
                                {"purpose", "联合执法"},
                                {"kind", "udp"},
                                {"host", "10.0.0.7"},
                                {"port", 10110},
                                {"filter", Json::object({{"types", Json::array({1, 5})}})}});
  expect(*leader, "POST /outputs", "/outputs", 403, proposal);
  expect(*leader, "GET /hidden_senders", "/hidden_senders", 403);
  const auto draft = expect(*admin, "POST /outputs", "/outputs", 201, proposal);
  EXPECT_EQ(draft["state"].as_string(), "draft");
  EXPECT_EQ(draft["reach"].as_string(), "private");
  expect(*admin, "POST /outputs", "/outputs", 409, proposal);
  proposal.set("port", 10111);
  expect(*admin, "PUT /outputs/{output}", "/outputs/province", 200,
         Json::object({{"revision", 1}, {"destination", proposal}}));
  proposal.set("port", 0);
  expect(*admin, "PUT /outputs/{output}", "/outputs/province", 422,
         Json::object({{"revision", 2}, {"destination", proposal}}));
  const std::string decide = "POST /outputs/{output}/decisions";
  const auto decision = [](const char* act, int revision) {
    return Json::object({{"act", act},
                         {"revision", revision},
                         {"reason", "公函"},
                         {"until", base::to_iso(base::wall_now() + std::chrono::hours(1))}});
  };
  expect(*admin, decide, "/outputs/nobody/decisions", 404, decision("approve", 1));
  expect(*admin, decide, "/outputs/province/decisions", 409, decision("approve", 1));
  expect(*admin, decide, "/outputs/province/decisions", 422, decision("shout", 2));
  expect(*leader, decide, "/outputs/province/decisions", 403, decision("approve", 2));
  const auto approved =
      expect(*admin, decide, "/outputs/province/decisions", 200, decision("approve", 2));
  EXPECT_EQ(approved["approval"]["by"].as_string(), "admin");
  const auto list = expect(*leader, "GET /outputs", "/outputs", 200);
  EXPECT_EQ(list["items"].items().at(0)["state"].as_string(), "approved");
  EXPECT_FALSE(list["second_person"].as_bool());
  expect(*admin, decide, "/outputs/province/decisions", 200, decision("suspend", 3));
  expect(*admin, decide, "/outputs/province/decisions", 200, decision("end", 4));
  auto hidden = expect(*admin, "GET /hidden_senders", "/hidden_senders", 200);
  hidden.set("senders", Json::array({Json::object({{"mmsi", 412000001}, {"note", "海警"}})}));
  expect(*admin, "PUT /hidden_senders", "/hidden_senders", 422, hidden);
  hidden.set("reason", "不对外");
  expect(*admin, "PUT /hidden_senders", "/hidden_senders", 200, hidden);
  expect(*admin, "PUT /hidden_senders", "/hidden_senders", 409, hidden);
}

TEST_F(ConformanceTest, e_messages) {
  model::VesselMessage said;
  said.kind = model::MessageKind::kSafety;
  said.from = *model::parse_terminal("mmsi:413000001");
  said.time = said.arrival = base::Instant{1'714'535'000'000};
  said.offset = 1;
  said.text = "COME IN";
  world().messages.append(said);
  world().messages.advance(1, true);
  for (int i = 0; i < 500 && world().messages.applied_offset() < 1; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const auto heard = expect(*leader, "GET /messages", "/messages", 200);
  EXPECT_EQ(heard["items"].items().size(), 1U);
  expect(*leader, "GET /messages", "/messages?kind=x", 400);
  expect(*leader, "GET /messages", "/messages?vessel=nobody", 404);
  const auto write = [](const char* terminal, const std::string& text) {
    return Json::object({{"terminal", terminal}, {"text", text}});
  };
  const std::string post = "POST /boat_messages";
  const auto duty = world().client("duty");
  expect(*enforcement, post, "/boat_messages", 403, write("beidou:242286", "回港"));
  expect(*duty, post, "/boat_messages", 409, write("beidou:242286", "回港"));
  world().card = true;
  expect(*duty, post, "/boat_messages", 201, write("beidou:242286", "回港"));
  expect(*duty, post, "/boat_messages", 422, write("a boat", "回港"));
  expect(*duty, post, "/boat_messages", 413, write("beidou:242286", std::string(79, 'x')));
  const auto written = expect(*duty, "GET /boat_messages", "/boat_messages", 200);
  EXPECT_EQ(written["items"].items().at(0)["text"].as_string(), "回港");
  expect(*duty, "GET /boat_messages", "/boat_messages?vessel=nobody", 404);
}

TEST_F(ConformanceTest, e_sea_use) {
  const auto liaison = world().client("liaison");
  const auto ask = [&](const Json& body, int status) {
    const auto reply = liaison->send("POST", "/api/v1/sea_use/checks", body.dump(),
                                     {{"Content-Type", "application/json"}});
    EXPECT_EQ(reply.status, status) << reply.body;
    check("POST /sea_use/checks", "/sea_use/checks", "post", reply);
    return reply.json();
  };
  ask(Json::object(), 400);
  const Json fields = Json::object({{"mode", "open"}, {"layer", "column"}});
  ask(Json::object({{"fields", fields}}), 422);
  ask(Json::object({{"fields", fields}, {"pasted", "not a corner"}}), 422);
  const auto found =
      ask(Json::object({{"fields", fields},
                        {"pasted",
                         "1 37°23'36.320\" 122°27'00.000\"\n2 37°23'36.320\" 122°27'10.000\"\n"
                         "3 37°23'30.000\" 122°27'10.000\"\n4 37°23'30.000\" 122°27'00.000\""}}),
          200);
  EXPECT_EQ(found["pasted"]["corners"].as_int(), 4);
  EXPECT_EQ(found["pasted"]["form"].as_string(), "degrees_minutes_seconds");
  EXPECT_EQ(found["meridian_deg"].as_double(), 122.5);
  EXPECT_EQ(found["parcel"]["coordinates"].items()[0].items().size(), 5u);
  EXPECT_TRUE(found["overlaps"].items().empty());
  s_seen.insert("POST /sea_use/checks");
}

TEST_F(ConformanceTest, e_plans) {
  const auto liaison = world().client("liaison");
  const auto hand_in = [&](const std::string& text, const std::string& type, int status) {
    const auto reply = liaison->send("POST", "/api/v1/plans", text,
                                     {{"Content-Type", type}, {"Idempotency-Key", key()}});
    EXPECT_EQ(reply.status, status) << reply.body;
    check("POST /plans", "/plans", "post", reply);
    return reply.json();
  };
  hand_in("会议总结了上一年的工作,大家认为成绩来之不易。", "text/plain", 422);
  hand_in("x", "text/html", 415);
  hand_in(std::string(11u << 20, 'x'), "application/octet-stream", 413);
  const auto plan =
      hand_in("一要抓好安全。要完善预案,2024年6月底前组织演练2次,确保平安。", "text/plain", 201);
  s_seen.insert("POST /plans");
  const std::string one = "/plans/" + plan["id"].as_string();
  expect(*liaison, "GET /plans", "/plans", 200);
  expect(*enforcement, "GET /plans", "/plans", 403);
  expect(*liaison, "GET /plans/{plan}", one, 200);
  expect(*liaison, "GET /plans/{plan}", "/plans/none", 404);
  Json edits = Json::array();
  for (std::int64_t id = 1; id < plan["next_node"].as_int(); ++id) {
    edits.push(Json::object(
        {{"op", "set"}, {"node", id}, {"values", Json::object({{"decision", "accepted"}})}}));
  }
  const auto patch = [&](int revision, const Json& list) {
    return Json::object({{"base_revision", revision}, {"edits", list}});
  };
  expect(*liaison, "PATCH /plans/{plan}", one, 200, patch(1, edits));
  expect(*liaison, "PATCH /plans/{plan}", one, 412, patch(1, edits));
  expect(*liaison, "PATCH /plans/{plan}", one, 422, patch(2, Json::array({Json::object()})));
  const Json act = Json::object({{"base_revision", 2}});
  const auto made = expect(*liaison, "POST /plans/{plan}/records", one + "/records", 201, act);
  expect(*liaison, "POST /plans/{plan}/records", one + "/records", 412, act);
  expect(*liaison, "PATCH /plans/{plan}", one, 409, patch(3, edits));
  expect(*liaison, "GET /plans/texts/{record}", "/plans/texts/" + made["document"].as_string(),
         200);
  expect(*liaison, "GET /plans/texts/{record}", "/plans/texts/none", 404);
  world().set_now(test::kNow + std::chrono::hours(24 * 90));  // late by then, with reasons
  const auto progress = expect(*leader, "GET /plans/progress", "/plans/progress", 200);
  EXPECT_GT(progress["all"]["late"].as_int(), 0);
  expect(*leader, "GET /plans/progress", "/plans/progress?soon_days=x", 400);
  expect(*leader, "GET /plans/progress.xlsx", "/plans/progress.xlsx", 200);
  world().set_now(test::kNow);
  expect(*liaison, "DELETE /plans/{plan}", one + "?base_revision=1", 412);
  expect(*liaison, "DELETE /plans/{plan}", one + "?base_revision=3", 204);
}

TEST_F(ConformanceTest, f_the_session) {
  test::HttpClient client(world().server->port());
  expect(client, "GET /session", "/session", 401);
  expect(client, "POST /session", "/session", 401,
         Json::object({{"name", "duty"}, {"password", "wrong-password"}}));
  expect(client, "POST /session", "/session", 200,
         Json::object({{"name", "duty"}, {"password", world().password("duty")}}));
  ASSERT_TRUE(client.sign_in("duty", world().password("duty")));
  expect(client, "GET /session", "/session", 200);
  expect(client, "PATCH /session", "/session", 200, Json::object({{"language", "en"}}));
  expect(client, "POST /session/password", "/session/password", 204,
         Json::object({{"current", world().password("duty")}, {"password", "another-long-one"}}));
  ASSERT_TRUE(client.sign_in("duty", "another-long-one"));
  expect(client, "DELETE /session", "/session", 204);
}

TEST_F(ConformanceTest, g_every_operation_has_been_asked) {
  auto wanted = operations_of_file();
  wanted.erase("GET /stream");  // stream_test.cpp
  // No shipped register says a retention: tests/crash/disposal_test.cpp asks both with one that
  // does.
  wanted.erase("GET /registers/{register}/retention");
  wanted.erase("POST /registers/{register}/records/{record}/disposal");
  std::set<std::string> missing;
  std::set_difference(wanted.begin(), wanted.end(), s_seen.begin(), s_seen.end(),
                      std::inserter(missing, missing.end()));
  EXPECT_EQ(missing, std::set<std::string>{});
}

}  // namespace
}  // namespace jinglue::serve
