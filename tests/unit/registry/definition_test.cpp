// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "registry/definition.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using namespace jinglue::registry;

namespace {

/// A sound register; each test damages one line of it.
constexpr const char* kSound = R"(id = "boat"
schema = 1
zh = "船"
en = "Boats"
title = "name"
number = "B-{year}-{n:3}"
number_zone = "Asia/Shanghai"
edit_roles = ["clerk"]
[[fields]]
key = "name"
zh = "名"
en = "Name"
type = "text"
max_length = 20
pattern = "[A-Z]+"
[[fields]]
key = "size"
zh = "长"
en = "Size"
type = "number"
unit = "m"
min = 1
max = 9
[[fields]]
key = "kind"
zh = "类"
en = "Kind"
type = "choice"
choices = [
  { key = "a", zh = "甲", en = "A" },
  { key = "b", zh = "乙", en = "B" },
]
[[fields]]
key = "built"
zh = "造"
en = "Built"
type = "instant"
[[fields]]
key = "until"
zh = "止"
en = "Until"
type = "instant"
after = "built"
[[fields]]
key = "owner"
zh = "主"
en = "Owner"
type = "link"
link = "boat"
[[fields]]
key = "crew"
zh = "员"
en = "Crew"
type = "rows"
columns = [ { key = "who", zh = "谁", en = "Who", type = "text" } ]
[[states]]
key = "new"
zh = "新"
en = "New"
[[states]]
key = "old"
zh = "旧"
en = "Old"
final = true
[[transitions]]
key = "age"
zh = "老"
en = "Age"
from = ["new"]
to = "old"
roles = ["clerk"]
requires = ["name"]
approval = ["leader"]
stamps = { built = "now" }
input = [ { key = "reason", zh = "理由", en = "Reason", type = "text" } ]
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

base::Result<Definition> read(const std::string& text) {
  const auto node = base::parse_config(text, "boat.toml");
  if (!node) return tl::unexpected(node.error());
  return read_definition(*node);
}

struct Mistake {
  const char* from;
  const char* to;
  const char* where;    ///< must stand in Error::where
  const char* message;  ///< must stand in Error::message
};

}  // namespace

TEST(Definition, ASoundDocumentIsReadWhole) {
  const auto d = read(kSound);
  ASSERT_TRUE(d) << d.error().text();
  EXPECT_EQ(d->fields.size(), 7u);
  EXPECT_EQ(d->field("kind")->choices.at(1).name.en, "B");
  EXPECT_EQ(d->transition("age")->approval_roles.at(0), "leader");
  EXPECT_TRUE(d->state("old")->locked);
  EXPECT_EQ(to_json(*d)["fields"].items().size(), 7u);
}

