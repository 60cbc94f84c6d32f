// SPDX-License-Identifier: Apache-2.0
// Edits of a draft's tree, as the API takes them (openapi.yaml, schema PlanEdit): set, move,
// insert, remove. Each has an edit that takes it back, so that the screen can undo without asking.
// All edits of a request hold, or none.
#pragma once

#include "act/task/draft.hpp"

namespace jinglue::act::task {

/// Applies `edits` (an array) to the draft. Error::where is "edits[3].text"; kConflict for a node
/// that has become a record, kUnknown for one that is not there.
base::Status apply_edits(const base::Json& edits, const DraftText& text, Draft& draft);

/// What must hold of a whole tree: which kind may stand in which, depth, number of nodes, ids used
/// once, passages inside their paragraphs.
base::Status check_tree(const std::vector<DraftNode>& nodes, const DraftText& text);

}  // namespace jinglue::act::task
