// SPDX-License-Identifier: Apache-2.0
#include "registry/code_list.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "support/records_fixture.hpp"
#include "support/written_registers.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using base::Code;
using base::Json;
using test::field;

namespace {

const char* const kHead =
    "id = \"use\"\nzh = \"用途\"\nen = \"Use\"\n"
    "[[versions]]\nkey = \"2009\"\nzh = \"旧\"\nen = \"Old\"\nuntil = \"2024-04-30\"\n"
    "source = \"a book\"\nconfidence = \"document\"\nfile = \"use-2009.csv\"\n";
const char* const kNew =
    "[[versions]]\nkey = \"2024\"\nzh = \"新\"\nen = \"New\"\nfrom = \"2024-05-01\"\n"
    "source = \"from memory\"\nconfidence = \"memory\"\nfile = \"use-2024.csv\"\n";

test::WrittenRegisters uses() {
  test::WrittenRegisters w;
  w.put_codes("use.toml", std::string(kHead) + kNew);
  w.put_codes("use-2009.csv", "key,zh,en,parent\n1,渔业,Fishery,\n11,养殖,Farming,1\n");
  w.put_codes("use-2024.csv",
              "key,zh,en,parent,from,until\n18,渔业,Fishery,,,\n1801,养殖,Farming,18,,\n"
              "1802,捕捞,Capture,18,,\n1803,围填,Filling,18,,2024-04-01\n");
  w.put("right", "title = \"name\"\n" + field("name", "text") +
                     field("use", "choice", "codes = \"use\"\nsearched = true\nlisted = true") +
                     field("others", "choices", "codes = \"use\""));
  return w;
}

}  // namespace

TEST(Codes, ARecordKeepsTheVersionOfItsCode) {
  const auto w = uses();
  test::RecordsFixture f(w.folder());
  auto& reg = f.registry();
  f.now = base::Instant{1714521600000 - 86'400'000};  // 30 April 2024
  const auto old = reg.create("right", Json::object({{"name", "a"}, {"use", "11"}}), f.by(f.duty));
  ASSERT_TRUE(old) << old.error().text();
  EXPECT_EQ(old->code_versions["use"].as_string(), "2009");
  f.now = base::Instant{1714536000000};  // 1 May 2024
  const auto now =
      reg.create("right", Json::object({{"name", "b"}, {"use", "1801"}}), f.by(f.duty));
  ASSERT_TRUE(now) << now.error().text();
  EXPECT_EQ(now->code_versions["use"].as_string(), "2024");
  const auto late = reg.create("right", Json::object({{"name", "c"}, {"use", "11"}}), f.by(f.duty));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().where, "use");
  EXPECT_NE(late.error().message.find("version 2024"), std::string::npos);
  EXPECT_EQ(reg.create("right", Json::object({{"name", "c"}, {"use", "1803"}}), f.by(f.duty))
                .error()
                .code,
            Code::kOutOfRange)
      << "a code that is over";
  EXPECT_EQ(
      reg.create("right", Json::object({{"name", "c"}, {"use", "99"}}), f.by(f.duty)).error().code,
      Code::kUnknown);
  const auto edited =
      reg.patch("right", old->id, 1, Json::object({{"name", "a2"}, {"use", "11"}}), f.by(f.duty));
  ASSERT_TRUE(edited) << "its own code stays good: " << edited.error().text();
  f.open();
  EXPECT_EQ(f.registry().find("right", old->id)->code_versions["use"].as_string(), "2009");
  const auto moved =
      f.registry().patch("right", old->id, 2, Json::object({{"use", "1802"}}), f.by(f.duty));
  EXPECT_EQ(moved->code_versions["use"].as_string(), "2024");
}

TEST(Codes, AreFoundBesideAFolderThatIsWrittenWithASlash) {
  const auto w = uses();
  test::RecordsFixture f(w.folder() / "");
  const auto made = f.registry().create("right", Json::object({{"name", "一"}, {"use", "1801"}}),
                                        f.by(f.program));
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->code_versions["use"].as_string(), "2024");
}

