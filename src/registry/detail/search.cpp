// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/search.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "registry/detail/row.hpp"
#include "registry/detail/seen.hpp"
#include "registry/detail/table.hpp"
#include "registry/detail/value.hpp"
#include "store/sqlite/column_index.hpp"

namespace jinglue::registry::detail {
namespace {

constexpr char kBetween = '\x1F';            // UNIT SEPARATOR: no text of a field has it
constexpr const char* kNotIndexed = "\x1E";  // RECORD SEPARATOR

bool is_text(FieldType type) {
  return type == FieldType::kText || type == FieldType::kLongText || type == FieldType::kChoice ||
         type == FieldType::kChoices || type == FieldType::kRows || type == FieldType::kFile;
}

}  // namespace

SearchPart search_part(const Definition& d, const Field& f) {
  if (is_closed(f)) return is_text(f.type) ? SearchPart::kClosed : SearchPart::kNone;
  if (f.searched || f.key == d.title_field) return SearchPart::kHead;
  return is_text(f.type) ? SearchPart::kBody : SearchPart::kNone;
}

SearchTexts search_texts(const Definition& d, const Record& r) {
  SearchTexts out;
  if (!r.number.empty()) out[0] = base::to_lower_ascii(r.number) + "\n";
  for (const auto& f : d.fields) {
    const auto part = search_part(d, f);
    if (part != SearchPart::kNone) append_search_words(f, r.fields[f.key], out[std::size_t(part)]);
  }
  for (auto& text : out) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == kBetween || c == *kNotIndexed; }, ' ');
  }
  return out;
}

std::string joined(const SearchTexts& texts, bool indexed) {
  return (indexed ? "" : kNotIndexed) + texts[0] + kBetween + texts[1] + kBetween + texts[2];
}

bool is_indexed(std::string_view search) {
  return !search.empty() && !search.starts_with(kNotIndexed);
}

SearchTexts split_search_texts(std::string_view search) {
  if (search.starts_with(kNotIndexed)) search.remove_prefix(1);
  SearchTexts out;
  for (auto& text : out) {
    const auto end = search.find(kBetween);
    text = search.substr(0, end);
    search.remove_prefix(end == std::string_view::npos ? search.size() : end + 1);
  }
  return out;
}

void add_search_texts(store::Db& db, const Definition& d, std::int64_t seq, const SearchTexts& t) {
  store::sqlite::add_texts(db, index_name(d), seq, t);
}

void store_search_texts(store::Db& db, const Definition& d, const Record& r) {
  const SearchTexts texts = search_texts(d, r);
  const std::string text = joined(texts, !r.removed);
  std::int64_t seq = 0;
  std::string before;
  {
    auto row = db.prepare("SELECT seq, search FROM " + table_name(d) + " WHERE id = ?");
    row.bind(1, std::string_view(r.id));
    if (!row.step()) return;
    seq = row.integer(0);
    before = row.text(1);
  }
  if (before == text) return;
  auto s = db.prepare("UPDATE " + table_name(d) + " SET search = ? WHERE id = ?");
  s.bind(1, std::string_view(text)).bind(2, std::string_view(r.id)).run();
  if (is_indexed(before)) {
    store::sqlite::take_texts(db, index_name(d), seq, split_search_texts(before));
  }
  if (!r.removed) add_search_texts(db, d, seq, texts);
}

void rebuild_search(store::Db& db, const Definition& d) {
  store::sqlite::make_column_index(db, index_name(d), kSearchParts);
  constexpr int kAtOnce = 1000;
  for (std::int64_t after = -1, seq = 0;; after = seq) {
    std::vector<std::pair<std::int64_t, Record>> some;
    {
      auto rows = db.prepare("SELECT " + select_columns(d) + ", seq FROM " + table_name(d) +
                             " WHERE seq > ? ORDER BY seq LIMIT ?");
      rows.bind(1, after).bind(2, kAtOnce);
      const int last = record_columns(d);
      while (rows.step()) some.emplace_back(rows.integer(last), read_record(rows, d));
    }
    if (some.empty()) return;
    seq = some.back().first;
    for (const auto& [at, record] : some) {
      const SearchTexts texts = search_texts(d, record);
      db.prepare("UPDATE " + table_name(d) + " SET search = ? WHERE seq = ?")
          .bind(1, std::string_view(joined(texts, !record.removed)))
          .bind(2, at)
          .run();
      if (!record.removed) add_search_texts(db, d, at, texts);
    }
  }
}

std::vector<std::string> search_words(std::string_view text) {
  constexpr std::string_view kIdeographicSpace = "\xE3\x80\x80";
  constexpr std::size_t kMostWords = 8;
  std::string plain = base::to_lower_ascii(text);
  for (auto at = plain.find(kIdeographicSpace); at != std::string::npos;
       at = plain.find(kIdeographicSpace)) {
    plain.replace(at, kIdeographicSpace.size(), " ");
  }
  std::vector<std::string> out;
  for (const auto part : base::split(plain, ' ')) {
    const auto word = base::trim(part);
    if (!word.empty() && out.size() < kMostWords) out.emplace_back(word);
  }
  return out;
}

std::string escape_like(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace jinglue::registry::detail
