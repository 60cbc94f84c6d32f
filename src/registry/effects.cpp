// SPDX-License-Identifier: Apache-2.0
// Registry's effects of transitions: what they write is written by the program in the name of the
// person who moved the record, in the same write of the database. One that fails undoes all.
#include <algorithm>

#include <fmt/format.h>

#include "registry/detail/fill.hpp"
#include "registry/detail/impl.hpp"
#include "registry/detail/links.hpp"
#include "registry/detail/recipients.hpp"
#include "registry/detail/record_scope.hpp"
#include "registry/detail/rights.hpp"
#include "registry/detail/row.hpp"
#include "registry/detail/table.hpp"
#include "registry/detail/value.hpp"
#include "registry/inbox.hpp"
#include "registry/sight.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using base::Json;
using base::Result;

/// The definition decides what effects do, not the rights of who set them off.
Write as_program(const Write& write, const Record& by, const Transition& t) {
  Write out = write;
  out.idempotency_key.clear();
  out.actor.roles = {access::Role::kSystem};
  out.actor.district.clear();
  out.actor.below.clear();
  out.note = fmt::format("{}/{} {}", by.register_id, by.number.empty() ? by.id : by.number, t.key);
  return out;
}

base::Error failed(const Transition& t, const Effect& e, const base::Error& why) {
  constexpr const char* kNames[] = {"create", "update", "run", "notify"};
  base::Error out = why;
  out.message =
      fmt::format("the effect '{}' of '{}'{} cannot be carried out: {}", kNames[int(e.kind)], t.key,
                  e.register_id.empty() ? "" : " on '" + e.register_id + "'", why.message);
  return out;
}

/// The records that an effect is about: behind a link, or those that point here.
std::vector<std::string> targets(store::Db& rows, const std::vector<Definition>& all,
                                 const Definition& d, const Record& record, const Effect& e) {
  std::vector<std::string> out;
  if (const Field* link = d.field(e.of)) {
    const Json& value = record.fields[e.of];
    if (link->type == FieldType::kLink && value.is_string()) out.push_back(value.as_string());
    for (const auto& id : value.items()) out.push_back(id.as_string());
    return out;
  }
  const auto target = std::find_if(all.begin(), all.end(),
                                   [&](const auto& one) { return one.id == e.register_id; });
  const Field* by = target == all.end() ? nullptr : target->field(e.link);
  if (by == nullptr) return out;
  auto found =
      rows.prepare("SELECT id FROM " + detail::table_name(*target) + " WHERE +removed = 0 AND " +
                   detail::pointing_condition(*target, *by) + " ORDER BY id");
  found.bind(1, std::string_view(record.id));
  while (found.step()) out.push_back(found.text(0));
  return out;
}

void add_link(const Definition& d, const std::string& key, const std::string& id, Json& fields) {
  const Field* f = d.field(key);
  if (f == nullptr) return;
  if (f->type == FieldType::kLink) {
    fields.set(key, id);
    return;
  }
  Json list = fields[key].is_null() ? Json::array() : fields[key];
  list.push(id);
  fields.set(key, std::move(list));
}

Json changed(const Record& before, const Record& after) {
  Json out = Json::object();
  for (const auto& [key, value] : after.fields.members()) {
    if (before.fields[key] != value) out.set(key, value);
  }
  return out;
}

/// One creating effect, for the record or each row.
struct Creation {
  Registry& registry;
  const Definition& source;
  const Definition& target;
  const Transition& transition;
  const Effect& effect;
  const Write& write;
};

Result<EffectLine> create_one(const Creation& c, Record& after, const expression::Scope& scope) {
  auto fields = detail::worked_out(c.effect.set, c.target.fields, {c.source, scope});
  if (!fields) return tl::unexpected(fields.error());
  if (!c.effect.link.empty()) add_link(c.target, c.effect.link, after.id, *fields);
  const std::string district = detail::district_of(c.source, after.fields);
  if (!c.target.district_field.empty() && (*fields)[c.target.district_field].is_null() &&
      !district.empty()) {
    fields->set(c.target.district_field, district);
  }
  auto made = c.registry.create(c.target.id, *fields, as_program(c.write, after, c.transition));
  if (!made) return tl::unexpected(made.error());
  if (!c.effect.keep.empty()) add_link(c.source, c.effect.keep, made->id, after.fields);
  return EffectLine{"create", c.target.id, made->id, 1};
}

}  // namespace

