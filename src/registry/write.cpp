// SPDX-License-Identifier: Apache-2.0
// Registry's writes of fields: create, patch with merge, remove; and the commit they share with
// the lifecycle.
#include <algorithm>

#include "base/hash.hpp"
#include "base/ids.hpp"
#include "registry/detail/change_lines.hpp"
#include "registry/detail/computed.hpp"
#include "registry/detail/default_value.hpp"
#include "registry/detail/files.hpp"
#include "registry/detail/impl.hpp"
#include "registry/detail/recipients.hpp"
#include "registry/detail/rights.hpp"
#include "registry/detail/row.hpp"
#include "registry/detail/table.hpp"
#include "registry/detail/value.hpp"
#include "registry/organisation.hpp"
#include "registry/sight.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using base::Json;
using base::Result;

constexpr std::size_t kMaxKey = 200;
/// A screen that was cut off over a holiday may still repeat its last write.
constexpr base::Duration kKeepRequests = std::chrono::hours(24 * 7);

/// A few with each write: more than come, so that the table stays as long as the time is.
void forget_requests(store::Db& rows, base::Instant now) {
  rows.prepare(
          "DELETE FROM record_request WHERE key IN"
          " (SELECT key FROM record_request WHERE at < ? ORDER BY at LIMIT 20)")
      .bind(1, (now - kKeepRequests).ms)
      .run();
}

/// Fields of `given` whose value differs from the record's.
Json differences(const Json& fields, const Json& given) {
  Json out = Json::object();
  for (const auto& [key, value] : given.members()) {
    if (fields[key] != value) out.set(key, value);
  }
  return out;
}

base::Status check_sealed(const Definition& d, const Json& changes, const access::Actor& actor) {
  if (detail::is_program(actor)) return {};
  for (const auto& [key, value] : changes.members()) {
    if (d.field(key) != nullptr && d.field(key)->sealed) {
      return base::fail(Code::kForbidden, "is written by the program, not by people", key);
    }
  }
  return {};
}

/// A form sends back a masked value as it was shown: that is no change.
Json without_masks(const Definition& d, const Json& held, const Json& given,
                   const access::Actor& actor) {
  if (!given.is_object()) return given;
  Json out = Json::object();
  for (const auto& [key, value] : given.members()) {
    const Field* f = d.field(key);
    const bool shown = f != nullptr && sight_of(*f, actor) == Sight::kMasked && value.is_string() &&
                       !held[key].is_null() &&
                       value.as_string() == masked(f->mask, held[key].as_string());
    if (!shown) out.set(key, value);
  }
  return out;
}

base::Status check_open(const Definition& d, const Record& record, const access::Actor& actor) {
  if (detail::is_program(actor)) return {};
  if (!record.pending.is_null()) {
    return base::fail(Code::kConflict,
                      "the record waits for a second person and is not edited meanwhile", "pending",
                      "withdraw the request first");
  }
  const State* state = d.state(record.state);
  if (state == nullptr || !state->locked) return {};
  return base::fail(Code::kConflict, "in the state '" + state->key + "' fields are not edited",
                    "state", "use a transition");
}

std::vector<Conflict> find_conflicts(store::Db& db, const Record& record, std::int64_t base,
                                     const Json& changes) {
  std::vector<Conflict> out;
  for (const auto& line : detail::load_history(db, record.register_id, record.id, base)) {
    if (!changes.has(line.field)) continue;
    const auto same = [&](const Conflict& c) { return c.field == line.field; };
    const auto it = std::find_if(out.begin(), out.end(), same);
    const Conflict now{line.field, changes[line.field], record.fields[line.field], line.actor,
                       line.at};
    if (it == out.end())
      out.push_back(now);
    else
      *it = now;  // the last who wrote it
  }
  return out;
}

base::Error conflict_error(const std::vector<Conflict>& conflicts, std::int64_t base) {
  std::string text = "changed by someone else since revision " + std::to_string(base) + ":";
  for (const auto& c : conflicts) {
    text += " " + c.field + " is now " + c.theirs.dump() + " (" + c.by + ", " + base::to_iso(c.at) +
            "), yours is " + c.yours.dump() + ";";
  }
  text.pop_back();
  return {Code::kConflict, std::move(text), conflicts.front().field,
          "read the record again and choose"};
}

bool mentions(const Json& value, const std::string& id) {
  if (value.is_string()) return value.as_string() == id;
  const auto& items = value.items();
  const auto& members = value.members();
  return std::any_of(items.begin(), items.end(),
                     [&](const Json& item) { return mentions(item, id); }) ||
         std::any_of(members.begin(), members.end(),
                     [&](const auto& member) { return mentions(member.second, id); });
}

}  // namespace

