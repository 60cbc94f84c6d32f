// SPDX-License-Identifier: Apache-2.0
// LifeFixture: the test definitions of tests/data/registers (release of fry, sea trial, farm
// clean-up) with accounts for those who are told of things, and the shipped calendar.
#pragma once

#include <filesystem>
#include <string>

#include "registry/inbox.hpp"
#include "support/records_fixture.hpp"

namespace jinglue::test {

class LifeFixture : public RecordsFixture {
 public:
  LifeFixture() : RecordsFixture(definitions()) {
    access::Access quick(database(), access::PasswordCost::least());
    for (const auto& actor : {duty, leader, leader2, clerk, boss, other}) {
      access::User user;
      user.name = actor.user;
      user.display_name = actor.user;
      user.roles = actor.roles;
      user.district = actor.district;
      const auto added = quick.add_user(user, "a long enough Passw0rd", program, now);
      if (!added) throw base::WorldError("test", added.error().text());
    }
    reopen();
  }
  void reopen() {
    registry::Options options;
    options.calendar = std::filesystem::path(JINGLUE_SOURCE_DIR) / "data/calendar/cn_holidays.csv";
    open(options);
  }
  static std::filesystem::path definitions() {
    return std::filesystem::path(JINGLUE_SOURCE_DIR) / "tests" / "data" / "registers";
  }
  /// At an instant of its own, instead of one second later.
  registry::Write at(const access::Actor& actor, const char* iso) {
    now = *base::parse_iso(iso);
    return {actor, now, {}, {}};
  }
  std::vector<std::string> told(const std::string& who) {
    std::vector<std::string> out;
    for (const auto& n : registry::Inbox(database()).list(who, false, 0, 100).items)
      out.push_back(n.text.zh);
    return out;
  }

  access::Actor other = person("other", access::Role::kClerk, "rushan");
};

}  // namespace jinglue::test
