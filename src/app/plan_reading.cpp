// SPDX-License-Identifier: Apache-2.0
#include "app/plan_reading.hpp"

#include "act/plan/clean_text.hpp"
#include "app/office_text.hpp"
#include "app/settings.hpp"
#include "base/config.hpp"
#include "base/utf32.hpp"

namespace jinglue::app {

namespace fs = std::filesystem;

namespace {

fs::path dictionary_file(const fs::path& named, const fs::path& share) {
  return named.empty() ? find_share(share) / "data" / "plan" / "dictionary.toml" : named;
}

base::Result<act::plan::DocumentText> text_of(std::string_view bytes, const std::string& name,
                                              const std::function<bool()>& gone) {
  const bool too_large = bytes.size() > act::plan::kMaxDocumentBytes;
  if (too_large || !act::plan::is_old_office(bytes)) return act::plan::document_text(bytes, name);
  const auto text = office_text(bytes, name, find_office(), {}, gone);
  if (!text) return tl::unexpected(text.error());
  auto read = act::plan::document_text(*text, name);
  if (read) read->form = "doc";
  return read;
}

act::plan::WorkDocument read_text(const act::plan::DocumentText& text,
                                  const act::plan::Dictionary& dictionary) {
  return act::plan::read_work_document(
      act::plan::clean(base::to_utf32(text.text), dictionary.words), dictionary);
}

}  // namespace

act::plan::Dictionary read_plan_dictionary(const fs::path& named, const fs::path& share) {
  const auto config = base::read_config(dictionary_file(named, share));
  if (!config)
    throw base::WorldError("the dictionary of work documents cannot be used",
                           config.error().text());
  auto out = act::plan::read_dictionary(*config);
  if (!out)
    throw base::WorldError("the dictionary of work documents cannot be used", out.error().text());
  return std::move(*out);
}

base::Result<act::plan::WorkDocument> read_plan(std::string_view bytes, const std::string& name,
                                                const act::plan::Dictionary& dictionary) {
  const auto text = text_of(bytes, name, {});
  if (!text) return tl::unexpected(text.error());
  return read_text(*text, dictionary);
}

base::Result<act::task::NewDraft> read_new_draft(const std::string& bytes, const std::string& name,
                                                 const fs::path& share,
                                                 const std::function<bool()>& gone) {
  const auto dictionary = read_plan_dictionary({}, share);
  const auto text = text_of(bytes, name.empty() ? "text" : name, gone);
  if (!text) return tl::unexpected(text.error());
  return act::task::NewDraft{bytes, name, text->form, read_text(*text, dictionary)};
}

}  // namespace jinglue::app
