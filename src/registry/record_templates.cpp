// SPDX-License-Identifier: Apache-2.0
#include "registry/record_templates.hpp"

#include <algorithm>

#include "base/ids.hpp"
#include "base/text.hpp"
#include "registry/detail/characters.hpp"
#include "registry/detail/rights.hpp"
#include "registry/detail/value.hpp"
#include "registry/sight.hpp"
#include "registry/standing.hpp"
#include "store/database.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using base::Json;
using std::string_view;

constexpr string_view kColumns = "id, register, owner, name, fields, shared, changed";

RecordTemplate read_row(const store::Stmt& row) {
  return {row.text(0),
          row.text(1),
          row.text(2),
          row.text(3),
          base::parse_json(row.text(4)).value_or(Json::object()),
          row.integer(5) != 0,
          {row.integer(6)}};
}

/// The field of that key, or the one that had it before.
const Field* field_of(const Definition& d, const std::string& key) {
  if (const Field* f = d.field(key); f != nullptr) return f;
  const auto it =
      std::find_if(d.fields.begin(), d.fields.end(), [&](const Field& f) { return f.was == key; });
  return it == d.fields.end() ? nullptr : &*it;
}

/// Why a template does not give this value; null when it may.
const char* refused(const Field& f, const access::Actor& actor) {
  if (f.sealed || !f.computed_text.empty()) return "program";
  if (f.type == FieldType::kFile) return "file";
  return sight_of(f, actor) == Sight::kPlain ? nullptr : "secret";
}

base::Status check(const RecordTemplate& one) {
  const auto length = detail::character_count(one.name);
  const bool plain = std::none_of(one.name.begin(), one.name.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == '\x7F';
  });
  if (length == 0 || length > RecordTemplates::kMostName || !plain) {
    return base::fail(Code::kMalformed, "a template has a name of at most 60 characters", "name");
  }
  if (one.fields.members().empty()) {
    return base::fail(Code::kMalformed, "there is no value to keep", "fields");
  }
  if (one.fields.dump().size() > RecordTemplates::kMostBytes) {
    return base::fail(Code::kTooLarge, "the values of a template take at most 64 KB", "fields");
  }
  return {};
}

std::size_t held(store::Db& rows, const RecordTemplate& one) {
  auto s = rows.prepare(
      "SELECT COUNT(*) FROM record_template WHERE register = ? AND owner = ? AND name <> ?");
  s.bind(1, string_view(one.register_id)).bind(2, string_view(one.owner));
  s.bind(3, string_view(one.name)).step();
  return std::size_t(s.integer(0));
}

void put(store::Db& rows, RecordTemplate& one) {
  auto known =
      rows.prepare("SELECT id FROM record_template WHERE register = ? AND owner = ? AND name = ?");
  known.bind(1, string_view(one.register_id)).bind(2, string_view(one.owner));
  known.bind(3, string_view(one.name));
  one.id = known.step() ? known.text(0) : base::new_uuid7(one.changed_at);
  auto s = rows.prepare(
      "INSERT INTO record_template(id, register, owner, name, fields, shared, changed) "
      "VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET fields = excluded.fields, "
      "shared = excluded.shared, changed = excluded.changed");
  s.bind(1, string_view(one.id)).bind(2, string_view(one.register_id));
  s.bind(3, string_view(one.owner)).bind(4, string_view(one.name));
  s.bind(5, string_view(one.fields.dump())).bind(6, std::int64_t{one.shared});
  s.bind(7, one.changed_at.ms).run();
}

}  // namespace

Fitted fitted(const Definition& d, const Json& values, const access::Actor& actor) {
  Fitted out{Json::object(), {}};
  for (const auto& [key, value] : values.members()) {
    if (value.is_null()) continue;
    const Field* f = field_of(d, key);
    if (f == nullptr) {
      out.left_out.push_back({key, "gone"});
      continue;
    }
    if (sight_of(*f, actor) == Sight::kNone) continue;
    if (const char* why = refused(*f, actor); why != nullptr) {
      out.left_out.push_back({f->key, why});
      continue;
    }
    auto good = detail::canonical(*f, value);
    if (!good) {
      out.left_out.push_back({f->key, "changed"});
    } else if (!good->is_null()) {
      out.fields.set(f->key, std::move(*good));
    }
  }
  return out;
}

std::vector<RecordTemplate> RecordTemplates::list(const std::string& register_id,
                                                  const std::string& person) const {
  return m_registry.records().read([&](store::Db& rows) {
    auto s = rows.prepare("SELECT " + std::string(kColumns) +
                          " FROM record_template WHERE register = ? AND (owner = ? OR shared = 1) "
                          "ORDER BY CASE WHEN owner = ? THEN 0 ELSE 1 END, name, id");
    s.bind(1, string_view(register_id)).bind(2, string_view(person)).bind(3, string_view(person));
    std::vector<RecordTemplate> out;
    while (s.step()) out.push_back(read_row(s));
    return out;
  });
}

std::optional<RecordTemplate> RecordTemplates::find(const std::string& register_id,
                                                    const std::string& id,
                                                    const std::string& person) const {
  auto all = list(register_id, person);
  const auto it =
      std::find_if(all.begin(), all.end(), [&](const RecordTemplate& t) { return t.id == id; });
  if (it == all.end()) return std::nullopt;
  return std::move(*it);
}

base::Result<RecordTemplate> RecordTemplates::save(const RecordTemplate& given,
                                                   const access::Actor& actor,
                                                   base::Instant now) const {
  const Definition* d = m_registry.definition(given.register_id);
  if (d == nullptr) return base::fail(Code::kUnknown, "there is no such register");
  if (auto enabled = check_enabled(*d); !enabled) return tl::unexpected(enabled.error());
  if (auto may = detail::may_edit(*d, actor, actor.district); !may) {
    return tl::unexpected(may.error());
  }
  RecordTemplate out = given;
  out.owner = actor.user;
  out.name = base::trim(given.name);
  out.fields = fitted(*d, given.fields, actor).fields;
  out.changed_at = now;
  if (auto good = check(out); !good) return tl::unexpected(good.error());
  return m_registry.records().write([&](store::Db& rows) -> base::Result<RecordTemplate> {
    if (held(rows, out) >= kMostOfOne) {
      return base::fail(Code::kMalformed, "at most 50 templates of one person in a register",
                        "name", "remove one first");
    }
    put(rows, out);
    return out;
  });
}

base::Status RecordTemplates::remove(const std::string& register_id, const std::string& id,
                                     const std::string& person, bool any) const {
  return m_registry.records().write([&](store::Db& rows) -> base::Status {
    auto s = rows.prepare(
        "DELETE FROM record_template WHERE register = ? AND id = ? AND (owner = ? OR (shared = 1 "
        "AND ? = 1))");
    s.bind(1, string_view(register_id)).bind(2, string_view(id)).bind(3, string_view(person));
    s.bind(4, std::int64_t{any}).run();
    if (rows.changes() == 0) {
      return base::fail(Code::kUnknown, "no such template of this register", "template");
    }
    return {};
  });
}

}  // namespace jinglue::registry
