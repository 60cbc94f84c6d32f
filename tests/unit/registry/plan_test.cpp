// SPDX-License-Identifier: Apache-2.0
// A definition that changes under stored records.
#include <gtest/gtest.h>

#include <fstream>

#include "registry/registry.hpp"
#include "support/records_fixture.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using base::Json;

namespace {

class PlanTest : public ::testing::Test {
 protected:
  PlanTest() { write(""); }

  void write(const std::string& fields, int schema = 1, const std::string& states = {}) {
    std::ofstream(definitions / "boat.toml")
        << "id = \"boat\"\nschema = " << schema
        << "\nzh = \"船\"\nen = \"Boats\"\ntitle = \"name\"\n"
        << field("name", "text", "searched = true") << fields << states;
  }
  static std::string field(const std::string& key, const std::string& type,
                           const std::string& more = {}) {
    return "[[fields]]\nkey = \"" + key + "\"\nzh = \"名\"\nen = \"" + key + "\"\ntype = \"" +
           type + "\"\n" + more + "\n";
  }
  std::string open(const Options& options = {}) {
    try {
      if (!f)
        f = std::make_unique<test::RecordsFixture>(definitions.path());
      else
        f->open(options);
      return {};
    } catch (const base::WorldError& e) {
      return e.what();
    }
  }
  Options apply() { return {.apply_added = true, .backups = backups.path()}; }
  Options all() { return {.apply_all = true, .backups = backups.path()}; }
  Record boat(const std::string& name) {
    return *f->registry().create("boat", Json::object({{"name", name}}), f->by(f->program));
  }

  test::TempFolder definitions;
  test::TempFolder backups;
  std::unique_ptr<test::RecordsFixture> f;
};

}  // namespace

TEST_F(PlanTest, AnAddedFieldIsShownThenAppliedWithABackup) {
  ASSERT_EQ(open(), "");
  const auto old = boat("甲");
  write(field("size", "number") + field("code", "text", "unique = true\nsearched = true"), 2);
  const std::string plan = open();
  EXPECT_NE(plan.find("add column f_size DOUBLE PRECISION"), std::string::npos) << plan;
  EXPECT_NE(plan.find("make f_code unique"), std::string::npos) << plan;
  ASSERT_EQ(open(apply()), "");
  EXPECT_EQ(f->registry().find("boat", old.id)->fields.dump(), R"({"name":"甲"})");
  const auto p = f->registry().patch(
      "boat", old.id, 1, Json::object({{"size", 3.5}, {"code", "K1"}}), f->by(f->program));
  ASSERT_TRUE(p) << p.error().text();
  std::size_t saved = 0;
  for (const auto& file : std::filesystem::directory_iterator(backups.path())) {
    std::ifstream in(file.path());
    std::string head;
    std::string row;
    std::getline(in, head);
    std::getline(in, row);
    EXPECT_NE(row.find("甲"), std::string::npos) << row;
    ++saved;
  }
  EXPECT_EQ(saved, 1u);
  EXPECT_EQ(open(), "") << "and is settled";
  Query q;
  q.text = "k1";
  EXPECT_EQ(f->registry().list("boat", q)->total, 1u);
  write(field("size", "number") + field("code", "text"), 2);
  EXPECT_NE(open().find("need not be unique"), std::string::npos);
  EXPECT_EQ(open(apply()), "");
}

TEST_F(PlanTest, WhatDoesMoreThanAddNeedsLeaveForIt) {
  write(field("size", "number"));
  ASSERT_EQ(open(), "");
  const auto old = boat("甲");
  ASSERT_TRUE(
      f->registry().patch("boat", old.id, 1, Json::object({{"size", 12.5}}), f->by(f->program)));
  write("");
  EXPECT_NE(open(apply()).find("remove column f_size"), std::string::npos);
  EXPECT_NE(open(apply()).find("1 values of f_size"), std::string::npos) << "what would be lost";
  write(field("size", "text"));
  EXPECT_NE(open(apply()).find("convert column f_size from number to text"), std::string::npos);
  write(field("length", "number", "was = \"size\""));
  EXPECT_NE(open(apply()).find("rename column f_size to f_length"), std::string::npos);
  write(field("size", "number"));
  EXPECT_EQ(open(), "") << "nothing was changed by looking";
  EXPECT_EQ(f->registry().find("boat", old.id)->fields["size"].as_double(), 12.5);
}

TEST_F(PlanTest, ARenamedFieldKeepsItsValuesAndItsHistory) {
  write(field("size", "number", "unique = true") + field("area", "geometry"));
  ASSERT_EQ(open(), "");
  const auto old = boat("甲");
  const Json point = *base::parse_json(R"({"type":"Point","coordinates":[122,37]})");
  ASSERT_TRUE(f->registry().patch(
      "boat", old.id, 1, Json::object({{"size", 12.5}, {"area", point}}), f->by(f->program)));
  write(field("length", "number", "was = \"size\"\nunique = true") +
        field("place", "geometry", "was = \"area\""));
  ASSERT_EQ(open(all()), "");
  const auto now = f->registry().find("boat", old.id);
  EXPECT_EQ(now->fields["length"].as_double(), 12.5);
  EXPECT_EQ(now->fields["place"], point);
  bool told = false;
  for (const auto& line : f->registry().history("boat", old.id)) {
    EXPECT_NE(line.field, "size");
    told = told || (line.field == "length" && line.after.as_double() == 12.5);
  }
  EXPECT_TRUE(told);
  const auto twice = f->registry().create("boat", Json::object({{"name", "乙"}, {"length", 12.5}}),
                                          f->by(f->program));
  EXPECT_FALSE(twice) << "still unique";
  ASSERT_TRUE(f->registry().create("boat", Json::object({{"name", "乙"}, {"length", 13}}),
                                   f->by(f->program)));
  EXPECT_EQ(open(), "") << "and is settled, the key of before still named";
}

