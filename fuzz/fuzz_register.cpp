// SPDX-License-Identifier: Apache-2.0
// Fuzz target of register definitions: whatever the text, reading gives a definition or mistakes
// that name the file; what was read can be shown as JSON.
#include <string_view>

#include "base/config.hpp"
#include "fuzz/require.hpp"
#include "registry/definition.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jinglue;
  using fuzz::require;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = base::parse_config(text, "fuzz.toml");
  if (!document) return 0;
  const auto definition = registry::read_definition(*document);
  if (!definition) {
    require(definition.error().where.find("fuzz.toml") != std::string::npos);
    return 0;
  }
  require(base::parse_json(registry::to_json(*definition).dump()).has_value());
  return 0;
}
