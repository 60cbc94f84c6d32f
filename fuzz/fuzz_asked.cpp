// SPDX-License-Identifier: Apache-2.0
// Fuzz target of what programs ask registers with: CQL2 text, addresses of webhooks, headers with a
// name and a password. Whatever the bytes: refused with its place, or a filter within its limits,
// an address with a host and a port.
#include <string>
#include <string_view>

#include "fuzz/require.hpp"
#include "output/http_post.hpp"
#include "registry/cql/filter.hpp"
#include "serve/api/basic_sessions.hpp"

namespace {

using jinglue::fuzz::require;
using jinglue::registry::cql::Filter;

std::size_t depth_of(const Filter& filter) {
  std::size_t deepest = 0;
  for (const auto& part : filter.parts) deepest = std::max(deepest, depth_of(part));
  return deepest + 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(data, data + size);
  const auto filter = jinglue::registry::cql::read_filter(text);
  if (filter) {
    require(depth_of(*filter) <= 3 * 32 + 3);
    for (const auto& name : jinglue::registry::cql::properties_of(*filter)) require(!name.empty());
  } else {
    require(filter.error().where.starts_with("filter"));
  }
  if (const auto address = jinglue::output::parse_http_address(text)) {
    require(!address->host.empty() && address->port > 0);
    require(address->target.starts_with("/"));
    require(text.find('\r') == std::string::npos && text.find('\n') == std::string::npos);
  }
  if (const auto pair = jinglue::serve::read_basic(text)) {
    require(pair->first.find(':') == std::string::npos);
  }
  return 0;
}
