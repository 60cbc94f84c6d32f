// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/definition_reader.hpp"

#include <algorithm>
#include <array>
#include <regex>
#include <set>

#include "access/access.hpp"
#include "base/local_time.hpp"
#include "registry/detail/default_value.hpp"
#include "registry/detail/number.hpp"
#include "registry/detail/scope.hpp"
#include "registry/detail/value.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Code;

/// Names that records, lists and CSV files use for themselves.
constexpr std::array<std::string_view, 13> kReserved = {
    "id",         "number",     "revision",   "rev",        "state",   "pending", "fields",
    "created_at", "created_by", "changed_at", "changed_by", "removed", "register"};

bool has(const std::vector<std::string>& items, const std::string& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

bool is_text(FieldType t) {
  return t == FieldType::kText || t == FieldType::kLongText;
}
bool is_choice(FieldType t) {
  return t == FieldType::kChoice || t == FieldType::kChoices;
}
bool is_link(FieldType t) {
  return t == FieldType::kLink || t == FieldType::kLinks;
}
bool is_measured(FieldType t) {
  return t == FieldType::kInteger || t == FieldType::kNumber || t == FieldType::kMoney;
}

std::string type_names() {
  std::string out;
  for (int i = 0; i <= int(FieldType::kFile); ++i) {
    out += (out.empty() ? "" : ", ") + std::string(to_key(FieldType(i)));
  }
  return out;
}

}  // namespace

Definition DefinitionReader::read() {
  Definition d;
  only(m_document,
       {"id",       "schema", "zh",          "en",         "number",    "number_zone", "title",
        "district", "rights", "read_roles",  "edit_roles", "journaled", "core",        "sections",
        "fields",   "states", "transitions", "clocks",     "tiles",     "retention"});
  read_head(d);
  d.fields = read_fields(m_document["fields"], Place::kRecord);
  if (d.fields.empty()) mistake(m_document["fields"], Code::kMissing, "a register has fields");
  read_sections(d);
  read_states(d);
  read_transitions(d);
  check_names(d);
  check_more(d);
  read_defaults(d, m_document, m_errors);
  check_lifecycle(d);
  return d;
}

void DefinitionReader::read_head(Definition& d) {
  d.id = key(m_document["id"]);
  d.name = words(m_document);
  const auto schema = m_document["schema"].integer();
  if (!schema) {
    m_errors.push_back(schema.error());
  } else if (*schema < 1 || *schema > 1'000'000) {
    mistake(m_document["schema"], Code::kOutOfRange, "schema versions are 1, 2, 3 ...");
  } else {
    d.schema = int(*schema);
  }
  read_number(d);
  if (m_document["rights"].present()) d.rights = text(m_document["rights"]);
  if (d.rights != "register" && d.rights != "case") {
    mistake(m_document["rights"], Code::kUnknown, "unknown rights '" + d.rights + "'",
            "register or case");
  }
  d.title_field = text(m_document["title"]);
  d.district_field = text_or_empty(m_document["district"]);
  d.read_roles = roles(m_document["read_roles"]);
  d.edit_roles = roles(m_document["edit_roles"]);
  d.journaled = flag(m_document["journaled"]);
  d.core = flag(m_document["core"]);
}

void DefinitionReader::read_number(Definition& d) {
  d.number_pattern = text_or_empty(m_document["number"]);
  d.number_zone = text_or_empty(m_document["number_zone"]);
  if (!d.number_zone.empty() && !base::to_civil({0}, d.number_zone)) {
    mistake(m_document["number_zone"], Code::kUnknown, "unknown time zone '" + d.number_zone + "'",
            "an IANA name such as Asia/Shanghai");
  }
  if (d.number_pattern.empty()) return;
  const auto pattern = parse_number_pattern(d.number_pattern);
  if (!pattern) {
    mistake(m_document["number"], pattern.error().code,
            "number pattern: " + pattern.error().message, pattern.error().hint);
  } else if (pattern->dated && d.number_zone.empty()) {
    mistake(m_document["number_zone"], Code::kMissing,
            "a number with {year} or {month} needs the zone in which they are taken");
  }
}

