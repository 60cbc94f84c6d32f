// SPDX-License-Identifier: Apache-2.0
// Registry's lifecycle: transitions, their second person, and what may be done next.
#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "registry/detail/impl.hpp"
#include "registry/detail/rights.hpp"
#include "registry/detail/row.hpp"
#include "registry/detail/value.hpp"
#include "registry/sight.hpp"
#include "registry/standing.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using base::Json;
using base::Result;

constexpr int kMostEffects = 8;

/// Carries a refusal out of the write, so that what was written is taken back.
struct Refused {
  base::Error error;
};

/// What is asked for: the transition itself, or what becomes of a request that waits.
enum class Move { kRun, kApprove, kRefuse, kWithdraw, kUndo };

struct Asked {
  const Transition* transition{nullptr};
  Move move{Move::kRun};
};

Result<Asked> parse_key(const Definition& d, std::string_view key) {
  Asked out;
  const auto dot = key.find('.');
  out.transition = d.transition(key.substr(0, dot));
  const auto rest = dot == std::string_view::npos ? std::string_view() : key.substr(dot + 1);
  if (rest == "approve") out.move = Move::kApprove;
  if (rest == "refuse") out.move = Move::kRefuse;
  if (rest == "withdraw") out.move = Move::kWithdraw;
  if (rest == "undo") out.move = Move::kUndo;
  const bool back = out.move == Move::kUndo;
  const bool second = out.move != Move::kRun && !back;
  if (out.transition == nullptr || (dot != std::string_view::npos && !second && !back) ||
      (second && !out.transition->approval) ||
      (back && life_of(d).transition(out.transition->key).undo_roles.empty())) {
    return base::fail(Code::kUnknown,
                      "the register '" + d.id + "' has no transition '" + std::string(key) + "'");
  }
  return out;
}

Field sentence(const char* key, const char* zh, const char* en, bool required) {
  Field f;
  f.key = key;
  f.name = {zh, en};
  f.type = FieldType::kLongText;
  f.required = required;
  f.max_length = 1000;
  return f;
}

const std::vector<Field>& input_of(const Asked& asked) {
  static const std::vector<Field> kOpinion = {sentence("opinion", "审批意见", "Opinion", false)};
  static const std::vector<Field> kReason = {sentence("reason", "退回理由", "Reason", true)};
  static const std::vector<Field> kWhy = {sentence("reason", "撤销理由", "Reason", true)};
  static const std::vector<Field> kNone;
  if (asked.move == Move::kUndo) return kWhy;
  if (asked.move == Move::kRun) return asked.transition->input;
  if (asked.move == Move::kApprove) return kOpinion;
  return asked.move == Move::kRefuse ? kReason : kNone;
}

Result<Json> canonical_input(const std::vector<Field>& fields, const Json& input) {
  Json out = Json::object();
  for (const auto& [key, value] : input.members()) {
    const bool known =
        std::any_of(fields.begin(), fields.end(), [&](const Field& f) { return f.key == key; });
    if (!known) return base::fail(Code::kUnknown, "the transition does not ask for this", key);
  }
  for (const auto& f : fields) {
    auto value = detail::canonical(f, input[f.key]);
    if (!value) return value;
    if (!value->is_null()) out.set(f.key, std::move(*value));
  }
  if (auto good = detail::check_object(fields, out); !good) return tl::unexpected(good.error());
  return out;
}

std::string key_of(const Asked& asked) {
  constexpr const char* kEnds[] = {"", ".approve", ".refuse", ".withdraw", ".undo"};
  return asked.transition->key + kEnds[int(asked.move)];
}

base::Words name_of(const Asked& asked) {
  constexpr const char* kZh[] = {"", "批准：", "退回：", "撤回申请：", "撤销："};
  constexpr const char* kEn[] = {"", "Approve: ", "Send back: ", "Withdraw request: ", "Undo: "};
  const base::Words& name = asked.transition->name;
  return {kZh[int(asked.move)] + name.zh, kEn[int(asked.move)] + name.en};
}

/// Fields of the record that the transition's input fills.
Result<Json> filled(const Definition& d, const Json& input) {
  Json out = Json::object();
  for (const auto& [key, value] : input.members()) {
    const Field* f = d.field(key);
    if (f == nullptr) continue;
    auto good = detail::canonical(*f, value);
    if (!good) return good;
    out.set(key, std::move(*good));
  }
  return out;
}

