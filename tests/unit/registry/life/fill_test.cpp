// SPDX-License-Identifier: Apache-2.0
// What effects write is checked as what people write.
#include <gtest/gtest.h>

#include "support/records_fixture.hpp"
#include "support/written_registers.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using base::Json;
using test::field;

namespace {

const char* const kLife =
    "\n[[states]]\nkey = \"open\"\nzh = \"待办\"\nen = \"Open\"\n"
    "\n[[states]]\nkey = \"done\"\nzh = \"已办\"\nen = \"Done\"\nfinal = true\n"
    "\n[[transitions]]\nkey = \"go\"\nzh = \"办\"\nen = \"Go\"\nfrom = [\"open\"]\nto = \"done\"\n"
    "\n[[transitions.effects]]\nkind = \"update\"\nfields = { office = \"wanted_office\", handler ="
    " \"wanted_handler\", use = \"wanted_use\", other = \"wanted_other\", short = \"wanted_short\""
    " }\n";

class Fill : public ::testing::Test {
 protected:
  Fill() {
    w.copy_shipped("organisation_unit");
    w.put_codes("use.toml",
                "id = \"use\"\nzh = \"用途\"\nen = \"Use\"\n"
                "[[versions]]\nkey = \"2009\"\nzh = \"旧\"\nen = \"Old\"\nuntil = \"2020-12-31\"\n"
                "source = \"a\"\nconfidence = \"document\"\nfile = \"use-2009.csv\"\n"
                "[[versions]]\nkey = \"2021\"\nzh = \"新\"\nen = \"New\"\nfrom = \"2021-01-01\"\n"
                "source = \"b\"\nconfidence = \"document\"\nfile = \"use-2021.csv\"\n");
    w.put_codes("use-2009.csv", "key,zh,en\n11,养殖,Farming\n");
    w.put_codes("use-2021.csv", "key,zh,en\n1801,养殖,Farming\n");
    w.put("thing", "title = \"name\"\n" + field("name", "text") + field("office", "unit") +
                       field("handler", "person") + field("use", "choice", "codes = \"use\"") +
                       field("other", "link", "link = \"thing\"") +
                       field("short", "text", "max_length = 3") + field("wanted_office", "text") +
                       field("wanted_handler", "text") + field("wanted_use", "text") +
                       field("wanted_other", "text") + field("wanted_short", "text") + kLife);
    f = std::make_unique<test::RecordsFixture>(w.folder());
    const auto unit = f->registry().create(
        "organisation_unit",
        Json::object({{"key", "rongcheng"}, {"name", "荣成市"}, {"kind", "district"}}),
        f->by(f->program));
    if (!unit) throw std::runtime_error(unit.error().text());
  }
  base::Result<Record> go(const char* wanted, const std::string& value) {
    const auto made = f->registry().create("thing", Json::object({{"name", "a"}, {wanted, value}}),
                                           f->by(f->duty));
    if (!made) throw std::runtime_error(made.error().text());
    auto done = f->registry().transition("thing", made->id, "go", Json::object(), f->by(f->duty));
    EXPECT_EQ(f->registry().find("thing", made->id)->state, done ? "done" : "open");
    return done;
  }
  std::string refusal(const char* wanted, const std::string& value) {
    const auto done = go(wanted, value);
    return done ? "" : done.error().where + ": " + done.error().message;
  }

  test::WrittenRegisters w;
  std::unique_ptr<test::RecordsFixture> f;
};

}  // namespace

TEST_F(Fill, ValuesThatAnEffectWritesMustStandToo) {
  EXPECT_EQ(refusal("wanted_office", "rongcheng"), "");
  EXPECT_EQ(refusal("wanted_office", "nowhere"), "office: there is no unit 'nowhere'");
  EXPECT_EQ(refusal("wanted_handler", "nobody"), "handler: there is no account 'nobody'");
  EXPECT_EQ(refusal("wanted_other", "01902f6c-7d2a-7c4e-8a50-0123456789ab"),
            "other: no record of 'thing' has the id 01902f6c-7d2a-7c4e-8a50-0123456789ab");
  EXPECT_NE(refusal("wanted_short", "长长长长").find("short"), std::string::npos);
  EXPECT_EQ(refusal("wanted_short", "长长长"), "");
}

TEST_F(Fill, ACodeThatAnEffectWritesHasItsVersion) {
  const auto done = go("wanted_use", "1801");
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(done->code_versions["use"].as_string(), "2021");
  EXPECT_NE(refusal("wanted_use", "11").find("is no code of 'use' in its version 2021"),
            std::string::npos);
}
