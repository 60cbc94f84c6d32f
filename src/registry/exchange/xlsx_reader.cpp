// SPDX-License-Identifier: Apache-2.0
#include "registry/exchange/xlsx_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <pugixml.hpp>

#include "base/text.hpp"
#include "registry/exchange/xlsx_style.hpp"
#include "registry/exchange/zip_parts.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using base::Json;
using Parts = std::map<std::string, std::string>;

/// Many cells may show one long shared text; this is what all cells together may hold.
constexpr std::size_t kMaxText = 256U << 20;
constexpr unsigned kParse = pugi::parse_default | pugi::parse_ws_pcdata_single;

base::Result<pugi::xml_document> parse(Parts& parts, const std::string& path) {
  const auto found = parts.find(path);
  if (found == parts.end()) {
    return base::fail(Code::kMalformed, "the workbook has no part '" + path + "'", path,
                      "save it as .xlsx");
  }
  pugi::xml_document out;
  const auto done = out.load_buffer_inplace(found->second.data(), found->second.size(), kParse);
  if (done) return out;
  return base::fail(Code::kMalformed,
                    fmt::format("its XML is wrong at byte {}: {}", done.offset, done.description()),
                    path, "open and save it again");
}

/// "_x000D_" stands for the character of that number (ECMA-376 part 1, 22.4.2.4).
std::string decoded(std::string text) {
  for (auto at = text.find("_x"); at != std::string::npos; at = text.find("_x", at + 1)) {
    unsigned code = 0;
    if (at + 7 > text.size() || text[at + 6] != '_') continue;
    const auto end = std::from_chars(&text[at + 2], &text[at + 6], code, 16);
    if (end.ptr != &text[at + 6] || code >= 0x80) continue;
    text.replace(at, 7, 1, char(code));
  }
  return text;
}

/// Of <si> and <is>: runs of text one after the other, without the reading aid of <rPh>.
std::string rich_text(const pugi::xml_node& node) {
  std::string out;
  for (const auto& child : node.children()) {
    const std::string_view name = child.name();
    if (name == "t") out += child.text().get();
    if (name == "r") out += child.child("t").text().get();
  }
  return decoded(std::move(out));
}

/// "BC12" -> 54; -1 when it names no column.
int column_of(std::string_view reference) {
  int out = 0;
  std::size_t letters = 0;
  while (letters < reference.size() && reference[letters] >= 'A' && reference[letters] <= 'Z') {
    if (letters > 2) return -1;
    out = out * 26 + (reference[letters++] - 'A' + 1);
  }
  return letters == 0 ? -1 : out - 1;
}

class Workbook {
 public:
  explicit Workbook(Parts parts) : m_parts(std::move(parts)) {}

  base::Result<Table> table(const std::string& sheet) {
    auto path = sheet_path(sheet);
    if (!path) return tl::unexpected(path.error());
    if (auto read = read_texts(); !read) return tl::unexpected(read.error());
    m_dates = date_styles(m_parts["xl/styles.xml"]);
    auto document = parse(m_parts, *path);
    if (!document) return tl::unexpected(document.error());
    Table out;
    std::size_t line = 0;
    for (const auto& row : document->child("worksheet").child("sheetData").children("row")) {
      line = row.attribute("r").as_ullong(line + 1);
      if (auto done = add_row(row, line, out); !done) return tl::unexpected(done.error());
    }
    if (out.headings.empty()) {
      return base::fail(Code::kMissing, "the sheet has no heading", *path);
    }
    return out;
  }

 private:
  base::Result<std::string> sheet_path(const std::string& wanted) {
    auto book = parse(m_parts, "xl/workbook.xml");
    if (!book) return tl::unexpected(book.error());
    const auto root = book->child("workbook");
    m_since_1904 = root.child("workbookPr").attribute("date1904").as_bool();
    std::string names, id;
    for (const auto& sheet : root.child("sheets").children("sheet")) {
      const std::string name = sheet.attribute("name").value();
      if (id.empty() && (wanted.empty() || name == wanted)) id = sheet.attribute("r:id").value();
      names += (names.empty() ? "" : ", ") + name;
    }
    if (id.empty()) {
      return base::fail(Code::kMissing, "the workbook has no sheet '" + wanted + "'", "sheet",
                        "it has: " + names);
    }
    auto links = parse(m_parts, "xl/_rels/workbook.xml.rels");
    if (!links) return tl::unexpected(links.error());
    for (const auto& link : links->child("Relationships").children("Relationship")) {
      if (link.attribute("Id").value() != id) continue;
      const std::string target = link.attribute("Target").value();
      return target.starts_with('/') ? target.substr(1) : "xl/" + target;
    }
    return base::fail(Code::kMalformed, "the workbook does not say where its sheet is", id);
  }