std::vector<Field> DefinitionReader::read_fields(const Node& list, Place place) {
  std::vector<Field> out;
  std::set<std::string> seen;
  if (list.present() && list.kind() != Node::Kind::kArray) {
    mistake(list, Code::kMalformed, "must be a list of fields");
  }
  for (const auto& node : list.items()) {
    Field f = read_field(node, place);
    if (!f.key.empty() && !seen.insert(f.key).second) {
      mistake(node["key"], Code::kConflict, "the field '" + f.key + "' is defined twice");
    }
    out.push_back(std::move(f));
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    check_after(list.items()[i], out[i], out);
    read_required_when(list.items()[i], out[i], out);
    check_codes_on(list.items()[i], out[i], out);
  }
  return out;
}

void DefinitionReader::check_after(const Node& node, Field& f, const std::vector<Field>& beside) {
  f.after = text_or_empty(node["after"]);
  if (f.after.empty()) return;
  const auto it = std::find_if(beside.begin(), beside.end(),
                               [&](const Field& other) { return other.key == f.after; });
  if (it == beside.end()) {
    mistake(node["after"], Code::kUnknown, "unknown field '" + f.after + "'");
  } else if (it->type != f.type || (f.type != FieldType::kInstant && f.type != FieldType::kDate)) {
    mistake(node["after"], Code::kMalformed, "both must be instants, or both dates");
  }
}

void DefinitionReader::read_required_when(const Node& node, Field& f,
                                          const std::vector<Field>& beside) {
  const Node condition = node["required_when"];
  f.required_when_text = text_or_empty(condition);
  if (f.required_when_text.empty()) return;
  auto read = expression::Expression::read(f.required_when_text, names_of(beside));
  if (!read) {
    mistake(condition, read.error().code, read.error().where + ": " + read.error().message,
            read.error().hint);
  } else if (read->type() != expression::Type::kBoolean) {
    mistake(condition, Code::kMalformed, "a condition is true or false");
  } else if (!read->own_fields_only()) {
    mistake(condition, Code::kMalformed, "only fields beside this one can make it required",
            "no today, now, linked() or fields of other records");
  } else if (f.required) {
    mistake(condition, Code::kConflict, "the field is required always");
  } else {
    f.required_when = std::move(*read);
  }
}

Field DefinitionReader::read_field(const Node& node, Place place) {
  only(node, {"key",      "zh",       "en",      "type",       "unit",   "required",      "unique",
              "searched", "listed",   "sealed",  "min",        "max",    "max_length",    "pattern",
              "choices",  "open",     "link",    "columns",    "after",  "required_when", "help_zh",
              "help_en",  "section",  "was",     "visible_to", "secret", "secret_to",     "mask",
              "plain_to", "computed", "default", "default_of", "codes",  "codes_on",      "accept",
              "max_mb",   "max_files"});
  Field f;
  f.key = key(node["key"]);
  if (place == Place::kRecord &&
      std::find(kReserved.begin(), kReserved.end(), f.key) != kReserved.end()) {
    mistake(node["key"], Code::kConflict, "'" + f.key + "' is a name that every record has",
            "choose another key");
  }
  f.name = words(node);
  const std::string type = text(node["type"]);
  if (const auto known = field_type_from(type)) {
    f.type = *known;
  } else if (!type.empty()) {
    mistake(node["type"], Code::kUnknown, "unknown type '" + type + "'", "types: " + type_names());
  }
  f.unit = text_or_empty(node["unit"]);
  f.required = flag(node["required"]);
  f.unique = flag(node["unique"]);
  f.searched = flag(node["searched"]);
  f.listed = flag(node["listed"]);
  f.sealed = flag(node["sealed"]);
  f.help = {text_or_empty(node["help_zh"]), text_or_empty(node["help_en"])};
  read_limits(node, f);
  read_kind(node, f, place);
  read_more(node, f, place);
  check_flags(node, f, place);
  return f;
}

