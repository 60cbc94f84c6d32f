// SPDX-License-Identifier: Apache-2.0
#include "output/destination_book.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>

#include "base/keys.hpp"
#include "base/text.hpp"
#include "store/database.hpp"

namespace jinglue::output {
namespace {

using access::Action;
using base::Code;
using base::Json;

const std::array<store::Migration, 1> kSteps = {{{1, R"sql(
  CREATE TABLE output_destination (
    name TEXT PRIMARY KEY, document TEXT NOT NULL, state TEXT NOT NULL, revision INTEGER NOT NULL,
    proposed TEXT NOT NULL, last TEXT NOT NULL, approval TEXT NOT NULL, until_ms INTEGER NOT NULL,
    counts TEXT NOT NULL);
  CREATE TABLE output_hidden (
    one INTEGER PRIMARY KEY CHECK (one = 1), official INTEGER NOT NULL, senders TEXT NOT NULL,
    revision INTEGER NOT NULL);
  INSERT INTO output_hidden VALUES (1, 1, '[]', 1);
)sql"}}};
constexpr const char* kColumns =
    "name, document, state, revision, proposed, last, approval, until_ms, counts";
constexpr std::array<std::string_view, 5> kStates = {"draft", "approved", "suspended", "expired",
                                                     "ended"};
constexpr std::size_t kMostReason = 500;

Json decision_json(const Decision& decision) {
  return Json::object({{"act", decision.act},
                       {"by", decision.by},
                       {"at", decision.at.ms},
                       {"reason", decision.reason}});
}

/// What this program wrote itself; anything else is a damaged database.
Json own_json(const std::string& text, const std::string& name) {
  auto json = base::parse_json(text);
  if (json) return std::move(*json);
  throw base::WorldError("a destination cannot be read", name + ": " + json.error().text(),
                         "restore records.db from a backup");
}

Decision decision_of(const Json& json) {
  return {json["act"].as_string(),
          json["by"].as_string(),
          {json["at"].as_int()},
          json["reason"].as_string()};
}

Entry entry_of(const store::Stmt& row) {
  Entry out;
  const std::string name = row.text(0);
  auto destination = destination_from_json(own_json(row.text(1), name));
  if (!destination) {
    throw base::WorldError("a destination cannot be read", name + ": " + destination.error().text(),
                           "start the version of the program that wrote it");
  }
  out.destination = std::move(*destination);
  out.state = base::value_of<State>(kStates, row.text(2)).value_or(State::kEnded);
  out.revision = row.integer(3);
  out.proposed = decision_of(own_json(row.text(4), name));
  out.last = decision_of(own_json(row.text(5), name));
  if (!row.text(6).empty()) out.approval = decision_of(own_json(row.text(6), name));
  out.until = {row.integer(7)};
  out.counts = own_json(row.text(8), name);
  return out;
}

std::optional<Entry> find_in(store::Db& db, const std::string& name) {
  auto row = db.prepare(fmt::format("SELECT {} FROM output_destination WHERE name = ?", kColumns));
  row.bind(1, name);
  if (!row.step()) return std::nullopt;
  return entry_of(row);
}

void put(store::Db& db, const Entry& entry) {
  db.prepare(fmt::format("INSERT INTO output_destination ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
                         "ON CONFLICT (name) DO UPDATE SET document = excluded.document, "
                         "state = excluded.state, revision = excluded.revision, "
                         "proposed = excluded.proposed, last = excluded.last, "
                         "approval = excluded.approval, until_ms = excluded.until_ms",
                         kColumns))
      .bind(1, entry.destination.name)
      .bind(2, to_json(entry.destination).dump())
      .bind(3, to_key(entry.state))
      .bind(4, entry.revision)
      .bind(5, decision_json(entry.proposed).dump())
      .bind(6, decision_json(entry.last).dump())
      .bind(7, entry.approval ? decision_json(*entry.approval).dump() : std::string())
      .bind(8, entry.until.ms)
      .bind(9, entry.counts.is_object() ? entry.counts.dump() : "{}")
      .run();
}

base::Status check_reason(const std::string& reason) {
  if (base::trim(reason).empty()) {
    return base::fail(Code::kMissing, "a reason must be given", "reason");
  }
  if (reason.size() > kMostReason) {
    return base::fail(Code::kTooLarge, fmt::format("at most {} bytes", kMostReason), "reason");
  }
  return {};
}

tl::unexpected<base::Error> not_in(State state, std::string_view act) {
  return base::fail(Code::kConflict, fmt::format("one that is {} cannot be {}", to_key(state), act),
                    "state", "read it again");
}

HiddenList hidden_in(store::Db& db) {
  auto row = db.prepare("SELECT official, senders, revision FROM output_hidden");
  HiddenList out;
  if (!row.step()) return out;  // then official ones stay hidden
  out.official = row.integer(0) != 0;
  const auto senders = own_json(row.text(1), "output_hidden");
  for (const auto& one : senders.items()) {
    out.senders.push_back(
        {static_cast<std::uint32_t>(one["mmsi"].as_int()), one["note"].as_string()});
  }
  out.revision = row.integer(2);
  return out;
}

Json senders_json(const std::vector<HiddenSender>& senders) {
  Json out = Json::array();
  for (const auto& sender : senders) {
    out.push(Json::object({{"mmsi", std::int64_t{sender.mmsi}}, {"note", sender.note}}));
  }
  return out;
}

/// Those of `some` that are not in `others`.
Json without(const std::vector<HiddenSender>& some, const std::vector<HiddenSender>& others) {
  Json out = Json::array();
  for (const auto& sender : some) {
    const bool there = std::any_of(others.begin(), others.end(),
                                   [&](const auto& other) { return other.mmsi == sender.mmsi; });
    if (!there) out.push(std::int64_t{sender.mmsi});
  }
  return out;
}

}  // namespace

std::string_view to_key(State state) {
  return base::key_of(kStates, state);
}

DestinationBook::DestinationBook(store::Database& records, access::Access& access,
                                 std::function<bool(const std::string&)> zone_exists)
    : m_records(records), m_access(access), m_zone_exists(std::move(zone_exists)) {
  m_records.migrate("output", kSteps);
}

void DestinationBook::tell() const {
  if (m_told) m_told();
}

base::Status DestinationBook::may_be_used(const Destination& destination) const {
  const auto& zone = destination.filter.zone;
  if (zone.empty() || m_zone_exists(zone)) return {};
  return base::fail(Code::kUnknown, "the rules have no zone " + zone, "filter.zone",
                    "take one of GET /zones");
}

base::Result<Entry> DestinationBook::propose(const Destination& destination,
                                             const access::Actor& by, base::Instant now) {
  if (auto may = authorise(by, Action::kManageOutputs); !may) return tl::unexpected(may.error());
  if (auto good = may_be_used(destination); !good) return tl::unexpected(good.error());
  Entry entry;
  entry.destination = destination;
  entry.proposed = entry.last = {"propose", by.user, now, destination.purpose};
  auto done = m_records.write([&](store::Db& db) -> base::Result<Entry> {
    if (find_in(db, destination.name)) {
      return base::fail(Code::kConflict,
                        "a destination called " + destination.name + " exists or has existed",
                        "name", "names of ended destinations are not given again");
    }
    auto open = db.prepare("SELECT count(*) FROM output_destination WHERE state <> 'ended'");
    open.step();
    if (open.integer(0) >= std::int64_t{kMostOpen}) {
      return base::fail(Code::kTooMany, fmt::format("there are {} destinations", kMostOpen), "name",
                        "end those that are not needed");
    }
    put(db, entry);
    m_access.audit(by, "output.propose", "output/" + destination.name, to_json(destination), now);
    return entry;
  });
  if (done) tell();
  return done;
}

base::Result<Entry> DestinationBook::act_on(const Act& act, std::string_view name,
                                            const Step& step) {
  if (auto may = authorise(act.actor, Action::kManageOutputs); !may) {
    return tl::unexpected(may.error());
  }
  auto done = m_records.write([&](store::Db& db) -> base::Result<Entry> {
    auto entry = find_in(db, act.name);
    if (!entry) {
      return base::fail(Code::kMissing, "there is no destination " + act.name, "name");
    }
    if (entry->revision != act.revision) {
      return base::fail(Code::kConflict,
                        fmt::format("it was changed by {} meanwhile", entry->last.by), "revision",
                        "read it again and decide on what it says now");
    }
    entry->last = {std::string(name), act.actor.user, act.now, act.reason};
    ++entry->revision;
    auto detail = step(*entry);
    if (!detail) return tl::unexpected(detail.error());
    put(db, *entry);
    if (!act.reason.empty()) detail->set("reason", act.reason);
    m_access.audit(act.actor, fmt::format("output.{}", name), "output/" + act.name, *detail,
                   act.now);
    return std::move(*entry);
  });
  if (done) tell();
  return done;
}

base::Result<Entry> DestinationBook::change(const Act& act, const Destination& destination) {
  if (auto good = may_be_used(destination); !good) return tl::unexpected(good.error());
  return act_on(act, "change", [&](Entry& entry) -> base::Result<Json> {
    if (entry.state == State::kApproved || entry.state == State::kEnded) {
      return not_in(entry.state, "changed");
    }
    if (destination.name != entry.destination.name) {
      return base::fail(Code::kConflict, "the name stays as it is", "name");
    }
    Json detail =
        Json::object({{"from", to_json(entry.destination)}, {"to", to_json(destination)}});
    entry.destination = destination;
    entry.state = State::kDraft;
    entry.approval.reset();
    entry.until = {};
    entry.proposed = entry.last;
    return detail;
  });
}

bool DestinationBook::has_other_administrator(const std::string& user) const {
  const auto users = m_access.users();
  return std::any_of(users.begin(), users.end(), [&](const access::User& one) {
    const bool is_one = std::find(one.roles.begin(), one.roles.end(),
                                  access::Role::kAdministrator) != one.roles.end();
    return is_one && !one.disabled && one.name != user;
  });
}

base::Result<Entry> DestinationBook::approve(const Act& act, base::Instant until) {
  if (auto good = check_reason(act.reason); !good) return tl::unexpected(good.error());
  if (until <= act.now || until > act.now + kLongest) {
    return base::fail(Code::kOutOfRange, "the end lies ahead, by a year at most", "until");
  }
  const bool others = has_other_administrator(act.actor.user);
  return act_on(act, "approve", [&](Entry& entry) -> base::Result<Json> {
    if (entry.state == State::kEnded) return not_in(entry.state, "approved");
    if (auto good = may_be_used(entry.destination); !good) return tl::unexpected(good.error());
    if (others && entry.proposed.by == act.actor.user) {
      return base::fail(Code::kForbidden, "who proposed it does not approve it", "approved_by",
                        "another administrator approves it");
    }
    entry.state = State::kApproved;
    entry.approval = entry.last;
    entry.until = until;
    Json detail =
        Json::object({{"until", base::to_iso(until)}, {"to", to_json(entry.destination)}});
    if (entry.proposed.by == act.actor.user) detail.set("sole_administrator", true);
    return detail;
  });
}

base::Result<Entry> DestinationBook::suspend(const Act& act) {
  if (auto good = check_reason(act.reason); !good) return tl::unexpected(good.error());
  return act_on(act, "suspend", [&](Entry& entry) -> base::Result<Json> {
    if (entry.state != State::kApproved) return not_in(entry.state, "suspended");
    entry.state = State::kSuspended;
    return Json::object();
  });
}

base::Result<Entry> DestinationBook::end(const Act& act) {
  if (auto good = check_reason(act.reason); !good) return tl::unexpected(good.error());
  return act_on(act, "end", [&](Entry& entry) -> base::Result<Json> {
    if (entry.state == State::kEnded) return not_in(entry.state, "ended");
    entry.state = State::kEnded;
    return Json::object();
  });
}

std::size_t DestinationBook::expire(base::Instant now) {
  std::size_t count = 0;
  for (const auto& entry : list()) {
    if (entry.state != State::kApproved || now < entry.until) continue;
    const Act act{entry.destination.name, entry.revision, "", access::Actor::system(), now};
    const auto done = act_on(act, "expire", [](Entry& one) -> base::Result<Json> {
      one.state = State::kExpired;
      return Json::object({{"until", base::to_iso(one.until)}});
    });
    if (done) ++count;
  }
  return count;
}

std::vector<Entry> DestinationBook::list() const {
  return m_records.read([](store::Db& db) {
    auto rows =
        db.prepare(fmt::format("SELECT {} FROM output_destination ORDER BY name", kColumns));
    std::vector<Entry> out;
    while (rows.step()) out.push_back(entry_of(rows));
    return out;
  });
}

std::optional<Entry> DestinationBook::find(const std::string& name) const {
  return m_records.read([&](store::Db& db) { return find_in(db, name); });
}

std::vector<Approved> DestinationBook::approved(base::Instant now) const {
  std::vector<Approved> out;
  for (auto& entry : list()) {
    if (entry.state != State::kApproved || now >= entry.until) continue;
    out.push_back({entry.destination, entry.until, std::to_string(entry.revision), entry.counts});
  }
  return out;
}

HiddenList DestinationBook::hidden() const {
  return m_records.read([](store::Db& db) { return hidden_in(db); });
}

base::Status DestinationBook::hide(const HiddenList& list, const std::string& reason,
                                   const access::Actor& by, base::Instant now) {
  if (auto may = authorise(by, Action::kManageOutputs); !may) return may;
  if (auto good = check_reason(reason); !good) return good;
  if (list.senders.size() > kMostHidden) {
    return base::fail(Code::kTooLarge, fmt::format("at most {} senders", kMostHidden), "senders");
  }
  auto done = m_records.write([&](store::Db& db) -> base::Status {
    const auto before = hidden_in(db);
    if (before.revision != list.revision) {
      return base::fail(Code::kConflict, "the list was changed meanwhile", "revision",
                        "read it again");
    }
    db.prepare("UPDATE output_hidden SET official = ?, senders = ?, revision = revision + 1")
        .bind(1, list.official)
        .bind(2, senders_json(list.senders).dump())
        .run();
    m_access.audit(by, "output.hide", "output_hidden",
                   Json::object({{"reason", reason},
                                 {"official", list.official},
                                 {"added", without(list.senders, before.senders)},
                                 {"removed", without(before.senders, list.senders)}}),
                   now);
    return {};
  });
  if (done) tell();
  return done;
}

Hidden DestinationBook::hidden_set() const {
  const auto list = hidden();
  Hidden out;
  out.official = list.official;
  for (const auto& sender : list.senders) out.mmsis.insert(sender.mmsi);
  return out;
}

void DestinationBook::keep_counts(const std::map<std::string, Json>& counts) {
  if (counts.empty()) return;
  m_records.write([&](store::Db& db) {
    auto update = db.prepare("UPDATE output_destination SET counts = ? WHERE name = ?");
    for (const auto& [name, json] : counts) update.bind(1, json.dump()).bind(2, name).run();
  });
}

}  // namespace jinglue::output
