// SPDX-License-Identifier: Apache-2.0
#include "registry/sight.hpp"

#include <gtest/gtest.h>

#include "registry/cql/filter.hpp"
#include "registry/import.hpp"
#include "registry/search.hpp"
#include "registry/table_file.hpp"
#include "support/records_fixture.hpp"
#include "support/written_registers.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using access::Role;
using base::Code;
using base::Json;
using test::field;

namespace {

/// A register with one field of each kind of secrecy, in two districts.
struct Sighted {
  Sighted() {
    written.put("boat",
                "title = \"name\"\ndistrict = \"district\"\n" +
                    field("name", "text", "required = true\nsearched = true") +
                    field("district", "text") +
                    field("price", "money", "visible_to = [\"leader\", \"clerk\"]") +
                    field("debts", "money", "secret = \"secret\"\nsecret_to = [\"leader\"]") +
                    field("phone", "text",
                          "mask = \"phone\"\nplain_to = [\"duty_leader\"]\nunique = true") +
                    "[[states]]\nkey = \"open\"\nzh = \"开\"\nen = \"Open\"\n"
                    "[[states]]\nkey = \"done\"\nzh = \"完\"\nen = \"Done\"\nfinal = true\n"
                    "[[transitions]]\nkey = \"finish\"\nzh = \"完\"\nen = \"Finish\"\n"
                    "from = [\"open\"]\nto = \"done\"\napproval = [\"duty_leader\"]\n"
                    "[[transitions.input]]\nkey = \"debts\"\nzh = \"债\"\nen = \"Debts\"\n"
                    "type = \"money\"\n");
    f = std::make_unique<test::RecordsFixture>(written.folder());
    boat = *f->registry().create("boat",
                                 Json::object({{"name", "甲船"},
                                               {"district", "rongcheng"},
                                               {"price", "500.00"},
                                               {"debts", "70.00"},
                                               {"phone", "13812345678"}}),
                                 f->by(f->program));
  }
  test::WrittenRegisters written;
  std::unique_ptr<test::RecordsFixture> f;
  Record boat;
};

bool holds(const Json& json, const std::string& text) {
  return json.dump().find(text) != std::string::npos;
}

}  // namespace

TEST(Sight, MasksKeepWhatPeopleNeedToTellValuesApart) {
  EXPECT_EQ(masked(Mask::kIdCard, "37100219900101001X"), "371002********001X");
  EXPECT_EQ(masked(Mask::kPhone, "13812345678"), "138****5678");
  EXPECT_EQ(masked(Mask::kName, "王小明"), "王**");
  EXPECT_EQ(masked(Mask::kName, "王"), "*") << "a name of one character shows none";
  EXPECT_EQ(masked(Mask::kPhone, "12345"), "*****") << "too short to show any";
  for (const Mask mask : {Mask::kIdCard, Mask::kPhone, Mask::kName}) {
    const auto once = masked(mask, "37100219900101001X");
    EXPECT_EQ(masked(mask, once), once);
  }
}

TEST(Sight, EachRoleSeesItsFieldsInListsRecordsHistoryAndExport) {
  Sighted s;
  auto& reg = s.f->registry();
  ASSERT_TRUE(
      reg.patch("boat", s.boat.id, 1,
                Json::object({{"price", "600.00"}, {"debts", "80.00"}, {"phone", "13987654321"}}),
                s.f->by(s.f->program)));
  const auto seen = [&](const access::Actor& who) {
    Json all = Json::array();
    all.push(to_json(*reg.find_for(who, "boat", s.boat.id)));
    const auto page = reg.list_for(who, "boat", {});
    for (const auto& r : page->items) all.push(to_json(r));
    for (const auto& line : reg.history_for(who, "boat", s.boat.id)) {
      all.push(line.field).push(line.before).push(line.after);
    }
    all.push(*export_csv(reg, "boat", {}, who));
    return all;
  };
  const Json clerk = seen(s.f->clerk);
  EXPECT_TRUE(holds(clerk, "600.00"));
  EXPECT_FALSE(holds(clerk, "80.00"));
  EXPECT_FALSE(holds(clerk, "13987654321"));
  EXPECT_TRUE(holds(clerk, "139****4321"));
  const Json duty = seen(s.f->duty);
  for (const auto* secret :
       {"600.00", "500.00", "80.00", "70.00", "13987654321", "13812345678", "price"}) {
    EXPECT_FALSE(holds(duty, secret)) << secret;
  }
  const Json boss = seen(s.f->boss);
  for (const auto* known : {"600.00", "500.00", "80.00", "70.00"}) {
    EXPECT_TRUE(holds(boss, known)) << known;
  }
  EXPECT_FALSE(holds(boss, "13987654321")) << "the whole number is asked for, and logged";
  EXPECT_TRUE(holds(seen(s.f->program), "13987654321"));
}

