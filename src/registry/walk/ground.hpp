// SPDX-License-Identifier: Apache-2.0
// Ground: what a walk stands on: tables in a folder of its own, two accounts for each role, and a
// time that moves by a second with each write.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "registry/registry.hpp"
#include "registry/walk/valid_values.hpp"
#include "store/database.hpp"

namespace jinglue::registry {

class Ground {
 public:
  Ground(const std::filesystem::path& definitions, const std::filesystem::path& calendar,
         const std::filesystem::path& scratch);

  Registry& registry() { return m_registry; }
  store::Database& records() { return m_records; }
  const std::vector<Definition>& definitions() const { return m_registry.definitions(); }
  const Definition& definition(const std::string& register_id) const;
  Record record(const std::string& register_id, const std::string& id) const;

  base::Instant now;
  Write by(const access::Actor& actor);
  Write by_program() { return by(access::Actor::system()); }
  /// The first or the second person with that role, of the whole authority.
  static access::Actor person(access::Role role, int which = 1);
  static const std::vector<access::Role>& roles();

  /// A record of valid values as a person makes it who may edit; kForbidden when nobody may.
  base::Result<Record> make(const Definition& d, bool complete,
                            const base::Json& over = base::Json::object());
  /// Changes fields as the program: what is sealed or locked too.
  base::Result<Record> set(const Record& record, const base::Json& fields);

  /// Links are to what `linked` gives.
  ValueSource values(const Definition& d);
  std::function<std::vector<std::string>(const std::string& register_id)> linked;

  /// Does it and takes all of it back, the time too.
  void tried(const std::function<void()>& deed);

 private:
  /// Null when no file is known that the field accepts.
  base::Json upload(const Definition& d, const Field& f, const access::Actor& actor);
  /// Who may edit, and sees the required fields; nothing when nobody may.
  std::optional<access::Actor> maker(const Definition& d, const base::Json& fields) const;
  void add_accounts(const std::string& district, int count);
  std::string named(const std::string& type) const;

  store::Database m_records;
  access::Access m_access;
  Registry m_registry;
  std::set<std::string> m_districts;
  std::size_t m_number{0};
};

/// Fields that say who is told ("field:handler").
std::set<std::string> told_fields(const Definition& d);

}  // namespace jinglue::registry
