// SPDX-License-Identifier: Apache-2.0
// RecordsFixture: records.db in a folder of its own with access and the registry over the shipped
// definitions (or those of a folder), people of each role, and a clock that moves by a second with
// each write.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "access/access.hpp"
#include "registry/registry.hpp"
#include "store/database.hpp"
#include "support/all_enabled.hpp"
#include "support/temp_folder.hpp"

namespace jinglue::test {

inline access::Actor person(const std::string& user, access::Role role,
                            const std::string& district = {}) {
  access::Actor out;
  out.user = user;
  out.display_name = user;
  out.roles = {role};
  out.district = district;
  out.address = "127.0.0.1";
  return out;
}

class RecordsFixture {
 public:
  explicit RecordsFixture(
      std::filesystem::path definitions = std::filesystem::path(JINGLUE_SOURCE_DIR) / "registers")
      : m_definitions(std::move(definitions)) {
    open();
  }

  void open(const registry::Options& options = {}) {
    close();
    store::OpenOptions file{folder / "records.db"};
    file.sync_full = false;  // power cuts are the store's tests
    m_database = std::make_unique<store::Database>(file);
    m_access = std::make_unique<access::Access>(*m_database);
    m_registry =
        std::make_unique<registry::Registry>(*m_database, *m_access, m_definitions, options);
    use_all(*m_registry);
  }
  void close() {
    m_registry.reset();
    m_access.reset();
    m_database.reset();
  }
  registry::Registry& registry() { return *m_registry; }
  access::Access& access() { return *m_access; }
  store::Database& database() { return *m_database; }

  registry::Write by(const access::Actor& actor, const std::string& key = {}) {
    now = now + base::Duration(1000);
    return {actor, now, key, {}};
  }

  TempFolder folder;
  base::Instant now{1714536000000};  // 2024-05-01T04:00:00Z
  access::Actor duty = person("duty", access::Role::kDutyOfficer);
  access::Actor duty2 = person("duty2", access::Role::kDutyOfficer);
  access::Actor leader = person("leader", access::Role::kDutyLeader);
  access::Actor leader2 = person("leader2", access::Role::kDutyLeader);
  access::Actor enforcement = person("enforcement", access::Role::kEnforcement);
  access::Actor clerk = person("clerk", access::Role::kClerk, "rongcheng");
  access::Actor boss = person("boss", access::Role::kLeader);
  access::Actor admin = person("admin", access::Role::kAdministrator);
  access::Actor program = access::Actor::system();

 private:
  std::filesystem::path m_definitions;
  std::unique_ptr<store::Database> m_database;
  std::unique_ptr<access::Access> m_access;
  std::unique_ptr<registry::Registry> m_registry;
};

}  // namespace jinglue::test
