// SPDX-License-Identifier: Apache-2.0
// A field that is required while a condition holds of the fields beside it.
#include <gtest/gtest.h>

#include <fstream>

#include "support/records_fixture.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using base::Code;
using base::Json;

namespace {

const std::string kHead = R"(id = "project"
schema = 1
zh = "项目"
en = "Projects"
title = "name"
[[fields]]
key = "name"
zh = "名称"
en = "Name"
type = "text"
required = true
[[fields]]
key = "total"
zh = "总投资"
en = "Total"
type = "money"
[[fields]]
key = "form"
zh = "方式"
en = "Form"
type = "choice"
choices = [{ key = "own", zh = "自筹", en = "Own" }, { key = "bank", zh = "贷款", en = "Loan" }]
)";

std::string bank(const std::string& condition) {
  return kHead +
         "[[fields]]\nkey = \"bank\"\nzh = \"银行\"\nen = \"Bank\"\ntype = \"text\"\nrequired_when "
         "= \"" +
         condition + "\"\n";
}

Json json(const std::string& text) {
  return *base::parse_json(text);
}

base::Error refused(const std::string& condition) {
  const test::TempFolder folder;
  std::ofstream(folder / "project.toml") << bank(condition);
  const auto set = read_definitions(folder.path());
  EXPECT_EQ(set.errors.size(), 1U) << condition;
  return set.errors.empty() ? base::Error{} : set.errors.front();
}

}  // namespace

TEST(RequiredWhen, is_asked_of_every_write) {
  const test::TempFolder folder;
  std::ofstream(folder / "project.toml") << bank("form == 'bank' and total > 1000000.50");
  test::RecordsFixture f(folder.path());
  auto& reg = f.registry();
  const auto small = reg.create(
      "project", json(R"({"name":"港","form":"bank","total":"1000000.50"})"), f.by(f.program));
  ASSERT_TRUE(small) << small.error().text();
  const auto large = reg.create(
      "project", json(R"({"name":"港","form":"bank","total":"1000000.51"})"), f.by(f.program));
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, Code::kMissing);
  EXPECT_EQ(large.error().where, "bank");
  const auto raised = reg.patch("project", small->id, small->revision,
                                json(R"({"total":"2000000"})"), f.by(f.program));
  ASSERT_FALSE(raised);
  EXPECT_EQ(raised.error().where, "bank");
  EXPECT_TRUE(reg.patch("project", small->id, small->revision,
                        json(R"({"total":"2000000","bank":"农行"})"), f.by(f.program)));
}

TEST(RequiredWhen, is_shown_to_forms) {
  const test::TempFolder folder;
  std::ofstream(folder / "project.toml") << bank("form == 'bank'");
  const auto definitions = usable_definitions(folder.path());
  EXPECT_EQ(to_json(*definitions.at(0).field("bank"))["required_when"].as_string(),
            "form == 'bank'");
}

TEST(RequiredWhen, mistakes_are_named_with_file_line_and_column) {
  const auto unknown = refused("from == 'bank'");
  EXPECT_NE(unknown.where.find("project.toml:"), std::string::npos) << unknown.text();
  EXPECT_NE(unknown.where.find("required_when"), std::string::npos) << unknown.text();
  EXPECT_NE(unknown.message.find("column 1"), std::string::npos) << unknown.text();
  EXPECT_NE(refused("total").message.find("true or false"), std::string::npos);
  EXPECT_NE(refused("total > 0 and today > date('2024-01-01')").message.find("beside"),
            std::string::npos);
  EXPECT_NE(refused("total > 'many'").message.find("not compared"), std::string::npos);
}
