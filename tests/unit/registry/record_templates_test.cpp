// SPDX-License-Identifier: Apache-2.0
// Templates of records: whose they are, what they keep, and what becomes of them when a definition
// changes.
#include <gtest/gtest.h>

#include "registry/record_templates.hpp"
#include "support/records_fixture.hpp"
#include "support/written_registers.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using base::Json;

std::string boats(const std::string& more) {
  return "title = \"name\"\nedit_roles = [\"clerk\", \"duty_leader\"]\n" +
         test::field("name", "text") + more;
}

class Templates : public testing::Test {
 protected:
  void define(const std::string& more) { written.put("boat", boats(more)); }
  test::RecordsFixture& f() {
    if (!fixture) fixture = std::make_unique<test::RecordsFixture>(written.folder());
    return *fixture;
  }
  void reopen() {
    registry::Options all;
    all.apply_added = all.apply_all = true;
    all.backups = f().folder / "backups";
    f().open(all);
  }
  RecordTemplates templates() { return RecordTemplates(f().registry()); }
  base::Result<RecordTemplate> save(const access::Actor& who, const std::string& name,
                                    const Json& fields, bool shared = false) {
    RecordTemplate wanted;
    wanted.register_id = "boat";
    wanted.name = name;
    wanted.fields = fields;
    wanted.shared = shared;
    return templates().save(wanted, who, f().now);
  }
  const Definition& boat() { return *f().registry().definition("boat"); }
  static std::string why(const Fitted& fitted, const std::string& field) {
    for (const auto& one : fitted.left_out)
      if (one.field == field) return one.why;
    return "";
  }
  test::WrittenRegisters written;
  std::unique_ptr<test::RecordsFixture> fixture;
};

TEST_F(Templates, own_ones_are_own_and_shared_ones_are_for_all) {
  define("");
  ASSERT_TRUE(save(f().clerk, "甲", Json::object({{"name", "x"}})));
  const auto shared = save(f().clerk, "乙", Json::object({{"name", "y"}}), true);
  ASSERT_TRUE(shared);
  EXPECT_EQ(templates().list("boat", "clerk").size(), 2u);
  EXPECT_EQ(templates().list("boat", "leader").size(), 1u);
  const auto again = save(f().clerk, "乙", Json::object({{"name", "z"}}), true);
  EXPECT_EQ(again->id, shared->id) << "the same name is the same template";
  EXPECT_EQ(templates().find("boat", shared->id, "leader")->fields["name"].as_string(), "z");
  EXPECT_FALSE(templates().remove("boat", shared->id, "leader", false));
  EXPECT_TRUE(templates().remove("boat", shared->id, "admin", true));
  EXPECT_EQ(templates().list("boat", "clerk").size(), 1u);
}

TEST_F(Templates, only_who_may_edit_keeps_one_and_it_holds_something) {
  define("");
  const Json name = Json::object({{"name", "x"}});
  EXPECT_EQ(save(f().duty, "甲", name).error().code, Code::kForbidden);
  EXPECT_EQ(save(f().clerk, " ", name).error().where, "name");
  EXPECT_EQ(save(f().clerk, std::string(61, 'n'), name).error().where, "name");
  EXPECT_EQ(save(f().clerk, "甲", Json::object()).error().where, "fields");
  EXPECT_EQ(save(f().clerk, "甲", Json::object({{"none", 1}})).error().where, "fields");
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(save(f().clerk, "t" + std::to_string(i), name));
  EXPECT_FALSE(save(f().clerk, "t50", name));
  EXPECT_TRUE(save(f().clerk, "t49", name));
}

TEST_F(Templates, what_the_program_writes_and_files_are_not_kept) {
  define(test::field("at", "instant", "sealed = true") + test::field("papers", "file") +
         test::field("twice", "integer", "computed = \"n + n\"") + test::field("n", "integer"));
  const auto kept = fitted(boat(),
                           Json::object({{"name", "x"},
                                         {"n", 2},
                                         {"twice", 4},
                                         {"at", "2024-05-01T00:00:00.000Z"},
                                         {"papers", Json::array({Json::object()})}}),
                           f().clerk);
  EXPECT_EQ(kept.fields.dump(), R"({"name":"x","n":2})");
  EXPECT_EQ(why(kept, "at"), "program");
  EXPECT_EQ(why(kept, "twice"), "program");
  EXPECT_EQ(why(kept, "papers"), "file");
}

TEST_F(Templates, a_secret_of_one_reader_is_not_another_s) {
  define(test::field("price", "money", "secret = \"internal\"\nsecret_to = [\"duty_leader\"]") +
         test::field("phone", "text", "mask = \"phone\"\nplain_to = [\"duty_leader\"]") +
         test::field("source", "text", "visible_to = [\"duty_leader\"]"));
  const Json all = Json::object(
      {{"name", "x"}, {"price", "1.00"}, {"phone", "13812345678"}, {"source", "内线"}});
  const auto kept = save(f().leader, "甲", all, true);
  ASSERT_TRUE(kept) << kept.error().text();
  EXPECT_EQ(kept->fields["price"].as_string(), "1.00");
  EXPECT_TRUE(kept->fields["phone"].is_null()) << "masked for everybody";
  const auto seen = fitted(boat(), kept->fields, f().clerk);
  EXPECT_EQ(seen.fields.dump(), R"({"name":"x"})");
  EXPECT_EQ(why(seen, "price"), "secret");
  EXPECT_EQ(why(seen, "source"), "") << "what does not exist for the reader is not named";
  // Nor does a clerk put in what the clerk does not see.
  const auto clerks = save(f().clerk, "乙", all);
  EXPECT_EQ(clerks->fields.dump(), R"({"name":"x"})");
}

TEST_F(Templates, fields_that_are_gone_or_take_other_values_are_left_out_with_a_note) {
  define(test::field("port", "text") + test::field("size", "text") + test::field("old", "text"));
  const auto kept =
      save(f().clerk, "甲",
           Json::object({{"name", "x"}, {"port", "石岛"}, {"size", "long"}, {"old", "y"}}), true);
  ASSERT_TRUE(kept) << kept.error().text();
  std::ofstream(written.folder() / "boat.toml")
      << "id = \"boat\"\nschema = 2\nzh = \"甲\"\nen = \"A\"\n"
      << boats(test::field("harbour", "text", "was = \"port\"") + test::field("size", "number"));
  reopen();
  const auto now = templates().find("boat", kept->id, "clerk");
  ASSERT_TRUE(now);
  const auto seen = fitted(boat(), now->fields, f().clerk);
  EXPECT_EQ(seen.fields["harbour"].as_string(), "石岛") << "renamed: the value goes along";
  EXPECT_EQ(why(seen, "size"), "changed");
  EXPECT_EQ(why(seen, "old"), "gone");
}

}  // namespace
}  // namespace jinglue::registry
