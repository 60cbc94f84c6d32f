// SPDX-License-Identifier: Apache-2.0
#include "serve/form/record_query.hpp"

#include <memory>

#include "registry/cql/filter.hpp"

namespace jinglue::serve {

base::Result<registry::Query> read_record_query(const Call& call) {
  registry::Query out;
  out.text = call.text("q");
  out.equals = call.filters();
  out.now = call.now;
  const auto box = call.bbox();
  if (!box) return tl::unexpected(box.error());
  out.box = *box;
  if (const std::string text = call.text("cql"); !text.empty()) {
    auto filter = registry::cql::read_filter(text);
    if (!filter) return tl::unexpected(filter.error());
    out.filter = std::make_shared<const registry::cql::Filter>(std::move(*filter));
  }
  return out;
}

}  // namespace jinglue::serve
