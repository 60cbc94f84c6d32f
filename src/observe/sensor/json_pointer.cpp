// SPDX-License-Identifier: Apache-2.0
#include "observe/sensor/json_pointer.hpp"

#include <charconv>
#include <string>

namespace jinglue::observe::sensor {
namespace {

using base::Json;
using std::string_view;

std::string unescaped(string_view part) {
  std::string out;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] != '~') {
      out += part[i];
    } else {
      out += part[++i] == '1' ? '/' : '~';
    }
  }
  return out;
}

const Json* item_of(const Json& array, string_view part) {
  std::size_t at = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), at);
  const bool number = error == std::errc() && end == part.data() + part.size() &&
                      (part.size() == 1 || part[0] != '0');
  return number && at < array.items().size() ? &array.items()[at] : nullptr;
}

}  // namespace

base::Status check_pointer(string_view pointer) {
  bool good = pointer.empty() || pointer[0] == '/';
  for (std::size_t i = 0; good && i < pointer.size(); ++i) {
    if (pointer[i] != '~') continue;
    good = i + 1 < pointer.size() && (pointer[i + 1] == '0' || pointer[i + 1] == '1');
  }
  if (good) return {};
  return base::fail(base::Code::kMalformed, "'" + std::string(pointer) + "' is no JSON pointer", {},
                    "for example \"/wave/height\"");
}

const Json* find(const Json& whole, string_view pointer) {
  const Json* at = &whole;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const auto part = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(part.size());
    if (at->is_array()) {
      at = item_of(*at, part);
    } else {
      const auto name = unescaped(part);
      at = at->is_object() && at->has(name) ? &(*at)[name] : nullptr;
    }
    if (at == nullptr) return nullptr;
  }
  return at;
}

}  // namespace jinglue::observe::sensor
