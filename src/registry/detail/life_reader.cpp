// SPDX-License-Identifier: Apache-2.0
// Conditions and effects of transitions as the file writes them.
#include "registry/detail/life_reader.hpp"

#include <algorithm>

#include "access/access.hpp"
#include "registry/detail/impl.hpp"
#include "registry/detail/record_scope.hpp"
#include "registry/detail/retention_reader.hpp"
#include "registry/detail/scope.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Code;
using expression::Type;

bool is_link_to(const Field* f, const std::string& register_id) {
  return f != nullptr && f->link == register_id &&
         (f->type == FieldType::kLink || f->type == FieldType::kLinks);
}

/// A value of this type may go into a field of that type.
bool may_fill(Type value, Type field) {
  return value == field || value == Type::kAbsent || (field == Type::kText && value != Type::kList);
}

bool names_people(const Field& f) {
  switch (f.type) {
    case FieldType::kText:
    case FieldType::kChoice:
    case FieldType::kPerson:
    case FieldType::kUnit:
    case FieldType::kDistrict:
      return true;
    case FieldType::kLink:
    case FieldType::kLinks:
      return f.link == kPersons;
    default:
      return false;
  }
}

const Field* find_field(const std::vector<Field>& fields, const std::string& key) {
  const auto it =
      std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.key == key; });
  return it == fields.end() ? nullptr : &*it;
}

}  // namespace

LifeReader::LifeReader(const std::vector<Definition>& all, const Definition& d,
                       const base::ConfigNode& doc)
    : m_all(all), m_definition(d), m_document(doc), m_names(names_of(all, d)) {}

Field LifeReader::reason_field() {
  Field f;
  f.key = "reason";
  f.name = {"理由", "Reason"};
  f.type = FieldType::kLongText;
  f.required = true;
  f.max_length = 1000;
  return f;
}

Life LifeReader::read() {
  Life out;
  const auto nodes = m_document["transitions"].items();
  for (std::size_t i = 0; i < m_definition.transitions.size() && i < nodes.size(); ++i) {
    const Transition& t = m_definition.transitions[i];
    out.transitions.emplace(t.key, read_transition(nodes[i], t));
  }
  const Node clocks_node = m_document["clocks"];
  for (const auto& node : clocks_node.items()) {
    ClockRule c = read_clock(node);
    if (out.clock(c.key) != nullptr) {
      mistake(node["key"], Code::kConflict, "the clock '" + c.key + "' is defined twice");
    }
    out.clocks.push_back(std::move(c));
  }
  read_tiles(out);
  return out;
}

TransitionLife LifeReader::read_transition(const Node& node, const Transition& t) {
  TransitionLife out;
  const Node conditions_node = node["conditions"];
  for (const auto& item : conditions_node.items()) out.conditions.push_back(read_condition(item));
  const Node effects_node = node["effects"];
  for (const auto& item : effects_node.items()) out.effects.push_back(read_effect(item));
  out.undo_roles = roles(node["undo"]);
  out.undo_within = span(node["undo_within"]);
  if (out.undo_within && out.undo_roles.empty()) {
    mistake(node["undo_within"], Code::kConflict, "nobody may undo '" + t.key + "'",
            "undo = [roles]");
  }
  return out;
}

std::optional<Formula> LifeReader::formula(const Node& node, const Names& names) {
  Formula out{text(node), {}};
  if (out.text.empty()) return std::nullopt;
  auto read = expression::Expression::read(out.text, names);
  if (!read) {
    const std::string column = read.error().where.empty() ? "" : read.error().where + ": ";
    mistake(node, read.error().code, column + read.error().message, read.error().hint);
    return std::nullopt;
  }
  out.read = std::move(*read);
  return out;
}

std::optional<Formula> LifeReader::condition(const Node& node, const Names& names) {
  auto out = formula(node, names);
  if (!out || out->read.type() == Type::kBoolean) return out;
  mistake(node, Code::kMalformed, "a condition is true or false");
  return std::nullopt;
}

Condition LifeReader::read_condition(const Node& node) {
  only(node, {"when", "zh", "en"});
  Condition out;
  if (auto when = condition(node["when"], m_names)) out.when = std::move(*when);
  out.message = words(node);
  return out;
}

Template LifeReader::read_template(const Node& node, const Names& names) {
  Template out;
  const std::string whole = text(node);
  for (std::size_t at = 0; at < whole.size();) {
    const auto open = std::min(whole.find('{', at), whole.size());
    if (open > at) out.pieces.push_back({whole.substr(at, open - at), std::nullopt});
    if (open == whole.size()) break;
    const auto close = whole.find('}', open);
    if (close == std::string::npos) {
      mistake(node, Code::kMalformed, "a '{' is not closed");
      break;
    }
    const std::string inner = whole.substr(open + 1, close - open - 1);
    auto read = expression::Expression::read(inner, names);
    if (read) {
      out.pieces.push_back({{}, Formula{inner, std::move(*read)}});
    } else {
      mistake(node, read.error().code, "in {" + inner + "}: " + read.error().message,
              read.error().hint);
    }
    at = close + 1;
  }
  return out;
}