TEST(Sight, AListTellsNothingByFilterSortOrSearch) {
  Sighted s;
  auto& reg = s.f->registry();
  const auto asked = [&](const access::Actor& who, const std::string& filter,
                         const std::string& value, const std::string& sort = {}) {
    Query query;
    if (!filter.empty()) query.equals = {{filter, value}};
    query.sort = sort;
    const auto page = reg.list_for(who, "boat", query);
    return page ? std::string("ok") : std::string(base::to_text(page.error().code));
  };
  EXPECT_EQ(asked(s.f->duty, "price", "500.00"), "unknown") << "as if there were no such field";
  EXPECT_EQ(asked(s.f->duty, "nothing", "500.00"), "unknown");
  EXPECT_EQ(asked(s.f->duty, "", "", "-price"), "unknown");
  EXPECT_EQ(asked(s.f->clerk, "debts", "70.00"), "forbidden");
  EXPECT_EQ(asked(s.f->clerk, "", "", "debts"), "forbidden");
  EXPECT_EQ(asked(s.f->clerk, "phone", "13812345678"), "forbidden");
  EXPECT_EQ(asked(s.f->leader, "phone", "13812345678"), "ok")
      << "a whole number, by who may read it";
  EXPECT_EQ(asked(s.f->leader, "phone", ""), "forbidden");
  EXPECT_EQ(asked(s.f->leader, "", "", "phone"), "forbidden")
      << "an order would tell it digit by digit";
  EXPECT_EQ(asked(s.f->boss, "price", "500.00", "debts"), "ok");
  Query text;
  text.text = "13812345678";
  EXPECT_EQ(reg.list_for(s.f->leader, "boat", text)->total, 0u);
}

TEST(Sight, FiltersOfTextAndTablesOfEveryFormatTellNothingEither) {
  Sighted s;
  auto& reg = s.f->registry();
  const auto filtered = [&](const access::Actor& who, const std::string& text) {
    Query query;
    query.filter = std::make_shared<cql::Filter>(*cql::read_filter(text));
    const auto page = reg.list_for(who, "boat", query);
    return page ? "total " + std::to_string(page->total)
                : std::string(base::to_text(page.error().code));
  };
  EXPECT_EQ(filtered(s.f->duty, "name = '甲船' OR price > 1"), "unknown");
  EXPECT_EQ(filtered(s.f->clerk, "NOT (debts IS NULL)"), "forbidden");
  EXPECT_EQ(filtered(s.f->clerk, "phone LIKE '138%'"), "forbidden");
  EXPECT_EQ(filtered(s.f->leader, "phone = '13812345678'"), "forbidden");
  EXPECT_EQ(filtered(s.f->boss, "price > 499 AND debts < 71"), "total 1");
  const auto other = test::person("far", Role::kClerk, "rushan");
  EXPECT_EQ(filtered(other, "price > 1"), "total 0") << "rows of another district";

  const auto written = [&](const access::Actor& who, FileFormat format) {
    const auto file = export_table(reg, "boat", {}, who, {format, {}, true});
    EXPECT_TRUE(file) << file.error().text();
    const auto table = read_table(*reg.definition("boat"), *file, format);
    EXPECT_TRUE(table) << table.error().text();
    std::string out;
    for (const auto& heading : table->headings) out += heading + "|";
    for (const auto& row : table->rows) {
      for (const auto& cell : row.cells) out += cell.dump() + "|";
    }
    return out;
  };
  for (const auto format : {FileFormat::kCsv, FileFormat::kXlsx}) {
    const auto duty = written(s.f->duty, format);
    EXPECT_EQ(duty.find("price"), std::string::npos) << duty;
    EXPECT_NE(duty.find("138****5678"), std::string::npos) << duty;
    const auto clerk = written(s.f->clerk, format);
    EXPECT_NE(clerk.find("500"), std::string::npos) << clerk;
    for (const auto* secret : {"70.00", "13812345678"}) {
      EXPECT_EQ(duty.find(secret), std::string::npos) << duty;
      EXPECT_EQ(clerk.find(secret), std::string::npos) << clerk;
    }
    EXPECT_EQ(written(other, format).find("甲船"), std::string::npos);
  }
}