TEST(Codes, AValueFromBeforeTheFieldHadAListStaysAndGetsItsVersionWhereOnlyOneKnowsIt) {
  auto w = uses();
  const std::string before = "title = \"name\"\n" + field("name", "text") +
                             field("use", "choice",
                                   "open = true\nchoices = [{ key = \"11\", zh = "
                                   "\"养殖\", en = \"Farming\" }]");
  const std::string after =
      "title = \"name\"\n" + field("name", "text") + field("use", "choice", "codes = \"use\"");
  w.put("right", before);
  test::RecordsFixture f(w.folder());
  std::map<std::string, std::string> ids;
  for (const auto* use : {"11", "99"}) {
    const auto made =
        f.registry().create("right", Json::object({{"name", "a"}, {"use", use}}), f.by(f.duty));
    ASSERT_TRUE(made) << made.error().text();
    ids[use] = made->id;
  }
  f.close();
  w.put("right", after);
  f.open({.apply_added = true, .backups = f.folder.path()});
  for (const auto& [use, version] :
       std::map<std::string, std::string>{{"11", "2009"}, {"99", ""}}) {
    const auto edited =
        f.registry().patch("right", ids[use], 1, Json::object({{"name", "b"}}), f.by(f.duty));
    ASSERT_TRUE(edited) << edited.error().text();
    EXPECT_EQ(edited->fields["use"].as_string(), use);
    EXPECT_EQ(edited->code_versions["use"].as_string(), version);
  }
  EXPECT_FALSE(
      f.registry().create("right", Json::object({{"name", "c"}, {"use", "99"}}), f.by(f.duty)));
}

TEST(Codes, AListIsSearchedByAClassAndAllBelowIt) {
  const auto w = uses();
  test::RecordsFixture f(w.folder());
  auto& reg = f.registry();
  for (const auto* use : {"1801", "1802", "18"}) {
    ASSERT_TRUE(reg.create(
        "right", Json::object({{"name", use}, {"use", use}, {"others", Json::array({use})}}),
        f.by(f.duty)));
  }
  const auto found = [&](const char* key, const char* code) {
    Query query;
    query.equals = {{key, code}};
    return reg.list("right", query)->total;
  };
  EXPECT_EQ(found("use", "18"), 3u);
  EXPECT_EQ(found("use", "1801"), 1u);
  EXPECT_EQ(found("others", "18"), 3u);
  EXPECT_EQ(found("others", "1802"), 1u);
  EXPECT_EQ(found("use", "1"), 0u) << "a class of the old version with nothing in it";
  Query text;
  text.text = "捕捞";
  EXPECT_EQ(reg.list("right", text)->total, 1u) << "by the name of its code";
}

TEST(Codes, MistakesOfAListNameFileLineAndKey) {
  const auto refused = [](const std::string& head, const std::string& csv, const std::string& why) {
    auto w = uses();
    w.put_codes("use.toml", head);
    w.put_codes("use-2024.csv", csv);
    const auto set = read_definitions(w.folder());
    ASSERT_FALSE(set.errors.empty()) << why;
    EXPECT_NE(set.errors.front().text().find(why), std::string::npos) << set.errors.front().text();
  };
  const std::string good = std::string(kHead) + kNew;
  const std::string codes = "key,zh,en,parent\n18,渔业,Fishery,\n";
  refused(kHead + std::string("[[versions]]\nkey = \"x\"\n"), codes, "use.toml");
  refused("id = \"used\"\nzh = \"a\"\nen = \"b\"\n" + good.substr(good.find("[[")), codes,
          "not the name of the file");
  refused(good, "key,zh,en,parent\n181,养殖,Farming,18\n", "use-2024.csv:2");
  refused(good, "key,zh,en\n18,渔业,Fishery\n18,渔业,Fishery\n", "given twice");
  refused(good, "code,zh,en\n18,渔业,Fishery\n", "no column 'key'");
  refused(good, "key,zh,en\n18,,Fishery\n", "both names");
  auto lost = uses();
  lost.put("other", "title = \"name\"\n" + field("name", "text") +
                        field("x", "choice", "codes = \"nothing\""));
  EXPECT_NE(read_definitions(lost.folder()).errors.front().text().find("nothing.toml"),
            std::string::npos);
}

