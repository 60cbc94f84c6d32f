// SPDX-License-Identifier: Apache-2.0
#include "registry/search.hpp"

#include <algorithm>

#include "registry/detail/rights.hpp"
#include "registry/detail/row.hpp"
#include "registry/detail/search.hpp"
#include "registry/detail/seen.hpp"
#include "registry/detail/table.hpp"
#include "registry/detail/value.hpp"
#include "registry/sight.hpp"
#include "store/database.hpp"
#include "store/sqlite/column_index.hpp"
#include "store/sqlite/text_search.hpp"

namespace jinglue::registry {
namespace {

constexpr std::size_t kCandidates = 200;  // of a register, of each way to find some
constexpr std::size_t kSnippet = 40;      // characters
constexpr std::size_t kSnippets = 3;

struct Scored {
  Record record;
  double score{0};
};

/// What stands in `search` of one row, in lower case.
double score_of(const std::string& head, const std::vector<std::string>& terms,
                const std::string& title, std::string_view whole) {
  double out = 0;
  std::size_t in_head = 0, in_title = 0;
  for (const auto& term : terms) {
    std::size_t times = 0;
    for (auto at = head.find(term); at != std::string::npos && times < 5;
         at = head.find(term, at + term.size())) {
      ++times;
    }
    if (times > 0) ++in_head;
    if (title.find(term) != std::string::npos) ++in_title;
    out += double(times) / 5;
  }
  if (in_head == terms.size()) out += 100;
  out += 50.0 * double(in_title) / double(terms.size());
  if (!title.empty()) out += 20.0 * double(whole.size()) / double(title.size() + whole.size());
  if (title == whole) out += 1000;
  // A line of its own is a whole number or a whole field.
  const std::string line = std::string(whole) + "\n";
  if (head.starts_with(line) || head.find("\n" + line) != std::string::npos) out += 1000;
  return out;
}

class RegisterSearch {
 public:
  RegisterSearch(store::Db& db, const Definition& d, const access::Actor& actor,
                 const std::string& text)
      : m_db(db),
        m_definition(d),
        m_actor(actor),
        m_whole(base::to_lower_ascii(base::trim(text))),
        m_terms(store::sqlite::search_terms(text)),
        m_text(text) {}

  std::vector<Scored> run() {
    const std::size_t parts = detail::sees_closed(m_definition, m_actor)
                                  ? detail::kSearchParts
                                  : std::size_t(detail::SearchPart::kClosed);
    matching(1);
    if (m_found.size() < kCandidates) matching(parts);
    return std::move(m_found);
  }

 private:
  /// The newest that match within so many parts of their texts.
  void matching(std::size_t parts) {
    const std::string index = detail::index_name(m_definition);
    const auto reach = detail::row_reach(m_definition, m_actor);
    auto rows =
        m_db.prepare("SELECT " + detail::select_columns(m_definition) + ", search FROM " + index +
                     " JOIN " + detail::table_name(m_definition) + " ON seq = " + index +
                     ".rowid WHERE " + index + " MATCH ? AND removed = 0" + reach.condition +
                     " ORDER BY " + index + ".rowid DESC LIMIT " + std::to_string(kCandidates));
    rows.bind(1, store::sqlite::search_expression_in(m_text, parts));
    for (std::size_t i = 0; i < reach.values.size(); ++i) rows.bind(int(i) + 2, reach.values[i]);
    const int last = detail::record_columns(m_definition);
    while (rows.step()) add(detail::read_record(rows, m_definition), rows.text(last));
  }
  void add(Record record, const std::string& search) {
    const auto same = [&](const Scored& s) { return s.record.id == record.id; };
    if (std::any_of(m_found.begin(), m_found.end(), same)) return;
    const auto texts = detail::split_search_texts(search);
    const Field* title = m_definition.field(m_definition.title_field);
    const std::string shown = title == nullptr
                                  ? std::string()
                                  : base::to_lower_ascii(record.fields[title->key].as_string());
    const double score = score_of(texts[0], m_terms, shown, m_whole);
    m_found.push_back({std::move(record), score});
  }
  store::Db& m_db;
  const Definition& m_definition;
  const access::Actor& m_actor;
  std::string m_whole;
  std::vector<std::string> m_terms;
  const std::string& m_text;
  std::vector<Scored> m_found;
};

/// The words of a value that people read: names of choices, columns of rows.
std::string readable(const Field& field, const base::Json& value) {
  if (field.type == FieldType::kRows) {
    std::string out;
    for (const auto& row : value.items()) {
      for (const auto& column : field.columns) {
        const std::string text = readable(column, row[column.key]);
        if (!text.empty()) out += (out.empty() ? "" : " ") + text;
      }
    }
    return out;
  }
  if (value.is_array()) {
    std::string out;
    for (const auto& item : value.items()) {
      out += (out.empty() ? "" : "、") + readable(field, item);
    }
    return out;
  }
  const auto known = std::find_if(field.choices.begin(), field.choices.end(),
                                  [&](const Choice& c) { return c.key == value.as_string(); });
  if (known == field.choices.end()) return value.as_string();
  return known->name.zh + " " + known->name.en;
}

Found shown(const Definition& d, Record record, const access::Actor& actor,
            const std::vector<std::string>& terms) {
  Found out;
  if (!record.number.empty()) {
    if (auto parts = highlight(record.number, terms); !parts.empty()) {
      out.snippets.push_back({"number", std::move(parts)});
    }
  }
  for (const auto& f : d.fields) {
    if (detail::search_part(d, f) == detail::SearchPart::kNone || !detail::sees(f, actor)) continue;
    const std::string text = readable(f, record.fields[f.key]);
    if (f.key == d.title_field) {
      out.title = highlight(text, terms);
    } else if (out.snippets.size() < kSnippets) {
      auto parts = highlight(text, terms, kSnippet);
      if (!parts.empty()) out.snippets.push_back({f.key, std::move(parts)});
    }
  }
  out.record = seen_by(d, std::move(record), actor);
  return out;
}

}  // namespace

std::vector<Found> search(const Registry& registry, const access::Actor& actor,
                          const std::string& text, std::size_t limit,
                          const std::vector<std::string>& registers) {
  const auto terms = store::sqlite::search_terms(text);
  if (terms.empty()) return {};
  std::vector<Scored> all;
  registry.records().read([&](store::Db& db) {
    for (const auto& d : registry.definitions()) {
      const bool asked = registers.empty() ||
                         std::find(registers.begin(), registers.end(), d.id) != registers.end();
      if (!asked || !detail::may_see(d, actor, "")) continue;
      auto some = RegisterSearch(db, d, actor, text).run();
      std::move(some.begin(), some.end(), std::back_inserter(all));
    }
  });
  std::sort(all.begin(), all.end(), [](const Scored& a, const Scored& b) {
    if (a.score != b.score) return a.score > b.score;
    if (a.record.changed_at != b.record.changed_at)
      return a.record.changed_at > b.record.changed_at;
    return a.record.id > b.record.id;
  });
  std::vector<Found> out;
  for (auto& one : all) {
    if (out.size() == limit) break;
    const Definition& d = *registry.definition(one.record.register_id);
    out.push_back(shown(d, std::move(one.record), actor, terms));
  }
  return out;
}

}  // namespace jinglue::registry