TEST(Sight, TheSearchOfAllRegistersLooksOnlyWhereThePersonSees) {
  test::WrittenRegisters written;
  written.put("boat", "title = \"name\"\n" + field("name", "text", "required = true") +
                          field("remark", "text", "visible_to = [\"leader\"]") +
                          field("person", "text", "mask = \"name\""));
  test::RecordsFixture f(written.folder());
  ASSERT_TRUE(f.registry().create(
      "boat", Json::object({{"name", "甲船"}, {"remark", "走私嫌疑"}, {"person", "王小明"}}),
      f.by(f.program)));
  const auto found = [&](const access::Actor& who, const char* text) {
    return search(f.registry(), who, text, 10);
  };
  ASSERT_EQ(found(f.duty, "甲船").size(), 1u);
  EXPECT_EQ(found(f.duty, "甲船")[0].record.fields["person"].as_string(), "王**");
  EXPECT_TRUE(found(f.duty, "走私嫌疑").empty());
  EXPECT_TRUE(found(f.boss, "小明").empty()) << "masked";
  ASSERT_EQ(found(f.program, "走私嫌疑").size(), 1u);
  EXPECT_EQ(found(f.program, "走私嫌疑")[0].snippets.front().field, "remark");
  EXPECT_EQ(found(f.program, "小明").size(), 1u);
}

TEST(Sight, WritingAndConflictsTellNothingEither) {
  Sighted s;
  auto& reg = s.f->registry();
  const auto wrote = [&](const access::Actor& who, const char* key, const char* value) {
    return reg.patch("boat", s.boat.id, 1, Json::object({{key, value}}), s.f->by(who));
  };
  EXPECT_EQ(wrote(s.f->duty, "price", "1.00").error().code, Code::kUnknown);
  EXPECT_EQ(wrote(s.f->clerk, "debts", "1.00").error().code, Code::kForbidden);
  EXPECT_EQ(wrote(s.f->clerk, "phone", "138****5679").error().code, Code::kMalformed);
  const auto same = wrote(s.f->clerk, "phone", "138****5678");
  ASSERT_TRUE(same) << same.error().text();
  EXPECT_EQ(same->revision, 1) << "sent back as it was shown";
  ASSERT_TRUE(wrote(s.f->leader, "phone", "13700001111"));
  const auto late = wrote(s.f->clerk, "phone", "13600002222");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().message.find("13700001111"), std::string::npos) << late.error().message;
  EXPECT_NE(late.error().message.find("137****1111"), std::string::npos) << late.error().message;
  // A number that is taken in another district tells nothing of that record.
  const auto taken = reg.create("boat", Json::object({{"name", "乙"}, {"phone", "13700001111"}}),
                                s.f->by(test::person("other", Role::kClerk, "rushan")));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().message.find(s.boat.id), std::string::npos) << taken.error().message;
}

