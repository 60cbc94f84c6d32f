// SPDX-License-Identifier: Apache-2.0
// Fuzz target of work documents: bytes as they are handed in. Refused with the file's name, or no
// ideograph is lost, every passage lies inside its paragraph, and the tree is a draft that reads
// back.
#include <string_view>

#include "act/plan/document_text.hpp"
#include "act/plan/show.hpp"
#include "act/task/draft.hpp"
#include "act/task/draft_edit.hpp"
#include "base/config.hpp"
#include "base/text.hpp"
#include "base/utf32.hpp"
#include "fuzz/require.hpp"

namespace {

using namespace jinglue;
using namespace jinglue::act::plan;
using fuzz::require;

const Dictionary& words() {
  static const Dictionary out = *read_dictionary(
      *base::read_config(std::string(JINGLUE_SOURCE_DIR) + "/data/plan/dictionary.toml"));
  return out;
}

void check(const std::vector<PlanNode>& nodes, const CleanText& text) {
  for (const auto& node : nodes) {
    require(node.passage.paragraph < text.paragraphs.size());
    require(node.passage.begin <= node.passage.end);
    require(node.passage.end <= text.paragraphs[node.passage.paragraph].text.size());
    require(base::is_utf8(node.text));
    check(node.children, text);
  }
}

/// Whatever the reader makes is a draft that the server keeps and takes edits of.
void check_draft(const WorkDocument& document) {
  std::int64_t next = 1;
  const auto nodes = act::task::draft_nodes(document.nodes, next);
  act::task::DraftText text;
  text.paragraphs = document.text.paragraphs;
  if (nodes.empty() || next > 3000) return;
  const auto back = act::task::nodes_from_json(act::task::to_json(nodes));
  require(back && *back == nodes);
  require(bool(act::task::check_tree(nodes, text)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = document_text({reinterpret_cast<const char*>(data), size}, "fuzz.txt");
  if (!text) {
    require(text.error().where == "fuzz.txt");
    return 0;
  }
  const auto wide = base::to_utf32(text->text);
  std::size_t han = 0;
  for (const char32_t c : wide) han += base::is_han(c) ? 1 : 0;
  const auto document = read_work_document(clean(wide, words().words), words());
  require(document.text.han == han);
  check(document.nodes, document.text);
  check_draft(document);
  require(base::is_utf8(to_text(document)));
  require(bool(base::parse_json(to_json(document).dump())));
  return 0;
}
