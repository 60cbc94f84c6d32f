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
  Options apply() { return {true, backups.path()}; }
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

TEST_F(PlanTest, RemovedAndRetypedFieldsAreRefusedWithThePlan) {
  write(field("size", "number"));
  ASSERT_EQ(open(), "");
  boat("甲");
  write("");
  EXPECT_NE(open(apply()).find("remove column f_size"), std::string::npos);
  write(field("size", "text"));
  EXPECT_NE(open(apply()).find("change column f_size from DOUBLE PRECISION to TEXT"),
            std::string::npos);
  write(field("size", "number") + "");
  EXPECT_EQ(open(), "");
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
