// SPDX-License-Identifier: Apache-2.0
#include "registry/definition.hpp"

#include <algorithm>

#include "base/keys.hpp"
#include "registry/detail/codes.hpp"
#include "registry/detail/computed.hpp"
#include "registry/detail/definition_reader.hpp"
#include "registry/detail/life_reader.hpp"
#include "registry/life.hpp"

namespace jinglue::registry {
namespace {

using base::Json;

constexpr std::array<std::string_view, 19> kTypes = {
    "text",   "long_text", "integer", "number",   "boolean", "date",     "instant",
    "choice", "choices",   "link",    "links",    "rows",    "geometry", "money",
    "period", "person",    "unit",    "district", "file"};
constexpr std::array<std::string_view, 3> kSecrecies = {"", "internal", "secret"};
constexpr std::array<std::string_view, 4> kMasks = {"", "id_card", "phone", "name"};

template <class T>
const T* find_key(const std::vector<T>& items, std::string_view key) {
  const auto it =
      std::find_if(items.begin(), items.end(), [&](const T& item) { return item.key == key; });
  return it == items.end() ? nullptr : &*it;
}

Json words(const base::Words& w) {
  return Json::object({{"zh", w.zh}, {"en", w.en}});
}

Json strings(const std::vector<std::string>& items) {
  Json out = Json::array();
  for (const auto& item : items) out.push(item);
  return out;
}

Json transition_json(const Transition& t) {
  Json input = Json::array();
  for (const auto& f : t.input) input.push(to_json(f));
  return Json::object({{"key", t.key},
                       {"name", words(t.name)},
                       {"from", strings(t.from)},
                       {"to", t.to},
                       {"roles", strings(t.roles)},
                       {"requires", strings(t.requires_fields)},
                       {"input", std::move(input)},
                       {"approval", strings(t.approval_roles)}});
}

void add_kind_of_value(const Field& f, Json& out) {
  if (f.minimum) out.set("min", *f.minimum);
  if (f.maximum) out.set("max", *f.maximum);
  if (f.max_length > 0) out.set("max_length", std::uint64_t{f.max_length});
  if (!f.pattern.empty()) out.set("pattern", f.pattern);
  if (!f.link.empty()) out.set("link", f.link);
  if (!f.after.empty()) out.set("after", f.after);
  if (f.required_when) out.set("required_when", f.required_when_text);
  if (f.type == FieldType::kChoice || f.type == FieldType::kChoices) {
    Json choices = Json::array();
    for (const auto& c : f.choices) {
      choices.push(Json::object({{"key", c.key}, {"name", words(c.name)}}));
    }
    out.set("choices", std::move(choices)).set("open", f.open || f.choices.empty());
  }
  if (!f.computed_text.empty()) out.set("computed", f.computed_text);
  if (!f.default_value.is_null()) out.set("default", f.default_value);
  if (!f.default_of_text.empty()) out.set("default_of", f.default_of_text);
  if (!f.codes.empty()) out.set("codes", f.codes);
  if (!f.codes_on.empty()) out.set("codes_on", f.codes_on);
  if (!f.section.empty()) out.set("section", f.section);
  if (f.mask != Mask::kNone) out.set("mask", to_key(f.mask)).set("plain_to", strings(f.plain_to));
  if (!f.visible_to.empty()) out.set("visible_to", strings(f.visible_to));
  if (f.secrecy != Secrecy::kOpen) {
    out.set("secret", to_key(f.secrecy)).set("secret_to", strings(f.secret_to));
  }
  if (!f.columns.empty()) {
    Json columns = Json::array();
    for (const auto& c : f.columns) columns.push(to_json(c));
    out.set("columns", std::move(columns));
  }
}

}  // namespace

std::string_view to_key(FieldType type) {
  return base::key_of(kTypes, type);
}

std::string_view to_key(Secrecy secrecy) {
  return base::key_of(kSecrecies, secrecy);
}
std::string_view to_key(Mask mask) {
  return base::key_of(kMasks, mask);
}

std::optional<FieldType> field_type_from(std::string_view key) {
  return base::value_of<FieldType>(kTypes, key);
}

const Field* Definition::field(std::string_view key) const {
  return find_key(fields, key);
}
const State* Definition::state(std::string_view key) const {
  return find_key(states, key);
}
const Transition* Definition::transition(std::string_view key) const {
  return find_key(transitions, key);
}

base::Result<Definition> read_definition(const base::ConfigNode& document) {
  detail::DefinitionReader reader(document);
  Definition out = reader.read();
  if (!reader.errors().empty()) return tl::unexpected(reader.errors().front());
  return out;
}

DefinitionSet read_definitions(const std::filesystem::path& folder,
                               const std::filesystem::path& codes) {
  DefinitionSet out;
  std::vector<std::filesystem::path> files;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  if (failure) {
    out.errors.push_back({base::Code::kMissing, "cannot read the folder of registers",
                          folder.string(), "it holds one TOML file per register"});
  }
  std::sort(files.begin(), files.end());
  std::vector<base::ConfigNode> documents;
  for (const auto& file : files) {
    auto document = base::read_config(file);
    if (!document) {
      out.errors.push_back(document.error());
      continue;
    }
    detail::DefinitionReader reader(*document);
    Definition d = reader.read();
    if (!d.id.empty() && d.id != file.stem().string()) {
      reader.mistake((*document)["id"], base::Code::kConflict,
                     "id '" + d.id + "' is not the name of the file",
                     "call the file " + d.id + ".toml or change the id");
    }
    out.errors.insert(out.errors.end(), reader.errors().begin(), reader.errors().end());
    out.definitions.push_back(std::move(d));
    documents.push_back(std::move(*document));
  }
  detail::check_links(out.definitions, documents, out.errors);
  detail::attach_codes(out.definitions, documents, detail::codes_folder(folder, codes), out.errors);
  detail::read_computed(out.definitions, documents, out.errors);
  detail::read_lives(out.definitions, documents, out.errors);
  return out;
}

std::vector<Definition> usable_definitions(const std::filesystem::path& folder,
                                           const std::filesystem::path& codes) {
  auto set = read_definitions(folder, codes);
  if (set.errors.empty()) return std::move(set.definitions);
  std::string all;
  for (const auto& e : set.errors) all += "\n  " + e.text();
  throw base::WorldError("the definitions of registers are not usable", all,
                         "mend the files; docs/format/register.md describes them");
}

Json to_json(const Field& f) {
  Json out =
      Json::object({{"key", f.key}, {"name", words(f.name)}, {"type", Json(to_key(f.type))}});
  if (!f.unit.empty()) out.set("unit", f.unit);
  for (const auto& [name, value] : {std::pair<const char*, bool>{"required", f.required},
                                    {"unique", f.unique},
                                    {"searched", f.searched},
                                    {"listed", f.listed},
                                    {"sealed", f.sealed}}) {
    if (value) out.set(name, true);
  }
  add_kind_of_value(f, out);
  if (!f.help.zh.empty() || !f.help.en.empty()) out.set("help", words(f.help));
  return out;
}

Json to_json(const Definition& d) {
  Json fields = Json::array();
  for (const auto& f : d.fields) fields.push(to_json(f));
  Json states = Json::array();
  for (const auto& s : d.states) {
    states.push(Json::object(
        {{"key", s.key}, {"name", words(s.name)}, {"final", s.final}, {"locked", s.locked}}));
  }
  Json transitions = Json::array();
  for (const auto& t : d.transitions) transitions.push(transition_json(t));
  return Json::object({{"id", d.id},
                       {"schema", d.schema},
                       {"name", words(d.name)},
                       {"numbered", !d.number_pattern.empty()},
                       {"title", d.title_field},
                       {"district", d.district_field},
                       {"read_roles", strings(d.read_roles)},
                       {"edit_roles", strings(d.edit_roles)},
                       {"fields", std::move(fields)},
                       {"states", std::move(states)},
                       {"transitions", std::move(transitions)}});
}

}  // namespace jinglue::registry