void DefinitionReader::read_limits(const Node& node, Field& f) {
  const auto limit = [&](const char* name, std::optional<double>& out) {
    if (!node[name].present()) return;
    const auto value = node[name].number();
    if (!value) return m_errors.push_back(value.error());
    if (!is_measured(f.type)) {
      mistake(node[name], Code::kMalformed, "only integer, number and money have min and max");
    }
    out = *value;
  };
  limit("min", f.minimum);
  limit("max", f.maximum);
  if (f.minimum && f.maximum && *f.minimum > *f.maximum) {
    mistake(node["max"], Code::kOutOfRange, "max is below min");
  }
  const auto length = node["max_length"].integer_or(0);
  if (!length) {
    m_errors.push_back(length.error());
  } else if (node["max_length"].present()) {
    if (!is_text(f.type)) mistake(node["max_length"], Code::kMalformed, "only a text has a length");
    if (*length < 1 || *length > std::int64_t(kMaxLongText)) {
      mistake(node["max_length"], Code::kOutOfRange,
              "max_length is 1 to " + std::to_string(kMaxLongText));
    }
    f.max_length = std::size_t(std::max<std::int64_t>(*length, 0));
  }
  f.pattern = text_or_empty(node["pattern"]);
  if (f.pattern.empty()) return;
  if (f.type != FieldType::kText) {
    mistake(node["pattern"], Code::kMalformed, "only a field of type text has a pattern");
  } else if (f.pattern.size() > kMaxText || !valid_pattern(f.pattern)) {
    mistake(node["pattern"], Code::kMalformed, "not a regular expression (ECMAScript)",
            "at most " + std::to_string(kMaxText) + " bytes");
  }
  // Matching goes a level deeper with each character; a text of 20 000 would fill the stack.
  if (f.max_length > kMaxText) {
    mistake(node["max_length"], Code::kOutOfRange,
            "a text with a pattern has at most " + std::to_string(kMaxText) + " characters");
  }
}

void DefinitionReader::read_choices(const Node& node, Field& f) {
  const Node list = node["choices"];
  f.open = flag(node["open"]);
  if (!is_choice(f.type)) {
    for (const auto& name : {"choices", "open"}) {
      if (node[name].present()) {
        mistake(node[name], Code::kMalformed, "only choice and choices have this");
      }
    }
    return;
  }
  std::set<std::string> seen;
  for (const auto& item : list.items()) {
    only(item, {"key", "zh", "en"});
    Choice c{text(item["key"]), words(item)};
    if (!c.key.empty() && !is_choice_key(c.key)) {
      mistake(item["key"], Code::kMalformed, "'" + c.key + "' is not the key of a choice",
              "letters, digits, '_', '.' and '-', at most 100");
    }
    if (!seen.insert(c.key).second) {
      mistake(item["key"], Code::kConflict, "the choice '" + c.key + "' is given twice");
    }
    f.choices.push_back(std::move(c));
  }
  if (list.present() && list.items().empty()) {
    mistake(list, Code::kMalformed, "must be a list of {key, zh, en}");
  }
  if (f.type == FieldType::kChoice && f.choices.empty() && !list.present() && !f.open &&
      !node["codes"].present()) {
    mistake(node["choices"], Code::kMissing, "a choice needs its list",
            "or open = true, for any key");
  }
}

void DefinitionReader::read_kind(const Node& node, Field& f, Place place) {
  read_choices(node, f);
  f.link = text_or_empty(node["link"]);
  if (is_link(f.type) && f.link.empty()) {
    mistake(node["link"], Code::kMissing, "a link names the register it points to");
  }
  if (!is_link(f.type) && !f.link.empty()) {
    mistake(node["link"], Code::kMalformed, "only link and links have this");
  }
  if (!f.unit.empty() && !is_measured(f.type)) {
    mistake(node["unit"], Code::kMalformed, "only integer, number and money have a unit");
  }
  const Node columns = node["columns"];
  if (f.type == FieldType::kRows) {
    if (place != Place::kRecord) {
      mistake(node["type"], Code::kMalformed, "rows stand in a record only");
    }
    f.columns = read_fields(columns, Place::kColumn);
    if (f.columns.empty()) mistake(columns, Code::kMissing, "rows have columns");
  } else if (columns.present()) {
    mistake(columns, Code::kMalformed, "only a field of type rows has columns");
  }
}