base::Status check_stands(const Definition& d, const Record& record, const Asked& asked) {
  const Transition& t = *asked.transition;
  const std::string waiting = record.pending["transition"].as_string();
  if (asked.move == Move::kUndo && waiting.empty()) return {};
  if (asked.move != Move::kRun && asked.move != Move::kUndo) {
    if (waiting == t.key) return {};
    return base::fail(Code::kConflict, "no request for '" + t.key + "' waits", "pending",
                      "read the record again");
  }
  if (!waiting.empty()) {
    return base::fail(Code::kConflict, "'" + waiting + "' waits for a second person", "pending",
                      "it is approved, refused or withdrawn first");
  }
  if (std::find(t.from.begin(), t.from.end(), record.state) != t.from.end()) return {};
  return base::fail(Code::kConflict,
                    "'" + t.key + "' does not start from the state '" + record.state + "'", "state",
                    d.state(record.state) != nullptr && d.state(record.state)->final
                        ? "this state is final"
                        : "read the record again");
}

base::Status check_person(const Definition& d, const Record& record, const Asked& asked,
                          const access::Actor& actor) {
  const std::string district = detail::district_of(d, record.fields);
  const std::string asker = record.pending["by"].as_string();
  if (asked.move == Move::kWithdraw) {
    if (asker == actor.user || detail::is_program(actor)) return {};
    return base::fail(Code::kForbidden, "only " + asker + ", who asked for it, may withdraw it");
  }
  if (asked.move == Move::kUndo) {
    Transition back;
    back.key = key_of(asked);
    back.roles = life_of(d).transition(asked.transition->key).undo_roles;
    return detail::may_move(d, back, detail::Step::kRun, actor, district);
  }
  const auto step = asked.move == Move::kRun ? detail::Step::kRun : detail::Step::kDecide;
  auto allowed = detail::may_move(d, *asked.transition, step, actor, district);
  if (allowed && asked.move == Move::kApprove && asker == actor.user) {
    return base::fail(
        Code::kForbidden, "a second person must approve: " + asker + " asked for it", {},
        "another " + detail::role_names(asked.transition->approval_roles).en + " approves");
  }
  return allowed;
}

base::Status check_requires(const Transition& t, const Json& fields) {
  for (const auto& key : t.requires_fields) {
    if (fields[key].is_null()) {
      return base::fail(Code::kMissing, "is required for '" + t.key + "'", key);
    }
  }
  return {};
}

void stamp(const Transition& t, const std::string& requester, const Write& write, Json& fields) {
  for (const auto& s : t.stamps) {
    if (s.with == "now") fields.set(s.field, base::to_iso(write.now));
    if (s.with == "requester") fields.set(s.field, requester);
    if (s.with == "approver") fields.set(s.field, write.actor.user);
  }
}

HistoryLine asked_line(const Asked& asked, const Json& input) {
  HistoryLine line;
  line.field = "input";
  line.after = Json::object({{"transition", key_of(asked)}, {"input", input}});
  return line;
}

const char* action_of(const Asked& asked, bool only_request) {
  if (only_request) return "record.request";
  constexpr const char* kActions[] = {"record.transition", "record.approve", "record.refuse",
                                      "record.withdraw", "record.undo"};
  return kActions[int(asked.move)];
}

/// "中文 / English" of a guard as both languages.
base::Words both(const std::string& message) {
  const auto at = message.find(" / ");
  if (at == std::string::npos) return {message, message};
  return {message.substr(0, at), message.substr(at + 3)};
}

base::Words reason_words(const Definition& d, const Record& record, const Asked& asked,
                         const access::Actor& actor, const base::Error& error) {
  const Transition& t = *asked.transition;
  if (error.code == Code::kForbidden && asked.move == Move::kApprove &&
      record.pending["by"].as_string() == actor.user) {
    return {"须由申请人以外的第二人批准", error.message};
  }
  if (error.code == Code::kForbidden && asked.move == Move::kWithdraw) {
    return {"仅申请人可以撤回", error.message};
  }
  if (error.code == Code::kForbidden) {
    const auto& named = asked.move == Move::kUndo  ? life_of(d).transition(t.key).undo_roles
                        : asked.move == Move::kRun ? t.roles
                                                   : t.approval_roles;
    const auto roles = detail::role_names(named);
    return {roles.zh.empty() ? "没有此项权限" : "没有此项权限，需要角色：" + roles.zh,
            error.message};
  }
  if (error.code == Code::kMissing && d.field(error.where) != nullptr) {
    const base::Words& field = d.field(error.where)->name;
    return {"请先填写：" + field.zh, "Fill in first: " + field.en};
  }
  return both(error.message);
}

/// What is looked at to tell whether a transition is possible.
struct View {
  const Definition& d;
  const Record& record;
  const access::Actor& actor;
  base::Instant now;
  TransitionGuard guard;
  std::function<base::Status(const Transition&, const Record&)> conditions;
};