TEST_F(PlanTest, ValuesAreConvertedOrNothingIs) {
  write(field("when", "text", "searched = true") + field("price", "number") +
        field("crew", "integer"));
  ASSERT_EQ(open(), "");
  const auto good = boat("甲");
  const auto bad = boat("乙");
  const auto set = [&](const Record& r, const char* when) {
    const auto held = f->registry().find("boat", r.id);
    return bool(f->registry().patch("boat", r.id, held->revision,
                                    Json::object({{"when", when}, {"price", 12.5}, {"crew", 7}}),
                                    f->by(f->program)));
  };
  ASSERT_TRUE(set(good, "2024-05-01"));
  ASSERT_TRUE(set(bad, "soon"));
  const std::string next = field("when", "date") + field("price", "money") + field("crew", "text");
  write(next);
  const std::string plan = open(all());
  EXPECT_NE(plan.find("convert column f_when from text to date"), std::string::npos) << plan;
  EXPECT_NE(plan.find(bad.id + " cannot: must be a date"), std::string::npos) << plan;
  EXPECT_NE(plan.find("1 values do not convert"), std::string::npos) << plan;
  write(field("when", "text", "searched = true") + field("price", "number") +
        field("crew", "integer"));
  ASSERT_EQ(open(), "");
  ASSERT_TRUE(set(bad, "2024-06-01"));
  write(next);
  ASSERT_EQ(open(all()), "");
  const auto now = f->registry().find("boat", bad.id);
  EXPECT_EQ(now->fields["when"].as_string(), "2024-06-01");
  EXPECT_EQ(now->fields["price"].as_string(), "12.50");
  EXPECT_EQ(now->fields["crew"].as_string(), "7");
  EXPECT_EQ(open(), "") << "and is settled";
  Query query;
  query.equals = {{"price", "12.5"}};
  EXPECT_EQ(f->registry().list("boat", query)->total, 2u);
}

TEST_F(PlanTest, ARemovedFieldLeavesTheTableAndStaysInBackupAndHistory) {
  write(field("size", "number", "unique = true"));
  ASSERT_EQ(open(), "");
  const auto old = boat("甲");
  ASSERT_TRUE(
      f->registry().patch("boat", old.id, 1, Json::object({{"size", 12.5}}), f->by(f->program)));
  write("");
  ASSERT_EQ(open(all()), "");
  EXPECT_TRUE(f->registry().find("boat", old.id)->fields["size"].is_null());
  bool told = false;
  for (const auto& line : f->registry().history("boat", old.id)) {
    told = told || line.field == "size";
  }
  EXPECT_TRUE(told);
  std::string saved;
  for (const auto& file : std::filesystem::directory_iterator(backups.path())) {
    std::ifstream in(file.path());
    saved.append(std::istreambuf_iterator<char>(in), {});
  }
  EXPECT_NE(saved.find("12.5"), std::string::npos);
}

TEST_F(PlanTest, AnOlderDefinitionIsRefused) {
  write("", 3);
  ASSERT_EQ(open(), "");
  write("", 2);
  EXPECT_NE(open(apply()).find("newer definition"), std::string::npos);
}

TEST_F(PlanTest, WhatIsSearchedMayChangeAtAnyTime) {
  write(field("owner", "text"));
  ASSERT_EQ(open(), "");
  ASSERT_TRUE(f->registry().create("boat", Json::object({{"name", "a"}, {"owner", "王五"}}),
                                   f->by(f->program)));
  Query q;
  q.text = "王五";
  EXPECT_EQ(f->registry().list("boat", q)->total, 0u);
  write(field("owner", "text", "searched = true"));
  ASSERT_EQ(open(), "");
  EXPECT_EQ(f->registry().list("boat", q)->total, 1u);
}

TEST_F(PlanTest, AStateWithRecordsMustStay) {
  const auto states = [](const std::string& first) {
    return "[[states]]\nkey = \"" + first +
           "\"\nzh = \"甲\"\nen = \"A\"\n[[states]]\nkey = \"end\"\n" +
           "zh = \"乙\"\nen = \"B\"\nfinal = true\n[[transitions]]\nkey = \"go\"\nzh = \"走\"\nen "
           "= \"Go\"\n" +
           "from = [\"" + first + "\"]\nto = \"end\"\n";
  };
  write("", 1, states("new"));
  ASSERT_EQ(open(), "");
  boat("甲");
  write("", 1, states("fresh"));
  EXPECT_NE(open().find("1 records in state 'new'"), std::string::npos) << open();
}

TEST_F(PlanTest, BadDefinitionsStopTheStartWithAllMistakes) {
  write(field("size", "nummer") + field("size", "text"));
  const std::string text = open();
  EXPECT_NE(text.find("boat.toml:"), std::string::npos) << text;
  EXPECT_NE(text.find("nummer"), std::string::npos) << text;
  EXPECT_NE(text.find("defined twice"), std::string::npos) << text;
}
