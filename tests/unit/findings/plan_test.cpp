// SPDX-License-Identifier: Apache-2.0
// 50,000 findings: every list that a screen asks for reads an index, and the lists stay right. The
// plan is checked, not the time.
#include <gtest/gtest.h>

#include "findings/list_query.hpp"
#include "findings/tables.hpp"
#include "unit/findings/story.hpp"

using namespace jinglue;
using namespace jinglue::tests;
using findings::ListQuery;

namespace {

constexpr std::uint64_t kMany = 50'000;

class ManyFindings : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    s_desk = std::make_unique<Desk>();
    std::vector<FindingStep> steps;
    for (std::uint64_t id = 1; id <= kMany; ++id) steps.push_back(step_of(id, 0));
    s_desk->findings.append(steps, kMany);
    for (std::uint64_t id = 1; id <= 40; ++id) {
      s_desk->findings.add_review(review_of(id * 100, static_cast<ReviewKind>(1 + id % 4), 1000));
    }
  }
  static void TearDownTestSuite() { s_desk.reset(); }

  static std::string plan(const Query& query, bool total = false) {
    const ListQuery sql(query, after(2000));
    return s_desk->records.read([&](store::Db& db) {
      auto rows = db.prepare("EXPLAIN QUERY PLAN " + (total ? sql.total_sql() : sql.page_sql()));
      total ? sql.bind_total(rows) : sql.bind_page(rows);
      std::string out;
      while (rows.step()) out += rows.text(3) + "\n";
      return out;
    });
  }

  static std::unique_ptr<Desk> s_desk;
};
std::unique_ptr<Desk> ManyFindings::s_desk;

}  // namespace

TEST_F(ManyFindings, EveryListOfAScreenReadsAnIndex) {
  const auto expect = [](const std::string& plan, const std::string& index, bool sorts) {
    EXPECT_NE(plan.find(index), std::string::npos) << plan;
    EXPECT_EQ(plan.find("TEMP B-TREE") != std::string::npos, sorts) << plan;
    EXPECT_EQ(plan.find("SCAN finding\n"), std::string::npos) << plan;
  };
  Query query;
  expect(plan(query), "finding_opened", false);
  query.cursor = ListQuery::cursor_after(kNoon.ms, 5);
  expect(plan(query), "finding_opened (opened_at<?)", false);
  query = {};
  query.status = {Status::kNew};
  expect(plan(query), "finding_rest (rest=?", false);
  query.status = {Status::kSuspended};
  expect(plan(query), "finding_hush", true);
  query = {};
  query.subject = "vessel-3";
  EXPECT_NE(plan(query).find("finding_subject"), std::string::npos) << plan(query);
  query = {};
  query.text = "鲁荣渔";
  EXPECT_NE(plan(query).find("VIRTUAL TABLE INDEX"), std::string::npos) << plan(query);
}

TEST_F(ManyFindings, CountingReadsTheIndexAlone) {
  Query query;
  query.status = {Status::kNew};
  EXPECT_NE(plan(query, true).find("COVERING INDEX"), std::string::npos) << plan(query, true);
}

TEST_F(ManyFindings, PagesAndTotalsStayRight) {
  Query query;
  query.limit = 200;
  query.status = {Status::kNew};
  const auto page = s_desk->findings.list(query, after(2000));
  EXPECT_EQ(page.items.size(), 200u);
  EXPECT_EQ(page.items[0].now.finding.value, kMany - 1) << "the last is of a suspended vessel";
  const auto counts = s_desk->findings.counts(after(2000));
  EXPECT_EQ(std::int64_t(page.total), counts["status"]["new"].as_int());
  std::int64_t sum = 0;
  for (const auto& [key, n] : counts["status"].members()) sum += n.as_int();
  EXPECT_EQ(sum, std::int64_t(kMany));
}
