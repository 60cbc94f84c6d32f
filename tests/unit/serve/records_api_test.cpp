// SPDX-License-Identifier: Apache-2.0
// /registers: definitions, records, history, transitions, CSV, and the evidence of a case.
#include <gtest/gtest.h>

#include "unit/serve/with_world.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

class RecordsApiTest : public test::WithWorld {
 protected:
  static void SetUpTestSuite() {
    test::WithWorld::SetUpTestSuite();
    duty = world().client("duty");
    leader = world().client("leader");
    clerk = world().client("clerk");
    admin = world().client("admin");
  }
  static void TearDownTestSuite() {
    for (auto* client : {&duty, &leader, &clerk, &admin}) client->reset();
    test::WithWorld::TearDownTestSuite();
  }
  static std::string key() { return "key-" + std::to_string(++s_count); }
  static Json vessel(const std::string& district = "rongcheng") {
    ++s_count;
    return Json::object({{"name", "演练渔" + std::to_string(s_count)},
                         {"side_number", "鲁演渔" + std::to_string(10000 + s_count)},
                         {"kind", "fishing"},
                         {"district", district},
                         {"length_m", 20}});
  }
  static test::HttpReply create(test::HttpClient& client, const Json& fields) {
    return client.write("POST", "/api/v1/registers/vessel/records",
                        Json::object({{"fields", fields}}), key());
  }
  static std::string path_of(const Json& record) {
    return "/api/v1/registers/vessel/records/" + record["id"].as_string();
  }
  static test::HttpReply patch(test::HttpClient& client, const Json& record,
                               std::int64_t base_revision, const Json& fields) {
    return client.write("PATCH", path_of(record),
                        Json::object({{"base_revision", base_revision}, {"fields", fields}}),
                        key());
  }
  static inline int s_count{0};
  static inline std::unique_ptr<test::HttpClient> duty, leader, clerk, admin;
};

TEST_F(RecordsApiTest, definitions_say_what_forms_need) {
  const auto list = duty->get("/api/v1/registers");
  ASSERT_EQ(list.status, 200) << list.body;
  bool found = false;
  const auto items = list.json()["items"].items();
  for (const auto& item : items) {
    if (item["id"].as_string() != "vessel") continue;
    found = true;
    EXPECT_EQ(item["name"]["zh"].as_string().empty(), false);
    EXPECT_EQ(item["title_field"].as_string(), "name");
    EXPECT_EQ(item["district_field"].as_string(), "district");
    EXPECT_TRUE(item["may"]["edit"].as_bool());
    EXPECT_FALSE(item["may"]["import"].as_bool());
    for (const auto& field : item["fields"].items()) {
      if (field["key"].as_string() != "kind") continue;
      EXPECT_EQ(field["type"].as_string(), "choice");
      EXPECT_EQ(field["choices"].items().at(1)["key"].as_string(), "fishing");
    }
  }
  EXPECT_TRUE(found);
  EXPECT_EQ(duty->get("/api/v1/registers/case").json()["states"].items().empty(), false);
  EXPECT_EQ(duty->get("/api/v1/registers/nothing").status, 404);
  // The administrator keeps accounts, not cases.
  EXPECT_EQ(admin->get("/api/v1/registers/case").status, 403);
  EXPECT_EQ(admin->get("/api/v1/registers/case/records").status, 403);
}

TEST_F(RecordsApiTest, a_record_is_made_read_and_listed) {
  const auto reply = create(*duty, vessel());
  ASSERT_EQ(reply.status, 201) << reply.body;
  const auto record = reply.json();
  EXPECT_EQ(reply.header("location"), path_of(record));
  EXPECT_EQ(record["register"].as_string(), "vessel");
  EXPECT_EQ(record["created_by"].as_string(), "duty");
  EXPECT_EQ(record["created_at"].as_string(), base::to_iso(test::kNow));
  EXPECT_EQ(duty->get(path_of(record)).json()["fields"], record["fields"]);
  const std::string number = record["fields"]["side_number"].as_string().substr(9);
  const auto found = duty->get("/api/v1/registers/vessel/records?q=" + number).json();
  EXPECT_EQ(found["total"].as_int(), 1);
  EXPECT_EQ(found["items"].items().at(0)["id"].as_string(), record["id"].as_string());
}