const Definition* LifeReader::find(const std::string& id) const {
  const auto it =
      std::find_if(m_all.begin(), m_all.end(), [&](const Definition& d) { return d.id == id; });
  return it == m_all.end() ? nullptr : &*it;
}

Effect LifeReader::read_effect(const Node& node) {
  Effect e;
  const std::string kind = text(node["kind"]);
  if (node["when"].present()) e.when = condition(node["when"], m_names);
  if (kind == "create") {
    read_create(node, e);
  } else if (kind == "update") {
    only(node, {"kind", "when", "of", "register", "link", "fields", "texts"});
    e.kind = EffectKind::kUpdate;
    read_target(node, e);
  } else if (kind == "run") {
    read_run(node, e);
  } else if (kind == "notify") {
    read_notify(node, e);
  } else if (!kind.empty()) {
    mistake(node["kind"], Code::kUnknown, "unknown effect '" + kind + "'",
            "effects: create, update, run, notify");
  }
  return e;
}

void LifeReader::read_create(const Node& node, Effect& e) {
  only(node, {"kind", "when", "register", "link", "keep", "for_each", "fields", "texts"});
  e.kind = EffectKind::kCreate;
  e.register_id = text(node["register"]);
  const Definition* target = find(e.register_id);
  if (target == nullptr) {
    return mistake(node["register"], Code::kUnknown, "unknown register '" + e.register_id + "'",
                   "there is no such file in this folder");
  }
  e.link = text_or_empty(node["link"]);
  if (!e.link.empty() && !is_link_to(target->field(e.link), m_definition.id)) {
    mistake(node["link"], Code::kUnknown,
            "'" + e.link + "' of '" + target->id + "' is no link to '" + m_definition.id + "'");
  }
  e.keep = text_or_empty(node["keep"]);
  if (!e.keep.empty() && !is_link_to(m_definition.field(e.keep), target->id)) {
    mistake(node["keep"], Code::kUnknown,
            "'" + e.keep + "' of this register is no link to '" + target->id + "'");
  }
  e.for_each = text_or_empty(node["for_each"]);
  Names names = m_names;
  if (!e.for_each.empty()) {
    const auto columns = m_names.inside({e.for_each});
    if (!columns) {
      return mistake(node["for_each"], Code::kUnknown, "'" + e.for_each + "' is no field of rows");
    }
    names.field = [columns, outside = m_names.field](const expression::Path& path) {
      const auto type = columns->field(path);
      return type ? type : outside(path);
    };
  }
  e.set = read_set(node, target->fields, names);
  check_complete(node, e, *target);
}

void LifeReader::check_complete(const Node& node, const Effect& e, const Definition& target) {
  for (const auto& f : target.fields) {
    const bool given = f.key == e.link || f.key == target.district_field ||
                       std::any_of(e.set.begin(), e.set.end(),
                                   [&](const Assignment& a) { return a.field == f.key; });
    const bool filled =
        !f.default_value.is_null() || !f.default_of_text.empty() || !f.computed_text.empty();
    if (f.required && !given && !filled) {
      mistake(node, Code::kMissing,
              "a new record of '" + target.id + "' needs the field '" + f.key + "'",
              "give it under fields or texts");
    }
  }
}

const Definition* LifeReader::target_of(const Node& node, Effect& e) {
  e.of = text_or_empty(node["of"]);
  e.register_id = text_or_empty(node["register"]);
  e.link = text_or_empty(node["link"]);
  if (!e.of.empty()) {
    const Field* f = m_definition.field(e.of);
    const bool link = f != nullptr && (f->type == FieldType::kLink || f->type == FieldType::kLinks);
    if (!link) mistake(node["of"], Code::kUnknown, "'" + e.of + "' is no link of this register");
    return link ? find(f->link) : nullptr;
  }
  if (e.register_id.empty()) return e.kind == EffectKind::kUpdate ? &m_definition : nullptr;
  const Definition* target = find(e.register_id);
  if (target == nullptr || !is_link_to(target->field(e.link), m_definition.id)) {
    mistake(node[target == nullptr ? "register" : "link"], Code::kUnknown,
            "no register '" + e.register_id + "' with a link '" + e.link + "' to this one");
    return nullptr;
  }
  return target;
}

