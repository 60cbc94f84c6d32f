// SPDX-License-Identifier: Apache-2.0
#include "picture/identity/register_vessels.hpp"

#include <functional>
#include <map>

#include "picture/identity/identity.hpp"

namespace jinglue::picture {
namespace {

constexpr std::size_t kPage = 1000;

base::Status each_record(const registry::Registry& registry, registry::Query query,
                         const std::function<void(const registry::Record&)>& visit) {
  query.limit = kPage;
  do {
    const auto page = registry.list("vessel", query);
    if (!page) return tl::unexpected(page.error());
    for (const auto& record : page->items) visit(record);
    query.cursor = page->next;
  } while (!query.cursor.empty());
  return {};
}

}  // namespace

base::Result<model::VesselFacts> facts_of(const registry::Record& record) {
  model::RecordChange change;
  change.register_id = record.register_id;
  change.record_id = record.id;
  change.revision = record.revision;
  change.fields = record.fields;
  return vessel_facts(change);
}

base::Result<std::vector<model::VesselFacts>> vessels_of(
    const registry::Registry& registry, const VesselWish& wish,
    const std::vector<std::string>& districts) {
  std::vector<model::VesselFacts> out;
  registry::Query query;
  query.equals = wish;
  query.districts = districts;
  const auto done = each_record(registry, query, [&](const registry::Record& record) {
    if (auto facts = facts_of(record)) out.push_back(std::move(*facts));
  });
  if (!done) return tl::unexpected(done.error());
  return out;
}

std::vector<VesselGroup> vessel_groups(const registry::Registry& registry,
                                       const std::vector<std::string>& districts) {
  std::map<std::string, std::uint64_t> counts;
  registry::Query query;
  query.districts = districts;
  (void)each_record(registry, query, [&](const registry::Record& record) {
    for (const auto& group : record.fields["groups"].items()) ++counts[group.as_string()];
  });
  std::vector<VesselGroup> out;
  for (const auto& [key, vessels] : counts) out.push_back({key, vessels});
  return out;
}

}  // namespace jinglue::picture
