// SPDX-License-Identifier: Apache-2.0
// Schema: checks a JSON value against a schema of openapi.yaml: type, enum, required, properties,
// items, allOf, $ref. Stricter than JSON Schema in one thing: a member that no schema names is an
// error (unless additionalProperties says otherwise), so that the file cannot fall behind.
#pragma once

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/json.hpp"

namespace jinglue::test {

class OpenApi {
 public:
  explicit OpenApi(const std::string& file) : m_root(YAML::LoadFile(file)) {}

  YAML::Node paths() const { return m_root["paths"]; }
  YAML::Node resolve(const YAML::Node& node) const {
    if (!node.IsMap() || !node["$ref"]) return node;
    const std::string ref = node["$ref"].as<std::string>();
    YAML::Node at;
    at.reset(m_root);
    for (std::size_t from = 2; from < ref.size();) {
      const auto end = std::min(ref.find('/', from), ref.size());
      const YAML::Node next = at[ref.substr(from, end - from)];
      at.reset(next);
      from = end + 1;
    }
    return resolve(at);
  }

  /// What is wrong with `value`, one line each; empty when it fits.
  std::vector<std::string> check(const base::Json& value, const YAML::Node& schema) const {
    std::vector<std::string> out;
    check(value, schema, "", out);
    if (value.is_object()) {
      std::set<std::string> known;
      if (!collect(schema, known)) unnamed(value, known, "", out);
    }
    return out;
  }

 private:
  static bool fits_type(const base::Json& value, const std::string& type) {
    return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
           (type == "string" && value.is_string()) || (type == "integer" && value.is_int()) ||
           (type == "number" && value.is_number()) || (type == "boolean" && value.is_bool()) ||
           (type == "null" && value.is_null());
  }

  void check(const base::Json& value, const YAML::Node& unresolved, const std::string& where,
             std::vector<std::string>& out) const {
    const YAML::Node schema = resolve(unresolved);
    if (!schema.IsMap()) return;
    for (const auto& part : schema["allOf"]) check(value, part, where, out);
    if (const auto type = schema["type"]) {
      bool fits = false;
      if (type.IsSequence()) {
        for (const auto& one : type) fits = fits || fits_type(value, one.as<std::string>());
      } else {
        fits = fits_type(value, type.as<std::string>());
      }
      if (!fits) out.push_back(where + ": is " + value.dump().substr(0, 60));
      if (!fits || value.is_null()) return;
    }
    if (const auto choices = schema["enum"]) {
      bool known = false;
      for (const auto& one : choices) known = known || one.as<std::string>() == value.as_string();
      if (!known) out.push_back(where + ": not in the enum: " + value.dump());
    }
    for (const auto& name : schema["required"]) {
      if (!value.has(name.as<std::string>())) {
        out.push_back(where + ": lacks " + name.as<std::string>());
      }
    }
    for (const auto& property : schema["properties"]) {
      const auto name = property.first.as<std::string>();
      if (value.has(name)) check_member(value[name], property.second, where + "/" + name, out);
    }
    const auto more = schema["additionalProperties"];
    if (more && more.IsMap()) {
      for (const auto& [name, member] : value.members()) {
        if (!schema["properties"] || !schema["properties"][name]) {
          check_member(member, more, where + "/" + name, out);
        }
      }
    }
    if (const auto items = schema["items"]) {
      for (const auto& item : value.items()) check_member(item, items, where + "[]", out);
    }
  }

  void check_member(const base::Json& value, const YAML::Node& schema, const std::string& where,
                    std::vector<std::string>& out) const {
    check(value, schema, where, out);
    std::set<std::string> known;
    if (value.is_object() && !collect(schema, known)) unnamed(value, known, where, out);
  }

  /// Names of all properties; true when others are allowed too.
  bool collect(const YAML::Node& unresolved, std::set<std::string>& known) const {
    const YAML::Node schema = resolve(unresolved);
    if (!schema.IsMap()) return true;
    bool open = schema["additionalProperties"].IsDefined();
    if (!schema["properties"] && !schema["allOf"]) open = true;
    for (const auto& part : schema["allOf"]) open = collect(part, known) || open;
    for (const auto& property : schema["properties"]) {
      known.insert(property.first.as<std::string>());
    }
    return open;
  }

  static void unnamed(const base::Json& value, const std::set<std::string>& known,
                      const std::string& where, std::vector<std::string>& out) {
    for (const auto& [name, _] : value.members()) {
      if (!known.contains(name)) out.push_back(where + ": no schema names " + name);
    }
  }

  YAML::Node m_root;
};

}  // namespace jinglue::test