TEST(Codes, TheShippedListsReadAndSayHowSureTheyAre) {
  const std::filesystem::path folder = std::string(JINGLUE_SOURCE_DIR) + "/data/codes";
  std::size_t lists = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".toml") continue;
    const auto list = read_code_list(entry.path());
    ASSERT_TRUE(list) << list.error().text();
    ++lists;
    for (const auto& version : (*list)->versions) {
      EXPECT_FALSE(version.source.empty()) << entry.path();
      EXPECT_FALSE(version.codes.empty()) << entry.path();
    }
  }
  EXPECT_EQ(lists, 4u);
  const auto use = *read_code_list(folder / "sea_use_kind.toml");
  EXPECT_EQ(use->on("2020-01-01").id, "2009");
  EXPECT_EQ(use->on("2024-05-01").id, "2023");
  EXPECT_EQ(use->version("2009")->find("13")->name.zh, "开放式养殖用海");
  EXPECT_EQ(use->version("2023")->with_below("18").size(), 5u);
}

TEST(Codes, WithCodesOnTheVersionOfThatDayCounts) {
  auto w = uses();
  w.put("right", "title = \"name\"\n" + field("name", "text") + field("issued", "date") +
                     field("use", "choice", "codes = \"use\"\ncodes_on = \"issued\""));
  test::RecordsFixture f(w.folder());  // 1 May 2024
  auto& reg = f.registry();
  const auto make = [&](const Json& fields) { return reg.create("right", fields, f.by(f.duty)); };
  const auto old = make(Json::object({{"name", "a"}, {"issued", "2020-01-01"}, {"use", "11"}}));
  ASSERT_TRUE(old) << old.error().text();
  EXPECT_EQ(old->code_versions["use"].as_string(), "2009");
  EXPECT_FALSE(make(Json::object({{"name", "b"}, {"issued", "2020-01-01"}, {"use", "1801"}})));
  EXPECT_FALSE(make(Json::object({{"name", "b"}, {"use", "11"}}))) << "without a day: today's";
  EXPECT_TRUE(make(Json::object({{"name", "b"}, {"use", "1801"}})));
  // Another day brings another version: the code is looked at again.
  const auto moved =
      reg.patch("right", old->id, 1, Json::object({{"issued", "2024-05-02"}}), f.by(f.duty));
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().where, "use");
  EXPECT_NE(moved.error().hint.find("issued"), std::string::npos) << moved.error().hint;
  const auto both = reg.patch(
      "right", old->id, 1, Json::object({{"issued", "2024-05-02"}, {"use", "1802"}}), f.by(f.duty));
  ASSERT_TRUE(both) << both.error().text();
  EXPECT_EQ(both->code_versions["use"].as_string(), "2024");
}

TEST(Codes, CodesOnNamesADateOfTheSameRecord) {
  const auto says = [](const std::string& more, const std::string& words) {
    auto w = uses();
    w.put("right", "title = \"name\"\n" + field("name", "text") + field("use", "choice", more));
    const auto set = read_definitions(w.folder());
    return std::any_of(set.errors.begin(), set.errors.end(), [&](const base::Error& e) {
      return e.text().find(words) != std::string::npos;
    });
  };
  EXPECT_TRUE(says("codes = \"use\"\ncodes_on = \"issued\"", "unknown field 'issued'"));
  EXPECT_TRUE(says("codes = \"use\"\ncodes_on = \"name\"", "no date and no instant"));
  EXPECT_TRUE(says("open = true\ncodes_on = \"name\"", "only a field with codes"));
}