TEST_F(RecordsApiTest, the_same_key_makes_one_record) {
  const Json body = Json::object({{"fields", vessel()}});
  const auto one = duty->write("POST", "/api/v1/registers/vessel/records", body, "same");
  const auto two = duty->write("POST", "/api/v1/registers/vessel/records", body, "same");
  ASSERT_EQ(one.status, 201) << one.body;
  EXPECT_EQ(two.status, 201);
  EXPECT_EQ(one.json()["id"].as_string(), two.json()["id"].as_string());
}

TEST_F(RecordsApiTest, wrong_values_are_422_with_their_field) {
  Json fields = vessel();
  fields.set("kind", "submarine");
  auto reply = create(*duty, fields);
  EXPECT_EQ(reply.status, 422) << reply.body;
  EXPECT_EQ(reply.json()["field"].as_string(), "kind");
  fields = vessel();
  fields.set("name", nullptr);
  EXPECT_EQ(create(*duty, fields).status, 422);
  fields = vessel();
  fields.set("no_such_field", 1);
  EXPECT_EQ(create(*duty, fields).status, 422);
  reply =
      duty->write("POST", "/api/v1/registers/vessel/records", Json::object({{"fields", 5}}), key());
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.json()["field"].as_string(), "fields");
  // A side number that another vessel has.
  const Json taken = vessel();
  ASSERT_EQ(create(*duty, taken).status, 201);
  reply = create(*duty, taken);
  EXPECT_EQ(reply.status, 409) << reply.body;
}

TEST_F(RecordsApiTest, two_editors_of_different_fields_merge_and_of_the_same_are_told) {
  const auto record = create(*duty, vessel()).json();
  const auto revision = record["revision"].as_int();
  auto reply = patch(*duty, record, revision, Json::object({{"length_m", 21}}));
  ASSERT_EQ(reply.status, 200) << reply.body;
  reply = patch(*leader, record, revision, Json::object({{"note", "seen in Shidao"}}));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_DOUBLE_EQ(reply.json()["fields"]["length_m"].as_double(), 21);
  reply = patch(*leader, record, revision, Json::object({{"length_m", 22}}));
  ASSERT_EQ(reply.status, 412) << reply.body;
  const auto json = reply.json();
  EXPECT_EQ(json["code"].as_string(), "conflict");
  ASSERT_EQ(json["conflicts"].items().size(), 1u);
  const auto& conflict = json["conflicts"].items()[0];
  EXPECT_EQ(conflict["field"].as_string(), "length_m");
  EXPECT_DOUBLE_EQ(conflict["yours"].as_double(), 22);
  EXPECT_DOUBLE_EQ(conflict["theirs"].as_double(), 21);
  EXPECT_EQ(conflict["changed_by"].as_string(), "duty");
  EXPECT_EQ(conflict["changed_at"].as_string(), base::to_iso(test::kNow));
}

TEST_F(RecordsApiTest, history_tells_who_and_what_before) {
  const auto record = create(*duty, vessel()).json();
  ASSERT_EQ(
      patch(*leader, record, record["revision"].as_int(), Json::object({{"length_m", 30}})).status,
      200);
  const auto history = duty->get(path_of(record) + "/history").json();
  const auto& newest = history["items"].items().at(0);
  EXPECT_EQ(newest["field"].as_string(), "length_m");
  EXPECT_DOUBLE_EQ(newest["before"].as_double(), 20);
  EXPECT_DOUBLE_EQ(newest["after"].as_double(), 30);
  EXPECT_EQ(newest["actor"].as_string(), "leader");
}

