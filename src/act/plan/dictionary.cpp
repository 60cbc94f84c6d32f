// SPDX-License-Identifier: Apache-2.0
#include "act/plan/dictionary.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/utf32.hpp"

namespace jinglue::act::plan {
namespace {

using Texts = std::vector<std::u32string>;

base::Status read_texts(const base::ConfigNode& node, Texts& out) {
  const auto texts = node.strings();
  if (!texts) return tl::unexpected(texts.error());
  for (const auto& text : *texts) {
    if (text.empty())
      return node.error(base::Code::kMalformed, "an empty word would be found everywhere");
    out.push_back(base::to_utf32(text));
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return {};
}

base::Status read_proposals(const base::ConfigNode& list, bool with_id, bool with_name,
                            std::vector<Proposal>& out) {
  for (const auto& node : list.items()) {
    if (auto ok = node.only({"id", "zh", "en", "words"}); !ok) return ok;
    Proposal proposal;
    const auto take = [&node](const char* key, std::string& into, bool needed) -> base::Status {
      auto value = needed ? node[key].string() : node[key].string_or("");
      if (!value) return tl::unexpected(value.error());
      into = std::move(*value);
      return {};
    };
    if (auto ok = take("id", proposal.id, with_id); !ok) return ok;
    if (auto ok = take("zh", proposal.name.zh, with_name); !ok) return ok;
    if (auto ok = take("en", proposal.name.en, with_name); !ok) return ok;
    if (auto ok = read_texts(node["words"], proposal.words); !ok) return ok;
    out.push_back(std::move(proposal));
  }
  return {};
}

base::Status read_words(const base::ConfigNode& document, Dictionary& out) {
  const auto verbs = document["verbs"];
  if (auto ok = verbs.only({"adverbs", "actions", "aims", "leads", "means"}); !ok) return ok;
  if (auto ok = read_texts(document["words"], out.words); !ok) return ok;
  if (auto ok = read_texts(document["units"], out.units); !ok) return ok;
  if (auto ok = read_texts(verbs["adverbs"], out.adverbs); !ok) return ok;
  if (auto ok = read_texts(verbs["actions"], out.actions); !ok) return ok;
  if (auto ok = read_texts(verbs["leads"], out.leads); !ok) return ok;
  if (auto ok = read_texts(verbs["means"], out.means); !ok) return ok;
  return read_texts(verbs["aims"], out.aims);
}

base::Status read_due(const base::ConfigNode& due, Dictionary& out) {
  if (auto ok = due.only({"without"}); !ok) return ok;
  const auto without = due["without"].string_or("none");
  if (!without) return tl::unexpected(without.error());
  if (*without != "none" && *without != "year_end")
    return due["without"].error(base::Code::kUnknown, "it is none or year_end");
  out.due_at_year_end = *without == "year_end";
  return {};
}

base::Status read_all(const base::ConfigNode& document, Dictionary& out) {
  if (auto ok = document.only(
          {"schema", "words", "verbs", "units", "register", "unit", "indicator", "due"});
      !ok)
    return ok;
  const auto schema = document["schema"].integer();
  if (!schema) return tl::unexpected(schema.error());
  if (*schema != 1)
    return document["schema"].error(base::Code::kUnknown, "this program reads schema 1");
  if (auto ok = read_words(document, out); !ok) return ok;
  if (auto ok = read_proposals(document["register"], true, false, out.registers); !ok) return ok;
  if (auto ok = read_proposals(document["unit"], false, true, out.responsible); !ok) return ok;
  if (auto ok = read_proposals(document["indicator"], true, true, out.indicators); !ok) return ok;
  return read_due(document["due"], out);
}

}  // namespace

base::Result<Dictionary> read_dictionary(const base::ConfigNode& document) {
  Dictionary out;
  if (auto ok = read_all(document, out); !ok) return tl::unexpected(ok.error());
  return out;
}

const Proposal* best(const std::vector<Proposal>& among, std::u32string_view text) {
  const Proposal* out = nullptr;
  std::size_t most = 0;
  for (const auto& proposal : among) {
    std::size_t length = 0;
    for (const auto& word : proposal.words)
      if (text.find(word) != std::u32string_view::npos) length += word.size();
    if (length > most) {
      most = length;
      out = &proposal;
    }
  }
  return out;
}

}  // namespace jinglue::act::plan
