// SPDX-License-Identifier: Apache-2.0
// Fuzz target of CSV: whatever the bytes, the reader refuses or gives rows that, written, read back
// as the same; and each cell, taken as the terminals of a vessel, is refused or has a text that
// reads back to the same value.
#include <string_view>

#include "fuzz/require.hpp"
#include "registry/csv.hpp"
#include "registry/detail/value.hpp"

namespace {

using namespace jinglue;
using fuzz::require;

const registry::Field& terminals() {
  static const registry::Field field = [] {
    registry::Field f;
    f.key = "terminals";
    f.type = registry::FieldType::kRows;
    for (const auto& [key, type] : {std::pair{"terminal", registry::FieldType::kText},
                                    {"from", registry::FieldType::kInstant},
                                    {"to", registry::FieldType::kInstant}}) {
      registry::Field column;
      column.key = key;
      column.type = type;
      f.columns.push_back(column);
    }
    return f;
  }();
  return field;
}

void check_cell(const std::string& cell) {
  const auto value = registry::detail::from_text(terminals(), cell);
  if (!value) return;
  const auto again =
      registry::detail::from_text(terminals(), registry::detail::to_text(terminals(), *value));
  require(again.has_value() && *again == *value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto rows = registry::read_csv(bytes);
  if (!rows) return 0;
  std::string written;
  for (const auto& row : *rows) registry::append_csv_row(written, row.cells);
  if (written.starts_with("\xEF\xBB\xBF")) return 0;  // a mark again inside the first cell
  const auto back = registry::read_csv(written);
  require(back.has_value() && back->size() == rows->size());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    require((*back)[i].cells == (*rows)[i].cells);
    for (const auto& cell : (*rows)[i].cells) check_cell(cell);
  }
  return 0;
}