TEST_F(RecordsApiTest, a_removed_record_is_listed_only_when_asked_for) {
  const auto record = create(*duty, vessel()).json();
  const std::string query = "/api/v1/registers/vessel/records?filter[side_number]=" +
                            std::string("%E9%B2%81%E6%BC%94%E6%B8%94") +
                            record["fields"]["side_number"].as_string().substr(9);
  EXPECT_EQ(duty->get(query).json()["total"].as_int(), 1);
  const std::string path = path_of(record) + "?base_revision=";
  EXPECT_EQ(duty->write("DELETE", path_of(record), Json::object(), key()).status, 400);
  auto reply = duty->write("DELETE", path + "999", Json::object(), key());
  EXPECT_EQ(reply.status, 412) << reply.body;
  reply = duty->write("DELETE", path + std::to_string(record["revision"].as_int()), Json::object(),
                      key());
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_TRUE(reply.json()["removed"].as_bool());
  EXPECT_EQ(duty->get(query).json()["total"].as_int(), 0);
  EXPECT_EQ(duty->get(query + "&removed=true").json()["total"].as_int(), 1);
}

TEST_F(RecordsApiTest, a_clerk_sees_and_edits_the_own_district_only) {
  const auto own = create(*duty, vessel("rongcheng")).json();
  const auto foreign = create(*duty, vessel("rushan")).json();
  EXPECT_EQ(clerk->get(path_of(own)).status, 200);
  EXPECT_EQ(clerk->get(path_of(foreign)).status, 404);
  EXPECT_EQ(clerk->get(path_of(foreign) + "/history").status, 404);
  EXPECT_EQ(patch(*clerk, own, own["revision"].as_int(), Json::object({{"note", "x"}})).status,
            200);
  EXPECT_EQ(
      patch(*clerk, foreign, foreign["revision"].as_int(), Json::object({{"note", "x"}})).status,
      404);
  EXPECT_EQ(create(*clerk, vessel("rushan")).status, 403);
  const auto own_rows = clerk->get("/api/v1/registers/vessel/records?limit=1000").json();
  for (const auto& item : own_rows["items"].items()) {
    EXPECT_EQ(item["fields"]["district"].as_string(), "rongcheng");
  }
  EXPECT_EQ(clerk->get("/api/v1/registers/vessel/export.csv").body.find("rushan"),
            std::string::npos);
}

TEST_F(RecordsApiTest, filters_and_sorts_that_are_none_are_400) {
  for (const char* query : {"filter[nothing]=1", "sort=nothing", "cursor=nonsense", "limit=x"}) {
    const auto reply = duty->get(std::string("/api/v1/registers/vessel/records?") + query);
    EXPECT_EQ(reply.status, 400) << query << reply.body;
  }
}

TEST_F(RecordsApiTest, lists_come_in_pages) {
  for (int i = 0; i < 5; ++i) ASSERT_EQ(create(*duty, vessel()).status, 201);
  std::set<std::string> seen;
  std::string next = "";
  std::int64_t total = 0;
  do {
    const auto page = duty->get("/api/v1/registers/vessel/records?limit=2&sort=name" +
                                (next.empty() ? "" : "&cursor=" + next))
                          .json();
    for (const auto& item : page["items"].items()) seen.insert(item["id"].as_string());
    total = page["total"].as_int();
    next = page["next"].as_string();
  } while (!next.empty() && seen.size() < 1000);
  EXPECT_EQ(static_cast<std::int64_t>(seen.size()), total);
}

TEST_F(RecordsApiTest, transitions_say_what_may_be_done_and_do_it) {
  const Json fields = Json::object(
      {{"title", "疑似休渔期离港"}, {"source", "patrol"}, {"begin", "2024-05-01T04:00:00.000Z"}});
  const auto made = duty->write("POST", "/api/v1/registers/case/records",
                                Json::object({{"fields", fields}}), key());
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string path =
      "/api/v1/registers/case/records/" + made.json()["id"].as_string() + "/transitions";
  const auto list = duty->get(path);
  ASSERT_EQ(list.status, 200) << list.body;
  ASSERT_FALSE(list.json()["items"].items().empty());
  const auto items = list.json()["items"].items();
  for (const auto& item : items) {
    EXPECT_FALSE(item["key"].as_string().empty());
    if (!item["allowed"].as_bool()) {
      EXPECT_FALSE(item["reason"]["zh"].as_string().empty());
    }
  }
  EXPECT_EQ(duty->write("POST", path, Json::object({{"transition", "no_such"}}), key()).status,
            422);
  EXPECT_EQ(duty->write("POST", path, Json::object(), key()).status, 400);
}

