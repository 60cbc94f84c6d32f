// SPDX-License-Identifier: Apache-2.0
// Fuzz target of workbooks (XLSX, a zip file of XML). Whatever the bytes: refused with a message,
// or a table within its limits.
#include <string_view>

#include "fuzz/require.hpp"
#include "registry/exchange/xlsx_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using jinglue::fuzz::require;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto table = jinglue::registry::read_xlsx(bytes);
  if (!table) {
    require(!table.error().message.empty());
    return 0;
  }
  require(table->headings.size() <= jinglue::registry::kMaxTableColumns);
  require(table->rows.size() <= jinglue::registry::kMaxTableRows);
  for (const auto& row : table->rows) {
    require(row.cells.size() <= jinglue::registry::kMaxTableColumns);
  }
  return 0;
}
