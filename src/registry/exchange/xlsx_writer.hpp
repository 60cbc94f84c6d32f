// SPDX-License-Identifier: Apache-2.0
// A table as a workbook of one sheet (.xlsx), written with libxlsxwriter: headings bold and frozen,
// a filter over them, columns as wide as their texts. Numbers and days are numbers and days where
// that loses nothing, all else is text. Memory does not grow with the rows; the file is made in a
// private folder and gone after it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace jinglue::registry {

struct SheetColumn {
  enum class Kind { kText, kNumber, kMoney, kDate };
  std::string heading;
  Kind kind{Kind::kText};
};

class XlsxWriter {
 public:
  /// Throws WorldError when no temporary file can be made.
  XlsxWriter(const std::string& sheet, std::vector<SheetColumn> columns);
  ~XlsxWriter();
  /// Cells as text, as CSV has them; an empty one stays empty.
  void add_row(const std::vector<std::string>& cells);
  /// The whole file. Throws WorldError when the disk is full.
  std::string take();

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::registry
