// SPDX-License-Identifier: Apache-2.0
// RecordMaker: records of a draft's accepted nodes, through the register engine: the document once
// per text, goals for the nodes that tasks hang on, a task for each accepted measure, each with the
// place of its passage. Called inside one transaction; the caller undoes all when one is refused.
#pragma once

#include <string>

#include "act/task/draft.hpp"
#include "act/task/draft_book.hpp"
#include "registry/registry.hpp"

namespace jinglue::act::task {

class RecordMaker {
 public:
  RecordMaker(registry::Registry& registry, const DraftText& text, const DraftAct& act);

  /// Sets `record` of the nodes and `document` of the draft. kMissing when nothing accepted is
  /// left to make; an Error of a register names the node in `where`.
  base::Result<Made> make(Draft& draft);

 private:
  base::Status make_document(Draft& draft);
  base::Status make_nodes(std::vector<DraftNode>& nodes, const std::string& parent,
                          const Draft& draft);
  base::Status make_goal(DraftNode& node, const std::string& parent, const Draft& draft);
  base::Status make_task(DraftNode& node, const std::string& goal, const Draft& draft);
  base::Result<std::string> create(const std::string& register_id, const base::Json& fields,
                                   const DraftNode& node) const;
  void set_passage(const DraftNode& node, base::Json& fields) const;
  std::string goal_like(const DraftNode& node, int year) const;

  registry::Registry& m_registry;
  const DraftText& m_text;
  const DraftAct& m_act;
  registry::Write m_write;  ///< of the program on the officer's behalf
  std::string m_today;      ///< in the authority's zone
  Made m_made;
  std::int64_t m_position{0};
};

}  // namespace jinglue::act::task
