// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/column_index.hpp"

#include <fmt/format.h>

#include "store/sqlite/text_search.hpp"

namespace jinglue::store::sqlite {
namespace {

std::string column_names(std::size_t columns, std::string_view between) {
  std::string out;
  for (std::size_t i = 0; i < columns; ++i) {
    out += fmt::format("{}c{}", i == 0 ? "" : between, i);
  }
  return out;
}

std::string marks(std::size_t columns) {
  std::string out;
  for (std::size_t i = 0; i < columns; ++i) out += ", ?";
  return out;
}

void bind_tokens(Stmt& s, std::int64_t row, std::span<const std::string> texts) {
  s.bind(1, row);
  for (std::size_t i = 0; i < texts.size(); ++i) s.bind(int(i) + 2, search_tokens(texts[i]));
  s.run();
}

}  // namespace

void make_column_index(Db& db, const std::string& index, std::size_t columns) {
  db.exec("DROP TABLE IF EXISTS " + index);
  // Tokens come ready, so the tokenizer only splits at blanks; sizes of columns are for bm25 only.
  db.exec(fmt::format(
      "CREATE VIRTUAL TABLE {} USING fts5({}, content = '', columnsize = 0, tokenize = 'ascii')",
      index, column_names(columns, ", ")));
  tune_column_index(db, index);
}

void tune_column_index(Db& db, const std::string& index) {
  // New words wait in memory until the commit or this many bytes: an import writes few large
  // segments then, not many that are merged again and again. FTS5's own default is 1 MB.
  constexpr std::int64_t kWaiting = 8 << 20;
  {
    auto set = db.prepare(fmt::format("SELECT v FROM {}_config WHERE k = 'hashsize'", index));
    if (set.step() && set.integer(0) == kWaiting) return;
  }
  db.prepare(fmt::format("INSERT INTO {0}({0}, rank) VALUES('hashsize', ?)", index))
      .bind(1, kWaiting)
      .run();
}

void add_texts(Db& db, const std::string& index, std::int64_t row,
               std::span<const std::string> texts) {
  auto s = db.prepare(fmt::format("INSERT INTO {}(rowid, {}) VALUES(?{})", index,
                                  column_names(texts.size(), ", "), marks(texts.size())));
  bind_tokens(s, row, texts);
}

void take_texts(Db& db, const std::string& index, std::int64_t row,
                std::span<const std::string> texts) {
  auto s = db.prepare(fmt::format("INSERT INTO {0}({0}, rowid, {1}) VALUES('delete', ?{2})", index,
                                  column_names(texts.size(), ", "), marks(texts.size())));
  bind_tokens(s, row, texts);
}

void purge_taken(Db& db, const std::string& index) {
  db.prepare(fmt::format("INSERT INTO {0}({0}) VALUES('optimize')", index)).run();
}

std::string search_expression_in(std::string_view query, std::size_t columns) {
  const std::string expression = search_expression(query);
  if (expression.empty()) return {};
  return fmt::format("{{{}}} : ({})", column_names(columns, " "), expression);
}

std::string in_list(const std::string& key) {
  return "(" + key + " IN (SELECT value FROM json_each(?)))";
}

std::string index_sql(Db& db, const std::string& index) {
  auto row = db.prepare("SELECT sql FROM sqlite_master WHERE type = 'index' AND name = ?");
  row.bind(1, std::string_view(index));
  return row.step() ? row.text(0) : std::string();
}

}  // namespace jinglue::store::sqlite
