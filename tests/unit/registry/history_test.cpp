// SPDX-License-Identifier: Apache-2.0
// Properties over random edits with old base revisions, against a model of what must happen.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "registry/registry.hpp"
#include "support/records_fixture.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using base::Json;

namespace {

const std::vector<std::string> kFields = {"length_m", "power_kw", "tonnage_gt", "note"};

struct Edit {
  std::vector<std::pair<std::size_t, int>> values;  ///< field and value; 0 = take away
  int behind{0};                                    ///< base revision this much below the newest
  int person{0};
};

rc::Gen<Edit> edits() {
  return rc::gen::build<Edit>(
      rc::gen::set(&Edit::values,
                   rc::gen::nonEmpty(rc::gen::container<std::vector<std::pair<std::size_t, int>>>(
                       rc::gen::pair(rc::gen::inRange<std::size_t>(0, kFields.size()),
                                     rc::gen::inRange(0, 4))))),
      rc::gen::set(&Edit::behind, rc::gen::inRange(0, 4)),
      rc::gen::set(&Edit::person, rc::gen::inRange(0, 2)));
}

Json value_of(std::size_t field, int value) {
  if (value == 0) return {};
  return kFields[field] == "note" ? Json(std::to_string(value)) : Json(value);
}

/// The record that its history alone gives.
struct Replay {
  Json fields = Json::object();
  std::string state;
  bool removed{false};
  Json pending;

  void apply(const HistoryLine& line) {
    if (line.field == "input") return;
    if (line.field == "state")
      state = line.after.as_string();
    else if (line.field == "removed")
      removed = line.after.as_bool();
    else if (line.field == "pending")
      pending = line.after;
    else
      fields.set(line.field, line.after);
  }
};

void expect_replays(const Registry& registry, const Record& record) {
  Replay replay;
  std::map<std::string, Json> last;
  for (const auto& line : registry.history(record.register_id, record.id)) {
    if (line.field != "input" && line.field != "removed" && line.field != "clock") {
      RC_ASSERT(line.before == last[line.field]);
      last[line.field] = line.after;
    }
    RC_ASSERT(line.revision <= record.revision);
    replay.apply(line);
  }
  for (const auto& f : registry.definition(record.register_id)->fields) {
    RC_ASSERT(replay.fields[f.key] == record.fields[f.key]);
  }
  RC_ASSERT(replay.state == record.state);
  RC_ASSERT(replay.removed == record.removed);
  RC_ASSERT(replay.pending == record.pending);
}

/// One database for all runs of a property; each run has a record of its own.
test::RecordsFixture& shared_records() {
  static test::RecordsFixture records;
  return records;
}

}  // namespace

RC_GTEST_PROP(History, EditsMergeConflictAndReplayAsTheModelSays, ()) {
  auto& f = shared_records();
  Registry& reg = f.registry();
  const auto list = *rc::gen::container<std::vector<Edit>>(edits());
  const auto made =
      reg.create("vessel", Json::object({{"name", "a"}, {"kind", "fishing"}}), f.by(f.duty));
  RC_ASSERT(made.has_value());
  std::map<std::string, Json> now;
  std::map<std::string, std::int64_t> changed_at;
  std::int64_t revision = 1;
  for (const auto& edit : list) {
    Json fields = Json::object();
    for (const auto& [field, value] : edit.values) {
      fields.set(kFields[field], value_of(field, value));
    }
    const std::int64_t base = std::max<std::int64_t>(1, revision - edit.behind);
    bool differs = false;
    bool conflict = false;
    for (const auto& [key, value] : fields.members()) {
      if (value == now[key]) continue;
      differs = true;
      conflict = conflict || changed_at[key] > base;
    }
    const auto& actor = edit.person == 0 ? f.duty : f.duty2;
    const auto result = reg.patch("vessel", made->id, base, fields, f.by(actor));
    RC_ASSERT(result.has_value() == !conflict);
    RC_ASSERT(reg.conflicts("vessel", made->id, base, fields).empty() ==
              (!conflict || result.has_value()));
    if (conflict || !differs) continue;
    ++revision;
    for (const auto& [key, value] : fields.members()) {
      if (value != now[key]) changed_at[key] = revision;
      now[key] = value;
    }
    RC_ASSERT(result->revision == revision);
  }
  const auto end = reg.find("vessel", made->id);
  for (const auto& key : kFields) RC_ASSERT(end->fields[key] == now[key]);
  expect_replays(reg, *end);
}

RC_GTEST_PROP(History, ARepeatedRequestIsWrittenOnce, ()) {
  auto& f = shared_records();
  Registry& reg = f.registry();
  const std::string key = "repeat-" + std::to_string(f.now.ms);
  const auto made =
      reg.create("vessel", Json::object({{"name", "a"}, {"kind", "fishing"}}), f.by(f.duty, key));
  RC_ASSERT(made.has_value());
  const auto requests = *rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 5));
  std::map<int, Json> answers;
  std::int64_t revision = 1;
  for (const int r : requests) {
    // Request r always asks the same: the field by its number, on the revision that it first saw.
    const Json fields = Json::object({{"note", "n" + std::to_string(r)}});
    static std::map<std::string, std::int64_t> seen;
    const std::string k = key + "/" + std::to_string(r);
    const std::int64_t base = seen.emplace(k, revision).first->second;
    const auto result = reg.patch("vessel", made->id, base, fields, f.by(f.duty, k));
    RC_ASSERT(result.has_value());
    if (!answers.contains(r)) {
      answers[r] = to_json(*result);
      revision = result->revision;
    }
    RC_ASSERT(to_json(*result) == answers[r]);
  }
  RC_ASSERT(reg.find("vessel", made->id)->revision == revision);
}

RC_GTEST_PROP(History, EveryStepOfALifecycleReplays, ()) {
  auto& f = shared_records();
  Registry& reg = f.registry();
  const auto made = reg.create("case",
                               Json::object({{"title", "线索"},
                                             {"source", "patrol"},
                                             {"begin", "2024-05-01T04:00:00Z"},
                                             {"article", "第六条"},
                                             {"district", "rongcheng"}}),
                               f.by(f.enforcement));
  RC_ASSERT(made.has_value());
  const auto steps =
      *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 40));
  std::size_t counter = 0;
  for (const std::size_t step : steps) {
    const auto record = *reg.find("case", made->id);
    const auto& actor = step % 2 == 0 ? f.enforcement : f.leader;
    const Json possible = reg.transitions_for(record, actor, f.now);
    if (possible.items().empty()) break;
    const Json& t = possible.items()[(step / 2) % possible.items().size()];
    Json input = Json::object();
    for (const auto& field : t["input"].items()) {
      const std::string& type = field["type"].as_string();
      const std::string unique = "x" + std::to_string(++counter);
      if (type == "choice") input.set(field["key"].as_string(), field["choices"].items()[0]["key"]);
      if (type == "instant") input.set(field["key"].as_string(), "2024-05-02T00:00:00Z");
      if (type == "money") input.set(field["key"].as_string(), "100.00");
      if (type.ends_with("text")) input.set(field["key"].as_string(), unique);
    }
    const auto moved = reg.transition("case", made->id, t["key"].as_string(), input, f.by(actor));
    RC_ASSERT(moved.has_value() == t["allowed"].as_bool());
    if (moved) {
      RC_ASSERT(moved->state == t["to"].as_string());
    }
  }
  expect_replays(reg, *reg.find("case", made->id));
}