Json merged(const Json& fields, const Json& changes, const Definition& d) {
  Json out = Json::object();
  for (const auto& f : d.fields) {  // one order, whoever wrote last
    const Json& value = changes.has(f.key) ? changes[f.key] : fields[f.key];
    if (!value.is_null()) out.set(f.key, value);
  }
  return out;
}

Record Registry::Impl::commit(store::Db& rows, Commit change, const Write& write) {
  const Definition& d = change.definition;
  Record& r = change.after;
  r.register_id = d.id;
  detail::compute(rows, definitions, d, r, write.now);
  r.revision = (change.before != nullptr ? change.before->revision : 0) + 1;
  r.changed_at = write.now;
  r.changed_by = write.actor.user;
  if (change.before == nullptr) {
    r.created_at = r.changed_at;
    r.created_by = r.changed_by;
    r.number = detail::next_number(rows, d, write.now);
    detail::insert_record(rows, d, r);
  } else {
    detail::update_record(rows, d, r);
  }
  const auto clocks =
      follow_clocks(rows, d, change.before, r, write.now, change.action == "record.undo");
  detail::ChangeLines lines(d, change.before, r);
  lines.add(change.asked);
  lines.add(clocks);
  if (!lines.empty()) detail::insert_history(rows, r, lines.packed(), write.note);
  if (change.before != nullptr)
    detail::tell_watchers(people(rows, write.now), d, *change.before, r, write);
  detail::note_files(rows, d, change.before, r, write.now);
  const std::string fields = r.fields.dump();
  const auto number = detail::insert_change(rows, r, fields, d.journaled);
  // The hash ties the audit chain to what the record was; the values stay in the history.
  access.audit(write.actor, change.action, d.id + "/" + r.id,
               Json::object({{"revision", r.revision},
                             {"number", r.number},
                             {"state", r.state},
                             {"fields", lines.keys()},
                             {"note", write.note},
                             {"sha256", base::sha256_hex(detail::record_text(r, fields))}}),
               write.now);
  tell_after_commit(number, r);
  refresh_dependents(rows, change.before, r, lines.fields(), write);
  return std::move(r);
}

void Registry::Impl::tell_after_commit(std::int64_t number, const Record& r) {
  if (r.register_id == kUnits) {
    db.after_commit([this] {
      const std::lock_guard lock(units_mutex);
      units.reset();
      ++units_changes;
    });
  }
  {
    const std::lock_guard lock(told_mutex);
    if (!told) return;  // thousands of rows of an import are not kept for nobody
  }
  // shared: functions are copied
  const auto change = std::make_shared<const model::RecordChange>(
      model::RecordChange{number, r.register_id, r.id, r.revision, r.changed_at, r.changed_by,
                          r.removed, r.fields, r.state});
  db.after_commit([this, change] {
    const std::lock_guard lock(told_mutex);
    if (told) told(*change);
  });
}

Result<Record> Registry::Impl::once(const Write& write, const Json& request,
                                    const std::function<Result<Record>(store::Db&)>& work) {
  if (write.idempotency_key.size() > kMaxKey) {
    return base::fail(Code::kTooLarge, "the idempotency key is too long", "idempotency_key");
  }
  return db.write([&](store::Db& rows) -> Result<Record> {
    if (write.idempotency_key.empty()) return work(rows);
    const std::string key = write.actor.user + "\n" + write.idempotency_key;
    const std::string print = base::sha256_hex(request.dump());
    {
      auto seen = rows.prepare("SELECT request, answer FROM record_request WHERE key = ?");
      seen.bind(1, std::string_view(key));
      if (seen.step()) {
        if (seen.text(0) == print) return record_from_json(*base::parse_json(seen.text(1)));
        return base::fail(Code::kConflict, "the idempotency key was used for another request",
                          "idempotency_key", "use a new key for each request");
      }
    }
    auto answer = work(rows);
    if (!answer) return answer;
    auto s = rows.prepare("INSERT INTO record_request(key, request, answer, at) VALUES(?,?,?,?)");
    s.bind(1, std::string_view(key)).bind(2, std::string_view(print));
    s.bind(3, std::string_view(to_json(*answer).dump())).bind(4, write.now.ms).run();
    forget_requests(rows, write.now);
    return answer;
  });
}

Result<Json> Registry::Impl::canonical_fields(const Definition& d, const Json& given) {
  if (!given.is_object()) return base::fail(Code::kMalformed, "fields must be an object");
  Json out = Json::object();
  for (const auto& [key, value] : given.members()) {
    const Field* f = d.field(key);
    if (f == nullptr) {
      return base::fail(Code::kUnknown, "the register '" + d.id + "' has no such field", key);
    }
    auto good = detail::canonical(*f, value);
    if (!good) return good;
    out.set(key, std::move(*good));
  }
  return out;
}

