// SPDX-License-Identifier: Apache-2.0
// JournalEntry: one input of the pipeline, in the one total order (contracts, "Order"). Raw lines
// are the truth; everything else is derived from the sequence of these.
#pragma once

#include <cstdint>
#include <string>

#include "base/instant.hpp"

namespace jinglue::model {

enum class EntryKind : std::uint8_t {
  kLine = 1,          ///< payload: one raw line without its end
  kTick = 2,          ///< a clock tick each second; arrival is the clock's time; no payload
  kRecordChange = 3,  ///< payload: JSON of a RecordChange (registers that the pipeline uses)
  kRulePack =
      4,  ///< payload: JSON {"revision", "files": {name: text}}: the rules in force from here
  kPositions = 5,  ///< payload: positions of the past that were imported, for the archive alone
  kFeeds = 6,      ///< payload: JSON of a feed::Setup: how lines are read from here on
};

struct JournalEntry {
  std::uint64_t offset{0};  ///< 1, 2, 3 ... without a gap; given by the journal
  EntryKind kind{EntryKind::kLine};
  base::Instant arrival;  ///< data folder clock (wall or feed)
  std::string input;      ///< name of the input; empty for ticks and changes
  std::string station;    ///< source address or station; may be empty
  std::string payload;
};

}  // namespace jinglue::model
