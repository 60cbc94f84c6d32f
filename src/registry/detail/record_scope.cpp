// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/record_scope.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/local_time.hpp"
#include "registry/detail/links.hpp"
#include "registry/detail/rights.hpp"
#include "registry/detail/row.hpp"
#include "registry/detail/table.hpp"
#include "registry/sight.hpp"

namespace jinglue::registry::detail {

using expression::List;
using expression::Path;
using expression::Type;
using expression::Value;

namespace {

constexpr std::string_view kState = "state";
constexpr std::string_view kNumber = "number";

const Definition* find(const std::vector<Definition>& all, const std::string& id) {
  const auto it =
      std::find_if(all.begin(), all.end(), [&](const Definition& d) { return d.id == id; });
  return it == all.end() ? nullptr : &*it;
}

bool is_own_word(const Definition& d, const std::string& name) {
  return (name == kState && !d.states.empty()) || (name == kNumber && !d.number_pattern.empty());
}

/// The fields of the last register that a path comes to, and what is left of it.
struct End {
  const Definition* definition{nullptr};
  Path rest;
};
End follow(const std::vector<Definition>& all, const Definition& d, const Path& path) {
  End out{&d, path};
  while (out.definition != nullptr && out.rest.size() > 1) {
    const Field* f = out.definition->field(out.rest[0]);
    if (f == nullptr || f->type != FieldType::kLink) break;
    out.definition = find(all, f->link);
    out.rest.erase(out.rest.begin());
  }
  return out;
}

std::optional<Type> type_of_end(const End& end) {
  if (end.definition == nullptr || end.rest.empty()) return std::nullopt;
  if (end.rest.size() == 1 && is_own_word(*end.definition, end.rest[0])) return Type::kText;
  return type_in(end.definition->fields, end.rest);
}

}  // namespace

namespace {

/// Null unless `link` of that register points to records of `d`.
const Definition* linking(const std::vector<Definition>& all, const Definition& d,
                          const std::string& register_id, const std::string& link) {
  const Definition* other = find(all, register_id);
  const Field* by = other == nullptr ? nullptr : other->field(link);
  const bool points = by != nullptr && by->link == d.id &&
                      (by->type == FieldType::kLink || by->type == FieldType::kLinks);
  return points ? other : nullptr;
}

}  // namespace

expression::Names names_of(const std::vector<Definition>& all, const Definition& d) {
  return {[&all, &d](const Path& path) { return type_of_end(follow(all, d, path)); },
          [&all, &d](const std::string& register_id, const std::string& link,
                     const std::string& field) -> std::optional<Type> {
            const Definition* other = linking(all, d, register_id, link);
            return other == nullptr ? std::nullopt : type_of_end({other, {field}});
          },
          [&all, &d](const Path& of) -> std::shared_ptr<const expression::Names> {
            if (of.size() != 2) return names_inside(d.fields, of);
            const Definition* other = linking(all, d, of[0], of[1]);
            if (other == nullptr) return nullptr;
            return std::make_shared<const expression::Names>(names_of(all, *other));
          }};
}

std::string local_day(base::Instant at, const std::string& zone) {
  const auto civil = base::to_civil(at, zone.empty() ? "UTC" : zone);
  if (!civil) return base::to_iso(at).substr(0, 10);
  return fmt::format("{:04}-{:02}-{:02}", civil->year, civil->month, civil->day);
}

expression::Day RecordScope::today() const {
  expression::Day out;
  expression::read_day(local_day(m_now, m_zone), out);
  return out;
}

const Record* RecordScope::load(const Definition& d, const std::string& id) const {
  const auto it = m_loaded.find(id);
  if (it != m_loaded.end()) return it->second.get();
  auto found = load_record(m_db, d, id);
  if (found) found = found->removed ? std::nullopt : seen(d, std::move(*found));
  auto kept = found ? std::make_unique<Record>(std::move(*found)) : nullptr;
  return m_loaded.emplace(id, std::move(kept)).first->second.get();
}

std::optional<Record> RecordScope::seen(const Definition& d, Record record) const {
  if (m_reader == nullptr) return record;
  if (!may_see(d, *m_reader, district_of(d, record.fields))) return std::nullopt;
  return seen_by(d, std::move(record), *m_reader);
}

Value RecordScope::field(const Path& path) const {
  const Definition* d = &m_definition;
  const Record* record = &m_record;
  Path rest = path;
  while (rest.size() > 1) {
    const Field* f = d->field(rest[0]);
    if (f == nullptr || f->type != FieldType::kLink) break;
    const std::string& id = record->fields[rest[0]].as_string();
    d = find(m_all, f->link);
    record = id.empty() || d == nullptr ? nullptr : load(*d, id);
    if (record == nullptr) return {};
    rest.erase(rest.begin());
  }
  if (rest.size() == 1 && is_own_word(*d, rest[0])) {
    const std::string& text = rest[0] == kState ? record->state : record->number;
    return text.empty() ? Value() : Value(text);
  }
  return value_in(d->fields, record->fields, rest);
}

std::vector<Record> RecordScope::pointing_here(const Definition& d, const std::string& link) const {
  std::vector<Record> out;
  const Field* by = d.field(link);
  if (by == nullptr || m_record.id.empty()) return out;
  if (m_reader != nullptr && sight_of(*by, *m_reader) != Sight::kPlain) return out;
  auto rows =
      m_db.prepare("SELECT " + select_columns(d) + " FROM " + table_name(d) +
                   " WHERE +removed = 0 AND " + pointing_condition(d, *by) + " ORDER BY id");
  rows.bind(1, std::string_view(m_record.id));
  while (rows.step()) {
    if (auto record = seen(d, read_record(rows, d))) out.push_back(std::move(*record));
  }
  return out;
}

List RecordScope::linked(const std::string& register_id, const std::string& link,
                         const std::string& field) const {
  List out;
  const Definition* d = find(m_all, register_id);
  if (d == nullptr) return out;
  for (const Record& record : pointing_here(*d, link)) {
    if (is_own_word(*d, field)) {
      out.emplace_back(field == kState ? record.state : record.number);
    } else {
      out.push_back(value_in(d->fields, record.fields, {field}));
    }
  }
  return out;
}

namespace {

/// A record that links here: its own names come before those of the record around it.
class LinkingScope : public expression::Scope {
 public:
  LinkingScope(RecordScope own, const expression::Names& names, const expression::Scope& around)
      : m_own(std::move(own)), m_names(names), m_around(around) {}
  Value field(const Path& path) const override {
    return m_names.field(path) ? m_own.field(path) : m_around.field(path);
  }
  List linked(const std::string& register_id, const std::string& link,
              const std::string& field) const override {
    return m_around.linked(register_id, link, field);
  }
  void each(const Path& of,
            const std::function<void(const expression::Scope&)>& visit) const override {
    m_names.inside(of) ? m_own.each(of, visit) : m_around.each(of, visit);
  }
  base::Instant now() const override { return m_own.now(); }
  expression::Day today() const override { return m_own.today(); }

 private:
  RecordScope m_own;
  const expression::Names& m_names;
  const expression::Scope& m_around;
};

}  // namespace

void RecordScope::each(const Path& of,
                       const std::function<void(const expression::Scope&)>& visit) const {
  if (of.size() != 2) return each_row(m_definition.fields, m_record.fields, of, *this, visit);
  const Definition* d = find(m_all, of[0]);
  if (d == nullptr) return;
  const auto names = names_of(m_all, *d);
  for (const Record& record : pointing_here(*d, of[1])) {
    visit(
        LinkingScope(RecordScope(m_db, m_all, *d, record, m_now, m_zone, m_reader), names, *this));
  }
}

}  // namespace jinglue::registry::detail
