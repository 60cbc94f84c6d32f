// SPDX-License-Identifier: Apache-2.0
// Registers are disabled until an administrator enables them, and lose nothing by it.
#include <gtest/gtest.h>

#include "registry/change_feed.hpp"
#include "registry/import.hpp"
#include "registry/inbox.hpp"
#include "registry/search.hpp"
#include "registry/standing.hpp"
#include "support/life_fixture.hpp"
#include "support/written_registers.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using base::Json;

/// A folder over the given definitions in which nobody has enabled anything.
struct New {
  explicit New(const std::filesystem::path& definitions)
      : database({folder / "records.db"}),
        access(database),
        registry(database, access, definitions) {}
  Standings standings() { return {registry, access}; }
  base::Status set(const std::string& id, bool enabled, const std::string& why,
                   const access::Actor& by) {
    now = now + base::Duration(1000);
    return standings().set({{id, enabled}}, {by, now, {}, why});
  }
  std::vector<std::string> lines() {
    std::vector<std::string> out;
    for (const auto& line : access.audit_lines(0, 1000)) {
      if (line.action.starts_with("register.")) out.push_back(line.action + " " + line.target);
    }
    return out;
  }

  test::TempFolder folder;
  store::Database database;
  access::Access access;
  Registry registry;
  base::Instant now{1714536000000};
  access::Actor admin = test::person("admin", access::Role::kAdministrator);
  access::Actor duty = test::person("duty", access::Role::kDutyOfficer);
};

std::filesystem::path shipped() {
  return std::filesystem::path(JINGLUE_SOURCE_DIR) / "registers";
}

TEST(Standing, in_a_new_folder_only_what_rights_need_is_enabled) {
  New f(shipped());
  std::vector<std::string> enabled;
  for (const auto& one : f.standings().all()) {
    if (one.enabled) enabled.push_back(one.register_id);
    EXPECT_EQ(one.at.ms, 0) << one.register_id;
  }
  EXPECT_EQ(enabled, (std::vector<std::string>{"organisation_unit", "person"}));
  EXPECT_TRUE(f.lines().empty());
}

TEST(Standing, an_administrator_enables_and_disables_with_a_reason_and_it_is_in_the_audit_log) {
  New f(shipped());
  EXPECT_EQ(f.set("vessel", true, "", f.duty).error().code, Code::kForbidden);
  ASSERT_TRUE(f.set("vessel", true, "渔船台账上线", f.admin));
  ASSERT_TRUE(f.set("vessel", true, "again", f.admin)) << "what stands already is left alone";
  EXPECT_EQ(f.set("vessel", false, "  ", f.admin).error().where, "reason");
  EXPECT_EQ(f.set("none", true, "", f.admin).error().code, Code::kUnknown);
  EXPECT_EQ(f.set("person", false, "why", f.admin).error().code, Code::kConflict);
  EXPECT_EQ(f.set("vessel", false, std::string(301, 'x'), f.admin).error().code, Code::kTooLarge);
  EXPECT_TRUE(f.registry.definition("vessel")->enabled());
  ASSERT_TRUE(f.set("vessel", false, "改用省厅系统", f.admin));
  EXPECT_FALSE(f.registry.definition("vessel")->enabled());
  EXPECT_EQ(f.lines(),
            (std::vector<std::string>{"register.disable vessel", "register.enable vessel"}));
  const Registry again(f.database, f.access, shipped());
  EXPECT_FALSE(again.definition("vessel")->enabled());
  for (const auto& one : f.standings().all()) {
    if (one.register_id != "vessel") continue;
    EXPECT_EQ(one.by, "admin");
    EXPECT_EQ(one.reason, "改用省厅系统");
    EXPECT_EQ(one.at, f.now);
  }
}

TEST(Standing, several_changes_are_all_made_or_none) {
  New f(shipped());
  const Write write{f.admin, f.now, {}, "why"};
  EXPECT_FALSE(f.standings().set({{"vessel", true}, {"person", false}}, write));
  EXPECT_FALSE(f.registry.definition("vessel")->enabled());
  ASSERT_TRUE(f.standings().set({{"vessel", true}, {"case", true}}, write));
  EXPECT_TRUE(f.registry.definition("case")->enabled());
  EXPECT_EQ(users_of(f.registry, "vessel"), std::vector<std::string>{"case"});
  const auto undone = f.registry.together([&]() -> base::Status {
    EXPECT_TRUE(f.standings().set({{"case", false}}, write));
    return base::fail(Code::kConflict, "the rest failed");
  });
  EXPECT_FALSE(undone);
  EXPECT_TRUE(f.registry.definition("case")->enabled()) << "what is taken back did not happen";
}

TEST(Standing, a_folder_of_before_keeps_every_register_that_it_had) {
  test::WrittenRegisters written;
  written.put("boat", "title = \"name\"\n" + test::field("name", "text"));
  New f(written.folder());
  // As the version before left it: tables and shapes, nothing said of their use.
  f.database.write([](store::Db& rows) {
    rows.exec("DROP TABLE register_standing");
    rows.exec("DELETE FROM schema_migration WHERE room = 'registry_standing'");
  });
  written.put("pier", "title = \"name\"\n" + test::field("name", "text"));
  const Registry updated(f.database, f.access, written.folder());
  EXPECT_TRUE(updated.definition("boat")->enabled());
  EXPECT_FALSE(updated.definition("pier")->enabled()) << "it came with the update";
  EXPECT_EQ(f.lines(), std::vector<std::string>{"register.enable boat"});
  const Registry next(f.database, f.access, written.folder());
  EXPECT_TRUE(next.definition("boat")->enabled());
  EXPECT_FALSE(next.definition("pier")->enabled());
  EXPECT_EQ(f.lines().size(), 1u) << "said once";
}

