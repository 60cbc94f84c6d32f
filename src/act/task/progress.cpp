// SPDX-License-Identifier: Apache-2.0
#include "act/task/progress.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "act/task/local_day.hpp"
#include "registry/registry.hpp"

namespace jinglue::act::task {
namespace {

using base::Json;

constexpr std::size_t kAtOnce = 1000;

/// All pages of a list, as far as the person may see them.
base::Result<std::vector<registry::Record>> all_of(const registry::Registry& registry,
                                                   const access::Actor& actor,
                                                   const std::string& register_id,
                                                   registry::Query query) {
  std::vector<registry::Record> out;
  query.limit = kAtOnce;
  do {
    auto page = registry.list_for(actor, register_id, query);
    if (!page) return tl::unexpected(page.error());
    std::move(page->items.begin(), page->items.end(), std::back_inserter(out));
    query.cursor = page->next;
  } while (!query.cursor.empty());
  return out;
}

void add(Counts& counts, const TaskStanding& task) {
  ++counts.total;
  if (task.done_late) ++counts.done_late;
  switch (task.standing) {
    case Standing::kDone:
      ++counts.done;
      return;
    case Standing::kSubmitted:
      ++counts.submitted;
      return;
    case Standing::kLate:
      ++counts.late;
      break;
    case Standing::kDueSoon:
      ++counts.due_soon;
      break;
    case Standing::kOpen:
      break;
  }
  const bool begun = task.state == "doing" || task.state == "returned";
  ++(begun ? counts.doing : counts.waiting);
}

/// Goals by their place in the tree: parents before children, each level by position.
class GoalTree {
 public:
  explicit GoalTree(const std::vector<registry::Record>& goals) {
    for (const auto& goal : goals) m_known.insert(goal.id);
    for (const auto& goal : goals) {
      const std::string& parent = goal.fields["parent"].as_string();
      m_below[m_known.contains(parent) ? parent : std::string()].push_back(&goal);
    }
    for (auto& [parent, children] : m_below)
      std::stable_sort(children.begin(), children.end(), [](const auto* a, const auto* b) {
        return a->fields["position"].as_int() < b->fields["position"].as_int();
      });
    walk({}, m_order, m_seen);
  }
  const std::vector<const registry::Record*>& order() const { return m_order; }
  /// The goal and all below it.
  std::set<std::string> with_below(const std::string& id) const {
    std::vector<const registry::Record*> below;
    std::set<std::string> out{id};
    walk(id, below, out);
    return out;
  }

 private:
  /// A ring of parents, which people can make, is passed once.
  void walk(const std::string& from, std::vector<const registry::Record*>& out,
            std::set<std::string>& seen) const {
    const auto it = m_below.find(from);
    if (it == m_below.end()) return;
    for (const auto* goal : it->second) {
      if (!seen.insert(goal->id).second) continue;
      out.push_back(goal);
      walk(goal->id, out, seen);
    }
  }

