// SPDX-License-Identifier: Apache-2.0
// RecordSchedules: records that come again and again. A schedule holds the values of a record, a
// rule of when (registry/recurrence.hpp) and who is told; run() makes the record of each period
// exactly once, whenever and however often it is called, also after a restart or a long stop.
// The record is made by the schedule ("schedule:OWNER" in its history, with the schedule's name and
// period as the note), in registers that are in use only.
//
// Missed periods (the station stood still, the register was disabled): of a rule by month, quarter
// or year each one is made, of a rule by day or week the last alone; the note says so.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "base/instant.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "registry/recurrence.hpp"
#include "registry/registry.hpp"

namespace jinglue::registry {

struct RecordSchedule {
  std::string id, register_id;
  std::string owner;  ///< sign-in name; told when nobody else is, and of what goes wrong
  std::string name;   ///< one of this name in a register
  base::Json fields;  ///< texts may hold {period}, {year}, {month}, {quarter}, {due}
  Recurrence rule;
  std::vector<std::string> tell;  ///< as `to` of a definition; empty = the owner
  bool paused{false};
  base::Instant changed_at;
  std::string trouble;  ///< why the last period could not be made; empty = none
};
struct ScheduleRun {
  std::string period;
  expression::Day due;
  base::Instant at;
  std::string record;  ///< id; empty: left out for a later one
};
struct ScheduleReport {
  std::size_t made{0}, left_out{0}, failed{0};
};

class RecordSchedules {
 public:
  static constexpr std::size_t kMostName = 60;  ///< characters
  static constexpr std::size_t kMostOfRegister = 200;
  static constexpr std::size_t kMostBytes = 65'536;

  RecordSchedules(Registry& registry, access::Access& access)
      : m_registry(registry), m_access(access) {}

  std::vector<RecordSchedule> list(const std::string& register_id) const;  ///< by name
  std::optional<RecordSchedule> find(const std::string& register_id, const std::string& id) const;
  /// The last of them, newest first.
  std::vector<ScheduleRun> runs(const std::string& id, std::size_t limit) const;
  /// The next periods, from today on.
  std::vector<Occurrence> next(const RecordSchedule& schedule, base::Instant now,
                               std::size_t count) const;

  /// One of the same name is replaced, by its owner or, with `any`, by others; its periods that
  /// were made are not made again. A record is tried with the rights of `actor` and taken back, so
  /// that a schedule whose records would be refused is refused now.
  base::Result<RecordSchedule> save(const RecordSchedule& given, const access::Actor& actor,
                                    bool any, base::Instant now);
  /// Its records stay. kUnknown, kForbidden for one of another owner without `any`.
  base::Status remove(const std::string& register_id, const std::string& id,
                      const access::Actor& actor, bool any, base::Instant now);

  /// Makes what is to be made by `now`.
  ScheduleReport run(base::Instant now);

 private:
  base::Status check(const Definition& d, const RecordSchedule& schedule) const;
  base::Status tried(const Definition& d, const RecordSchedule& schedule,
                     const access::Actor& actor, base::Instant now);
  void run_one(const Definition& d, const RecordSchedule& schedule, base::Instant now,
               ScheduleReport& report);
  base::Status make(const Definition& d, const RecordSchedule& schedule, const Occurrence& one,
                    const std::vector<Occurrence>& missed, base::Instant now);
  void tell(const Definition& d, const RecordSchedule& schedule, const Occurrence& one,
            const Record& record, base::Instant now);
  void note_trouble(const Definition& d, const RecordSchedule& schedule, const Occurrence& one,
                    const std::string& why, base::Instant now);

  Registry& m_registry;
  access::Access& m_access;
};

}  // namespace jinglue::registry
