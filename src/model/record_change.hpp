// SPDX-License-Identifier: Apache-2.0
// RecordChange: a register record as of one revision, as it enters the journal, so that the
// pipeline and every replay know what was known when. `number` counts all changes of records.db.
#pragma once

#include <cstdint>
#include <string>

#include "base/instant.hpp"
#include "base/json.hpp"

namespace jinglue::model {

struct RecordChange {
  std::int64_t number{0};
  std::string register_id;  ///< "vessel", "exemption", ...
  std::string record_id;
  std::int64_t revision{0};
  base::Instant at;     ///< when it was committed
  std::string actor;    ///< user name
  bool removed{false};  ///< soft delete
  base::Json fields;    ///< all fields after the change
  std::string state;    ///< lifecycle state after the change; may be empty

  base::Json to_json() const;
  static base::Result<RecordChange> from_json(const base::Json& json);
};

}  // namespace jinglue::model
