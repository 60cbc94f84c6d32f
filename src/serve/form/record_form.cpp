// SPDX-License-Identifier: Apache-2.0
#include "serve/form/record_form.hpp"

#include <algorithm>

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

Json transition_json(const registry::Transition& transition) {
  Json input = Json::array();
  for (const auto& field : transition.input) input.push(field_json(field));
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

Json field_json(const registry::Field& field) {
  Json out = Json::object(
      {{"key", field.key}, {"name", words_json(field.name)}, {"type", to_key(field.type)}});
  if (!field.unit.empty()) out.set("unit", field.unit);
  for (const auto& [name, set] : {std::pair<const char*, bool>{"required", field.required},
                                  {"unique", field.unique},
                                  {"searched", field.searched},
                                  {"listed", field.listed},
                                  {"sealed", field.sealed}}) {
    if (set) out.set(name, true);
  }
  if (field.minimum) out.set("minimum", *field.minimum);
  if (field.maximum) out.set("maximum", *field.maximum);
  if (field.max_length > 0) out.set("max_length", std::uint64_t{field.max_length});
  if (!field.pattern.empty()) out.set("pattern", field.pattern);
  if (!field.link.empty()) out.set("link", field.link);
  if (!field.after.empty()) out.set("after", field.after);
  if (field.type == registry::FieldType::kChoice || field.type == registry::FieldType::kChoices) {
    add_choices(field, out);
  }
  if (!field.columns.empty()) {
    Json columns = Json::array();
    for (const auto& column : field.columns) columns.push(field_json(column));
    out.set("columns", std::move(columns));
  }
  if (!field.help.zh.empty() || !field.help.en.empty()) out.set("help", words_json(field.help));
  return out;
}

bool may_see_register(const registry::Registry& registry, const registry::Definition& definition,
                      const access::Actor& actor) {
  registry::Query query;
  query.limit = 1;
  const auto page = registry.list_for(actor, definition.id, query);
  return page.has_value();
}

bool may_edit_register(const registry::Definition& definition, const access::Actor& actor) {
  const auto action =
      is_case(definition) ? access::Action::kEditCase : access::Action::kEditRegister;
  return access::authorise(actor, action, {definition.id, actor.district}) &&
         has_named_role(actor, definition.edit_roles);
}

Json register_json(const registry::Definition& definition, const access::Actor& actor) {
  Json fields = Json::array();
  for (const auto& field : definition.fields) fields.push(field_json(field));
  Json states = Json::array();
  for (const auto& state : definition.states) {
    states.push(Json::object({{"key", state.key},
                              {"name", words_json(state.name)},
                              {"final", state.final},
                              {"locked", state.locked}}));
  }
  Json transitions = Json::array();
  for (const auto& transition : definition.transitions) {
    transitions.push(transition_json(transition));
  }
  const bool edit = may_edit_register(definition, actor);
  const auto import =
      access::authorise(actor, access::Action::kImportRegister, {definition.id, actor.district});
  Json out =
      Json::object({{"id", definition.id},
                    {"name", words_json(definition.name)},
                    {"numbered", !definition.number_pattern.empty()},
                    {"title_field", definition.title_field},
                    {"fields", std::move(fields)},
                    {"states", std::move(states)},
                    {"transitions", std::move(transitions)},
                    {"may", Json::object({{"edit", edit}, {"import", import.has_value()}})}});
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
  const auto record = m_registry.find(register_id, id);
  return m_titles.emplace(id, record ? title_of(m_registry, *record) : "").first->second;
}

Json RecordForm::json(const registry::Record& record) {
  Json out = registry::to_json(record);
  out.set("title", title_of(m_registry, record));
  const auto* definition = m_registry.definition(record.register_id);
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
      if (field.type != registry::FieldType::kLinks) continue;
      for (const auto& id : value.items()) add(field, id);
    }
  }
  if (!links.members().empty()) out.set("links", std::move(links));
  return out;
}

}  // namespace jinglue::serve
