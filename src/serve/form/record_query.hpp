// SPDX-License-Identifier: Apache-2.0
// What a request asks of the records of a register, the same for lists and exports: q, filter, cql
// (docs/format/ogc.md), bbox.
#pragma once

#include "registry/registry.hpp"
#include "serve/api/call.hpp"

namespace jinglue::serve {

/// The error names the parameter.
base::Result<registry::Query> read_record_query(const Call& call);

}  // namespace jinglue::serve