void LifeReader::read_target(const Node& node, Effect& e) {
  const Definition* target = target_of(node, e);
  if (target == nullptr) return;
  e.set = read_set(node, target->fields, m_names);
  if (e.set.empty()) mistake(node, Code::kMissing, "an update writes fields or texts");
}

void LifeReader::read_run(const Node& node, Effect& e) {
  only(node, {"kind", "when", "of", "register", "link", "transition", "fields", "texts"});
  e.kind = EffectKind::kRun;
  const Definition* target = target_of(node, e);
  e.transition = text(node["transition"]);
  if (target == nullptr) {
    if (e.of.empty() && e.register_id.empty())
      mistake(node, Code::kMissing, "of which record?", "of = a link, or register and link");
    return;
  }
  const Transition* t = target->transition(e.transition);
  if (t == nullptr) {
    mistake(node["transition"], Code::kUnknown,
            "'" + target->id + "' has no transition '" + e.transition + "'");
  } else if (t->approval) {
    mistake(node["transition"], Code::kConflict, "'" + e.transition + "' needs a second person");
  } else {
    e.set = read_set(node, t->input, m_names);
  }
}

void LifeReader::read_notify(const Node& node, Effect& e) {
  only(node, {"kind", "when", "to", "zh", "en"});
  e.kind = EffectKind::kNotify;
  e.to = read_recipients(node["to"]);
  if (e.to.empty()) mistake(node["to"], Code::kMissing, "says who is told");
  e.message = {read_template(node["zh"], m_names), read_template(node["en"], m_names)};
}

std::vector<std::string> LifeReader::read_recipients(const Node& node) {
  auto out = strings(node);
  for (const auto& to : out) {
    const auto colon = to.find(':');
    const std::string kind = to.substr(0, colon);
    const std::string what = colon == std::string::npos ? "" : to.substr(colon + 1);
    const Field* f = m_definition.field(what);
    const bool good = (kind == "role" && access::role_from(what)) ||
                      (kind == "field" && f != nullptr && names_people(*f)) || to == "creator" ||
                      to == "watchers" || to == "district" || to == "superior";
    if (!good) {
      mistake(node, Code::kUnknown, "nobody is meant by '" + to + "'",
              "role:KEY, field:KEY (an account, a person, a unit), creator, watchers, district or "
              "superior");
    }
  }
  return out;
}

std::vector<Assignment> LifeReader::read_set(const Node& node, const std::vector<Field>& fields,
                                             const Names& names) {
  std::vector<Assignment> out;
  const auto known = [&](const std::string& key, const Node& at) {
    const Field* f = find_field(fields, key);
    if (f == nullptr) mistake(at, Code::kUnknown, "unknown field '" + key + "'");
    const bool twice =
        std::any_of(out.begin(), out.end(), [&](const Assignment& a) { return a.field == key; });
    if (twice) mistake(at, Code::kConflict, "'" + key + "' is given twice");
    return f;
  };
  const Node fields_node = node["fields"];
  for (const auto& [key, value] : fields_node.members()) {
    if (const Field* f = known(key, value)) out.push_back(read_value(value, *f, names));
  }
  const Node texts_node = node["texts"];
  for (const auto& [key, value] : texts_node.members()) {
    const Field* f = known(key, value);
    if (f == nullptr) continue;
    if (f->type != FieldType::kText && f->type != FieldType::kLongText) {
      mistake(value, Code::kMalformed, "'" + key + "' is no text", "give it under fields");
    }
    out.push_back({key, std::nullopt, read_template(value, names)});
  }
  return out;
}

Assignment LifeReader::read_value(const Node& value, const Field& field, const Names& names) {
  Assignment out{field.key, formula(value, names), std::nullopt};
  if (!out.value) return out;
  const Type type = out.value->read.type();
  if (!may_fill(type, expression_type(field))) {
    mistake(value, Code::kMalformed,
            "a " + std::string(expression::to_key(type)) + " does not go into '" + field.key +
                "', which is of the type " + std::string(to_key(field.type)));
  }
  check_constant(value, field, out.value->read);
  return out;
}

/// A text as it stands in the file is one of the choices, or it is never accepted.
void LifeReader::check_constant(const Node& at, const Field& field,
                                const expression::Expression& value) {
  if (field.type != FieldType::kChoice || field.open || field.choices.empty()) return;
  if (!value.paths().empty() || !value.own_fields_only()) return;
  const auto found = value.value(ObjectScope({}, {}));
  const auto* text = std::get_if<std::string>(&found);
  if (text == nullptr) return;
  const bool known = std::any_of(field.choices.begin(), field.choices.end(),
                                 [&](const Choice& c) { return c.key == *text; });
  if (!known) mistake(at, Code::kUnknown, "'" + field.key + "' has no choice '" + *text + "'");
}

