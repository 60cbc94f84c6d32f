// SPDX-License-Identifier: Apache-2.0
#include "registry/exchange/xlsx_writer.hpp"

#include <xlsxwriter.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

#include "base/private_folder.hpp"
#include "base/text.hpp"
#include "base/utf32.hpp"

namespace jinglue::registry {
namespace {

constexpr std::size_t kMostText = 32'767;  // characters in a cell: the program's limit
constexpr std::size_t kSafeDigits = 15;    // a spreadsheet's numbers keep so many
constexpr double kWidest = 60, kNarrowest = 8;

/// A number that reads back as the same text; else it stays text.
bool as_number(const std::string& cell, double& out) {
  const auto digits =
      std::count_if(cell.begin(), cell.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (std::size_t(digits) > kSafeDigits) return false;
  const auto end = std::from_chars(cell.data(), cell.data() + cell.size(), out);
  return end.ec == std::errc() && end.ptr == cell.data() + cell.size();
}

/// "2024-05-01" from 1 March 1900 on: before it spreadsheets count a day that never was.
bool as_day(const std::string& cell, lxw_datetime& out) {
  if (cell.size() != 10 || cell < "1900-03-01" || cell > "9999-12-31") return false;
  out.year = std::atoi(cell.substr(0, 4).c_str());
  out.month = std::atoi(cell.substr(5, 2).c_str());
  out.day = std::atoi(cell.substr(8, 2).c_str());
  return true;
}

double width_of(std::string_view text) {
  double out = 2;
  for (const char32_t c : base::to_utf32(text.substr(0, 400))) out += c < 0x2E80 ? 1 : 2;
  return out;
}

/// "_x0041_" would be read as a letter: its first sign is written by its number.
std::string escaped(std::string text) {
  for (auto at = text.find("_x"); at != std::string::npos; at = text.find("_x", at + 1)) {
    if (at + 7 > text.size() || text[at + 6] != '_') continue;
    text.insert(at, "_x005F");
    at += 6;
  }
  return text;
}

std::string sheet_name(const std::string& wanted) {  // at most 31 characters, none of []:*?/\ .
  std::u32string name = base::to_utf32(wanted);
  std::erase_if(name, [](char32_t c) {
    return c < 0x20 || std::u32string_view(U"[]:*?/\\'").find(c) != std::u32string_view::npos;
  });
  name.resize(std::min<std::size_t>(name.size(), 31));
  return name.empty() ? "Sheet1" : base::to_utf8(name);
}

}  // namespace

struct XlsxWriter::Impl {
  base::PrivateFolder folder;
  std::string file, temporary;
  std::vector<SheetColumn> columns;
  lxw_workbook* book{nullptr};
  lxw_worksheet* sheet{nullptr};
  lxw_format *day{nullptr}, *money{nullptr};
  lxw_row_t rows{0};

  ~Impl() {
    if (book != nullptr) workbook_close(book);
  }
  void check(lxw_error error) const {
    if (error == LXW_NO_ERROR) return;
    throw base::WorldError("the workbook could not be written", file + ": " + lxw_strerror(error),
                           "free space in the temporary folder");
  }
};

XlsxWriter::XlsxWriter(const std::string& sheet, std::vector<SheetColumn> columns)
    : m_impl(std::make_unique<Impl>()) {
  Impl& i = *m_impl;
  i.columns = std::move(columns);
  i.file = (i.folder.path() / "table.xlsx").string();
  i.temporary = i.folder.path().string();
  lxw_workbook_options options{};
  options.constant_memory = LXW_TRUE;
  options.tmpdir = i.temporary.data();
  i.book = workbook_new_opt(i.file.c_str(), &options);
  if (i.book == nullptr) i.check(LXW_ERROR_MEMORY_MALLOC_FAILED);
  i.sheet = workbook_add_worksheet(i.book, sheet_name(sheet).c_str());
  lxw_format* bold = workbook_add_format(i.book);
  format_set_bold(bold);
  i.day = workbook_add_format(i.book);
  format_set_num_format(i.day, "yyyy-mm-dd");
  i.money = workbook_add_format(i.book);
  format_set_num_format(i.money, "0.00");
  for (std::size_t c = 0; c < i.columns.size(); ++c) {
    const auto& column = i.columns[c];
    const double least = column.kind == SheetColumn::Kind::kText ? 16 : 12;
    const double width = std::clamp(std::max(width_of(column.heading), least), kNarrowest, kWidest);
    i.check(worksheet_set_column(i.sheet, lxw_col_t(c), lxw_col_t(c), width, nullptr));
    i.check(worksheet_write_string(i.sheet, 0, lxw_col_t(c), column.heading.c_str(), bold));
  }
  worksheet_freeze_panes(i.sheet, 1, 0);
}

XlsxWriter::~XlsxWriter() = default;

void XlsxWriter::add_row(const std::vector<std::string>& cells) {
  Impl& i = *m_impl;
  ++i.rows;
  for (std::size_t c = 0; c < std::min(cells.size(), i.columns.size()); ++c) {
    const auto& cell = cells[c];
    if (cell.empty()) continue;
    const auto kind = i.columns[c].kind;
    const bool numeric = kind == SheetColumn::Kind::kNumber || kind == SheetColumn::Kind::kMoney;
    double number = 0;
    lxw_datetime day{};
    if (numeric && as_number(cell, number)) {
      i.check(worksheet_write_number(i.sheet, i.rows, lxw_col_t(c), number,
                                     kind == SheetColumn::Kind::kMoney ? i.money : nullptr));
    } else if (kind == SheetColumn::Kind::kDate && as_day(cell, day)) {
      i.check(worksheet_write_datetime(i.sheet, i.rows, lxw_col_t(c), &day, i.day));
    } else {
      const auto text = base::to_utf32(cell);
      const std::string kept =
          text.size() <= kMostText ? cell : base::to_utf8(text.substr(0, kMostText));
      i.check(
          worksheet_write_string(i.sheet, i.rows, lxw_col_t(c), escaped(kept).c_str(), nullptr));
    }
  }
}

std::string XlsxWriter::take() {
  Impl& i = *m_impl;
  if (i.rows > 0) {
    worksheet_autofilter(i.sheet, 0, 0, i.rows, lxw_col_t(i.columns.size() - 1));
  }
  const auto closed = workbook_close(i.book);
  i.book = nullptr;
  i.check(closed);
  std::ifstream in(i.file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace jinglue::registry