/// May it be started now? What the input will fill is not missing yet.
base::Status check_possible(const View& v, const Asked& asked) {
  auto good = check_person(v.d, v.record, asked, v.actor);
  if (!good || asked.move == Move::kRefuse || asked.move == Move::kWithdraw ||
      asked.move == Move::kUndo)
    return good;
  Json fields = v.record.fields;
  for (const auto& f : asked.transition->input) fields.set(f.key, true);
  good = check_requires(*asked.transition, fields);
  if (good) good = v.conditions(*asked.transition, v.record);
  if (!good || !v.guard) return good;
  return v.guard(v.record, v.record.pending["input"], Write{v.actor, v.now, {}, {}});
}

std::vector<std::string> keys_of(const std::vector<Field>& fields) {
  std::vector<std::string> out;
  for (const auto& f : fields) out.push_back(f.key);
  return out;
}

/// From the record's present state, or of the request that waits.
std::vector<Asked> possible_moves(const Definition& d, const Record& record) {
  std::vector<Asked> out;
  for (const auto& t : d.transitions) {
    const bool waits = record.pending["transition"].as_string() == t.key;
    const bool starts = std::find(t.from.begin(), t.from.end(), record.state) != t.from.end();
    if (waits) {
      for (const Move m : {Move::kApprove, Move::kRefuse, Move::kWithdraw}) out.push_back({&t, m});
    } else if (starts && record.pending.is_null()) {
      out.push_back({&t, Move::kRun});
    }
  }
  return out;
}

void keep_effects(store::Db& rows, const Record& r, const std::vector<EffectLine>& effects) {
  auto s = rows.prepare("INSERT INTO record_effect VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
  for (std::size_t i = 0; i < effects.size(); ++i) {
    const EffectLine& e = effects[i];
    s.bind(1, std::string_view(r.register_id)).bind(2, std::string_view(r.id)).bind(3, r.revision);
    s.bind(4, std::int64_t(i)).bind(5, std::string_view(e.kind));
    s.bind(6, std::string_view(e.register_id)).bind(7, std::string_view(e.record_id));
    s.bind(8, e.revision).run();
  }
}

Json describe(const View& v, const Asked& asked) {
  const auto words = [](const base::Words& w) {
    return Json::object({{"zh", w.zh}, {"en", w.en}});
  };
  const Transition& t = *asked.transition;
  const auto good = check_possible(v, asked);
  const bool goes_on = asked.move == Move::kApprove || (asked.move == Move::kRun && !t.approval);
  Json input = Json::array();
  for (const auto& f : input_of(asked)) input.push(to_json(f));
  Json out = Json::object({{"key", key_of(asked)},
                           {"name", words(name_of(asked))},
                           {"to", goes_on ? t.to : v.record.state},
                           {"allowed", bool(good)},
                           {"input", std::move(input)},
                           {"approval", t.approval && asked.move == Move::kRun}});
  if (!good) out.set("reason", words(reason_words(v.d, v.record, asked, v.actor, good.error())));
  return out;
}

}  // namespace

Result<Registry::Impl::Prepared> Registry::Impl::prepare(store::Db& rows, const Definition& d,
                                                         const Record& before,
                                                         const std::string& key, const Json& given,
                                                         const Write& write) const {
  const auto asked = parse_key(d, key);
  if (!asked) return tl::unexpected(asked.error());
  const Transition& t = *asked->transition;
  base::Status good = check_person(d, before, *asked, write.actor);
  if (good) good = check_stands(d, before, *asked);
  if (!good) return tl::unexpected(good.error());
  auto input = canonical_input(input_of(*asked), given);
  if (!input) return tl::unexpected(input.error());
  Prepared out{*input, before, false};
  if (asked->move == Move::kUndo) return out;
  out.after.pending = {};
  if (asked->move == Move::kRefuse || asked->move == Move::kWithdraw) return out;
  // What was asked for was checked with the rights of who asked.
  const access::Actor by = asked->move == Move::kRun ? write.actor : access::Actor::system();
  const Json& wanted = asked->move == Move::kApprove ? before.pending["input"] : *input;
  const auto values = filled(d, wanted);
  if (!values) return tl::unexpected(values.error());
  if (asked->move == Move::kRun) {
    if (auto may = may_write(d, *values, write.actor); !may) return tl::unexpected(may.error());
  }
  out.after.fields = merged(before.fields, *values, d);
  good = check_requires(t, out.after.fields);
  if (good) good = detail::check_object(d.fields, out.after.fields);
  if (good) good = check_links(rows, t.input, wanted, before.fields, by);
  if (good) good = check_values(rows, d, &before, out.after, write);
  if (good) good = check_unique(rows, d, out.after, write.actor);
  if (good) good = check_conditions(rows, d, t, out.after, write.now, {});
  const TransitionGuard extra = guard(d.id, t.key);
  if (good && extra) {
    Record seen = before;
    seen.fields = out.after.fields;
    good = extra(seen, wanted, write);
  }
  if (!good) return tl::unexpected(good.error());
  if (t.approval && asked->move == Move::kRun) {
    out.only_request = true;
    out.after = before;
    out.after.pending = Json::object({{"transition", t.key},
                                      {"input", *input},
                                      {"by", write.actor.user},
                                      {"at", base::to_iso(write.now)}});
    return out;
  }
  out.after.state = t.to;
  const std::string requester =
      asked->move == Move::kApprove ? before.pending["by"].as_string() : write.actor.user;
  stamp(t, requester, write, out.after.fields);
  out.after.fields = merged(out.after.fields, {}, d);
  return out;
}

