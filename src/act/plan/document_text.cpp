// SPDX-License-Identifier: Apache-2.0
#include "act/plan/document_text.hpp"

#include <fmt/format.h>

#include "act/plan/docx.hpp"
#include "base/charset.hpp"
#include "base/text.hpp"

namespace jinglue::act::plan {
namespace {

constexpr std::string_view kZip("PK\x03\x04", 4);
constexpr std::string_view kCompound("\xD0\xCF\x11\xE0", 4);
constexpr std::string_view kPdf = "%PDF-";

base::Result<DocumentText> checked(DocumentText found, const std::string& name) {
  if (base::trim(found.text).empty())
    return base::fail(base::Code::kMissing, "the document holds no text", name,
                      "a scanned page is a picture: have it recognised first");
  return found;
}

}  // namespace

bool is_old_office(std::string_view bytes) {
  return bytes.substr(0, kCompound.size()) == kCompound;
}

base::Result<DocumentText> document_text(std::string_view bytes, const std::string& name) {
  using base::Code;
  if (bytes.size() > kMaxDocumentBytes)
    return base::fail(Code::kTooLarge,
                      fmt::format("the document has {} bytes, at most {} are read", bytes.size(),
                                  kMaxDocumentBytes),
                      name, "take out its pictures, or paste its text");
  if (bytes.substr(0, kZip.size()) == kZip) {
    auto text = docx_text(bytes, name);
    if (!text) return tl::unexpected(text.error());
    return checked({std::move(*text), "docx"}, name);
  }
  if (is_old_office(bytes))
    return base::fail(Code::kUnknown, "this is the old form of Word or WPS", name,
                      "save it as .docx, or paste its text");
  if (bytes.substr(0, kPdf.size()) == kPdf)
    return base::fail(Code::kUnknown, "this is a PDF, not a text", name, "paste its text");
  auto read = base::read_text(bytes);
  if (!read && bytes.empty()) return checked({}, name);
  if (!read)
    return base::fail(Code::kMalformed, "this is no text in UTF-8, GB18030 or UTF-16", name,
                      "save it as plain text or .docx");
  return checked({std::move(read->text), std::string(read->charset)}, name);
}

}  // namespace jinglue::act::plan
