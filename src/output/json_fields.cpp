// SPDX-License-Identifier: Apache-2.0
#include "output/json_fields.hpp"

#include <fmt/format.h>
#include <algorithm>

#include "base/text.hpp"

namespace jinglue::output {

using base::Code;

JsonFields::JsonFields(const base::Json& json, std::string within)
    : m_json(json), m_within(std::move(within)) {
  if (!json.is_null() && !json.is_object()) fault(Code::kMalformed, "", "an object");
}

void JsonFields::fault(Code code, std::string_view name, std::string message) {
  if (!m_status) return;
  std::string where = m_within + std::string(name);
  if (where.ends_with('.')) where.pop_back();
  m_status = base::fail(code, std::move(message), std::move(where));
}

void JsonFields::only(std::initializer_list<std::string_view> names) {
  for (const auto& [key, value] : m_json.members()) {
    if (std::find(names.begin(), names.end(), key) == names.end()) {
      fault(Code::kUnknown, key, "there is no such member");
    }
  }
}

void JsonFields::flag(std::string_view name, bool& out) {
  const auto& value = m_json[name];
  if (value.is_null()) return;
  if (!value.is_bool()) return fault(Code::kMalformed, name, "true or false");
  out = value.as_bool();
}

void JsonFields::text(std::string_view name, std::string& out, std::size_t least,
                      std::size_t most) {
  const auto& value = m_json[name];
  if (!value.is_null() && !value.is_string()) return fault(Code::kMalformed, name, "a text");
  if (value.is_string()) out = base::trim(value.as_string());
  if (out.size() < least) return fault(Code::kMissing, name, "this must be given");
  if (out.size() > most) fault(Code::kTooLarge, name, fmt::format("at most {} bytes", most));
}

void JsonFields::texts(std::string_view name, std::vector<std::string>& out, std::size_t most) {
  const auto& value = m_json[name];
  if (value.is_null()) return;
  if (!value.is_array()) return fault(Code::kMalformed, name, "a list of texts");
  if (value.items().size() > most) {
    return fault(Code::kTooLarge, name, fmt::format("at most {} entries", most));
  }
  for (const auto& item : value.items()) {
    const std::string text(base::trim(item.as_string()));
    if (text.empty() || text.size() > 100) return fault(Code::kMalformed, name, "a list of texts");
    if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(text);
  }
}

void JsonFields::read_number(std::string_view name, std::int64_t& out, std::int64_t least,
                             std::int64_t most) {
  const auto& value = m_json[name];
  if (!value.is_null()) {
    if (!value.is_int()) return fault(Code::kMalformed, name, "a whole number");
    out = value.as_int();
  }
  if (out < least || out > most) {
    fault(Code::kOutOfRange, name, fmt::format("from {} to {}", least, most));
  }
}

std::vector<std::int64_t> JsonFields::read_numbers(std::string_view name, std::int64_t least,
                                                   std::int64_t most, std::size_t count) {
  const auto& value = m_json[name];
  std::vector<std::int64_t> out;
  if (value.is_null()) return out;
  if (!value.is_array()) {
    fault(Code::kMalformed, name, "a list of whole numbers");
    return out;
  }
  if (value.items().size() > count) {
    fault(Code::kTooLarge, name, fmt::format("at most {} entries", count));
    return out;
  }
  for (const auto& item : value.items()) {
    const auto number = item.as_int(least - 1);
    if (number < least || number > most) {
      fault(Code::kOutOfRange, name, fmt::format("whole numbers from {} to {}", least, most));
      return out;
    }
    out.push_back(number);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace jinglue::output
