// SPDX-License-Identifier: Apache-2.0
// ChangeLines and record_text(): the texts that are made without a tree are those of the tree.
#include "registry/detail/change_lines.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace jinglue::registry::detail {
namespace {

using base::Json;

Record some_record() {
  Record r;
  r.register_id = "reg";
  r.id = *rc::gen::string<std::string>();
  r.number = *rc::gen::string<std::string>();
  r.revision = *rc::gen::inRange<std::int64_t>(1, 1'000'000);
  r.state = *rc::gen::element<std::string>("", "open", "done\"");
  r.fields = Json::object(
      {{"name", *rc::gen::string<std::string>()}, {"many", Json::array({1, 2.5, nullptr, "三"})}});
  r.created_at = {*rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000)};
  r.changed_at = {r.created_at.ms + 1};
  r.created_by = "一";
  r.changed_by = *rc::gen::string<std::string>();
  r.removed = *rc::gen::arbitrary<bool>();
  if (*rc::gen::arbitrary<bool>()) r.pending = Json::object({{"transition", "close"}});
  if (*rc::gen::arbitrary<bool>()) r.code_versions = Json::object({{"kind", "2021"}});
  return r;
}

TEST(ChangeLines, TextOfARecordIsTheOneOfItsTree) {
  EXPECT_TRUE(rc::check([] {
    const Record r = some_record();
    RC_ASSERT(record_text(r, r.fields.dump()) == to_json(r).dump());
  }));
}

TEST(ChangeLines, PackedLinesAreTheDifferencesInTheOrderOfTheFields) {
  Definition d;
  for (const char* key : {"a", "b", "c"}) {
    Field f;
    f.key = key;
    d.fields.push_back(f);
  }
  Record before, after;
  before.fields = Json::object({{"b", 1}, {"a", "x"}, {"c", true}});
  before.state = "open";
  after.fields = Json::object({{"a", "y"}, {"c", true}});
  after.removed = true;
  const std::vector<HistoryLine> asked = {
      {0, "input", {}, Json::object({{"reason", "r"}}), {}, {}, {}}};
  ChangeLines lines(d, &before, after);
  lines.add(asked);
  EXPECT_EQ(lines.packed(),
            R"([["a","x","y"],["b",1,null],["state","open",null],["removed",false,true],)"
            R"(["input",null,{"reason":"r"}]])");
  EXPECT_EQ(lines.keys().dump(), R"(["a","b","state","removed","input"])");
  EXPECT_EQ(lines.fields(), (std::set<std::string>{"a", "b", "input", "removed", "state"}));
  EXPECT_TRUE(ChangeLines(d, &before, before).empty());
}

}  // namespace
}  // namespace jinglue::registry::detail
