// SPDX-License-Identifier: Apache-2.0
// In a drill an output can be proposed and approved, and nothing is ever given to it.
#include <gtest/gtest.h>

#include "app/outputs.hpp"
#include "support/temp_folder.hpp"

namespace jinglue::app {
namespace {

TEST(OutputsOfADrill, AreKeptAndNeverSentTo) {
  const test::TempFolder folder;
  store::Database records({folder / "records.db"});
  access::Access access(records, access::PasswordCost::least());
  Health health;
  Outputs outputs(
      records, access, JINGLUE_SOURCE_DIR, folder / "secrets", health,
      [] { return std::shared_ptr<const detect::RulePack>(); }, true);
  int news = 0;
  outputs.start([&] { ++news; });
  output::Destination province;
  province.name = "province";
  province.recipient = province.purpose = "test";
  province.host = "127.0.0.1";
  province.port = 9;
  const auto now = base::wall_now();
  const auto by = access::Actor::system();
  const auto draft = outputs.book().propose(province, by, now);
  ASSERT_TRUE(draft) << draft.error().text();
  const auto approved = outputs.book().approve({"province", draft->revision, "test", by, now},
                                               now + std::chrono::hours(1));
  ASSERT_TRUE(approved) << approved.error().text();
  EXPECT_EQ(news, 2);
  EXPECT_FALSE(outputs.wanted()) << "the pipeline gives nothing";
  outputs.watch();
  EXPECT_EQ(outputs.state_of(*approved)["connection"]["state"].as_string(), "drill");
  EXPECT_TRUE(health.sound());
  outputs.stop();
}

}  // namespace
}  // namespace jinglue::app
