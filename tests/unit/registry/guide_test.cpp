// SPDX-License-Identifier: Apache-2.0
// The example of docs/format/register.md, word for word.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "registry/import.hpp"
#include "support/records_fixture.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using base::Json;

namespace {

std::string block(const std::string& language) {
  std::ifstream in(std::string(JINGLUE_SOURCE_DIR) + "/docs/format/register.md");
  std::stringstream all;
  all << in.rdbuf();
  const std::string open = "```" + language + "\n";
  const auto from = all.str().find(open) + open.size();
  return all.str().substr(from, all.str().find("```\n", from) - from);
}

}  // namespace

TEST(RegisterGuide, TheExampleRuns) {
  const test::TempFolder folder;
  std::ofstream(folder / "berth_permit.toml") << block("toml");
  test::RecordsFixture f(folder.path());
  Registry& reg = f.registry();
  ImportOptions options;
  options.mapping = {{"区市", "district"}};
  const auto report = import_csv(reg, "berth_permit", block("csv"), options, f.by(f.program));
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->to_json()["refused"].as_int(), 0) << report->to_json().dump();
  ASSERT_EQ(report->created, 2u);
  const auto permit = reg.find_by("berth_permit", "number", "TB-2024-001");
  ASSERT_TRUE(permit);
  EXPECT_EQ(permit->fields.dump(),
            R"({"vessel_name":"鲁荣渔50001","purpose":"repair","district":"rongcheng",)"
            R"("from":"2024-05-01","to":"2024-05-09","fee":"120.50"})");
  ASSERT_TRUE(reg.transition("berth_permit", permit->id, "grant", {}, f.by(f.duty)));
  const auto granted =
      reg.transition("berth_permit", permit->id, "grant.approve", {}, f.by(f.leader));
  ASSERT_TRUE(granted) << granted.error().text();
  EXPECT_EQ(granted->fields["granted_by"].as_string(), "leader");
}
