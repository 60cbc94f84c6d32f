// SPDX-License-Identifier: Apache-2.0
#include "serve/form/record_form.hpp"

#include <algorithm>

#include "base/ids.hpp"

#include "registry/code_list.hpp"
#include "registry/life.hpp"
#include "registry/organisation.hpp"
#include "registry/sight.hpp"
#include "registry/standing.hpp"
#include "serve/form/picture_form.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

Json strings(const std::vector<std::string>& texts) {
  Json out = Json::array();
  for (const auto& text : texts) out.push(text);
  return out;
}

void add_choices(const registry::Field& field, Json& out) {
  Json choices = Json::array();
  for (const auto& choice : field.choices) {
    choices.push(Json::object({{"key", choice.key}, {"name", words_json(choice.name)}}));
  }
  out.set("choices", std::move(choices));
  out.set("open", field.open || field.choices.empty());
}

void add_flags(const registry::Field& field, Json& out) {
  for (const auto& [name, set] : {std::pair<const char*, bool>{"required", field.required},
                                  {"unique", field.unique},
                                  {"searched", field.searched},
                                  {"listed", field.listed},
                                  {"sealed", field.sealed}}) {
    if (set) out.set(name, true);
  }
}

void add_limits(const registry::Field& field, Json& out) {
  if (field.minimum) out.set("minimum", *field.minimum);
  if (field.maximum) out.set("maximum", *field.maximum);
  if (field.max_length > 0) out.set("max_length", std::uint64_t{field.max_length});
  if (!field.pattern.empty()) out.set("pattern", field.pattern);
  if (!field.link.empty()) out.set("link", field.link);
  if (!field.after.empty()) out.set("after", field.after);
  if (field.required_when) out.set("required_when", field.required_when_text);
  if (!field.section.empty()) out.set("section", field.section);
  if (!field.computed_text.empty()) out.set("computed", field.computed_text);
  if (field.type != registry::FieldType::kFile) return;
  out.set("accept", strings(field.accept));
  out.set("max_mb", std::uint64_t{field.max_mb > 0 ? field.max_mb : 20});
  out.set("max_files", std::uint64_t{field.max_files > 0 ? field.max_files : 20});
}

/// How confidential it is, and what this person sees of it.
void add_sight(const registry::Field& field, const access::Actor& actor, Json& out) {
  if (field.secrecy != registry::Secrecy::kOpen) out.set("secrecy", to_key(field.secrecy));
  const auto sight = registry::sight_of(field, actor);
  if (sight == registry::Sight::kWithheld) out.set("sight", "withheld");
  if (sight != registry::Sight::kMasked) return;
  out.set("sight", "masked");
  out.set("may_reveal", registry::may_reveal(field, actor));
}

Json parents_json(const registry::CodeVersion& version) {
  Json parents = Json::object();
  for (const auto& code : version.codes) {
    if (!code.parent.empty()) parents.set(code.key, code.parent);
  }
  return parents;
}

/// For a form in which the version follows from a date.
Json version_json(const registry::CodeVersion& version) {
  Json choices = Json::array();
  for (const auto& code : version.codes) {
    choices.push(Json::object({{"key", code.key}, {"name", words_json(code.name)}}));
  }
  Json out = Json::object({{"version", version.id},
                           {"document", words_json(version.name)},
                           {"choices", std::move(choices)},
                           {"parents", parents_json(version)}});
  if (!version.from.empty()) out.set("from", version.from);
  if (!version.until.empty()) out.set("until", version.until);
  return out;
}

void add_codes(const registry::Field& field, Json& out) {
  if (!field.code_list) return;
  const auto& version = field.code_list->versions.back();
  Json codes = Json::object({{"id", field.codes},
                             {"name", words_json(field.code_list->name)},
                             {"version", version.id},
                             {"document", words_json(version.name)},
                             {"source", version.source},
                             {"confidence", version.confidence},
                             {"parents", parents_json(version)}});
  if (!field.codes_on.empty()) {
    Json versions = Json::array();
    for (const auto& one : field.code_list->versions) versions.push(version_json(one));
    codes.set("on", field.codes_on).set("versions", std::move(versions));
  }
  out.set("codes", std::move(codes));
}

Json transition_json(const registry::Transition& transition, const access::Actor& actor) {
  Json input = Json::array();
  for (const auto& field : transition.input) input.push(field_json(field, actor));
  return Json::object({{"key", transition.key},
                       {"name", words_json(transition.name)},
                       {"from", strings(transition.from)},
                       {"to", transition.to},
                       {"roles", strings(transition.roles)},
                       {"requires_fields", strings(transition.requires_fields)},
                       {"input", std::move(input)},
                       {"approval", transition.approval},
                       {"approval_roles", strings(transition.approval_roles)}});
}

bool is_case(const registry::Definition& definition) {
  return definition.rights == "case";
}

bool has_named_role(const access::Actor& actor, const std::vector<std::string>& roles) {
  return roles.empty() || std::any_of(roles.begin(), roles.end(), [&](const std::string& key) {
           const auto role = access::role_from(key);
           return role && actor.has(*role);
         });
}

}  // namespace

