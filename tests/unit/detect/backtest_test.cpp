// SPDX-License-Identifier: Apache-2.0
#include "detect/backtest.hpp"

#include <gtest/gtest.h>

#include "support/rule_rig.hpp"

namespace jinglue::detect {
namespace {

using namespace support;  // NOLINT: the vocabulary of these tests

struct Log {
  std::vector<model::Fix> fixes;
  SubjectView view = view_of(make_vessel("51234", 1));

  /// Two hours at sea, with each tenth fix half an hour late.
  Log() {
    for (int i = 0; i < 120; ++i) {
      auto fix = make_fix(1, local("2024-05-02T08:00:00") + minutes(i), kOffShidao, 3);
      if (i % 10 == 5) fix.arrival = fix.time + minutes(30);
      fixes.push_back(fix);
    }
    std::stable_sort(fixes.begin(), fixes.end(),
                     [](const auto& a, const auto& b) { return a.arrival < b.arrival; });
    std::uint64_t offset = 100;
    for (auto& fix : fixes) fix.offset = ++offset;
  }
  BacktestSetup setup() const {
    BacktestSetup s;
    s.pack = pack_of(shipped_files());
    s.sender = [this](const model::Fix&) { return view; };
    s.source = [this](const std::function<bool(const model::Fix&)>& visit) {
      for (const auto& fix : fixes) {
        if (!visit(fix)) return;
      }
    };
    return s;
  }
};

TEST(Backtest, Finds_what_the_live_engine_finds) {
  const Log log;
  const auto result = run_backtest(log.setup());
  RuleRig live(pack_of(shipped_files()));
  base::Instant clock = base::kDistantPast;
  for (const auto& fix : log.fixes) {
    if (fix.arrival > clock) live.tick(clock = fix.arrival);
    live.feed(fix, log.view);
  }
  EXPECT_EQ(order_free(result.findings), order_free(live.folded()));
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.fixes, 120u);
  EXPECT_EQ(result.vessels, 1u);
  EXPECT_EQ(result.findings[0].positions.at(0).offset, 101u);
  EXPECT_EQ(result.counters["late_fixes"].as_int(), 12);
}

TEST(Backtest, Knows_the_register_from_the_start_and_shows_one_rule_only) {
  const Log log;
  auto setup = log.setup();
  setup.rule = "home_port";
  EXPECT_TRUE(run_backtest(setup).findings.empty());
  setup.rule = "summer_moratorium";
  EXPECT_EQ(run_backtest(setup).findings.size(), 1u);
  model::RecordChange permit;
  permit.register_id = "exemption";
  permit.record_id = "e";
  permit.at = local("2026-01-01T00:00:00");
  permit.state = "approved";
  permit.fields = base::Json::object({{"kind", "special_permit"},
                                      {"vessel", "51234"},
                                      {"rules", base::Json::array({"moratorium"})},
                                      {"from", "2024-05-01T00:00:00Z"},
                                      {"to", "2024-06-01T00:00:00Z"}});
  setup.changes = {permit};
  EXPECT_TRUE(run_backtest(setup).findings.empty());
}

TEST(Backtest, Can_be_cancelled) {
  Log log;
  const auto one = log.fixes.back();
  for (int i = 0; i < 20'000; ++i) log.fixes.push_back(one);
  auto setup = log.setup();
  setup.progress = [](std::uint64_t) { return false; };
  const auto result = run_backtest(setup);
  EXPECT_TRUE(result.cancelled);
  EXPECT_EQ(result.fixes, 10'000u);
}

}  // namespace
}  // namespace jinglue::detect