TEST(Definition, EveryMistakeIsRefusedWithFileLineAndKey) {
  const std::vector<Mistake> mistakes = {
      {"schema = 1", "", "boat.toml:", "required"},
      {"schema = 1", "schema = 0", "boat.toml:2 schema", "schema versions"},
      {"id = \"boat\"", "id = \"Boat 1\"", "boat.toml:1 id", "not a key"},
      {"zh = \"船\"", "", "zh", "required"},
      {"title = \"name\"", "title = \"nam\"", "boat.toml:5 title", "unknown field 'nam'"},
      {"title = \"name\"", "title = \"size\"", "title", "text or choice"},
      {"title = \"name\"", "title = \"name\"\ndistrict = \"x\"", "district", "unknown field"},
      {"title = \"name\"", "title = \"name\"\ncolour = 1", "boat.toml:6 colour", "unknown key"},
      {"title = \"name\"", "title = \"name\"\nrights = \"x\"", "rights", "unknown rights"},
      {"{n:3}", "{n:x}", "number", "unknown part"},
      {"{n:3}", "", "number", "no counter"},
      {"{n:3}", "{n:3}{n:3}", "number", "more than one"},
      {"number_zone = \"Asia/Shanghai\"", "", "number_zone", "zone"},
      {"Asia/Shanghai", "Asia/Nowhere", "number_zone", "unknown time zone"},
      {"edit_roles = [\"clerk\"]", "edit_roles = [\"boss\"]", "edit_roles", "unknown role 'boss'"},
      {"key = \"size\"", "key = \"name\"", "boat.toml:17 fields[1].key", "defined twice"},
      {"key = \"size\"", "key = \"state\"", "fields[1].key", "every record has"},
      {"type = \"number\"", "type = \"float\"", "fields[1].type", "unknown type 'float'"},
      {"type = \"number\"", "type = \"text\"", "fields[1]", "min and max"},
      {"max = 9", "max = 0", "fields[1].max", "below min"},
      {"max = 9", "max = 9\nlength = 3", "fields[1].length", "unknown key"},
      {"max = 9", "max = 9\nmax_length = 3", "max_length", "only a text"},
      {"max = 9", "max = \"9\"", "fields[1].max", "number"},
      {"max = 9", "max = 9\nsearched = true", "searched", "searched"},
      {"pattern = \"[A-Z]+\"", "pattern = \"[A-Z\"", "fields[0].pattern", "regular expression"},
      {"max_length = 20", "max_length = 0", "max_length", "max_length is"},
      {"max_length = 20", "max_length = 301", "max_length", "at most 300"},
      {"max_length = 20", "link = \"boat\"", "fields[0].link", "only link"},
      {"max_length = 20", "unit = \"m\"", "fields[0].unit", "have a unit"},
      {"max_length = 20", "columns = []", "fields[0].columns", "only a field of type rows"},
      {"max_length = 20", "required = 1", "fields[0].required", "true or false"},
      {"{ key = \"b\"", "{ key = \"a\"", "choices[1].key", "given twice"},
      {"{ key = \"b\"", "{ key = \"b c\"", "choices[1].key", "key of a choice"},
      {"{ key = \"b\", zh", "{ key = \"b\", colour = 1, zh", "colour", "unknown key"},
      {"after = \"built\"", "after = \"building\"", "after", "unknown field"},
      {"after = \"built\"", "after = \"name\"", "after", "both must be"},
      {"link = \"boat\"", "", "link", "names the register"},
      {"{ key = \"who\", zh = \"谁\", en = \"Who\", type = \"text\" }", "", "columns", "rows have"},
      {"en = \"Who\", type = \"text\"", "en = \"Who\", type = \"rows\"", "columns[0]",
       "record only"},
      {"en = \"Who\", type", "en = \"Who\", unique = true, type", "unique", "no meaning"},
      {"key = \"old\"", "key = \"new\"", "states[1].key", "defined twice"},
      {"final = true", "", "states[1]", "no transition leaves"},
      {"to = \"old\"", "to = \"new\"", "states[1]", "no transition leads"},
      {"to = \"old\"", "to = \"gone\"", "transitions[0].to", "unknown state 'gone'"},
      {"from = [\"new\"]", "from = [\"young\"]", "transitions[0].from", "unknown state 'young'"},
      {"from = [\"new\"]", "from = [\"new\", \"old\"]", "transitions[0].from", "final"},
      {"from = [\"new\"]", "from = []", "transitions[0].from", "starts from"},
      {"from = [\"new\"]", "from = [\"new\", \"new\"]", "from", "twice"},
      {"roles = [\"clerk\"]\nreq", "roles = [\"pirate\"]\nreq", "transitions[0].roles", "pirate"},
      {"requires = [\"name\"]", "requires = [\"nome\"]", "requires", "unknown field 'nome'"},
      {"approval = [\"leader\"]", "approval = [\"x\"]", "approval", "unknown role"},
      {"approval = [\"leader\"]", "approval = []", "approval", "second person"},
      {"built = \"now\"", "name = \"now\"", "stamps.name", "instant"},
      {"built = \"now\"", "built = \"approver\"", "stamps.built", "type text"},
      {"built = \"now\"", "built = \"then\"", "stamps.built", "unknown stamp"},
      {"built = \"now\"", "dead = \"now\"", "stamps.dead", "unknown field"},
      {"key = \"reason\"", "key = \"size\"", "input[0]", "has the type number"},
      {"en = \"Reason\", type = \"text\"", "en = \"Reason\", type = \"x\"", "input[0]",
       "unknown type"},
  };
  for (const auto& m : mistakes) {
    const auto d = read(replaced(kSound, m.from, m.to));
    ASSERT_FALSE(d) << m.from << " -> " << m.to;
    EXPECT_NE(d.error().where.find("boat.toml"), std::string::npos) << d.error().text();
    EXPECT_NE(d.error().where.find(m.where), std::string::npos)
        << d.error().text() << " for " << m.to;
    EXPECT_NE(d.error().message.find(m.message), std::string::npos)
        << d.error().text() << " for " << m.to;
  }
}

TEST(Definition, AFolderTellsAllMistakesOfAllFiles) {
  const test::TempFolder folder;
  const auto write = [&](const char* name, const std::string& text) {
    std::ofstream(folder.path() / name) << text;
  };
  write("boat.toml", replaced(kSound, "link = \"boat\"", "link = \"ship\""));
  write("car.toml", replaced(kSound, "max = 9", "max = 0"));
  write("broken.toml", "id = ");
  const auto set = read_definitions(folder.path());
  std::string all;
  for (const auto& e : set.errors) all += e.text() + "\n";
  EXPECT_NE(all.find("unknown register 'ship'"), std::string::npos) << all;
  EXPECT_NE(all.find("max is below min"), std::string::npos) << all;
  EXPECT_NE(all.find("not the name of the file"), std::string::npos) << all;
  EXPECT_NE(all.find("not TOML"), std::string::npos) << all;
  EXPECT_FALSE(read_definitions(folder.path() / "absent").errors.empty());
}

TEST(Definition, TheShippedRegistersAreSoundAndNamedInBothLanguages) {
  const auto set = read_definitions(std::filesystem::path(JINGLUE_SOURCE_DIR) / "registers");
  for (const auto& e : set.errors) ADD_FAILURE() << e.text();
  std::map<std::string, const Definition*> by_id;
  for (const auto& d : set.definitions) by_id[d.id] = &d;
  for (const char* id :
       {"vessel", "exemption", "organisation_unit", "case", "goal", "task", "work_document"}) {
    ASSERT_TRUE(by_id.contains(id)) << id;
  }
  EXPECT_TRUE(by_id["vessel"]->journaled);
  EXPECT_TRUE(by_id["exemption"]->journaled);
  EXPECT_FALSE(by_id["case"]->journaled);
  EXPECT_EQ(by_id["case"]->states.front().name.zh, "案件线索");
}
