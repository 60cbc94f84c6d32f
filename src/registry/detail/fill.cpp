// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/fill.hpp"

#include <algorithm>

#include "registry/detail/value.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Json;
using expression::Value;

std::string text_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<base::Decimal>(&value)) return number->text();
  if (const auto* day = std::get_if<expression::Day>(&value)) return expression::to_text(*day);
  if (const auto* at = std::get_if<base::Instant>(&value)) return base::to_iso(*at);
  if (const auto* is = std::get_if<bool>(&value)) return *is ? "true" : "false";
  std::string out;
  if (const auto* list = std::get_if<expression::List>(&value)) {
    for (const auto& item : *list) out += (out.empty() ? "" : ", ") + text_of(item);
  }
  return out;
}

bool is_list(const Field& f) {
  return f.type == FieldType::kChoices || f.type == FieldType::kLinks || f.type == FieldType::kRows;
}

/// Values of rows and geometry are JSON in expressions.
Json parsed(const std::string& text) {
  auto out = base::parse_json(text);
  return out ? std::move(*out) : Json(text);
}

Json list_json(const Field& f, const Value& value) {
  Json out = Json::array();
  const auto add = [&](const Value& one) {
    const std::string text = text_of(one);
    if (!text.empty()) out.push(f.type == FieldType::kRows ? parsed(text) : Json(text));
  };
  if (const auto* list = std::get_if<expression::List>(&value)) {
    for (const auto& item : *list) add(item);
  } else {
    add(value);
  }
  return out;
}

Json plain_json(const Field& f, const Value& value) {
  if (const auto* is = std::get_if<bool>(&value)) return Json(*is);
  const std::string text = text_of(value);
  const bool whole = f.type == FieldType::kInteger || f.type == FieldType::kNumber ||
                     f.type == FieldType::kGeometry;
  return whole ? parsed(text) : Json(text);
}

/// The names of a choice or of the record's state, where that is what the piece names.
base::Words named(const Formula& formula, const std::string& key, const Definition& d) {
  if (formula.text == "state") {
    const State* state = d.state(key);
    return state == nullptr ? base::Words{key, key} : state->name;
  }
  const Field* f = d.field(formula.text);
  if (f != nullptr && f->type == FieldType::kChoice) {
    for (const auto& choice : f->choices) {
      if (choice.key == key) return choice.name;
    }
  }
  return {key, key};
}

std::string rendered(const Template& text, const Source& source, bool zh) {
  std::string out;
  for (const auto& piece : text.pieces) {
    if (!piece.value) {
      out += piece.text;
      continue;
    }
    const auto words =
        named(*piece.value, text_of(piece.value->read.value(source.scope)), source.definition);
    out += zh ? words.zh : words.en;
  }
  return out;
}

}  // namespace

base::Result<Json> json_of(const Field& field, const Value& value) {
  if (value.absent()) return Json();
  return canonical(field, is_list(field) ? list_json(field, value) : plain_json(field, value));
}

base::Words render(const TemplateWords& words, const Source& source) {
  return {rendered(words.zh, source, true), rendered(words.en, source, false)};
}
std::string render_zh(const Template& text, const Source& source) {
  return rendered(text, source, true);
}

base::Result<Json> worked_out(const std::vector<Assignment>& set, const std::vector<Field>& fields,
                              const Source& source) {
  Json out = Json::object();
  for (const auto& one : set) {
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&](const Field& f) { return f.key == one.field; });
    if (field == fields.end()) continue;  // refused when the definition was read
    auto value = one.words ? canonical(*field, Json(render_zh(*one.words, source)))
                           : json_of(*field, one.value->read.value(source.scope));
    if (!value) return value;
    out.set(one.field, std::move(*value));
  }
  return out;
}

}  // namespace jinglue::registry::detail
