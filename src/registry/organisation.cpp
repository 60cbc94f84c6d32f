// SPDX-License-Identifier: Apache-2.0
#include "registry/organisation.hpp"

#include <algorithm>
#include <set>

namespace jinglue::registry {
namespace {

constexpr std::size_t kMostLevels = 16;  // a loop in the register must not hang anybody

Unit unit_of(const base::Json& fields) {
  const auto text = [&](const char* key) { return fields[key].as_string(); };
  Unit out{text("key"),         {text("name"), text("name_en")},
           text("kind"),        text("parent"),
           text("from"),        text("until"),
           text("merged_into"), {}};
  if (out.name.en.empty()) out.name.en = out.name.zh;
  for (const auto& row : fields["former_names"].items()) {
    FormerName name{{row["name"].as_string(), row["name_en"].as_string()},
                    row["until"].as_string()};
    if (name.name.en.empty()) name.name.en = name.name.zh;
    out.former.push_back(std::move(name));
  }
  std::sort(out.former.begin(), out.former.end(),
            [](const FormerName& a, const FormerName& b) { return a.until < b.until; });
  return out;
}

}  // namespace

bool Unit::stands(std::string_view day) const {
  return (from.empty() || from <= day) && (until.empty() || day <= until);
}

Organisation::Organisation(const std::vector<Record>& units) {
  for (const auto& record : units) {
    Unit unit = unit_of(record.fields);
    if (!unit.key.empty()) m_units[unit.key] = std::move(unit);
  }
}

const Unit* Organisation::find(std::string_view key) const {
  const auto it = m_units.find(key);
  return it == m_units.end() ? nullptr : &it->second;
}

std::vector<std::string> Organisation::below(std::string_view key, std::string_view day) const {
  std::set<std::string, std::less<>> seen = {std::string(key)};
  std::vector<std::string> out;
  std::vector<std::string> level = {std::string(key)};
  for (std::size_t depth = 0; depth < kMostLevels && !level.empty(); ++depth) {
    std::vector<std::string> next;
    for (const auto& [name, unit] : m_units) {
      const bool over = !unit.until.empty() && unit.until < day;
      // What is over goes on in the unit that took it; records of it keep its key.
      const std::string& owner = over && !unit.merged_into.empty() ? unit.merged_into : unit.parent;
      const bool belongs = std::find(level.begin(), level.end(), owner) != level.end();
      if (belongs && seen.insert(name).second) next.push_back(name);
    }
    out.insert(out.end(), next.begin(), next.end());
    level = std::move(next);
  }
  return out;
}

std::vector<std::string> Organisation::above(std::string_view key) const {
  std::vector<std::string> out;
  const Unit* unit = find(key);
  while (unit != nullptr && !unit->parent.empty() && out.size() < kMostLevels) {
    out.push_back(unit->parent);
    unit = find(unit->parent);
  }
  return out;
}

std::string Organisation::district_of(std::string_view key) const {
  std::vector<std::string> path = above(key);
  path.insert(path.begin(), std::string(key));
  for (const auto& one : path) {
    const Unit* unit = find(one);
    if (unit != nullptr && unit->kind == "district") return one;
  }
  return {};
}

base::Words Organisation::name_on(std::string_view key, std::string_view day) const {
  const Unit* unit = find(key);
  if (unit == nullptr) return {std::string(key), std::string(key)};
  for (const auto& former : unit->former) {
    if (day <= former.until) return former.name;
  }
  return unit->name;
}

}  // namespace jinglue::registry
