// SPDX-License-Identifier: Apache-2.0
// Lists: a Query as SQL. Pages continue after the last row by its sort value and place in the order
// of creation, so that rows added or removed meanwhile neither repeat nor skip the others. Absent
// values come last. Without a sort a list is in the order of creation.
#pragma once

#include <string>
#include <vector>

#include "registry/definition.hpp"
#include "registry/registry.hpp"
#include "store/db.hpp"

namespace jinglue::registry::detail {

/// What records have, their fields and what is beside them, as a column to filter and sort by; the
/// field gives its type. Error kUnknown when the register has no such thing.
struct Column {
  std::string name;
  Field field;
};
base::Result<Column> column_of(const Definition& definition, const std::string& key);

struct Totals {
  struct OfField {
    double sum{0};             ///< money as it is written
    std::uint64_t records{0};  ///< that have a value
  };
  std::uint64_t records{0};
  std::vector<OfField> fields;  ///< as asked
};
/// How many records the query lets through, and what fields with numbers of them come to.
base::Result<Totals> run_totals(store::Db& db, const Definition& d, const Query& query,
                                const std::vector<std::string>& fields);
/// Error kUnknown for a filter or sort by something that the register does not have, kMalformed
/// for a bad cursor or value.
base::Result<Page> run_query(store::Db& db, const Definition& d, const Query& query);

}  // namespace jinglue::registry::detail