TEST(Sight, WhatATransitionAskedFollowsTheFieldThatItFills) {
  Sighted s;
  auto& reg = s.f->registry();
  const auto blind = reg.transition("boat", s.boat.id, "finish", Json::object({{"debts", "90.00"}}),
                                    s.f->by(s.f->clerk));
  ASSERT_FALSE(blind);
  EXPECT_EQ(blind.error().code, Code::kForbidden);
  const auto asked = reg.transition("boat", s.boat.id, "finish", Json::object({{"debts", "90.00"}}),
                                    s.f->by(s.f->program));
  ASSERT_TRUE(asked) << asked.error().text();
  EXPECT_FALSE(holds(to_json(*reg.find_for(s.f->clerk, "boat", s.boat.id)), "90.00"));
  EXPECT_TRUE(holds(to_json(*reg.find_for(s.f->boss, "boat", s.boat.id)), "90.00"));
  for (const auto& line : reg.history_for(s.f->clerk, "boat", s.boat.id)) {
    EXPECT_FALSE(holds(line.after, "90.00")) << line.field;
  }
}

TEST(Sight, AWholeValueIsReadOnlyWithALineInTheAuditLog) {
  Sighted s;
  auto& reg = s.f->registry();
  const auto lines = [&] { return s.f->access().audit_lines(INT64_MAX, 1000); };
  const auto count = lines().size();
  EXPECT_EQ(reg.reveal("boat", s.boat.id, "phone", s.f->by(s.f->clerk)).error().code,
            Code::kForbidden);
  EXPECT_EQ(reg.reveal("boat", s.boat.id, "price", s.f->by(s.f->duty)).error().code,
            Code::kUnknown);
  EXPECT_EQ(lines().size(), count);
  auto write = s.f->by(s.f->leader);
  write.note = "call the owner";
  EXPECT_EQ(*reg.reveal("boat", s.boat.id, "phone", write), "13812345678");
  ASSERT_EQ(lines().size(), count + 1);
  const auto line = lines().front();
  EXPECT_EQ(line.action, "record.reveal");
  EXPECT_EQ(line.actor, "leader");
  EXPECT_EQ(line.target, "boat/" + s.boat.id);
  EXPECT_EQ(line.detail["field"].as_string(), "phone");
  EXPECT_EQ(line.detail["reason"].as_string(), "call the owner");
  EXPECT_FALSE(holds(line.detail, "13812345678"));
  const auto other = test::person("far", Role::kDutyLeader, "rushan");
  EXPECT_EQ(reg.reveal("boat", s.boat.id, "phone", s.f->by(other)).error().code, Code::kMissing);
}

TEST(Sight, DefinitionsThatWouldLeakAreRefused) {
  const auto refused = [](const std::string& fields, const std::string& why) {
    test::WrittenRegisters w;
    w.put("boat", "title = \"name\"\n" + field("name", "text") + fields);
    const auto set = read_definitions(w.folder());
    ASSERT_FALSE(set.errors.empty()) << why;
    EXPECT_NE(set.errors.front().text().find(why), std::string::npos) << set.errors.front().text();
    EXPECT_NE(set.errors.front().where.find("boat.toml:"), std::string::npos);
  };
  refused(field("x", "text", "mask = \"phone\"\nsearched = true"), "a search would find");
  refused(field("x", "text", "visible_to = [\"leader\"]\nsearched = true"), "a search would find");
  refused(field("x", "text", "mask = \"iris\""), "unknown mask");
  refused(field("x", "integer", "mask = \"phone\""), "only a field of type text");
  refused(field("x", "text", "secret = \"secret\""), "stand together");
  refused(field("x", "text", "visible_to = [\"pirate\"]"), "unknown role");
  refused(field("x", "money", "visible_to = [\"leader\"]") +
              field("y", "money", "computed = \"x * 2\""),
          "which not everybody sees");
  refused(field("x", "text", "mask = \"phone\"") + field("y", "text", "computed = \"x\""),
          "which not everybody sees");
}
