// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/computed.hpp"

#include <algorithm>

#include "registry/detail/default_value.hpp"
#include "registry/detail/record_scope.hpp"
#include "registry/detail/row.hpp"
#include "registry/detail/search.hpp"
#include "registry/detail/table.hpp"
#include "registry/life.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Json;

const Definition* find(const std::vector<Definition>& all, const std::string& id) {
  const auto it =
      std::find_if(all.begin(), all.end(), [&](const Definition& d) { return d.id == id; });
  return it == all.end() ? nullptr : &*it;
}

/// Ids of the records of `d` whose link field points to one of `ids`.
std::vector<std::string> pointing_at(store::Db& db, const Definition& d, const std::string& link,
                                     const std::vector<std::string>& ids) {
  std::vector<std::string> out;
  const Field* f = d.field(link);
  if (f == nullptr) return out;
  for (const auto& id : ids) {
    auto rows = db.prepare("SELECT id FROM " + table_name(d) + " WHERE removed = 0 AND " +
                           column_name(*f) + " = ?");
    rows.bind(1, std::string_view(id));
    while (rows.step()) out.push_back(rows.text(0));
  }
  return out;
}

/// Back along the route, from the record that changed to the owners.
std::vector<std::string> owners_along(store::Db& db, const std::vector<Definition>& all,
                                      const Dependent& dependent, const std::string& id) {
  std::vector<const Definition*> registers = {dependent.owner};
  for (const auto& link : dependent.route) {
    const Field* f = registers.back()->field(link);
    const Definition* next = f == nullptr ? nullptr : find(all, f->link);
    if (next == nullptr) return {};
    registers.push_back(next);
  }
  std::vector<std::string> ids = {id};
  for (std::size_t i = dependent.route.size(); i > 0; --i) {
    ids = pointing_at(db, *registers[i - 1], dependent.route[i - 1], ids);
  }
  return ids;
}

void add_linked_ids(const Json& value, std::set<std::string>& out) {
  if (value.is_string() && !value.as_string().empty()) out.insert(value.as_string());
  for (const auto& item : value.items()) out.insert(item.as_string());
}

void add_routes(const std::vector<Definition>& all, const Definition& owner,
                const expression::Path& path, const std::string& register_id,
                std::vector<Dependent>& out) {
  const Definition* d = &owner;
  Dependent now{&owner, {}, {}, {}};
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const Field* f = d->field(path[i]);
    if (f == nullptr || f->type != FieldType::kLink) return;
    now.route.push_back(path[i]);
    d = find(all, f->link);
    if (d == nullptr) return;
    now.name = path[i + 1];
    if (d->id == register_id) out.push_back(now);
  }
}

void update_computed(store::Db& db, const Definition& d, const Record& record) {
  std::string sets;
  for (const auto& f : d.fields) {
    if (f.computed) sets += (sets.empty() ? "" : ", ") + column_name(f) + " = ?";
  }
  auto s = db.prepare("UPDATE " + table_name(d) + " SET " + sets + " WHERE id = ?");
  int index = 1;
  for (const auto& f : d.fields) {
    if (f.computed) bind_value(s, index++, f, record.fields[f.key]);
  }
  s.bind(index, std::string_view(record.id)).run();
  store_search_texts(db, d, record);
}

}  // namespace

bool compute(store::Db& db, const std::vector<Definition>& all, const Definition& d, Record& record,
             base::Instant now) {
  std::size_t count = 0;
  for (const auto& f : d.fields) count += f.computed ? 1 : 0;
  bool any = false;
  // One may look at another one: at most as many rounds as there are, for there is no cycle.
  for (std::size_t round = 0; round < count; ++round) {
    const RecordScope scope(db, all, d, record, now, zone_of(d));
    Json values = Json::object();
    for (const auto& f : d.fields) {
      if (!f.computed) continue;
      Json value = field_value(f, f.computed->value(scope));
      if (value != record.fields[f.key]) values.set(f.key, std::move(value));
    }
    if (values.members().empty()) break;
    any = true;
    Json fields = Json::object();
    for (const auto& f : d.fields) {
      const Json& value = values.has(f.key) ? values[f.key] : record.fields[f.key];
      if (!value.is_null()) fields.set(f.key, value);
    }
    record.fields = std::move(fields);
  }
  return any;
}

std::vector<Dependent> dependents_of(const std::vector<Definition>& all,
                                     const std::string& register_id) {
  std::vector<Dependent> out;
  for (const auto& owner : all) {
    for (const auto& f : owner.fields) {
      if (!f.computed) continue;
      for (const auto& path : f.computed->paths()) add_routes(all, owner, path, register_id, out);
      for (const auto& linked : f.computed->linked()) {
        if (linked.size() == 3 && linked[0] == register_id)
          out.push_back({&owner, {}, linked[1], linked[2]});
      }
    }
  }
  return out;
}

std::vector<std::string> touched(store::Db& db, const std::vector<Definition>& all,
                                 const Dependent& dependent, const Record* before,
                                 const Record& after, const std::set<std::string>& changed) {
  const bool whole = before == nullptr || changed.contains("removed");
  const bool read = whole || changed.contains(dependent.name);
  if (!dependent.back.empty()) {
    if (!read && !changed.contains(dependent.back)) return {};
    std::set<std::string> owners;
    if (before != nullptr) add_linked_ids(before->fields[dependent.back], owners);
    add_linked_ids(after.fields[dependent.back], owners);
    return {owners.begin(), owners.end()};
  }
  // Nobody links to a record before it is there.
  if (!read || before == nullptr) return {};
  return owners_along(db, all, dependent, after.id);
}

std::size_t recompute_all(store::Db& db, const std::vector<Definition>& all, base::Instant now) {
  std::set<std::string> different;
  std::size_t rounds = 1;
  for (const auto& d : all) {
    for (const auto& f : d.fields) rounds += f.computed ? 1 : 0;
  }
  bool moved = true;
  for (std::size_t round = 0; moved && round < rounds; ++round) {
    moved = false;
    for (const auto& d : all) {
      const bool any = std::any_of(d.fields.begin(), d.fields.end(),
                                   [](const Field& f) { return bool(f.computed); });
      if (!any) continue;
      std::vector<std::string> ids;
      {
        auto rows = db.prepare("SELECT id FROM " + table_name(d) + " ORDER BY id");
        while (rows.step()) ids.push_back(rows.text(0));
      }
      for (const auto& id : ids) {
        auto record = load_record(db, d, id);
        if (!record || !compute(db, all, d, *record, now)) continue;
        update_computed(db, d, *record);
        different.insert(id);
        moved = true;
      }
    }
  }
  return different.size();
}

}  // namespace jinglue::registry::detail
