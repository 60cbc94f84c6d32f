// SPDX-License-Identifier: Apache-2.0
// The JSON forms of registers and records (openapi.yaml, schemas Register, Field, Record): a record
// with its title and the titles of the records that it links to.
#pragma once

#include <map>
#include <string>

#include "access/access.hpp"
#include "base/json.hpp"
#include "registry/registry.hpp"

namespace jinglue::serve {

base::Json field_json(const registry::Field& field);
base::Json register_json(const registry::Definition& definition, const access::Actor& actor);

/// Whether the person may see anything of the register.
bool may_see_register(const registry::Registry& registry, const registry::Definition& definition,
                      const access::Actor& actor);
bool may_edit_register(const registry::Definition& definition, const access::Actor& actor);

/// One line for a record: its title field, else its number, else its id.
std::string title_of(const registry::Registry& registry, const registry::Record& record);

/// Keeps titles of linked records, so that a list asks for each once.
class RecordForm {
 public:
  explicit RecordForm(const registry::Registry& registry) : m_registry(registry) {}
  base::Json json(const registry::Record& record);

 private:
  const std::string& link_title(const std::string& register_id, const std::string& id);
  const registry::Registry& m_registry;
  std::map<std::string, std::string> m_titles;
};

}  // namespace jinglue::serve