void DefinitionReader::check_flags(const Node& node, const Field& f, Place place) {
  const auto refuse = [&](const char* name, bool set, const char* why) {
    if (set) mistake(node[name], Code::kMalformed, why);
  };
  if (place != Place::kRecord) {
    const char* why = "has no meaning in a column or an input";
    refuse("unique", f.unique, why);
    refuse("searched", f.searched, why);
    refuse("listed", f.listed, why);
    refuse("sealed", f.sealed, why);
    refuse("type", f.type == FieldType::kGeometry || f.type == FieldType::kFile,
           "a geometry or a file stands in a record only");
    return;
  }
  const bool list = f.type == FieldType::kChoices || f.type == FieldType::kLinks ||
                    f.type == FieldType::kRows || f.type == FieldType::kGeometry ||
                    f.type == FieldType::kFile || f.type == FieldType::kPeriod;
  refuse("unique",
         f.unique && (list || f.type == FieldType::kLongText || f.type == FieldType::kBoolean),
         "this type cannot be unique");
  refuse("searched",
         f.searched && !is_text(f.type) && !is_choice(f.type) && f.type != FieldType::kRows &&
             f.type != FieldType::kFile,
         "only texts, choices, rows and names of files are searched");
}

void DefinitionReader::read_states(Definition& d) {
  std::set<std::string> seen;
  const Node list = m_document["states"];
  for (const auto& node : list.items()) {
    only(node, {"key", "zh", "en", "final", "locked"});
    State s{key(node["key"]), words(node), flag(node["final"]), flag(node["locked"])};
    s.locked = s.locked || s.final;
    if (!s.key.empty() && !seen.insert(s.key).second) {
      mistake(node["key"], Code::kConflict, "the state '" + s.key + "' is defined twice");
    }
    d.states.push_back(std::move(s));
  }
}

void DefinitionReader::read_transitions(Definition& d) {
  std::set<std::string> seen;
  const Node list = m_document["transitions"];
  for (const auto& node : list.items()) {
    Transition t = read_transition(node, d);
    if (!t.key.empty() && !seen.insert(t.key).second) {
      mistake(node["key"], Code::kConflict, "the transition '" + t.key + "' is defined twice");
    }
    d.transitions.push_back(std::move(t));
  }
}

Transition DefinitionReader::read_transition(const Node& node, const Definition& d) {
  only(node, {"key", "zh", "en", "from", "to", "roles", "requires", "input", "approval", "stamps",
              "conditions", "effects", "reason", "undo", "undo_within"});
  Transition t;
  t.key = key(node["key"]);
  t.name = words(node);
  t.from = strings(node["from"]);
  t.to = text(node["to"]);
  if (t.from.empty()) mistake(node["from"], Code::kMissing, "a transition starts from states");
  for (const auto& from : t.from) {
    if (d.state(from) == nullptr) {
      mistake(node["from"], Code::kUnknown, "unknown state '" + from + "'");
    } else if (d.state(from)->final) {
      mistake(node["from"], Code::kConflict, "'" + from + "' is final: nothing leaves it");
    }
  }
  if (!t.to.empty() && d.state(t.to) == nullptr) {
    mistake(node["to"], Code::kUnknown, "unknown state '" + t.to + "'");
  }
  t.roles = roles(node["roles"]);
  t.requires_fields = strings(node["requires"]);
  for (const auto& name : t.requires_fields) {
    if (d.field(name) == nullptr) {
      mistake(node["requires"], Code::kUnknown, "unknown field '" + name + "'");
    }
  }
  t.approval_roles = roles(node["approval"]);
  t.approval = !t.approval_roles.empty();
  if (node["approval"].present() && !t.approval) {
    mistake(node["approval"], Code::kMissing, "names the roles of the second person");
  }
  t.input = read_fields(node["input"], Place::kInput);
  check_input(node, d, t);
  read_stamps(node, d, t);
  return t;
}

void DefinitionReader::check_input(const Node& node, const Definition& d, const Transition& t) {
  for (std::size_t i = 0; i < t.input.size(); ++i) {
    const Field* same = d.field(t.input[i].key);
    if (same != nullptr && same->type != t.input[i].type) {
      mistake(node["input"].items()[i]["type"], Code::kConflict,
              "the record's field '" + t.input[i].key + "' has the type " +
                  std::string(to_key(same->type)),
              "an input fills the field of the same key");
    }
  }
}

