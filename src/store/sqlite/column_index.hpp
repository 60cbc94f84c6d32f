// SPDX-License-Identifier: Apache-2.0
// A text index of several columns over FTS5 that keeps no copy of the texts: who takes a row out
// gives back the texts that were put in. Words as text_search.hpp has them; a search may be kept to
// some columns. SQLite only, as text_search.hpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "store/db.hpp"

namespace jinglue::store::sqlite {

/// `index` is the name of the virtual table (letters, digits, underscore), made anew.
void make_column_index(Db& db, const std::string& index, std::size_t columns);
/// Settings of an index that is there, as make_column_index() makes them.
void tune_column_index(Db& db, const std::string& index);
/// The row must not be in the index.
void add_texts(Db& db, const std::string& index, std::int64_t row,
               std::span<const std::string> texts);
/// `texts` are those that the row was added with.
void take_texts(Db& db, const std::string& index, std::int64_t row,
                std::span<const std::string> texts);
/// Writes the index anew without what was taken out: until then the words of such rows lie in it,
/// though nothing finds them. As long as the index is large: a second for some 100,000 rows.
void purge_taken(Db& db, const std::string& index);
/// search_expression() of `query` within the first `columns` columns; empty = nothing to look for.
std::string search_expression_in(std::string_view query, std::size_t columns);

/// "(KEY IN (...))" with one parameter: a list of numbers as JSON, however long.
std::string in_list(const std::string& key);

/// The statement that made the (usual) index of this name; empty when there is none.
std::string index_sql(Db& db, const std::string& index);

}  // namespace jinglue::store::sqlite