base::Status Registry::Impl::check_links(store::Db& rows, const std::vector<Field>& fields,
                                         const Json& values, const Json& held,
                                         const access::Actor& actor) const {
  const auto exists = [&](const Field& f, const std::string& id) -> base::Status {
    const Definition* target = find(f.link);
    const Field* district = target->field(target->district_field);
    auto s =
        rows.prepare("SELECT " + (district == nullptr ? "''" : detail::column_name(*district)) +
                     " FROM " + detail::table_name(*target) + " WHERE id = ? AND removed = 0");
    s.bind(1, std::string_view(id));
    if (s.step()) {
      const std::string of = s.is_null(0) ? std::string() : s.text(0);
      if (mentions(held, id) || detail::may_see(*target, actor, of)) return {};
    }
    return base::fail(Code::kMissing, "no record of '" + f.link + "' has the id " + id, f.key);
  };
  for (const auto& f : fields) {
    const Json& value = values[f.key];
    base::Status found;
    if (f.type == FieldType::kLink && value.is_string()) found = exists(f, value.as_string());
    for (const auto& item : value.items()) {
      if (!found) break;
      if (f.type == FieldType::kLinks) found = exists(f, item.as_string());
      if (f.type == FieldType::kRows) found = check_links(rows, f.columns, item, held, actor);
    }
    if (!found) return found;
  }
  return {};
}

base::Status Registry::Impl::check_unique(store::Db& rows, const Definition& d, const Record& r,
                                          const access::Actor& actor) const {
  for (const auto& f : d.fields) {
    const Json& value = r.fields[f.key];
    if (!f.unique || value.is_null()) continue;
    auto s = rows.prepare("SELECT id FROM " + detail::table_name(d) + " WHERE " +
                          detail::column_name(f) + " = ? AND removed = 0 AND id <> ?");
    detail::bind_value(s, 1, f, value);
    s.bind(2, std::string_view(r.id));
    if (s.step()) {
      const auto other = detail::load_record(rows, d, s.text(0));
      const bool seen = other && detail::may_see(d, actor, detail::district_of(d, other->fields));
      const std::string where = seen ? "the record " + s.text(0) : "a record of another district";
      return base::fail(Code::kConflict, value.dump() + " is already in " + where, f.key,
                        "this field is unique");
    }
  }
  return {};
}

Result<Record> Registry::Impl::need_record(store::Db& rows, const Definition& d,
                                           const std::string& id) {
  auto record = detail::load_record(rows, d, id);
  if (!record) return base::fail(Code::kMissing, "no record of '" + d.id + "' has the id " + id);
  if (record->removed) return base::fail(Code::kMissing, "the record " + id + " was removed");
  return std::move(*record);
}

Result<Record> Registry::Impl::latest(store::Db& rows, const Definition& d, Result<Record> done) {
  // What is computed from other records, which are computed from it, follows in changes of its own.
  const bool any = std::any_of(d.fields.begin(), d.fields.end(),
                               [](const Field& f) { return bool(f.computed); });
  const bool effects = std::any_of(d.transitions.begin(), d.transitions.end(), [&](const auto& t) {
    return !life_of(d).transition(t.key).effects.empty();
  });
  return done && (any || effects) ? need_record(rows, d, done->id) : done;
}

Result<Record> Registry::create(const std::string& register_id, const Json& fields,
                                const Write& write) {
  const auto known = m_impl->need_enabled(register_id);
  if (!known) return tl::unexpected(known.error());
  const Definition& d = **known;
  const Json request =
      write.idempotency_key.empty()
          ? Json()  // of an import: nothing to tell apart
          : Json::object({{"op", "create"}, {"register", d.id}, {"fields", fields}});
  return m_impl->once(write, request, [&](store::Db& rows) -> Result<Record> {
    auto given = Impl::canonical_fields(d, fields);
    if (!given) return tl::unexpected(given.error());
    if (auto may = may_write(d, *given, write.actor); !may) return tl::unexpected(may.error());
    base::Status good = check_sealed(d, *given, write.actor);
    if (!good) return tl::unexpected(good.error());
    detail::fill_defaults(d, *m_impl->units_now(rows), write, *given);
    // A clerk's record belongs to the clerk's district: nothing to type.
    if (!d.district_field.empty() && (*given)[d.district_field].is_null() &&
        !write.actor.district.empty()) {
      given->set(d.district_field, write.actor.district);
    }
    Record r;
    r.id = base::new_uuid7(write.now);
    r.fields = merged({}, *given, d);
    r.state = d.states.empty() ? std::string() : d.states.front().key;
    good = detail::may_edit(d, write.actor, detail::district_of(d, r.fields));
    if (good) good = detail::check_object(d.fields, r.fields);
    if (good) good = m_impl->check_links(rows, d.fields, r.fields, {}, write.actor);
    if (good) good = m_impl->check_values(rows, d, nullptr, r, write);
    if (good) good = m_impl->check_unique(rows, d, r, write.actor);
    if (!good) return tl::unexpected(good.error());
    return Impl::latest(
        rows, d, m_impl->commit(rows, {d, nullptr, std::move(r), "record.create", {}}, write));
  });
}

