// SPDX-License-Identifier: Apache-2.0
// Registry's conditions of transitions, looked at within the write that they guard.
#include <algorithm>

#include "registry/detail/impl.hpp"
#include "registry/detail/record_scope.hpp"

namespace jinglue::registry {
namespace {

bool looks_at(const expression::Expression& e, const std::vector<std::string>& fields) {
  return std::any_of(e.paths().begin(), e.paths().end(), [&](const expression::Path& path) {
    return std::find(fields.begin(), fields.end(), path[0]) != fields.end();
  });
}

}  // namespace

base::Status Registry::Impl::check_conditions(store::Db& rows, const Definition& d,
                                              const Transition& t, const Record& seen,
                                              base::Instant now,
                                              const std::vector<std::string>& not_known) const {
  const auto& conditions = life_of(d).transition(t.key).conditions;
  if (conditions.empty()) return {};
  const detail::RecordScope scope(rows, definitions, d, seen, now, zone_of(d));
  base::Words failed;
  for (const auto& c : conditions) {
    if (looks_at(c.when.read, not_known) || c.when.read.holds(scope)) continue;
    failed.zh += (failed.zh.empty() ? "" : "；") + c.message.zh;
    failed.en += (failed.en.empty() ? "" : "; ") + c.message.en;
  }
  if (failed.zh.empty()) return {};
  return base::fail(base::Code::kConflict, failed.zh + " / " + failed.en, "conditions",
                    "the conditions of '" + t.key + "' are looked at again with each try");
}

}  // namespace jinglue::registry