TEST_F(RecordsApiTest, an_import_is_first_tried_and_then_written) {
  const std::string csv =
      "name,side_number,kind,district\r\n演练一,鲁导渔1,fishing,rongcheng\r\n"
      "演练二,鲁导渔2,submarine,rongcheng\r\n";
  const std::string path = "/api/v1/registers/vessel/import";
  const std::vector<std::pair<std::string, std::string>> type = {{"Content-Type", "text/csv"}};
  EXPECT_EQ(duty->send("POST", path, csv, type).status, 403);
  auto reply = leader->send("POST", path, csv, type);
  ASSERT_EQ(reply.status, 200) << reply.body;
  auto json = reply.json();
  EXPECT_TRUE(json["dry_run"].as_bool());
  EXPECT_FALSE(json["written"].as_bool());
  EXPECT_EQ(json["lines"].as_int(), 2);
  EXPECT_EQ(json["created"].as_int(), 1);
  EXPECT_EQ(json["refused"].as_int(), 1);
  ASSERT_EQ(json["errors"].items().size(), 1u);
  EXPECT_EQ(json["errors"].items()[0]["line"].as_int(), 3);
  EXPECT_EQ(json["errors"].items()[0]["field"].as_string(), "kind");
  EXPECT_EQ(leader->send("POST", path + "?dry_run=false", csv, type).status, 400);  // no key
  const std::string good = csv.substr(0, csv.find("演练二"));
  auto headers = type;
  headers.emplace_back("Idempotency-Key", "import-1");
  reply = leader->send("POST", path + "?dry_run=false", good, headers);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_TRUE(reply.json()["written"].as_bool());
  EXPECT_EQ(leader->send("POST", path, "x", {{"Content-Type", "application/json"}}).status, 415);
}

TEST_F(RecordsApiTest, tables_of_other_formats_go_out_and_come_back) {
  const auto made = create(*duty, vessel());
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string all = "/api/v1/registers/vessel/";
  const auto xlsx = leader->get(all + "export?format=xlsx&record=true");
  ASSERT_EQ(xlsx.status, 200) << xlsx.body;
  EXPECT_EQ(xlsx.header("content-type"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
  const std::vector<std::pair<std::string, std::string>> type = {
      {"Content-Type", xlsx.header("content-type")}};
  const auto back = leader->send("POST", all + "import?name=v.xlsx&rows=true", xlsx.body, type);
  ASSERT_EQ(back.status, 200) << back.body;
  EXPECT_GE(back.json()["unchanged"].as_int(), 1) << back.body;
  EXPECT_EQ(back.json()["created"].as_int() + back.json()["changed"].as_int() +
                back.json()["refused"].as_int(),
            0)
      << back.body;
  EXPECT_EQ(back.json()["rows"].items().at(0)["result"].as_string(), "unchanged");
  const auto columns = leader->send("POST", all + "import/columns?name=v.xlsx", xlsx.body, type);
  ASSERT_EQ(columns.status, 200) << columns.body;
  EXPECT_EQ(columns.json()["columns"].items().at(0)["field"].as_string(), "id");
  EXPECT_EQ(leader->get(all + "export?format=geojson").status, 400) << "vessels have no place";
  EXPECT_EQ(leader->get(all + "export?format=xls").status, 400);
  EXPECT_EQ(leader->get(all + "export?cql=name%20=").status, 400);
  EXPECT_EQ(duty->send("POST", all + "import/columns", xlsx.body, type).status, 403);
  const auto none = leader->get(all + "export?format=csv&header=keys&cql=name%20%3D%20'none'");
  EXPECT_EQ(none.body.find("\r\n") + 2, none.body.size()) << none.body;
}

TEST_F(RecordsApiTest, nothing_is_written_when_a_row_fails_unless_asked) {
  const std::string csv =
      "船名,编号,kind\r\n跳过一,SK1,fishing\r\n跳过二,SK2,submarine\r\n跳过三,SK3,fishing\r\n";
  const std::string path = "/api/v1/registers/vessel/import?dry_run=false&map=编号%3Dside_number";
  std::vector<std::pair<std::string, std::string>> headers = {{"Content-Type", "text/csv"},
                                                              {"Idempotency-Key", "skip-1"}};
  const auto path_encoded = [&](const std::string& more) {
    std::string out = path + more;
    const auto at = out.find("编号");
    return out.replace(at, std::string("编号").size(), "%E7%BC%96%E5%8F%B7");
  };
  auto reply = leader->send("POST", path_encoded("&rows=true"), csv, headers);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_FALSE(reply.json()["written"].as_bool());
  const auto rows = reply.json()["rows"].items();
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0]["result"].as_string(), "created");
  EXPECT_FALSE(rows[0].has("id")) << "it was never made";
  EXPECT_EQ(rows[1]["result"].as_string(), "refused");
  EXPECT_EQ(rows[2]["title"].as_string(), "跳过三");
  const std::string list = "/api/v1/registers/vessel/records?filter[side_number]=";
  EXPECT_EQ(leader->get(list + "SK1").json()["total"].as_int(), 0);
  headers[1].second = "skip-2";
  reply = leader->send("POST", path_encoded("&skip_bad_rows=true"), csv, headers);
  EXPECT_TRUE(reply.json()["written"].as_bool()) << reply.body;
  EXPECT_EQ(reply.json()["created"].as_int(), 2);
  EXPECT_EQ(leader->get(list + "SK1").json()["total"].as_int(), 1);
  EXPECT_EQ(leader->get(list + "SK2").json()["total"].as_int(), 0);
}

