// SPDX-License-Identifier: Apache-2.0
// Document text: what a work document handed in as a file says, as UTF-8 with a line a paragraph.
// Plain text in UTF-8, GB18030 (GBK) or UTF-16, and Word's .docx (ECMA-376). Everything else is
// refused with what to do about it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace jinglue::act::plan {

struct DocumentText {
  std::string text;  ///< UTF-8
  std::string form;  ///< "UTF-8", "GB18030", "UTF-16LE", "UTF-16BE", "docx"
};

constexpr std::size_t kMaxDocumentBytes = 10U << 20;

/// An old form of Word or WPS (OLE compound file), which document_text() refuses.
bool is_old_office(std::string_view bytes);

/// `name` stands in errors. kTooLarge above kMaxDocumentBytes, kMissing for no text at all,
/// kMalformed for what is no text.
base::Result<DocumentText> document_text(std::string_view bytes, const std::string& name);

}  // namespace jinglue::act::plan