Result<std::vector<EffectLine>> Registry::Impl::fill_and_create(Registry& registry, store::Db& rows,
                                                                const Definition& d,
                                                                const Transition& t,
                                                                const Record& before, Record& after,
                                                                const Write& write) {
  std::vector<EffectLine> done;
  const std::string zone = zone_of(d);
  for (const auto& e : life_of(d).transition(t.key).effects) {
    const Record seen = after;  // later effects see what earlier ones wrote
    const detail::RecordScope scope(rows, definitions, d, seen, write.now, zone);
    if (e.when && !e.when->read.holds(scope)) continue;
    if (e.kind == EffectKind::kUpdate && e.of.empty() && e.register_id.empty()) {
      const auto values = detail::worked_out(e.set, d.fields, {d, scope});
      if (!values) return tl::unexpected(failed(t, e, values.error()));
      after.fields = merged(after.fields, *values, d);
    }
    if (e.kind != EffectKind::kCreate) continue;
    const Creation creation{registry, d, *find(e.register_id), t, e, write};
    base::Status good;
    const auto make = [&](const expression::Scope& one) {
      if (!good) return;
      auto line = create_one(creation, after, one);
      if (line)
        done.push_back(std::move(*line));
      else
        good = tl::unexpected(failed(t, e, line.error()));
    };
    e.for_each.empty() ? make(scope) : scope.each({e.for_each}, make);
    if (!good) return tl::unexpected(good.error());
  }
  after.fields = merged(after.fields, {}, d);
  auto good = detail::check_object(d.fields, after.fields);
  const Write program = as_program(write, after, t);
  if (good) good = check_links(rows, d.fields, changed(before, after), {}, program.actor);
  if (good) good = check_values(rows, d, &before, after, write);
  if (good) good = check_unique(rows, d, after, write.actor);
  if (!good) return tl::unexpected(good.error());
  return done;
}

base::Status Registry::Impl::carry_out(Registry& registry, store::Db& rows, const Definition& d,
                                       const Transition& t, const Record& record,
                                       const Write& write, int depth,
                                       std::vector<EffectLine>& done) {
  const detail::RecordScope scope(rows, definitions, d, record, write.now, zone_of(d));
  const auto& effects = life_of(d).transition(t.key).effects;
  const Write program = as_program(write, record, t);
  for (std::size_t i = 0; i < effects.size(); ++i) {
    const Effect& e = effects[i];
    const bool elsewhere = !e.of.empty() || !e.register_id.empty();
    if (e.kind == EffectKind::kCreate || (e.kind == EffectKind::kUpdate && !elsewhere)) continue;
    if (e.when && !e.when->read.holds(scope)) continue;
    if (e.kind == EffectKind::kNotify) {
      const std::string source =
          fmt::format("effect/{}/{}/{}/{}", d.id, record.id, record.revision, i);
      for (const auto& person : detail::recipients(people(rows, write.now), d, record, e.to)) {
        const Record seen = seen_by(d, record, person);
        const detail::RecordScope theirs(rows, definitions, d, seen, write.now, zone_of(d),
                                         &person);
        put_notice(rows, {0, person.user, write.now, "effect", d.id, record.id,
                          detail::render(e.message, {d, theirs}), source, std::nullopt});
      }
      continue;
    }
    const Definition& target = *find(e.of.empty() ? e.register_id : d.field(e.of)->link);
    for (const auto& id : targets(rows, definitions, d, record, e)) {
      const Transition* moved = target.transition(e.transition);
      const auto values = detail::worked_out(
          e.set, e.kind == EffectKind::kRun ? moved->input : target.fields, {d, scope});
      if (!values) return tl::unexpected(failed(t, e, values.error()));
      const auto before = need_record(rows, target, id);
      if (!before) return tl::unexpected(failed(t, e, before.error()));
      const auto after =
          e.kind == EffectKind::kRun
              ? run(registry, rows, target, id, e.transition, *values, program, depth + 1)
              : registry.patch(target.id, id, before->revision, *values, program);
      if (!after) return tl::unexpected(failed(t, e, after.error()));
      if (after->revision == before->revision) continue;  // it was so already
      done.push_back({e.kind == EffectKind::kRun ? "run" : "update", target.id, id,
                      e.kind == EffectKind::kRun ? after->revision : before->revision + 1});
    }
  }
  return {};
}

}  // namespace jinglue::registry
