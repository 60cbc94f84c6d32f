// SPDX-License-Identifier: Apache-2.0
// Reading work documents with the dictionary of this installation: the named file, else
// data/plan/dictionary.toml of the share folder, beside the installed program or of this folder.
// Old forms of Word and WPS go through LibreOffice where it is installed (office_text.hpp).
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "act/plan/dictionary.hpp"
#include "act/plan/document_text.hpp"
#include "act/plan/work_document.hpp"
#include "act/task/draft_book.hpp"

namespace jinglue::app {

/// Throws WorldError with file, line and key of a mistake, or when there is none.
act::plan::Dictionary read_plan_dictionary(const std::filesystem::path& named,
                                           const std::filesystem::path& share);

/// The tree of a document; `name` stands in errors.
base::Result<act::plan::WorkDocument> read_plan(std::string_view bytes, const std::string& name,
                                                const act::plan::Dictionary& dictionary);

/// The same as a draft begins with; the dictionary is read anew, so that a change of it holds at
/// once. `gone` ends a long reading.
base::Result<act::task::NewDraft> read_new_draft(const std::string& bytes, const std::string& name,
                                                 const std::filesystem::path& share,
                                                 const std::function<bool()>& gone);

}  // namespace jinglue::app
