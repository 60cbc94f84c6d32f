// SPDX-License-Identifier: Apache-2.0
// What the register makes of a scenario's records: ids, links, states; for tests that play a drill
// through the pipeline without a registry.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "model/record_change.hpp"

namespace jinglue::test {

struct DrillRecords {
  std::vector<model::RecordChange> changes;
  std::map<std::string, std::string> ids;  ///< key of the script -> record id
};

inline DrillRecords drill_records(const base::Json& records, base::Instant at) {
  DrillRecords out;
  for (const auto& record : records.items()) {
    model::RecordChange change;
    change.number = std::int64_t(out.changes.size()) + 1;
    change.register_id = record["register"].as_string();
    change.record_id = "record-" + std::to_string(change.number);
    change.revision = 1;
    change.at = at;
    change.actor = "drill";
    for (const auto& [name, value] : record["fields"].members()) {
      const auto& text = value.as_string();
      const bool link = text.starts_with('@');
      change.fields.set(name, link ? base::Json(out.ids.at(text.substr(1))) : value);
    }
    change.state = record["transition"].as_string() == "approve" ? "approved" : "draft";
    const auto& key = record["key"].as_string();
    if (!key.empty()) out.ids[key] = change.record_id;
    out.changes.push_back(std::move(change));
  }
  return out;
}

}  // namespace jinglue::test