TEST_F(RecordsApiTest, changes_come_in_order_as_each_reader_sees_them) {
  const std::string feed = "/api/v1/registers/changes";
  const auto begin = duty->get(feed + "?since=now").json();
  EXPECT_EQ(begin["items"].items().size(), 0u);
  const auto since = [&](test::HttpClient& who, const std::string& more = "") {
    return who.get(feed + "?since=" + std::to_string(begin["next"].as_int()) + more);
  };
  Json fields = vessel();
  fields.set("district", "rushan");
  const auto made = create(*duty, fields);
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string one = "/api/v1/registers/vessel/records/" + made.json()["id"].as_string();
  const auto change = [&](int revision, const char* name, const char* value) {
    return duty->write(
        "PATCH", one,
        Json::object({{"base_revision", revision}, {"fields", Json::object({{name, value}})}}),
        key());
  };
  ASSERT_EQ(change(1, "note", "x").status, 200);
  ASSERT_EQ(change(2, "district", "rongcheng").status, 200);
  ASSERT_EQ(change(3, "note", "y").status, 200);
  const auto kinds = [&](test::HttpClient& who) {
    std::string out;
    std::int64_t last = begin["next"].as_int();
    const Json page = since(who, "&register=vessel").json();
    for (const auto& item : page["items"].items()) {
      out += item["kind"].as_string() + (item.has("fields") ? "+ " : " ");
      EXPECT_GT(item["cursor"].as_int(), last);
      last = item["cursor"].as_int();
    }
    return out;
  };
  const auto rushan = world().client("liaison2");
  const auto rongcheng = world().client("clerk");
  EXPECT_EQ(kinds(*duty), "created+ changed+ changed+ changed+ ");
  EXPECT_EQ(kinds(*rushan), "created+ changed+ left ") << "it moved out of their sight";
  EXPECT_EQ(kinds(*rongcheng), "changed+ changed+ ");
  const auto page = since(*duty, "&limit=2").json();
  EXPECT_TRUE(page["more"].as_bool());
  EXPECT_EQ(page["items"].items().size(), 2u);
  EXPECT_EQ(page["next"].as_int(), page["items"].items().at(1)["cursor"].as_int());
  const auto lines = since(*duty, "&format=ndjson&register=vessel");
  EXPECT_EQ(lines.header("content-type"), "application/x-ndjson");
  EXPECT_EQ(std::count(lines.body.begin(), lines.body.end(), '\n'), 4);
  EXPECT_EQ(lines.header("x-more"), "false");
  EXPECT_EQ(since(*duty, "&register=none").status, 400);
  EXPECT_EQ(duty->get(feed + "?since=-1").status, 400);
  EXPECT_EQ(world().client()->get(feed).status, 401);
}

