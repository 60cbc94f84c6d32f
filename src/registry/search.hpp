// SPDX-License-Identifier: Apache-2.0
// search: full text over all registers that a person may read, Chinese and Latin: number, title,
// every field that is text. What the person does not see is neither looked in nor shown, and rows
// of other districts are not there.
// Order: a number, unique value or title that is the text itself; then those with all terms in
// number, title and searched fields; then the rest; among equals by how often and how much of the
// title, then the newest. Among very many matches only the newest of each register are compared.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "registry/highlight.hpp"
#include "registry/registry.hpp"

namespace jinglue::registry {

struct Snippet {
  std::string field;  ///< key, or "number"
  std::vector<TextPart> parts;
};
struct Found {
  Record record;
  std::vector<TextPart> title;    ///< of the title field; empty when no term is in it
  std::vector<Snippet> snippets;  ///< of other fields, at most three
};

/// Of `registers`, of all when that is empty. Best first.
std::vector<Found> search(const Registry& registry, const access::Actor& actor,
                          const std::string& text, std::size_t limit,
                          const std::vector<std::string>& registers = {});

}  // namespace jinglue::registry