void DefinitionReader::read_stamps(const Node& node, const Definition& d, Transition& t) {
  const Node list = node["stamps"];
  for (const auto& [name, member] : list.members()) {
    Stamp stamp{name, text(member)};
    const Field* f = d.field(name);
    if (f == nullptr) {
      mistake(member, Code::kUnknown, "unknown field '" + name + "'");
    } else if (stamp.with == "now") {
      if (f->type != FieldType::kInstant) {
        mistake(member, Code::kConflict, "'now' needs a field of type instant");
      }
    } else if (stamp.with == "requester" || stamp.with == "approver") {
      if (f->type != FieldType::kText) {
        mistake(member, Code::kConflict, "a person's name needs a field of type text");
      }
      if (stamp.with == "approver" && !t.approval) {
        mistake(member, Code::kConflict, "this transition has no approver");
      }
    } else {
      mistake(member, Code::kUnknown, "unknown stamp '" + stamp.with + "'",
              "stamps: now, requester, approver");
    }
    t.stamps.push_back(std::move(stamp));
  }
}

void DefinitionReader::check_names(const Definition& d) {
  const Field* title = d.field(d.title_field);
  if (!d.title_field.empty() && title == nullptr) {
    mistake(m_document["title"], Code::kUnknown, "unknown field '" + d.title_field + "'");
  } else if (title != nullptr && title->type != FieldType::kText &&
             title->type != FieldType::kChoice) {
    mistake(m_document["title"], Code::kMalformed, "the title is a field of type text or choice");
  }
  const Field* district = d.field(d.district_field);
  if (!d.district_field.empty() && district == nullptr) {
    mistake(m_document["district"], Code::kUnknown, "unknown field '" + d.district_field + "'");
  } else if (district != nullptr && district->type != FieldType::kText &&
             district->type != FieldType::kChoice && district->type != FieldType::kDistrict &&
             district->type != FieldType::kUnit) {
    mistake(m_document["district"], Code::kMalformed,
            "the district is a field of type district, unit, text or choice");
  }
}

void DefinitionReader::check_lifecycle(const Definition& d) {
  if (d.states.empty()) {
    if (!d.transitions.empty()) {
      mistake(m_document["states"], Code::kMissing, "transitions need states");
    }
    return;
  }
  std::vector<std::string> reached = {d.states.front().key};
  for (std::size_t i = 0; i < reached.size(); ++i) {
    for (const auto& t : d.transitions) {
      if (has(t.from, reached[i]) && !has(reached, t.to)) reached.push_back(t.to);
    }
  }
  for (std::size_t i = 0; i < d.states.size(); ++i) {
    const State& s = d.states[i];
    const Node node = m_document["states"].items()[i];
    if (!has(reached, s.key)) {
      mistake(node, Code::kMissing, "no transition leads to the state '" + s.key + "'");
    }
    const bool leaves = std::any_of(d.transitions.begin(), d.transitions.end(),
                                    [&](const Transition& t) { return has(t.from, s.key); });
    if (!s.final && !leaves) {
      mistake(node, Code::kMissing, "no transition leaves the state '" + s.key + "'",
              "write final = true when that is meant");
    }
  }
}

namespace {

void check_field_links(const std::vector<Field>& fields, const base::ConfigNode& list,
                       const std::set<std::string>& known, std::vector<base::Error>& errors) {
  const std::size_t count = std::min(fields.size(), list.items().size());
  for (std::size_t i = 0; i < count; ++i) {
    const base::ConfigNode node = list.items()[i];
    if (!fields[i].link.empty() && !known.contains(fields[i].link)) {
      errors.push_back({Code::kUnknown, "unknown register '" + fields[i].link + "'",
                        node["link"].where(), "there is no such file in this folder"});
    }
    check_field_links(fields[i].columns, node["columns"], known, errors);
  }
}

}  // namespace

void check_links(const std::vector<Definition>& definitions,
                 const std::vector<base::ConfigNode>& documents, std::vector<base::Error>& errors) {
  std::set<std::string> known;
  for (const auto& d : definitions) known.insert(d.id);
  for (std::size_t i = 0; i < definitions.size(); ++i) {
    const Definition& d = definitions[i];
    check_field_links(d.fields, documents[i]["fields"], known, errors);
    const auto transitions = documents[i]["transitions"].items();
    for (std::size_t k = 0; k < d.transitions.size() && k < transitions.size(); ++k) {
      check_field_links(d.transitions[k].input, transitions[k]["input"], known, errors);
    }
  }
}

}  // namespace jinglue::registry::detail