TEST_F(RecordsApiTest, an_export_has_names_for_people_and_keys_for_programs) {
  ASSERT_EQ(create(*duty, vessel()).status, 201);
  const auto names = duty->get("/api/v1/registers/vessel/export.csv");
  ASSERT_EQ(names.status, 200);
  EXPECT_EQ(names.header("content-type"), "text/csv; charset=utf-8");
  EXPECT_EQ(names.body.substr(0, 3), "\xEF\xBB\xBF");
  const auto keys = duty->get("/api/v1/registers/vessel/export.csv?header=keys");
  EXPECT_EQ(keys.body.substr(3, 5), "name,");
  EXPECT_NE(names.body.substr(0, 100), keys.body.substr(0, 100));
  EXPECT_EQ(names.body.substr(names.body.find("\r\n")), keys.body.substr(keys.body.find("\r\n")));
}

TEST_F(RecordsApiTest, a_case_is_packed_listed_and_downloaded) {
  auto& w = world();
  const auto vessel_id = w.add_vessel("演练证据", "鲁荣渔59999", "rongcheng", 412399999);
  for (int i = 0; i < 10; ++i) {
    w.add_fix(w.fix(412399999, 37.0, 122.5 + i * 0.01, test::kNow - std::chrono::minutes(10 - i)));
  }
  w.publish();
  w.add_steps({w.step(0xE51DE4CE, vessel_id, "rongcheng")});
  const auto verified =
      duty->write("POST", "/api/v1/findings/" + base::to_hex(0xE51DE4CEu) + "/reviews",
                  Json::object({{"kind", "verify"}, {"seen_step", 0}}), key());
  ASSERT_EQ(verified.status, 201) << verified.body;
  const std::string path =
      "/api/v1/registers/case/records/" + verified.json()["finding"]["case_id"].as_string();
  EXPECT_EQ(duty->write("POST", path + "/pack", Json::object(), key()).status, 403);
  const auto enforcement = w.client("enforcement");
  const auto packed = enforcement->write("POST", path + "/pack", Json::object(), key());
  ASSERT_EQ(packed.status, 201) << packed.body;
  const auto pack = packed.json();
  EXPECT_GE(pack["files"].items().size(), 5u);
  EXPECT_EQ(pack["manifest_sha256"].as_string().size(), 64u);
  EXPECT_TRUE(base::parse_iso(pack["created"].as_string()));
  const auto list = enforcement->get(path + "/packs").json();
  ASSERT_EQ(list["items"].items().size(), 1u);
  EXPECT_EQ(list["items"].items()[0], pack);
  const auto zip = enforcement->get(pack["download"].as_string());
  ASSERT_EQ(zip.status, 200);
  EXPECT_EQ(zip.header("content-type"), "application/zip");
  EXPECT_EQ(zip.body.substr(0, 2), "PK");
  const std::string file = path + "/packs/" + pack["pack"].as_string() + "/files/";
  const auto manifest = enforcement->get(file + "manifest.json");
  ASSERT_EQ(manifest.status, 200);
  EXPECT_EQ(base::sha256_hex(manifest.body), pack["manifest_sha256"].as_string());
  EXPECT_EQ(enforcement->get(file + "..%2F..%2Frecords.db").status, 404);
  EXPECT_EQ(enforcement->get(path + "/packs/..%2Fx/zip").status, 404);
  EXPECT_EQ(enforcement->get(path + "/packs/none/zip").status, 404);
  EXPECT_EQ(clerk->get(path + "/packs").status, 403);
}

}  // namespace
}  // namespace jinglue::serve