std::optional<Span> LifeReader::span(const Node& node) {
  if (!node.present()) return std::nullopt;
  const std::string written = text(node);
  if (written.empty()) return std::nullopt;
  auto out = read_span(written);
  if (out) return *out;
  mistake(node, out.error().code, out.error().message, out.error().hint);
  return std::nullopt;
}

std::vector<std::string> LifeReader::state_list(const Node& node) {
  auto out = node.kind() == Node::Kind::kString ? std::vector{text(node)} : strings(node);
  for (const auto& state : out) {
    if (m_definition.state(state) == nullptr) {
      mistake(node, Code::kUnknown, "unknown state '" + state + "'");
    }
  }
  return out;
}

namespace {

/// A transition of a register: what an effect may start.
struct Step {
  std::string register_id, transition;
  friend bool operator==(const Step&, const Step&) = default;
};

std::vector<Step> started_by(const Definition& d, const Effect& e) {
  if (e.kind != EffectKind::kRun) return {};
  const Field* link = d.field(e.of);
  return {{link != nullptr ? link->link : e.register_id, e.transition}};
}

const Definition* find_definition(const std::vector<Definition>& all, const std::string& id) {
  const auto it =
      std::find_if(all.begin(), all.end(), [&](const Definition& d) { return d.id == id; });
  return it == all.end() ? nullptr : &*it;
}

/// Whether what `from` starts comes to `wanted`.
bool comes_to(const std::vector<Definition>& all, const Step& from, const Step& wanted,
              std::vector<Step>& seen) {
  if (from == wanted) return true;
  if (std::find(seen.begin(), seen.end(), from) != seen.end()) return false;
  seen.push_back(from);
  const Definition* d = find_definition(all, from.register_id);
  if (d == nullptr) return false;
  for (const auto& e : life_of(*d).transition(from.transition).effects) {
    for (const auto& next : started_by(*d, e)) {
      if (comes_to(all, next, wanted, seen)) return true;
    }
  }
  return false;
}

void check_circles(const std::vector<Definition>& all, const Definition& d,
                   const base::ConfigNode& document, std::vector<base::Error>& errors) {
  const auto nodes = document["transitions"].items();
  for (std::size_t i = 0; i < d.transitions.size() && i < nodes.size(); ++i) {
    const Step begin{d.id, d.transitions[i].key};
    const auto& effects = life_of(d).transition(begin.transition).effects;
    for (std::size_t k = 0; k < effects.size(); ++k) {
      for (const auto& next : started_by(d, effects[k])) {
        std::vector<Step> seen;
        if (!comes_to(all, next, begin, seen)) continue;
        errors.push_back({Code::kConflict, "this comes back to '" + begin.transition + "' itself",
                          nodes[i]["effects"].items()[k].where(),
                          "effects may not run in a circle"});
      }
    }
  }
}

/// `reason = true`: a text that the transition asks for.
void ask_reason(Definition& d, const base::ConfigNode& document, std::vector<base::Error>& errors) {
  const auto nodes = document["transitions"].items();
  for (std::size_t i = 0; i < d.transitions.size() && i < nodes.size(); ++i) {
    const auto node = nodes[i]["reason"];
    const auto asked = node.boolean_or(false);
    if (!asked) errors.push_back(asked.error());
    if (!asked || !*asked) continue;
    auto& input = d.transitions[i].input;
    const Field* same = d.field("reason");
    if (find_field(input, "reason") != nullptr) {
      errors.push_back(
          {Code::kConflict, "the input has a field 'reason' already", node.where(), {}});
    } else if (same != nullptr && same->type != FieldType::kLongText) {
      errors.push_back({Code::kConflict, "the record's field 'reason' is no long_text",
                        node.where(), "name that field otherwise"});
    } else {
      input.push_back(LifeReader::reason_field());
    }
  }
}

}  // namespace

void read_lives(std::vector<Definition>& definitions,
                const std::vector<base::ConfigNode>& documents, std::vector<base::Error>& errors) {
  for (std::size_t i = 0; i < definitions.size(); ++i) {
    ask_reason(definitions[i], documents[i], errors);
  }
  for (std::size_t i = 0; i < definitions.size(); ++i) {
    LifeReader reader(definitions, definitions[i], documents[i]);
    Life life = reader.read();
    errors.insert(errors.end(), reader.errors().begin(), reader.errors().end());
    life.retention = read_retention(definitions[i], documents[i], errors);
    definitions[i].life = std::make_shared<const Life>(std::move(life));
  }
  for (std::size_t i = 0; i < definitions.size(); ++i) {
    check_circles(definitions, definitions[i], documents[i], errors);
  }
}

}  // namespace jinglue::registry::detail
