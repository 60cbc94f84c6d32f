// SPDX-License-Identifier: Apache-2.0
// The register and the record that a path names, as far as the person may see them.
#pragma once

#include "registry/registry.hpp"
#include "serve/api/call.hpp"

namespace jinglue::serve {

/// kMissing when there is no such register; a disabled one is refused (registry/standing.hpp), here
/// and below.
base::Result<const registry::Definition*> find_register(const Call& call);
/// The same, when the person may see anything of it.
base::Result<const registry::Definition*> find_readable_register(const Call& call);
/// kMissing also for a row of another district; kForbidden when the whole register is not for the
/// person's roles.
base::Result<registry::Record> find_record(const Call& call, const std::string& register_id);

}  // namespace jinglue::serve
