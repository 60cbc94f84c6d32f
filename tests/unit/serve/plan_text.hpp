// SPDX-License-Identifier: Apache-2.0
// What the app gives the server for reading work documents, without old forms of Word.
#pragma once

#include <functional>
#include <string>

#include "act/plan/document_text.hpp"
#include "act/task/draft_book.hpp"
#include "base/config.hpp"
#include "base/utf32.hpp"

namespace jinglue::test {

inline base::Result<act::task::NewDraft> read_plan(const std::string& bytes,
                                                   const std::string& name,
                                                   const std::function<bool()>&) {
  const auto words = act::plan::read_dictionary(
      *base::read_config(std::string(JINGLUE_SOURCE_DIR) + "/data/plan/dictionary.toml"));
  const auto text = act::plan::document_text(bytes, name.empty() ? "text" : name);
  if (!text) return tl::unexpected(text.error());
  return act::task::NewDraft{
      bytes, name, text->form,
      act::plan::read_work_document(act::plan::clean(base::to_utf32(text->text), words->words),
                                    *words)};
}

}  // namespace jinglue::test
