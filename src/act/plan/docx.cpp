// SPDX-License-Identifier: Apache-2.0
#include "act/plan/docx.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <array>
#include <map>
#include <memory>
#include <pugixml.hpp>
#include <vector>

namespace jinglue::act::plan {
namespace {

constexpr std::size_t kMaxXml = 64U << 20;
constexpr int kMaxDepth = 100;

struct Parts {
  std::string document, numbering;
};

base::Result<std::string> read_entry(archive* from, const std::string& name) {
  std::string out;
  std::array<char, 65536> piece{};
  for (;;) {
    const auto size = archive_read_data(from, piece.data(), piece.size());
    if (size == 0) return out;
    if (size < 0)
      return base::fail(base::Code::kMalformed, "the .docx file is damaged", name,
                        "open and save it again");
    if (out.size() + std::size_t(size) > kMaxXml)
      return base::fail(base::Code::kTooLarge, "the document's text is larger than 64 MB", name);
    out.append(piece.data(), std::size_t(size));
  }
}

base::Result<Parts> parts_of(std::string_view bytes, const std::string& name) {
  const std::unique_ptr<archive, int (*)(archive*)> zip(archive_read_new(), archive_read_free);
  archive_read_support_format_zip(zip.get());
  if (archive_read_open_memory(zip.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
    return base::fail(base::Code::kMalformed, "the .docx file cannot be opened", name);
  Parts out;
  archive_entry* entry = nullptr;
  int status = ARCHIVE_OK;
  while ((status = archive_read_next_header(zip.get(), &entry)) == ARCHIVE_OK) {
    const char* path = archive_entry_pathname(entry);
    const std::string_view is = path == nullptr ? "" : path;
    if (is != "word/document.xml" && is != "word/numbering.xml") continue;
    auto text = read_entry(zip.get(), name);
    if (!text) return tl::unexpected(text.error());
    (is == "word/document.xml" ? out.document : out.numbering) = std::move(*text);
  }
  if (status != ARCHIVE_EOF)
    return base::fail(base::Code::kMalformed, "the .docx file is damaged", name,
                      "open and save it again");
  if (out.document.empty())
    return base::fail(base::Code::kMalformed, "this zip file is no Word document", name,
                      "save it as .docx or plain text");
  return out;
}

std::string chinese_number(int n) {
  constexpr std::array<const char*, 10> kDigits{"",   "一", "二", "三", "四",
                                                "五", "六", "七", "八", "九"};
  if (n <= 0 || n >= 100) return std::to_string(n);
  std::string out;
  if (n >= 20) out += kDigits[std::size_t(n / 10)];
  if (n >= 10) out += "十";
  return out + kDigits[std::size_t(n % 10)];
}

struct Level {
  std::string format{"decimal"}, text;
  int start{1};
};

/// The numbers that Word gives to list items: word/numbering.xml.
class Numbering {
 public:
  explicit Numbering(const pugi::xml_node& root) {
    std::map<std::string, std::map<int, Level>> abstract;
    for (const auto& node : root.children("w:abstractNum"))
      for (const auto& level : node.children("w:lvl"))
        abstract[node.attribute("w:abstractNumId").value()][level.attribute("w:ilvl").as_int()] = {
            level.child("w:numFmt").attribute("w:val").as_string("decimal"),
            level.child("w:lvlText").attribute("w:val").as_string(),
            level.child("w:start").attribute("w:val").as_int(1)};
    for (const auto& node : root.children("w:num"))
      m_lists[node.attribute("w:numId").value()] =
          abstract[node.child("w:abstractNumId").attribute("w:val").value()];
  }

  std::string label(const pugi::xml_node& properties) {
    const std::string list = properties.child("w:numId").attribute("w:val").value();
    const int depth = properties.child("w:ilvl").attribute("w:val").as_int();
    const auto found = m_lists.find(list);
    if (found == m_lists.end() || depth < 0 || depth > 8) return {};
    auto& counts = m_counts[list];
    counts.resize(9, 0);
    const auto at = std::size_t(depth);
    const int start = found->second[depth].start;
    counts[at] = counts[at] == 0 ? start : counts[at] + 1;
    for (auto k = at + 1; k < counts.size(); ++k) counts[k] = 0;
    return written(found->second, counts, depth);
  }

 private:
  /// "%1." with the numbers in place.
  static std::string written(std::map<int, Level>& levels, const std::vector<int>& counts,
                             int depth) {
    const auto& text = levels[depth].text;
    if (levels[depth].format == "bullet") return {};
    std::string out;
    for (std::size_t i = 0; i < text.size() && out.size() < 64; ++i) {
      const bool place =
          text[i] == '%' && i + 1 < text.size() && text[i + 1] >= '1' && text[i + 1] <= '9';
      if (!place) {
        out += text[i];
        continue;
      }
      const int of = text[++i] - '1';
      const bool chinese = levels[of].format.rfind("chinese", 0) == 0 ||
                           levels[of].format.rfind("ideograph", 0) == 0 ||
                           levels[of].format == "taiwaneseCountingThousand";
      const int number = counts[std::size_t(of)];
      out += chinese ? chinese_number(number) : std::to_string(number);
    }
    return out;
  }

  std::map<std::string, std::map<int, Level>> m_lists;
  std::map<std::string, std::vector<int>> m_counts;
};

class Writer {
 public:
  explicit Writer(Numbering numbering) : m_numbering(std::move(numbering)) {}

  void walk(const pugi::xml_node& node, int depth) {
    if (depth > kMaxDepth) return;
    for (const auto& child : node.children()) {
      const std::string_view name = child.name();
      if (name == "w:p") {
        m_text += m_numbering.label(child.child("w:pPr").child("w:numPr"));
        walk(child, depth + 1);
        m_text += '\n';
      } else if (name == "w:t") {
        m_text += child.child_value();
      } else if (name == "w:tab" || name == "w:noBreakHyphen") {
        m_text += name == "w:tab" ? ' ' : '-';
      } else if (name == "w:br" || name == "w:cr") {
        m_text += '\n';
      } else if (name != "mc:Fallback" && name != "w:del" && name != "w:pPr") {
        walk(child, depth + 1);
      }
    }
  }
  std::string take() { return std::move(m_text); }

 private:
  Numbering m_numbering;
  std::string m_text;
};

}  // namespace

base::Result<std::string> docx_text(std::string_view bytes, const std::string& name) {
  const auto parts = parts_of(bytes, name);
  if (!parts) return tl::unexpected(parts.error());
  pugi::xml_document document;
  pugi::xml_document numbering;
  constexpr unsigned kKeep = pugi::parse_default | pugi::parse_ws_pcdata;
  const auto read = document.load_buffer(parts->document.data(), parts->document.size(), kKeep);
  if (!read)
    return base::fail(
        base::Code::kMalformed,
        fmt::format("the document's XML is wrong at byte {}: {}", read.offset, read.description()),
        name, "open and save it again");
  numbering.load_buffer(parts->numbering.data(), parts->numbering.size());
  Writer out{Numbering(numbering.child("w:numbering"))};
  out.walk(document.child("w:document").child("w:body"), 0);
  return out.take();
}

}  // namespace jinglue::act::plan
