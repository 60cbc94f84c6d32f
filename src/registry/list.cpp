// SPDX-License-Identifier: Apache-2.0
// Registry's lists: queries, with and without a person's rights.
#include "registry/detail/impl.hpp"
#include "registry/detail/query.hpp"
#include "registry/detail/rights.hpp"
#include "registry/sight.hpp"

namespace jinglue::registry {

std::optional<Record> Registry::find_by(const std::string& register_id, const std::string& field,
                                        const std::string& value) const {
  Query query;
  query.equals = {{field, value}};
  query.limit = 1;
  auto page = list(register_id, query);
  if (!page || page->items.empty()) return std::nullopt;
  return std::move(page->items.front());
}

base::Result<Page> Registry::list(const std::string& register_id, const Query& query) const {
  const auto known = m_impl->need(register_id);
  if (!known) return tl::unexpected(known.error());
  return m_impl->db.read([&](store::Db& db) { return detail::run_query(db, **known, query); });
}

base::Result<Page> Registry::list_for(const access::Actor& actor, const std::string& register_id,
                                      Query query) const {
  const auto known = m_impl->need(register_id);
  if (!known) return tl::unexpected(known.error());
  const Definition& d = **known;
  // The same rows that may_see() lets through one by one.
  query.districts = actor.reach();
  if (auto seen = detail::may_see(d, actor, ""); !seen) return tl::unexpected(seen.error());
  if (auto asked = may_ask(d, query, actor); !asked) return tl::unexpected(asked.error());
  auto page = list(register_id, query);
  if (!page) return page;
  // A cursor holds the sort value of the last row: only of a field that may_ask() let through.
  for (auto& record : page->items) record = seen_by(d, std::move(record), actor);
  return page;
}

}  // namespace jinglue::registry
