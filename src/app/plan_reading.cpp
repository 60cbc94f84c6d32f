// SPDX-License-Identifier: Apache-2.0
#include "app/plan_reading.hpp"

#include "act/plan/clean_text.hpp"
#include "app/settings.hpp"
#include "base/config.hpp"
#include "base/utf32.hpp"

namespace jinglue::app {

namespace fs = std::filesystem;

namespace {

fs::path dictionary_file(const fs::path& named, const fs::path& share) {
  return named.empty() ? find_share(share) / "data" / "plan" / "dictionary.toml" : named;
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
  const auto text = act::plan::document_text(bytes, name);
  if (!text) return tl::unexpected(text.error());
  return act::plan::read_work_document(
      act::plan::clean(base::to_utf32(text->text), dictionary.words), dictionary);
}

}  // namespace jinglue::app
