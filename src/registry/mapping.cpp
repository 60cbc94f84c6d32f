// SPDX-License-Identifier: Apache-2.0
#include "registry/mapping.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/hash.hpp"
#include "base/utf32.hpp"
#include "store/database.hpp"

namespace jinglue::registry {
namespace {

using How = ProposedColumn::How;
using base::Json;

/// Without white space, brackets with what is in them (units), and signs; ASCII in lower case.
std::u32string plain(std::string_view text) {
  std::u32string out;
  int inside = 0;
  for (const char32_t c : base::to_utf32(base::to_lower_ascii(text))) {
    if (c == U'(' || c == U'（' || c == U'[') ++inside;
    const bool sign = c < 0x80 && !(c >= U'a' && c <= U'z') && !(c >= U'0' && c <= U'9');
    if (inside == 0 && !sign && c != U'　' && c != U'：') out += c;
    if ((c == U')' || c == U'）' || c == U']') && inside > 0) --inside;
  }
  return out;
}

/// 0 to 1: how much of the longer one the shorter is, when it is its beginning, end or part.
double likeness(const std::u32string& a, const std::u32string& b) {
  const auto& shorter = a.size() < b.size() ? a : b;
  const auto& longer = a.size() < b.size() ? b : a;
  if (shorter.size() < 2 || longer.find(shorter) == std::u32string::npos) return 0;
  return double(shorter.size()) / double(longer.size());
}

class Proposer {
 public:
  Proposer(const Definition& d, const std::vector<std::string>& headings) : m_definition(d) {
    for (const auto& heading : headings) m_columns.push_back({heading, {}, How::kNone});
  }
  void remembered(const Mapping& mapping) {
    for (auto& column : m_columns) {
      const auto it = std::find_if(mapping.begin(), mapping.end(),
                                   [&](const auto& m) { return m.first == column.heading; });
      if (it == mapping.end()) continue;
      if (it->second.empty()) {
        column.how = How::kRemembered;
      } else if (is_known(it->second)) {
        give(column, it->second, How::kRemembered);
      }
    }
  }
  void exact() {
    for (auto& column : m_columns) {
      const auto heading = base::trim(column.heading);
      if (heading == "id" || heading == "number") give(column, std::string(heading), How::kKey);
      if (const Field* f = m_definition.field(heading); f != nullptr)
        give(column, f->key, How::kKey);
    }
    for (auto& column : m_columns) {
      const auto heading = plain(column.heading);
      for (const auto& f : m_definition.fields) {
        const bool named = heading == plain(f.name.zh) || heading == plain(f.name.en);
        if (named && !heading.empty()) give(column, f.key, How::kName);
      }
    }
  }
  /// The likeliest pairs first.
  void likely() {
    constexpr double kLeast = 0.5;
    struct Pair {
      double likeness;
      std::size_t column, field;
    };
    std::vector<Pair> pairs;
    for (std::size_t c = 0; c < m_columns.size(); ++c) {
      for (std::size_t f = 0; f < m_definition.fields.size(); ++f) {
        const auto& field = m_definition.fields[f];
        const auto heading = plain(m_columns[c].heading);
        const double best = std::max({likeness(heading, plain(field.name.zh)),
                                      likeness(heading, plain(field.name.en)),
                                      likeness(heading, plain(field.key))});
        if (best >= kLeast) pairs.push_back({best, c, f});
      }
    }
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const Pair& a, const Pair& b) { return a.likeness > b.likeness; });
    for (const auto& pair : pairs) {
      give(m_columns[pair.column], m_definition.fields[pair.field].key, How::kLikely);
    }
  }
  std::vector<ProposedColumn> take() { return std::move(m_columns); }

 private:
  bool is_known(const std::string& field) const {
    return field == "id" || field == "number" || m_definition.field(field) != nullptr;
  }
  void give(ProposedColumn& column, const std::string& field, How how) {
    if (column.how != How::kNone || !m_given.insert(field).second) return;
    column.field = field;
    column.how = how;
  }

  const Definition& m_definition;
  std::vector<ProposedColumn> m_columns;
  std::set<std::string> m_given;
};

std::string print_of(const std::vector<std::string>& headings) {
  std::string all;
  for (const auto& heading : headings) all += heading + '\n';
  return base::sha256_hex(all);
}

}  // namespace

std::string_view to_key(How how) {
  constexpr std::array<std::string_view, 5> kKeys = {"none", "key", "name", "likely", "remembered"};
  return kKeys[std::size_t(how)];
}

std::vector<ProposedColumn> propose_mapping(const Definition& d,
                                            const std::vector<std::string>& headings,
                                            const Mapping& remembered) {
  Proposer proposer(d, headings);
  proposer.remembered(remembered);
  proposer.exact();
  proposer.likely();
  return proposer.take();
}

Mapping remembered_mapping(const Registry& registry, const std::string& register_id,
                           const std::vector<std::string>& headings) {
  return registry.records().read([&](store::Db& db) {
    Mapping out;
    auto row = db.prepare("SELECT mapping FROM register_mapping WHERE register = ? AND print = ?");
    row.bind(1, std::string_view(register_id)).bind(2, std::string_view(print_of(headings)));
    if (!row.step()) return out;
    const auto mapping = base::parse_json(row.text(0));
    if (!mapping) return out;
    for (const auto& [heading, field] : mapping->members()) {
      out.emplace_back(heading, field.as_string());
    }
    return out;
  });
}

void remember_mapping(Registry& registry, const std::string& register_id,
                      const std::vector<std::string>& headings, const Mapping& mapping,
                      const Write& write) {
  Json text = Json::object();
  for (const auto& [heading, field] : mapping) text.set(heading, field);
  registry.records().write([&](store::Db& db) {
    const std::string print = print_of(headings);
    db.prepare("DELETE FROM register_mapping WHERE register = ? AND print = ?")
        .bind(1, std::string_view(register_id))
        .bind(2, std::string_view(print))
        .run();
    db.prepare("INSERT INTO register_mapping(register, print, mapping, by, at) VALUES(?,?,?,?,?)")
        .bind(1, std::string_view(register_id))
        .bind(2, std::string_view(print))
        .bind(3, std::string_view(text.dump()))
        .bind(4, std::string_view(write.actor.user))
        .bind(5, write.now.ms)
        .run();
  });
}

void prepare_mappings(store::Database& database) {
  static const std::array<store::Migration, 1> kSteps = {{{1, R"sql(
CREATE TABLE register_mapping(
  register TEXT NOT NULL, print TEXT NOT NULL, mapping TEXT NOT NULL, by TEXT NOT NULL,
  at BIGINT NOT NULL, PRIMARY KEY(register, print));
)sql"}}};
  database.migrate("registry.mapping", kSteps);
}

}  // namespace jinglue::registry
