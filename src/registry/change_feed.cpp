// SPDX-License-Identifier: Apache-2.0
#include "registry/change_feed.hpp"

#include <algorithm>

#include "registry/detail/rights.hpp"
#include "registry/detail/row.hpp"
#include "registry/sight.hpp"
#include "store/database.hpp"

namespace jinglue::registry {
namespace {

using base::Json;
using Kind = SeenChange::Kind;

/// Of the changes that are looked at for one page, so that a person who sees little does not keep a
/// worker.
constexpr std::size_t kMostLookedAt = 20'000;
constexpr std::size_t kAtOnce = 500;

class Feed {
 public:
  Feed(store::Db& db, const Registry& registry, const access::Actor& actor,
       const std::vector<std::string>& registers)
      : m_db(db), m_actor(actor) {
    for (const auto& d : registry.definitions()) {
      const bool asked = registers.empty() ||
                         std::find(registers.begin(), registers.end(), d.id) != registers.end();
      if (asked && detail::may_see(d, actor, "")) m_seen.push_back(&d);
    }
  }

  ChangePage run(std::int64_t after, std::size_t limit) {
    ChangePage page;
    page.next = after;
    for (std::size_t looked = 0;;) {
      const auto some = detail::load_all_changes(m_db, page.next, kAtOnce);
      for (const auto& change : some) {
        if (page.items.size() == limit || looked == kMostLookedAt) {
          page.more = true;
          return page;
        }
        ++looked;
        page.next = change.number;
        add(change, page);
      }
      if (some.size() < kAtOnce) return page;
    }
  }

 private:
  void add(const model::RecordChange& change, ChangePage& page) {
    const auto it = std::find_if(m_seen.begin(), m_seen.end(),
                                 [&](const Definition* d) { return d->id == change.register_id; });
    if (it == m_seen.end()) return;
    const Definition& d = **it;
    const bool seen = sees_row(d, detail::district_of(d, change.fields));
    if (!seen && (change.revision == 1 || !sees_row(d, district_before(d, change)))) return;
    SeenChange out{Kind::kChanged, change};
    if (change.revision == 1) out.kind = Kind::kCreated;
    if (change.removed) out.kind = Kind::kRemoved;
    if (!seen) out.kind = Kind::kLeft;
    out.change.fields = Json::object();
    if (out.kind == Kind::kLeft) {
      out.change.actor.clear();
      out.change.state.clear();
    }
    if (out.kind == Kind::kChanged || out.kind == Kind::kCreated) {
      Record record;
      record.fields = change.fields;
      out.change.fields = seen_by(d, std::move(record), m_actor).fields;
    }
    page.items.push_back(std::move(out));
  }
  bool sees_row(const Definition& d, const std::string& district) const {
    return detail::may_see(d, m_actor, district).has_value();
  }
  /// Where the record was before this change.
  std::string district_before(const Definition& d, const model::RecordChange& change) const {
    for (const auto& line :
         detail::load_history(m_db, d.id, change.record_id, change.revision - 1)) {
      if (line.revision > change.revision) break;
      if (line.field == d.district_field) return line.before.as_string();
    }
    return detail::district_of(d, change.fields);  // it did not move
  }

  store::Db& m_db;
  const access::Actor& m_actor;
  std::vector<const Definition*> m_seen;
};

}  // namespace

std::string_view to_key(Kind kind) {
  constexpr const char* kKeys[] = {"created", "changed", "removed", "left"};
  return kKeys[std::size_t(kind)];
}

ChangePage changes_for(const Registry& registry, const access::Actor& actor, std::int64_t after,
                       std::size_t limit, const std::vector<std::string>& registers) {
  return registry.records().read(
      [&](store::Db& db) { return Feed(db, registry, actor, registers).run(after, limit); });
}

std::int64_t last_change(const Registry& registry) {
  return registry.records().read([](store::Db& db) {
    auto last = db.prepare("SELECT COALESCE(MAX(number), 0) FROM record_change");
    last.step();
    return last.integer(0);
  });
}

Json to_json(const SeenChange& one) {
  const auto& c = one.change;
  Json out = Json::object({{"cursor", c.number},
                           {"kind", to_key(one.kind)},
                           {"register", c.register_id},
                           {"id", c.record_id},
                           {"revision", c.revision},
                           {"at", base::to_iso(c.at)}});
  if (!c.actor.empty()) out.set("by", c.actor);
  if (!c.state.empty()) out.set("state", c.state);
  if (one.kind == Kind::kCreated || one.kind == Kind::kChanged) out.set("fields", c.fields);
  return out;
}

}  // namespace jinglue::registry
