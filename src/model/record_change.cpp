// SPDX-License-Identifier: Apache-2.0
#include "model/record_change.hpp"

namespace jinglue::model {

base::Json RecordChange::to_json() const {
  return base::Json::object({{"number", number},
                             {"register", register_id},
                             {"record", record_id},
                             {"revision", revision},
                             {"at", at.ms},
                             {"actor", actor},
                             {"removed", removed},
                             {"fields", fields},
                             {"state", state}});
}

base::Result<RecordChange> RecordChange::from_json(const base::Json& json) {
  RecordChange c;
  c.number = json["number"].as_int();
  c.register_id = json["register"].as_string();
  c.record_id = json["record"].as_string();
  if (c.register_id.empty() || c.record_id.empty()) {
    return base::fail(base::Code::kMalformed, "not a record change");
  }
  c.revision = json["revision"].as_int();
  c.at = {json["at"].as_int()};
  c.actor = json["actor"].as_string();
  c.removed = json["removed"].as_bool();
  c.fields = json["fields"];
  c.state = json["state"].as_string();
  return c;
}

}  // namespace jinglue::model