/// A clean-up with its clocks, in a register that is then disabled.
struct Disabled {
  Disabled() {
    const auto made = f.registry().create(
        "farm_cleanup",
        Json::object({{"owner", "张三"}, {"district", "rongcheng"}, {"handler", "clerk"}}),
        f.at(f.clerk, "2024-06-03T01:00:00Z"));
    EXPECT_TRUE(made) << made.error().text();
    id = made->id;
    const auto told = f.registry().transition("farm_cleanup", id, "notify", Json::object(),
                                              f.at(f.clerk, "2024-06-03T02:00:00Z"));
    EXPECT_TRUE(told) << told.error().text();
    set(true);
    set(false);
  }
  void set(bool enabled) {
    const auto done = Standings(f.registry(), f.access())
                          .set({{"farm_cleanup", enabled}}, {f.admin, f.now, {}, "why"});
    EXPECT_TRUE(done) << done.error().text();
  }
  static void expect_refused(const base::Error& error) {
    EXPECT_EQ(error.code, Code::kForbidden) << error.text();
    EXPECT_EQ(error.where, kNotEnabled) << error.text();
    EXPECT_NE(error.text().find("farm_cleanup"), std::string::npos) << error.text();
    EXPECT_NE(error.hint.find("administrator"), std::string::npos) << error.text();
  }
  test::LifeFixture f;
  std::string id;
};

TEST(Standing, nobody_reads_a_disabled_register_and_its_records_are_kept) {
  Disabled d;
  auto& registry = d.f.registry();
  for (const auto& who : {d.f.clerk, d.f.leader, d.f.boss, d.f.admin}) {
    EXPECT_FALSE(registry.find_for(who, "farm_cleanup", d.id));
    EXPECT_TRUE(registry.history_for(who, "farm_cleanup", d.id).empty());
    Disabled::expect_refused(registry.list_for(who, "farm_cleanup", {}).error());
    Disabled::expect_refused(registry.may_see(*registry.find("farm_cleanup", d.id), who).error());
    EXPECT_TRUE(search(registry, who, "张三", 10).empty());
    EXPECT_TRUE(changes_for(registry, who, 0, 100, {}).items.empty());
    EXPECT_FALSE(export_csv(registry, "farm_cleanup", {}, who));
  }
  EXPECT_TRUE(registry.list_for(d.f.program, "farm_cleanup", {})) << "the program reads on";
  d.set(true);
  const auto again = registry.find_for(d.f.clerk, "farm_cleanup", d.id);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->fields["owner"].as_string(), "张三");
}

TEST(Standing, nobody_writes_into_a_disabled_register_not_even_the_program) {
  Disabled d;
  auto& registry = d.f.registry();
  const auto revision = registry.find("farm_cleanup", d.id)->revision;
  for (const auto& who : {d.f.clerk, d.f.program}) {
    const auto fields = Json::object({{"owner", "李四"}});
    Disabled::expect_refused(registry.create("farm_cleanup", fields, d.f.by(who)).error());
    Disabled::expect_refused(
        registry.patch("farm_cleanup", d.id, revision, fields, d.f.by(who)).error());
    Disabled::expect_refused(
        registry.transition("farm_cleanup", d.id, "remove", Json::object(), d.f.by(who)).error());
    Disabled::expect_refused(registry.remove("farm_cleanup", d.id, revision, d.f.by(who)).error());
    Disabled::expect_refused(
        import_csv(registry, "farm_cleanup", "owner\n李四\n", {}, d.f.by(who)).error());
  }
}

TEST(Standing, the_clocks_of_a_disabled_register_run_on_and_are_told) {
  Disabled d;
  const auto before = d.f.told("clerk");
  d.f.registry().sweep(*base::parse_iso("2024-07-03T00:00:00Z"));
  const auto after = d.f.told("clerk");
  ASSERT_GT(after.size(), before.size());
  for (const auto& notice : Inbox(d.f.database()).list("clerk", false, 0, 100).items) {
    EXPECT_EQ(notice.kind, "clock") << "other notices of it are not shown: " << notice.text.zh;
  }
  d.set(true);
  EXPECT_GE(d.f.told("clerk").size(), after.size());
}

TEST(Standing, behind_a_link_the_title_is_still_seen_as_far_as_the_person_may) {
  Disabled d;
  const auto seen = find_behind_link(d.f.registry(), d.f.clerk, "farm_cleanup", d.id);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->fields["owner"].as_string(), "张三");
  EXPECT_FALSE(find_behind_link(d.f.registry(), d.f.other, "farm_cleanup", d.id))
      << "another district's stays hidden";
}

TEST(Standing, empty_is_what_the_person_sees_nothing_of) {
  test::LifeFixture f;
  const auto& d = *f.registry().definition("farm_cleanup");
  EXPECT_TRUE(is_empty_for(f.registry(), d, f.leader));
  const auto made = f.registry().create(
      "farm_cleanup", Json::object({{"owner", "张三"}, {"district", "rongcheng"}}), f.by(f.clerk));
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_FALSE(is_empty_for(f.registry(), d, f.leader));
  EXPECT_FALSE(is_empty_for(f.registry(), d, f.clerk));
  EXPECT_TRUE(is_empty_for(f.registry(), d, f.other)) << "a clerk of another district";
  EXPECT_EQ(record_count(f.registry(), d), 1u);
  ASSERT_TRUE(f.registry().remove("farm_cleanup", made->id, made->revision, f.by(f.clerk)));
  EXPECT_TRUE(is_empty_for(f.registry(), d, f.leader));
}

}  // namespace
}  // namespace jinglue::registry
