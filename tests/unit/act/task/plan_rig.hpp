// SPDX-License-Identifier: Apache-2.0
// PlanRig: records.db with the shipped registers, a draft book, documents of tests/data/plan read
// with the shipped dictionary, and edits as short texts.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "act/plan/document_text.hpp"
#include "act/task/draft_book.hpp"
#include "base/config.hpp"
#include "base/utf32.hpp"
#include "support/records_fixture.hpp"

namespace jinglue::test {

class PlanRig {
 public:
  PlanRig() { open(); }

  /// As after a restart of the program.
  void open() {
    m_book.reset();
    records.open();
    m_book = std::make_unique<act::task::DraftBook>(records.database(), records.access(),
                                                    records.registry(), files());
  }
  act::task::DraftBook& book() { return *m_book; }
  std::filesystem::path files() const { return records.folder / "files"; }

  static act::task::NewDraft read(const std::string& bytes, const std::string& name) {
    const auto words = act::plan::read_dictionary(
        *base::read_config(std::string(JINGLUE_SOURCE_DIR) + "/data/plan/dictionary.toml"));
    const auto text = act::plan::document_text(bytes, name);
    if (!text) throw std::runtime_error(text.error().text());
    return {bytes, name, text->form,
            act::plan::read_work_document(
                act::plan::clean(base::to_utf32(text->text), words->words), *words)};
  }
  static act::task::NewDraft sample(const std::string& name) {
    std::ifstream in(std::string(JINGLUE_SOURCE_DIR) + "/tests/data/plan/" + name,
                     std::ios::binary);
    return read({std::istreambuf_iterator<char>(in), {}}, name);
  }
  act::task::Draft make(const std::string& name = "work_points.txt") {
    auto draft = book().create(sample(name), liaison, now(), key());
    if (!draft) throw std::runtime_error(draft.error().text());
    return std::move(*draft);
  }
  act::task::DraftAct act(const act::task::Draft& draft, const std::string& with_key = {}) {
    return {draft.id, draft.revision, liaison, now(), with_key.empty() ? key() : with_key};
  }
  base::Result<act::task::Draft> edit(const act::task::Draft& draft, const std::string& edits) {
    return book().edit(act(draft), {}, *base::parse_json(edits));
  }
  base::Instant now() {
    records.now = records.now + base::Duration(1000);
    return records.now;
  }
  static std::string key() { return "key-" + std::to_string(++s_keys); }

  RecordsFixture records;
  access::Actor liaison = person("liaison", access::Role::kLiaison);

 private:
  static inline int s_keys{0};
  std::unique_ptr<act::task::DraftBook> m_book;
};

/// All nodes of a kind, parents before children.
inline std::vector<const act::task::DraftNode*> nodes_of(
    const std::vector<act::task::DraftNode>& nodes, act::plan::NodeKind kind) {
  std::vector<const act::task::DraftNode*> out;
  for (const auto& node : nodes) {
    if (node.kind == kind) out.push_back(&node);
    const auto below = nodes_of(node.children, kind);
    out.insert(out.end(), below.begin(), below.end());
  }
  return out;
}

inline std::string accept_all(const std::vector<act::task::DraftNode>& nodes) {
  std::string out;
  for (const auto kind : {act::plan::NodeKind::kMainLine, act::plan::NodeKind::kGoal,
                          act::plan::NodeKind::kOrientation, act::plan::NodeKind::kMeasure})
    for (const auto* node : nodes_of(nodes, kind))
      out += std::string(out.empty() ? "" : ",") + R"({"op":"set","node":)" +
             std::to_string(node->id) + R"(,"values":{"decision":"accepted"}})";
  return "[" + out + "]";
}

}  // namespace jinglue::test
