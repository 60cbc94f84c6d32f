// SPDX-License-Identifier: Apache-2.0
// What has changed in the registers after a number, in the order of the commits, as one person sees
// it: for programs that keep a copy, and for webhooks. Numbers rise by one with each change and are
// never used again; who does not see a row does not hear of it, except that it has left their
// sight.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "model/record_change.hpp"
#include "registry/registry.hpp"

namespace jinglue::registry {

struct SeenChange {
  enum class Kind {
    kCreated,
    kChanged,
    kRemoved,
    kLeft  ///< it now belongs to people of another unit: the copy is to be dropped
  };
  Kind kind{Kind::kChanged};
  model::RecordChange change;  ///< `fields` as the person sees them; empty for kRemoved and kLeft
};
std::string_view to_key(SeenChange::Kind kind);

struct ChangePage {
  std::vector<SeenChange> items;
  std::int64_t next{0};  ///< go on after this one, also when `items` is empty
  bool more{false};      ///< there is more now
};
/// Of `registers`, of all when that is empty. At most `limit` items.
ChangePage changes_for(const Registry& registry, const access::Actor& actor, std::int64_t after,
                       std::size_t limit, const std::vector<std::string>& registers = {});
/// The number of the last change; 0 before the first.
std::int64_t last_change(const Registry& registry);

base::Json to_json(const SeenChange& change);

}  // namespace jinglue::registry