Json field_json(const registry::Field& field, const access::Actor& actor) {
  Json out = Json::object(
      {{"key", field.key}, {"name", words_json(field.name)}, {"type", to_key(field.type)}});
  if (!field.unit.empty()) out.set("unit", field.unit);
  add_flags(field, out);
  add_limits(field, out);
  add_sight(field, actor, out);
  add_codes(field, out);
  if (field.type == registry::FieldType::kChoice || field.type == registry::FieldType::kChoices) {
    add_choices(field, out);
  }
  if (!field.columns.empty()) {
    Json columns = Json::array();
    for (const auto& column : field.columns) columns.push(field_json(column, actor));
    out.set("columns", std::move(columns));
  }
  if (!field.help.zh.empty() || !field.help.en.empty()) out.set("help", words_json(field.help));
  return out;
}

bool may_edit_register(const registry::Definition& definition, const access::Actor& actor) {
  const auto action =
      is_case(definition) ? access::Action::kEditCase : access::Action::kEditRegister;
  return definition.enabled() &&
         access::authorise(actor, action, {definition.id, actor.district}) &&
         has_named_role(actor, definition.edit_roles);
}

Json register_json(const registry::Definition& definition, const access::Actor& actor) {
  Json fields = Json::array();
  for (const auto& field : definition.fields) {
    if (registry::sight_of(field, actor) != registry::Sight::kNone) {
      fields.push(field_json(field, actor));
    }
  }
  Json sections = Json::array();
  for (const auto& section : definition.sections) {
    sections.push(Json::object({{"key", section.key}, {"name", words_json(section.name)}}));
  }
  Json states = Json::array();
  for (const auto& state : definition.states) {
    states.push(Json::object({{"key", state.key},
                              {"name", words_json(state.name)},
                              {"final", state.final},
                              {"locked", state.locked}}));
  }
  Json transitions = Json::array();
  for (const auto& transition : definition.transitions) {
    transitions.push(transition_json(transition, actor));
  }
  const bool edit = may_edit_register(definition, actor);
  const auto import =
      access::authorise(actor, access::Action::kImportRegister, {definition.id, actor.district});
  Json out = Json::object(
      {{"id", definition.id},
       {"name", words_json(definition.name)},
       {"numbered", !definition.number_pattern.empty()},
       {"title_field", definition.title_field},
       {"fields", std::move(fields)},
       {"states", std::move(states)},
       {"transitions", std::move(transitions)},
       {"may",
        Json::object({{"edit", edit}, {"import", definition.enabled() && import.has_value()}})}});
  Json clocks = Json::array();
  for (const auto& clock : registry::life_of(definition).clocks) {
    clocks.push(Json::object({{"key", clock.key}, {"name", words_json(clock.name)}}));
  }
  if (!clocks.items().empty()) out.set("clocks", std::move(clocks));
  if (!definition.sections.empty()) out.set("sections", std::move(sections));
  if (!definition.district_field.empty()) out.set("district_field", definition.district_field);
  return out;
}

std::string title_of(const registry::Registry& registry, const registry::Record& record) {
  const auto* definition = registry.definition(record.register_id);
  if (definition != nullptr && !definition->title_field.empty()) {
    const auto& value = record.fields[definition->title_field];
    if (value.is_string() && !value.as_string().empty()) return value.as_string();
    if (value.is_number()) return value.dump();
  }
  return record.number.empty() ? record.id : record.number;
}

const std::string& RecordForm::link_title(const std::string& register_id, const std::string& id) {
  const auto known = m_titles.find(id);
  if (known != m_titles.end()) return known->second;
  // What may not be seen has no title either: the link shows its id. A disabled register's records
  // keep their titles.
  const auto record = registry::find_behind_link(m_registry, m_actor, register_id, id);
  return m_titles.emplace(id, record ? title_of(m_registry, *record) : "").first->second;
}

Json RecordForm::json(const registry::Record& whole) {
  const auto* definition = m_registry.definition(whole.register_id);
  const registry::Record record =
      definition == nullptr ? whole : registry::seen_by(*definition, whole, m_actor);
  Json out = registry::to_json(record);
  out.set("title", title_of(m_registry, record));
  Json links = Json::object();
  const auto add = [&](const registry::Field& field, const Json& id) {
    if (!id.is_string() || id.as_string().empty()) return;
    const auto& title = link_title(field.link, id.as_string());
    if (!title.empty()) links.set(id.as_string(), title);
  };
  if (definition != nullptr) {
    for (const auto& field : definition->fields) {
      const auto& value = record.fields[field.key];
      if (field.type == registry::FieldType::kLink) add(field, value);
      if (field.type == registry::FieldType::kPerson && base::is_uuid(value.as_string())) {
        const auto& title = link_title("person", value.as_string());
        if (!title.empty()) links.set(value.as_string(), title);
      }
      if (field.type != registry::FieldType::kLinks) continue;
      for (const auto& id : value.items()) add(field, id);
    }
  }
  if (!links.members().empty()) out.set("links", std::move(links));
  return out;
}

}  // namespace jinglue::serve
