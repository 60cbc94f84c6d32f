// SPDX-License-Identifier: Apache-2.0
// OGC API - Features (OGC 17-069r4) in JSON: links, a register as a collection, a record as a
// feature. Longitude before latitude, WGS 84 (CRS84). Docs: docs/format/ogc.md.
#pragma once

#include <string>
#include <string_view>

#include "access/access.hpp"
#include "base/json.hpp"
#include "registry/registry.hpp"
#include "serve/api/call.hpp"

namespace jinglue::serve {

inline constexpr std::string_view kCrs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// "http://HOST/ogc" as the client called it; a proxy that ends TLS says so in X-Forwarded-Proto.
std::string ogc_root(const Request& request);
base::Json ogc_link(const std::string& href, std::string_view relation, std::string_view type,
                    const std::string& title = {});
/// For a query value: what RFC 3986 does not reserve stays.
std::string encode_query(std::string_view text);

/// A register with a place that the person sees; else kMissing.
struct Collection {
  const registry::Definition* definition{nullptr};
  const registry::Field* place{nullptr};
};
base::Result<Collection> find_collection(const Call& call);
/// Absent when the person does not see the register or its place.
std::optional<Collection> collection_of(const registry::Definition& definition,
                                        const access::Actor& actor);
base::Json collection_json(const Call& call, const Collection& collection);
/// JSON Schema of what a filter may name (OGC 19-079r2, queryables).
base::Json queryables_json(const Call& call, const Collection& collection);

/// Every field that the person sees is a member of its properties, null when it has no value, so
/// that a program learns all columns from the first page; `record` is as the person sees it.
base::Json feature_json(const Collection& collection, const registry::Record& record,
                        const access::Actor& actor);

}  // namespace jinglue::serve