Result<Record> Registry::transition(const std::string& register_id, const std::string& id,
                                    const std::string& transition, const Json& input,
                                    const Write& write) {
  const auto known = m_impl->need(register_id);
  if (!known) return tl::unexpected(known.error());
  const Definition& d = **known;
  const Json request = Json::object({{"op", "transition"},
                                     {"register", d.id},
                                     {"id", id},
                                     {"transition", transition},
                                     {"input", input}});
  // What an effect refuses after the record was stored takes everything back.
  try {
    return m_impl->once(write, request, [&](store::Db& rows) -> Result<Record> {
      auto done = m_impl->run(*this, rows, d, id, transition, input, write, 0);
      if (!done) throw Refused{done.error()};
      return Impl::latest(rows, d, std::move(done));
    });
  } catch (const Refused& refused) {
    return tl::unexpected(refused.error);
  }
}

Result<Record> Registry::Impl::run(Registry& registry, store::Db& rows, const Definition& d,
                                   const std::string& id, const std::string& transition,
                                   const Json& input, const Write& write, int depth) {
  if (depth > kMostEffects) {
    return base::fail(Code::kConflict, "effects of effects go on for too long", "effects",
                      fmt::format("at most {} transitions in a row", kMostEffects));
  }
  if (auto enabled = check_enabled(d); !enabled) return tl::unexpected(enabled.error());
  auto before = need_record(rows, d, id);
  if (!before) return before;
  const auto asked = parse_key(d, transition);
  if (!asked) return tl::unexpected(asked.error());
  auto prepared = prepare(rows, d, *before, transition, input, write);
  if (!prepared) return tl::unexpected(prepared.error());
  const Transition& t = *asked->transition;
  if (asked->move == Move::kUndo)
    return undo(registry, rows, d, *before, t.key, prepared->input, write);
  const bool moves =
      prepared->after.state != before->state ||
      (!prepared->only_request && asked->move != Move::kRefuse && asked->move != Move::kWithdraw);
  std::vector<EffectLine> effects;
  if (moves) {
    auto made = fill_and_create(registry, rows, d, t, *before, prepared->after, write);
    if (!made) return tl::unexpected(made.error());
    effects = std::move(*made);
    // What was made may count in a computed field of this record: a change of its own.
    before = need_record(rows, d, id);
    if (!before) return before;
  }
  auto done = commit(rows,
                     {d,
                      &*before,
                      std::move(prepared->after),
                      action_of(*asked, prepared->only_request),
                      {asked_line(*asked, prepared->input)}},
                     write);
  if (!moves) return done;
  if (auto good = carry_out(registry, rows, d, t, done, write, depth, effects); !good)
    return tl::unexpected(good.error());
  keep_effects(rows, done, effects);
  return done;
}

Json Registry::transitions_for(const Record& record, const access::Actor& actor,
                               base::Instant now) const {
  Json out = Json::array();
  const Definition* d = m_impl->find(record.register_id);
  if (d == nullptr || record.removed) return out;
  const auto possible = possible_moves(*d, record);
  m_impl->db.read([&](store::Db& rows) {
    for (const auto& asked : possible) {
      const View view{*d,
                      record,
                      actor,
                      now,
                      m_impl->guard(d->id, asked.transition->key),
                      [&](const Transition& t, const Record& seen) {
                        return m_impl->check_conditions(rows, *d, t, seen, now, keys_of(t.input));
                      }};
      out.push(describe(view, asked));
    }
    if (const auto back = m_impl->undoable(rows, *d, record)) {
      const View view{*d, record, actor, now, {}, {}};
      out.push(describe(view, {d->transition(*back), Move::kUndo}));
    }
  });
  return out;
}

}  // namespace jinglue::registry
