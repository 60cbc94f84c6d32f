// SPDX-License-Identifier: Apache-2.0
// Text search over FTS5 that finds Chinese words of one, two and more characters, Latin words by
// their beginning, and numbers by their beginning or end (side numbers, MMSI, phone numbers).
// A text is stored as tokens: runs of Chinese characters as overlapping pairs and their last
// character, the rest as lower-case words, numbers with their ends. SQLite only: callers go through
// these functions, so that another backend can stand behind them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/db.hpp"

namespace jinglue::store::sqlite {

/// What is stored for a text: tokens with blanks between them.
std::string search_tokens(std::string_view text);
/// The FTS5 expression that finds every row with all parts of `query`; empty = nothing to look for.
std::string search_expression(std::string_view query);

/// The parts of a query, each a run of Chinese characters or a word: what a match shows of it.
/// Letters and digits of full width as ASCII ones, ASCII in lower case.
std::vector<std::string> search_terms(std::string_view query);

/// `index` is the name of the virtual table (letters, digits, underscore).
void make_text_index(Db& db, const std::string& index);
/// Puts or replaces the text of a row.
void put_text(Db& db, const std::string& index, std::int64_t row, std::string_view text);
void remove_text(Db& db, const std::string& index, std::int64_t row);
/// Rows that match, best first.
std::vector<std::int64_t> search_text(Db& db, const std::string& index, std::string_view query,
                                      std::size_t limit);
/// "KEY IN (SELECT ...)" with one parameter, the search_expression(); for the WHERE of a list.
std::string search_condition(const std::string& key, const std::string& index);

}  // namespace jinglue::store::sqlite