Result<Record> Registry::patch(const std::string& register_id, const std::string& id,
                               std::int64_t base_revision, const Json& fields, const Write& write) {
  const auto known = m_impl->need_enabled(register_id);
  if (!known) return tl::unexpected(known.error());
  const Definition& d = **known;
  const Json request = Json::object({{"op", "patch"},
                                     {"register", d.id},
                                     {"id", id},
                                     {"base", base_revision},
                                     {"fields", fields}});
  return m_impl->once(write, request, [&](store::Db& rows) -> Result<Record> {
    auto before = Impl::need_record(rows, d, id);
    if (!before) return before;
    if (base_revision < 1 || base_revision > before->revision) {
      return base::fail(
          Code::kOutOfRange, "the record has no revision " + std::to_string(base_revision),
          "base_revision",
          "send the revision that was read: 1 to " + std::to_string(before->revision));
    }
    auto given = Impl::canonical_fields(d, without_masks(d, before->fields, fields, write.actor));
    if (!given) return tl::unexpected(given.error());
    if (auto may = may_write(d, *given, write.actor); !may) return tl::unexpected(may.error());
    const Json changes = differences(before->fields, *given);
    Record after = *before;
    after.fields = merged(before->fields, changes, d);
    base::Status good = detail::may_edit(d, write.actor, detail::district_of(d, before->fields));
    if (good) good = detail::may_edit(d, write.actor, detail::district_of(d, after.fields));
    if (good && changes.members().empty()) return before;  // nothing to do is done
    if (good) good = check_open(d, *before, write.actor);
    if (good) good = check_sealed(d, changes, write.actor);
    if (!good) return tl::unexpected(good.error());
    const auto conflicts =
        seen_by(d, find_conflicts(rows, *before, base_revision, changes), write.actor);
    if (!conflicts.empty()) return tl::unexpected(conflict_error(conflicts, base_revision));
    good = detail::check_object(d.fields, after.fields);
    if (good) good = m_impl->check_links(rows, d.fields, changes, before->fields, write.actor);
    if (good) good = m_impl->check_values(rows, d, &*before, after, write);
    if (good) good = m_impl->check_unique(rows, d, after, write.actor);
    if (!good) return tl::unexpected(good.error());
    return Impl::latest(
        rows, d, m_impl->commit(rows, {d, &*before, std::move(after), "record.patch", {}}, write));
  });
}

std::vector<Conflict> Registry::conflicts(const std::string& register_id, const std::string& id,
                                          std::int64_t base_revision, const Json& fields) const {
  const Definition* d = m_impl->find(register_id);
  if (d == nullptr) return {};
  return m_impl->db.read([&](store::Db& rows) -> std::vector<Conflict> {
    const auto record = detail::load_record(rows, *d, id);
    const auto given = Impl::canonical_fields(*d, fields);
    if (!record || !given) return {};
    return find_conflicts(rows, *record, base_revision, differences(record->fields, *given));
  });
}

Result<Record> Registry::remove(const std::string& register_id, const std::string& id,
                                std::int64_t base_revision, const Write& write) {
  const auto known = m_impl->need_enabled(register_id);
  if (!known) return tl::unexpected(known.error());
  const Definition& d = **known;
  const Json request =
      Json::object({{"op", "remove"}, {"register", d.id}, {"id", id}, {"base", base_revision}});
  return m_impl->once(write, request, [&](store::Db& rows) -> Result<Record> {
    auto before = Impl::need_record(rows, d, id);
    if (!before) return before;
    base::Status good = detail::may_edit(d, write.actor, detail::district_of(d, before->fields));
    if (good) good = check_open(d, *before, write.actor);
    if (!good) return tl::unexpected(good.error());
    if (base_revision != before->revision) {
      return base::fail(Code::kConflict,
                        "the record is at revision " + std::to_string(before->revision),
                        "base_revision", "read it again before removing it");
    }
    const bool moved_on = !d.states.empty() && before->state != d.states.front().key;
    if (moved_on && !detail::is_program(write.actor)) {
      return base::fail(Code::kConflict,
                        "a record in the state '" + before->state + "' is not removed", "state",
                        "use a transition");
    }
    Record after = *before;
    after.removed = true;
    return m_impl->commit(rows, {d, &*before, std::move(after), "record.remove", {}}, write);
  });
}

}  // namespace jinglue::registry
