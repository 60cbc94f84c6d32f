// SPDX-License-Identifier: Apache-2.0
// Fuzz target of values that come from outside with a record: the kind of an attachment by its
// bytes, names of files, periods. Whatever the bytes: a kind has a known group and media type, a
// name that passes is no path, and a period reads back to itself.
#include <string>
#include <string_view>

#include "fuzz/require.hpp"
#include "registry/detail/file_kind.hpp"
#include "registry/detail/value_kinds.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace jinglue::registry::detail;
  using jinglue::fuzz::require;
  const std::string bytes(data, data + size);
  if (const auto kind = file_kind(bytes)) {
    require(is_file_group(kind->group));
    require(kind_of_media(kind->media).has_value());
  }
  if (is_file_name(bytes)) {
    require(bytes.find('/') == std::string::npos && bytes.find('\\') == std::string::npos);
    require(bytes != "." && bytes != "..");
  }
  if (const auto period = read_period(bytes)) {
    const auto again = read_period(to_text(*period));
    require(again && again->from == period->from && again->to == period->to);
  }
  return 0;
}
