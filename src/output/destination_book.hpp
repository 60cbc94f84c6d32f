// SPDX-License-Identifier: Apache-2.0
// DestinationBook: the destinations of an installation and what was decided about each, in
// records.db. draft -> approved -> suspended | expired -> approved ...; ended is for ever. Only an
// approved one whose end has not come is sent to. A change of anything takes the approval back.
// Every act is an audit line of the same transaction. Time is the wall clock, as for accounts.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.hpp"
#include "base/instant.hpp"
#include "base/json.hpp"
#include "output/destination.hpp"
#include "output/relay.hpp"

namespace jinglue::store {
class Database;
class Db;
class Stmt;
}  // namespace jinglue::store

namespace jinglue::output {

enum class State : std::uint8_t { kDraft = 0, kApproved, kSuspended, kExpired, kEnded };
std::string_view to_key(State state);

/// Who decided what, when and why.
struct Decision {
  std::string act;  ///< "propose", "change", "approve", "suspend", "expire", "end"
  std::string by;
  base::Instant at;
  std::string reason;
};

struct Entry {
  Destination destination;
  State state{State::kDraft};
  std::int64_t revision{1};  ///< counts changes and decisions
  Decision proposed;         ///< the last proposal or change
  Decision last;
  /// Of an approved, suspended or expired one.
  std::optional<Decision> approval;
  base::Instant until;  ///< of the approval; exclusive
  base::Json counts;    ///< as kept last; the relay's are newer
};

/// What an administrator does, and to which state of it: kConflict when that is no longer so.
struct Act {
  std::string name;
  std::int64_t revision{0};
  std::string reason;
  access::Actor actor;
  base::Instant now;
};

struct HiddenSender {
  std::uint32_t mmsi{0};
  std::string note;
  friend bool operator==(const HiddenSender&, const HiddenSender&) = default;
};
struct HiddenList {
  bool official{true};  ///< also vessels of the register of kind "official"
  std::vector<HiddenSender> senders;
  std::int64_t revision{0};
};

class DestinationBook {
 public:
  static constexpr std::size_t kMostOpen = 32;                              ///< that have not ended
  static constexpr base::Duration kLongest = std::chrono::hours(24 * 366);  ///< of an approval
  static constexpr std::size_t kMostHidden = 10'000;

  /// `zone_exists` is asked when a destination is proposed or approved.
  DestinationBook(store::Database& records, access::Access& access,
                  std::function<bool(const std::string&)> zone_exists);

  base::Result<Entry> propose(const Destination& destination, const access::Actor& by,
                              base::Instant now);
  /// Of a draft, a suspended or an expired one; it is a draft afterwards. The name stays.
  base::Result<Entry> change(const Act& act, const Destination& destination);
  /// Also renews. When there are several administrators, it is not who proposed it (kForbidden).
  base::Result<Entry> approve(const Act& act, base::Instant until);
  base::Result<Entry> suspend(const Act& act);
  base::Result<Entry> end(const Act& act);
  /// Those whose end has come, with an audit line of the program; how many.
  std::size_t expire(base::Instant now);

  std::vector<Entry> list() const;  ///< by name
  std::optional<Entry> find(const std::string& name) const;
  std::vector<Approved> approved(base::Instant now) const;

  HiddenList hidden() const;
  /// The whole list; `list.revision` is the one that it replaces.
  base::Status hide(const HiddenList& list, const std::string& reason, const access::Actor& by,
                    base::Instant now);
  Hidden hidden_set() const;

  /// Counts outlive the program.
  void keep_counts(const std::map<std::string, base::Json>& counts);

  /// Called after each committed change, in the thread that made it, before it returns.
  void on_change(std::function<void()> told) { m_told = std::move(told); }

 private:
  using Step = std::function<base::Result<base::Json>(Entry&)>;  ///< the audit line's detail
  base::Result<Entry> act_on(const Act& act, std::string_view name, const Step& step);
  base::Status may_be_used(const Destination& destination) const;
  bool has_other_administrator(const std::string& user) const;
  void tell() const;

  store::Database& m_records;
  access::Access& m_access;
  std::function<bool(const std::string&)> m_zone_exists;
  std::function<void()> m_told;
};

}  // namespace jinglue::output