  std::set<std::string> m_known, m_seen;
  std::map<std::string, std::vector<const registry::Record*>> m_below;
  std::vector<const registry::Record*> m_order;
};

Group goal_group(const registry::Record& goal) {
  const std::string& title = goal.fields["title"].as_string();
  Group out;
  out.key = goal.id;
  out.name = {title, title};
  out.kind = goal.fields["kind"].as_string();
  out.label = goal.fields["label"].as_string();
  out.parent = goal.fields["parent"].as_string();
  return out;
}

std::vector<Group> goal_groups(const GoalTree& tree, const std::vector<TaskStanding>& tasks) {
  std::map<std::string, Counts> counts;
  for (const auto& task : tasks) add(counts[task.goal], task);
  std::vector<Group> out;
  for (const auto* goal : tree.order()) {
    const auto it = counts.find(goal->id);
    if (it == counts.end()) continue;
    Group group = goal_group(*goal);
    group.counts = it->second;
    out.push_back(std::move(group));
    counts.erase(it);
  }
  Group rest;
  for (const auto& [id, some] : counts) {  // none, or a goal that is gone or not ours to see
    rest.counts.total += some.total;
    rest.counts.done += some.done;
    rest.counts.doing += some.doing;
    rest.counts.waiting += some.waiting;
    rest.counts.submitted += some.submitted;
    rest.counts.late += some.late;
    rest.counts.due_soon += some.due_soon;
    rest.counts.done_late += some.done_late;
  }
  if (rest.counts.total > 0) out.push_back(std::move(rest));
  return out;
}

template <class Key>
std::vector<Group> groups(const std::vector<TaskStanding>& tasks, Key key,
                          const std::map<std::string, base::Words>& names) {
  std::map<std::string, Counts> counts;
  for (const auto& task : tasks) add(counts[key(task)], task);
  std::vector<Group> out;
  for (const auto& [name, some] : counts) {
    const auto known = names.find(name);
    Group group;
    group.key = name;
    group.name = known == names.end() ? base::Words{name, name} : known->second;
    group.counts = some;
    out.push_back(std::move(group));
  }
  // Tasks of nobody stand last.
  std::stable_partition(out.begin(), out.end(), [](const Group& g) { return !g.key.empty(); });
  return out;
}

std::map<std::string, base::Words> district_names(const registry::Registry& registry) {
  std::map<std::string, base::Words> out;
  const auto* definition = registry.definition("task");
  const auto* field = definition == nullptr ? nullptr : definition->field("district");
  if (field == nullptr) return out;
  for (const auto& choice : field->choices) out[choice.key] = choice.name;
  return out;
}

registry::Query task_query(const ProgressQuery& wanted) {
  registry::Query out;
  const auto equal = [&](const char* field, const std::string& value) {
    if (!value.empty()) out.equals.emplace_back(field, value);
  };
  equal("document", wanted.document);
  equal("district", wanted.district);
  equal("unit", wanted.unit);
  return out;
}

void sort_by_line(const GoalTree& tree, std::vector<TaskStanding>& tasks) {
  std::map<std::string, std::size_t> rank;
  for (const auto* goal : tree.order()) rank.emplace(goal->id, rank.size());
  const auto of = [&](const TaskStanding& task) {
    const auto it = rank.find(task.goal);
    return it == rank.end() ? rank.size() : it->second;
  };
  const auto due = [](const TaskStanding& task) { return task.due.empty() ? "9999" : task.due; };
  std::stable_sort(tasks.begin(), tasks.end(), [&](const auto& a, const auto& b) {
    return std::tuple(of(a), due(a), a.number) < std::tuple(of(b), due(b), b.number);
  });
}

}  // namespace

base::Result<Progress> progress_of(const registry::Registry& registry, const access::Actor& actor,
                                   const ProgressQuery& query, base::Instant now) {
  const auto records = all_of(registry, actor, "task", task_query(query));
  if (!records) return tl::unexpected(records.error());
  const auto goals = all_of(registry, actor, "goal", {});
  if (!goals) return tl::unexpected(goals.error());
  const GoalTree tree(*goals);
  const auto wanted = query.goal.empty() ? std::set<std::string>() : tree.with_below(query.goal);
  Progress out;
  out.today = local_day(now);
  out.soon_days = query.soon_days;
  std::vector<TaskStanding> tasks;
  for (const auto& record : *records) {
    if (record.state == "cancelled") continue;
    auto task = standing_of(record, out.today, query.soon_days);
    if (!wanted.empty() && !wanted.contains(task.goal)) continue;
    tasks.push_back(std::move(task));
  }
  for (const auto& task : tasks) add(out.all, task);
  out.goals = goal_groups(tree, tasks);
  out.districts = groups(tasks, [](const auto& t) { return t.district; }, district_names(registry));
  out.units = groups(tasks, [](const auto& t) { return t.unit; }, {});
  std::erase_if(
      tasks, [&](const auto& task) { return query.standing && task.standing != *query.standing; });
  sort_by_line(tree, tasks);
  out.tasks = std::move(tasks);
  return out;
}

}  // namespace jinglue::act::task
