// SPDX-License-Identifier: Apache-2.0
// RecordScope: what an expression sees of a whole record: its fields, records behind its links, and
// those that link to it, as they are in one read or write of the database. As the program sees
// them: what a person sees of the result is decided by the field that holds it. With a reader:
// what that person does not see is absent, what is masked for them is masked.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "registry/detail/scope.hpp"
#include "registry/registry.hpp"
#include "store/db.hpp"

namespace jinglue::registry::detail {

/// The local day of an instant in an IANA zone, as "2024-05-01".
std::string local_day(base::Instant at, const std::string& zone);

class RecordScope : public expression::Scope {
 public:
  /// `reader`: `record` is given as that person sees it. Null: the program reads.
  RecordScope(store::Db& db, const std::vector<Definition>& all, const Definition& d,
              const Record& record, base::Instant now, std::string zone,
              const access::Actor* reader = nullptr)
      : m_db(db),
        m_all(all),
        m_definition(d),
        m_record(record),
        m_now(now),
        m_zone(std::move(zone)),
        m_reader(reader) {}

  expression::Value field(const expression::Path& path) const override;
  expression::List linked(const std::string& register_id, const std::string& link,
                          const std::string& field) const override;
  /// Rows of this record, or {register, link}: the records that point here by that link.
  void each(const expression::Path& of,
            const std::function<void(const expression::Scope&)>& visit) const override;
  base::Instant now() const override { return m_now; }
  expression::Day today() const override;

 private:
  const Record* load(const Definition& d, const std::string& id) const;
  /// As the reader sees it; nothing when that is nothing.
  std::optional<Record> seen(const Definition& d, Record record) const;
  std::vector<Record> pointing_here(const Definition& d, const std::string& link) const;

  store::Db& m_db;
  const std::vector<Definition>& m_all;
  const Definition& m_definition;
  const Record& m_record;
  base::Instant m_now;
  std::string m_zone;
  const access::Actor* m_reader;
  mutable std::map<std::string, std::unique_ptr<Record>> m_loaded;  ///< null: not there
};

}  // namespace jinglue::registry::detail
