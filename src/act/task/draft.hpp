// SPDX-License-Identifier: Apache-2.0
// Draft: the tree of a work document while an officer works on it, and what is held about the
// document. A node that has become a record carries the record's id and stays as it is. Passages
// count code points of a paragraph of the draft's text (act/plan/work_document.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "act/plan/work_document.hpp"
#include "base/instant.hpp"
#include "base/json.hpp"

namespace jinglue::act::task {

/// What the officer has decided of a node. Tasks are made of accepted measures only.
enum class Decision { kOpen, kAccepted, kRejected };
std::string_view to_key(Decision decision);

struct DraftNode {
  std::int64_t id{0};  ///< of this draft; never given to a second node
  plan::NodeKind kind{plan::NodeKind::kMeasure};
  std::string label, text;
  std::vector<std::string> aims;
  plan::Passage passage;
  std::vector<plan::Figure> figures;
  std::string register_id, indicator;
  std::vector<std::string> units;  ///< the first leads
  std::string district;            ///< key of an organisation unit
  std::string due;                 ///< "2024-06-30"; empty when there is none
  std::string due_basis;           ///< "stated", "year_end", "set"; empty without a due date
  Decision decision{Decision::kOpen};
  std::string record;  ///< id of the goal or task that was made of it; empty before
  std::vector<DraftNode> children;
  friend bool operator==(const DraftNode&, const DraftNode&) = default;
};

/// What is held about the document itself; the officer may change it until tasks are made.
struct DocumentFacts {
  std::string title, kind, date, issuer, document_number;
  int year{0};
  friend bool operator==(const DocumentFacts&, const DocumentFacts&) = default;
};

struct DraftCounts {
  std::size_t lines{0}, measures{0};
  std::size_t accepted{0}, rejected{0};  ///< of the measures
  std::size_t made{0};                   ///< measures that are tasks already
  std::size_t no_unit{0}, no_due{0};     ///< of the measures that are not rejected
};

struct Draft {
  std::string id;
  std::int64_t revision{0};
  std::string owner, district;
  base::Instant created, changed;
  DocumentFacts facts;
  std::string file_name, form;       ///< "" for pasted text; "docx", "UTF-8"
  std::string file_hash, text_hash;  ///< SHA-256 of the bytes handed in, and of the clean text
  std::size_t han{0}, noise{0};      ///< ideographs kept; pieces of noise taken out
  std::string document;              ///< id of the record; empty until tasks are made
  std::int64_t next_node{1};         ///< the id of the next new node
  std::vector<DraftNode> nodes;
  DraftCounts counts;
};

/// The proposal of the reader as a draft's tree, nodes numbered from 1 in order of the text.
std::vector<DraftNode> draft_nodes(const std::vector<plan::PlanNode>& nodes,
                                   std::int64_t& next_node);
DraftCounts counts_of(const std::vector<DraftNode>& nodes);

base::Json to_json(const DraftNode& node);
base::Json to_json(const std::vector<DraftNode>& nodes);
base::Json to_json(const DraftCounts& counts);
base::Json to_json(const DocumentFacts& facts);
/// Of what to_json() wrote; the children too. Error::where is the member.
base::Result<DraftNode> node_from_json(const base::Json& json);
base::Result<std::vector<DraftNode>> nodes_from_json(const base::Json& json);
/// Members that are absent stay as they are in `facts`.
base::Status read_facts(const base::Json& json, DocumentFacts& facts);

/// The paragraphs of a text, kept once for all drafts and tasks that point into it.
struct DraftText {
  std::vector<plan::Paragraph> paragraphs;
  base::Json removed;  ///< as in docs/format/plan.md
  std::size_t han{0};
};

}  // namespace jinglue::act::task
