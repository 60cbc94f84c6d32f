// SPDX-License-Identifier: Apache-2.0
// What the text search looks in, and the search of lists where no index helps.
// A record has three texts, which are the columns of the register's index: `head` (number, title
// and the fields that the definition calls searched; a list looks there), `body` (what else is
// text), `closed` (fields that only some may see). The row keeps all three, to take them out of
// the index again. Records that were removed are not in the index: the row's text then begins with
// a mark.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "registry/definition.hpp"
#include "registry/registry.hpp"
#include "store/db.hpp"

namespace jinglue::registry::detail {

enum class SearchPart { kHead, kBody, kClosed, kNone };
inline constexpr std::size_t kSearchParts = 3;
SearchPart search_part(const Definition& definition, const Field& field);

using SearchTexts = std::array<std::string, kSearchParts>;
SearchTexts search_texts(const Definition& definition, const Record& record);
/// As the column `search` keeps them.
std::string joined(const SearchTexts& texts, bool indexed);
bool is_indexed(std::string_view search);
SearchTexts split_search_texts(std::string_view search);

/// Puts the texts of a new record into the index; the row has them already.
void add_search_texts(store::Db& db, const Definition& d, std::int64_t seq, const SearchTexts& t);
/// Brings row and index up to date.
void store_search_texts(store::Db& db, const Definition& d, const Record& record);
/// Makes the index anew from all records.
void rebuild_search(store::Db& db, const Definition& d);

/// Lower-case words between white space (also the ideographic space); at most eight.
std::vector<std::string> search_words(std::string_view text);
/// '%', '_' and '\' stand for themselves in LIKE ... ESCAPE '\'.
std::string escape_like(std::string_view text);

}  // namespace jinglue::registry::detail