  base::Status read_texts() {
    if (!m_parts.contains("xl/sharedStrings.xml")) return {};
    auto document = parse(m_parts, "xl/sharedStrings.xml");
    if (!document) return tl::unexpected(document.error());
    for (const auto& item : document->child("sst").children("si")) {
      m_texts.push_back(rich_text(item));
    }
    return {};
  }

  base::Status add_row(const pugi::xml_node& row, std::size_t line, Table& out) {
    std::vector<Json> cells;
    bool any = false;
    for (const auto& cell : row.children("c")) {
      const int named = column_of(cell.attribute("r").value());
      const auto at = named < 0 ? cells.size() : std::size_t(named);
      auto text = cell_text(cell);
      if (!text) {
        return base::fail(text.error().code, text.error().message,
                          fmt::format("row {}, column {}", line, at + 1), text.error().hint);
      }
      if (text->empty()) continue;
      if (at >= kMaxTableColumns) {
        return base::fail(Code::kTooLarge, "the sheet has more than 1000 columns");
      }
      if (cells.size() <= at) cells.resize(at + 1);
      m_bytes += text->size();
      any = any || !base::trim(*text).empty();
      cells[at] = std::move(*text);
    }
    if (m_bytes > kMaxText) {
      return base::fail(Code::kTooLarge, "the sheet has more than 256 MB of text", {},
                        "split the file");
    }
    if (!any) return {};
    if (!out.headings.empty()) {
      out.rows.push_back({line, std::move(cells)});
    } else {
      for (const auto& cell : cells) out.headings.emplace_back(base::trim(cell.as_string()));
    }
    if (out.rows.size() <= kMaxTableRows) return {};
    return base::fail(Code::kTooLarge, "more than " + std::to_string(kMaxTableRows) + " rows", {},
                      "split the file");
  }

  base::Result<std::string> cell_text(const pugi::xml_node& cell) const {
    const std::string_view type = cell.attribute("t").value();
    const std::string value = cell.child("v").text().get();
    if (type == "inlineStr") return rich_text(cell.child("is"));
    if (type == "str") return decoded(value);
    if (type == "b") return std::string(value == "1" ? "true" : "false");
    if (type == "d") return value;
    if (type == "e") {
      return base::fail(Code::kMalformed, "the cell holds the error " + value, {},
                        "mend the formula");
    }
    if (value.empty()) return std::string();
    if (type == "s") {
      std::size_t index = 0;
      const auto end = std::from_chars(value.data(), value.data() + value.size(), index);
      if (end.ec == std::errc() && index < m_texts.size()) return m_texts[index];
      return base::fail(Code::kMalformed, "the cell names a text that the workbook does not have");
    }
    return number_text(value, cell.attribute("s").as_uint());
  }

  base::Result<std::string> number_text(const std::string& value, std::size_t style) const {
    double number = 0;
    const auto end = std::from_chars(value.data(), value.data() + value.size(), number);
    if (end.ec != std::errc() || end.ptr != value.data() + value.size()) {
      return base::fail(Code::kMalformed, "the cell's number is none: " + value.substr(0, 40));
    }
    if (style < m_dates.size() && m_dates[style]) {
      if (auto text = date_text(number, m_since_1904); !text.empty()) return text;
    }
    if (std::abs(number) < 1e15 && number == double(std::int64_t(number))) {
      return std::to_string(std::int64_t(number));
    }
    return fmt::format("{}", number);
  }

  Parts m_parts;
  std::vector<std::string> m_texts;
  std::vector<bool> m_dates;
  bool m_since_1904{false};
  std::size_t m_bytes{0};
};

bool is_wanted(std::string_view path) {
  return path == "xl/workbook.xml" || path == "xl/_rels/workbook.xml.rels" ||
         path == "xl/sharedStrings.xml" || path == "xl/styles.xml" ||
         (path.starts_with("xl/worksheets/") && path.ends_with(".xml"));
}

}  // namespace

base::Result<Table> read_xlsx(std::string_view bytes, const std::string& sheet) {
  auto parts = read_zip_parts(bytes, is_wanted);
  if (!parts) return tl::unexpected(parts.error());
  if (!parts->contains("xl/workbook.xml")) {
    return base::fail(Code::kMalformed, "this zip file is no workbook", {},
                      "save it as .xlsx or CSV");
  }
  return Workbook(std::move(*parts)).table(sheet);
}

}  // namespace jinglue::registry
