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

base::Json field_json(const registry::Field& field, const access::Actor& actor);
base::Json register_json(const registry::Definition& definition, const access::Actor& actor);

bool may_edit_register(const registry::Definition& definition, const access::Actor& actor);

/// One line for a record as somebody sees it: its title field, else its number, else its id.
std::string title_of(const registry::Registry& registry, const registry::Record& record);

/// A record as `actor` sees it, whatever it is given; titles of linked records only where they may
/// be seen. Keeps the titles, so that a list asks for each once.
class RecordForm {
 public:
  RecordForm(const registry::Registry& registry, const access::Actor& actor)
      : m_registry(registry), m_actor(actor) {}
  base::Json json(const registry::Record& record);

 private:
  const std::string& link_title(const std::string& register_id, const std::string& id);
  const registry::Registry& m_registry;
  const access::Actor& m_actor;
  std::map<std::string, std::string> m_titles;
};

}  // namespace jinglue::serve
