// SPDX-License-Identifier: Apache-2.0
// DefinitionReader, the part for what surrounds a field's value: who sees it, where it stands in
// the form, what it is when nothing is given, where its choices come from.
#include <algorithm>
#include <array>
#include <set>

#include "registry/detail/default_value.hpp"
#include "registry/detail/definition_reader.hpp"
#include "registry/detail/file_kind.hpp"
#include "registry/detail/value.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Code;
using base::Json;
using Node = base::ConfigNode;

constexpr std::int64_t kMostFileMegabytes = 32;
constexpr std::int64_t kMostFiles = 50;

bool has(const std::vector<std::string>& items, const std::string& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

bool can_be_computed(FieldType type) {
  constexpr std::array kTypes = {FieldType::kText,    FieldType::kInteger, FieldType::kNumber,
                                 FieldType::kBoolean, FieldType::kDate,    FieldType::kInstant,
                                 FieldType::kChoice,  FieldType::kMoney};
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

Json json_of(const Node& node) {
  switch (node.kind()) {
    case Node::Kind::kBool:
      return node.boolean().value_or(false);
    case Node::Kind::kInt:
      return node.integer().value_or(0);
    case Node::Kind::kFloat:
      return node.number().value_or(0);
    case Node::Kind::kString:
      return node.string().value_or("");
    case Node::Kind::kArray: {
      Json out = Json::array();
      for (const auto& item : node.items()) out.push(json_of(item));
      return out;
    }
    default:
      return {};
  }
}

}  // namespace

void DefinitionReader::read_sections(Definition& d) {
  std::set<std::string> seen;
  const Node list = m_document["sections"];
  for (const auto& node : list.items()) {
    only(node, {"key", "zh", "en"});
    Section s{key(node["key"]), words(node)};
    if (!s.key.empty() && !seen.insert(s.key).second) {
      mistake(node["key"], Code::kConflict, "the section '" + s.key + "' is defined twice");
    }
    d.sections.push_back(std::move(s));
  }
}

void DefinitionReader::read_more(const Node& node, Field& f, Place place) {
  f.section = text_or_empty(node["section"]);
  f.was = node["was"].present() ? key(node["was"]) : std::string();
  read_sight(node, f, place);
  read_origin(node, f, place);
  read_codes(node, f);
  read_files(node, f);
  if (place == Place::kRecord) return;
  for (const auto* name : {"section", "was", "default", "default_of", "codes", "codes_on"}) {
    if (node[name].present()) {
      mistake(node[name], Code::kMalformed, "has no meaning in a column or an input");
    }
  }
}

void DefinitionReader::read_sight(const Node& node, Field& f, Place place) {
  f.visible_to = roles(node["visible_to"]);
  f.secret_to = roles(node["secret_to"]);
  f.plain_to = roles(node["plain_to"]);
  const std::string level = text_or_empty(node["secret"]);
  if (level == "internal") f.secrecy = Secrecy::kInternal;
  if (level == "secret") f.secrecy = Secrecy::kSecret;
  if (!level.empty() && f.secrecy == Secrecy::kOpen) {
    mistake(node["secret"], Code::kUnknown, "unknown level '" + level + "'", "internal or secret");
  }
  if ((f.secrecy == Secrecy::kOpen) != f.secret_to.empty()) {
    mistake(node["secret"], Code::kMissing, "secret and secret_to stand together",
            "secret = \"internal\" and secret_to = [roles]");
  }
  const std::string mask = text_or_empty(node["mask"]);
  for (const Mask m : {Mask::kIdCard, Mask::kPhone, Mask::kName}) {
    if (mask == to_key(m)) f.mask = m;
  }
  if (!mask.empty() && f.mask == Mask::kNone) {
    mistake(node["mask"], Code::kUnknown, "unknown mask '" + mask + "'", "id_card, phone or name");
  }
  if (f.mask != Mask::kNone && f.type != FieldType::kText) {
    mistake(node["mask"], Code::kMalformed, "only a field of type text is masked");
  }
  const bool narrowed = !f.visible_to.empty() || !f.secret_to.empty() || f.mask != Mask::kNone;
  if (narrowed && f.searched) {
    mistake(node["searched"], Code::kConflict, "a search would find what not everybody sees",
            "filter by it instead");
  }
  if (f.mask == Mask::kNone && !f.plain_to.empty()) {
    mistake(node["plain_to"], Code::kMissing, "only a masked field has this");
  }
  if (narrowed && place != Place::kRecord) {
    mistake(node, Code::kMalformed, "who sees a value is said of a field of the record",
            "a column or an input follows the field that it stands in or fills");
  }
}

void DefinitionReader::read_origin(const Node& node, Field& f, Place place) {
  f.computed_text = text_or_empty(node["computed"]);
  f.default_of_text = text_or_empty(node["default_of"]);
  if (node["default"].present() && !f.default_of_text.empty()) {
    mistake(node["default"], Code::kConflict, "default and default_of exclude each other");
  }
  read_default(node, f);
  if (f.computed_text.empty()) return;
  f.sealed = true;
  if (place != Place::kRecord) {
    mistake(node["computed"], Code::kMalformed, "a computed field stands in a record only");
  }
  if (!can_be_computed(f.type)) {
    mistake(node["type"], Code::kMalformed,
            "a field of type " + std::string(to_key(f.type)) + " is not computed",
            "text, integer, number, boolean, date, instant, choice or money");
  }
  for (const auto* name :
       {"required", "required_when", "unique", "default", "default_of", "mask"}) {
    if (node[name].present()) {
      mistake(node[name], Code::kConflict, "has no meaning for a computed field");
    }
  }
}

void DefinitionReader::read_default(const Node& node, Field& f) {
  if (!node["default"].present()) return;
  const Json value = json_of(node["default"]);
  if (!node["codes"].present()) {
    const auto good = canonical(f, value);
    if (!good || good->is_null()) {
      mistake(node["default"], Code::kMalformed,
              good ? "must not be empty" : "the value itself " + good.error().message,
              good ? "" : good.error().hint);
      return;
    }
    f.default_value = *good;
  } else {
    f.default_value = value;  // checked when the list of codes is known
  }
}

void DefinitionReader::read_codes(const Node& node, Field& f) {
  f.codes = node["codes"].present() ? key(node["codes"]) : std::string();
  f.codes_on = text_or_empty(node["codes_on"]);
  if (f.codes.empty()) return;
  if (f.type != FieldType::kChoice && f.type != FieldType::kChoices) {
    mistake(node["codes"], Code::kMalformed, "only choice and choices have this");
  }
  if (!f.choices.empty() || f.open) {
    mistake(node["codes"], Code::kConflict, "the choices are those of the code list",
            "leave out choices and open");
  }
}

void DefinitionReader::check_codes_on(const Node& node, const Field& f,
                                      const std::vector<Field>& beside) {
  if (f.codes_on.empty()) return;
  if (f.codes.empty()) {
    mistake(node["codes_on"], Code::kConflict, "only a field with codes has this");
  }
  const auto it = std::find_if(beside.begin(), beside.end(),
                               [&](const Field& other) { return other.key == f.codes_on; });
  if (it == beside.end()) {
    mistake(node["codes_on"], Code::kUnknown, "unknown field '" + f.codes_on + "'");
  } else if (it->type != FieldType::kDate && it->type != FieldType::kInstant) {
    mistake(node["codes_on"], Code::kMalformed, "'" + f.codes_on + "' is no date and no instant");
  }
}

void DefinitionReader::read_files(const Node& node, Field& f) {
  f.accept = strings(node["accept"]);
  const auto limit = [&](const char* name, std::int64_t most) -> std::size_t {
    const auto value = node[name].integer_or(0);
    if (!value) {
      m_errors.push_back(value.error());
    } else if (node[name].present() && (*value < 1 || *value > most)) {
      mistake(node[name], Code::kOutOfRange, "is from 1 to " + std::to_string(most));
    } else {
      return std::size_t(*value);
    }
    return 0;
  };
  f.max_mb = limit("max_mb", kMostFileMegabytes);
  f.max_files = limit("max_files", kMostFiles);
  for (const auto* name : {"accept", "max_mb", "max_files"}) {
    if (node[name].present() && f.type != FieldType::kFile) {
      mistake(node[name], Code::kMalformed, "only a field of type file has this");
    }
  }
  for (const auto& kind : f.accept) {
    if (!is_file_group(kind)) {
      mistake(node["accept"], Code::kUnknown, "unknown kind of file '" + kind + "'",
              "kinds: " + file_groups());
    }
  }
}

void DefinitionReader::check_more(const Definition& d) {
  const auto nodes = m_document["fields"].items();
  std::vector<std::string> sections;
  for (const auto& s : d.sections) sections.push_back(s.key);
  for (std::size_t i = 0; i < d.fields.size() && i < nodes.size(); ++i) {
    const Field& f = d.fields[i];
    if (!f.section.empty() && !has(sections, f.section)) {
      mistake(nodes[i]["section"], Code::kUnknown, "unknown section '" + f.section + "'");
    }
    if (!f.was.empty() && d.field(f.was) != nullptr) {
      mistake(nodes[i]["was"], Code::kConflict, "the field '" + f.was + "' still exists");
    }
    const bool narrowed = !f.visible_to.empty() || !f.secret_to.empty() || f.mask != Mask::kNone;
    if (f.key == d.district_field && narrowed) {
      mistake(nodes[i], Code::kConflict, "the district decides who sees a record: all see it");
    }
  }
}

void read_defaults(Definition& d, const Node& document, std::vector<base::Error>& errors) {
  const auto nodes = document["fields"].items();
  for (std::size_t i = 0; i < d.fields.size() && i < nodes.size(); ++i) {
    Field& f = d.fields[i];
    if (f.default_of_text.empty()) continue;
    const Node at = nodes[i]["default_of"];
    auto read = expression::Expression::read(f.default_of_text, default_names(d.fields));
    if (!read) {
      errors.push_back({read.error().code, read.error().where + ": " + read.error().message,
                        at.where(), read.error().hint});
    } else if (!fits_field(f, read->type())) {
      errors.push_back({Code::kMalformed,
                        "the value is a " + std::string(expression::to_key(read->type())) +
                            ", the field a " + std::string(to_key(f.type)),
                        at.where(), ""});
    } else {
      f.default_of = std::move(*read);
    }
  }
}

}  // namespace jinglue::registry::detail
