// SPDX-License-Identifier: Apache-2.0
// Rows of drafts and of their texts in records.db.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "act/task/draft.hpp"
#include "store/database.hpp"

namespace jinglue::act::task {

std::span<const store::Migration> draft_migrations();

/// The answer of the last act on a draft, for who asks again with the same key.
struct LastAct {
  std::string key;
  base::Json answer;
};

void insert_draft(store::Db& db, const Draft& draft, const std::string& key);
void update_draft(store::Db& db, const Draft& draft, const LastAct& last);
void delete_draft(store::Db& db, const std::string& id);
std::optional<Draft> draft_by_id(store::Db& db, const std::string& id);
std::optional<Draft> draft_by_key(store::Db& db, const std::string& key);
LastAct last_act(store::Db& db, const std::string& id);
/// Without trees; newest change first.
std::vector<Draft> all_drafts(store::Db& db);

void keep_text(store::Db& db, const std::string& hash, const plan::CleanText& text);
std::optional<DraftText> text_by_hash(store::Db& db, const std::string& hash);

/// What names a text: SHA-256 of its paragraphs, a line each.
std::string hash_of(const plan::CleanText& text);

}  // namespace jinglue::act::task
