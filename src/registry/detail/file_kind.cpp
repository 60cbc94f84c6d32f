// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/file_kind.hpp"

#include <algorithm>
#include <array>

#include "base/charset.hpp"
#include "base/text.hpp"

namespace jinglue::registry::detail {
namespace {

using namespace std::string_view_literals;

constexpr FileKind kPdf{"pdf", "application/pdf", "pdf"};
constexpr FileKind kOfd{"pdf", "application/ofd", "ofd"};
constexpr FileKind kPng{"image", "image/png", "png", true};
constexpr FileKind kJpeg{"image", "image/jpeg", "jpg", true};
constexpr FileKind kGif{"image", "image/gif", "gif", true};
constexpr FileKind kWebp{"image", "image/webp", "webp", true};
constexpr FileKind kTiff{"image", "image/tiff", "tif"};
constexpr FileKind kDocx{
    "document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"};
constexpr FileKind kXlsx{
    "table", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"};
constexpr FileKind kPptx{
    "document", "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "pptx"};
constexpr FileKind kOffice{"document", "application/x-ole-storage", "doc"};
constexpr FileKind kZip{"archive", "application/zip", "zip"};
constexpr FileKind kMp4{"video", "video/mp4", "mp4"};
constexpr FileKind kText{"text", "text/plain", "txt"};

constexpr std::array kKinds = {kPdf,  kOfd,  kPng,  kJpeg,   kGif, kWebp, kTiff,
                               kDocx, kXlsx, kPptx, kOffice, kZip, kMp4,  kText};

constexpr std::size_t kLooked = 64 * 1024;  // of what a file begins with

/// The names of a zip archive's first members stand in its local headers (APPNOTE 4.3.7).
FileKind zip_kind(std::string_view bytes) {
  const auto names = bytes.substr(0, kLooked);
  const auto holds = [&](std::string_view name) { return names.find(name) != names.npos; };
  if (holds("OFD.xml")) return kOfd;
  if (!holds("[Content_Types].xml") && !holds("_rels/.rels")) return kZip;
  if (holds("word/")) return kDocx;
  if (holds("xl/")) return kXlsx;
  return holds("ppt/") ? kPptx : kZip;
}

/// Text in one of the encodings that offices use, and not one that a browser or a shell would run.
bool is_plain_text(std::string_view bytes) {
  std::string text(bytes.substr(0, kLooked));
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  const bool controls = std::any_of(bytes.begin(), bytes.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return (octet < 0x20 && octet != '\n' && octet != '\r' && octet != '\t') || octet == 0x7F;
  });
  if (controls || !base::is_utf8(bytes)) {
    auto read = base::read_text(bytes);
    if (!read) return false;
    text = std::move(read->text);
  }
  const auto begin = base::trim(text);
  return !begin.empty() && !begin.starts_with('<') && !begin.starts_with("#!");
}

}  // namespace

std::optional<FileKind> file_kind(std::string_view bytes) {
  const auto begins = [&](std::string_view with) { return bytes.starts_with(with); };
  if (begins("%PDF-")) return kPdf;
  if (begins("\x89PNG\r\n\x1A\n")) return kPng;
  if (begins("\xFF\xD8\xFF")) return kJpeg;
  if (begins("GIF87a") || begins("GIF89a")) return kGif;
  if (begins("RIFF") && bytes.size() > 12 && bytes.substr(8, 4) == "WEBP") return kWebp;
  if (begins("II*\0"sv) || begins("MM\0*"sv)) return kTiff;
  if (begins("PK\x03\x04")) return zip_kind(bytes);
  if (begins("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) return kOffice;
  if (bytes.size() > 12 && bytes.substr(4, 4) == "ftyp") return kMp4;
  return is_plain_text(bytes) ? std::optional(kText) : std::nullopt;
}

std::optional<FileKind> kind_of_media(std::string_view media) {
  const auto it = std::find_if(kKinds.begin(), kKinds.end(),
                               [&](const FileKind& kind) { return kind.media == media; });
  return it == kKinds.end() ? std::nullopt : std::optional(*it);
}

bool is_file_group(std::string_view name) {
  return std::any_of(kKinds.begin(), kKinds.end(),
                     [&](const FileKind& kind) { return kind.group == name; });
}

std::string file_groups() {
  std::string out;
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    const auto group = kKinds[i].group;
    const bool first = std::none_of(kKinds.begin(), kKinds.begin() + std::ptrdiff_t(i),
                                    [&](const FileKind& k) { return k.group == group; });
    if (first) out += (out.empty() ? "" : ", ") + std::string(group);
  }
  return out;
}

}  // namespace jinglue::registry::detail
