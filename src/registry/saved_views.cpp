// SPDX-License-Identifier: Apache-2.0
#include "registry/saved_views.hpp"

#include <algorithm>

#include "base/ids.hpp"
#include "base/text.hpp"
#include "registry/detail/characters.hpp"
#include "store/database.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using std::string_view;

constexpr string_view kColumns = "id, register, owner, name, query, shared, changed";

SavedView read_view(store::Stmt& row) {
  return {row.text(0), row.text(1),         row.text(2),     row.text(3),
          row.text(4), row.integer(5) != 0, {row.integer(6)}};
}

bool is_plain(string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; });
}

/// Of an address: what a browser puts there is ASCII.
bool is_query(string_view text) {
  return is_plain(text) && std::all_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x80 && c != ' ' && c != '#' && c != '"';
         });
}

base::Status check(const SavedView& view) {
  const auto length = detail::character_count(view.name);
  if (length == 0 || length > SavedViews::kMostName || !is_plain(view.name)) {
    return base::fail(Code::kMalformed, "a view has a name of at most 60 characters", "name");
  }
  if (view.query.size() > SavedViews::kMostQuery || !is_query(view.query)) {
    return base::fail(Code::kMalformed, "the query of an address, at most 2,000 octets", "query");
  }
  return {};
}

std::size_t held(store::Db& rows, const SavedView& view) {
  auto s = rows.prepare(
      "SELECT COUNT(*) FROM saved_view WHERE register = ? AND owner = ? AND name <> ?");
  s.bind(1, string_view(view.register_id)).bind(2, string_view(view.owner));
  s.bind(3, string_view(view.name)).step();
  return std::size_t(s.integer(0));
}

}  // namespace

std::vector<SavedView> SavedViews::list(const std::string& register_id,
                                        const std::string& person) const {
  return m_records.read([&](store::Db& rows) {
    auto s = rows.prepare("SELECT " + std::string(kColumns) +
                          " FROM saved_view WHERE register = ? AND (owner = ? OR shared = 1) "
                          "ORDER BY CASE WHEN owner = ? THEN 0 ELSE 1 END, name, id");
    s.bind(1, string_view(register_id)).bind(2, string_view(person)).bind(3, string_view(person));
    std::vector<SavedView> out;
    while (s.step()) out.push_back(read_view(s));
    return out;
  });
}

base::Result<SavedView> SavedViews::save(const SavedView& view, base::Instant now) {
  SavedView out = view;
  out.name = base::trim(view.name);
  out.changed_at = now;
  if (auto good = check(out); !good) return tl::unexpected(good.error());
  return m_records.write([&](store::Db& rows) -> base::Result<SavedView> {
    if (held(rows, out) >= kMostOfOne) {
      return base::fail(Code::kMalformed, "at most 50 views of one person in a register", "name",
                        "remove one first");
    }
    auto known =
        rows.prepare("SELECT id FROM saved_view WHERE register = ? AND owner = ? AND name = ?");
    known.bind(1, string_view(out.register_id)).bind(2, string_view(out.owner));
    known.bind(3, string_view(out.name));
    out.id = known.step() ? known.text(0) : base::new_uuid7(now);
    auto s = rows.prepare(
        "INSERT INTO saved_view(id, register, owner, name, query, shared, changed) "
        "VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET query = excluded.query, "
        "shared = excluded.shared, changed = excluded.changed");
    s.bind(1, string_view(out.id)).bind(2, string_view(out.register_id));
    s.bind(3, string_view(out.owner)).bind(4, string_view(out.name));
    s.bind(5, string_view(out.query)).bind(6, std::int64_t{out.shared}).bind(7, now.ms).run();
    return out;
  });
}

base::Status SavedViews::remove(const std::string& register_id, const std::string& id,
                                const std::string& person, bool any) {
  return m_records.write([&](store::Db& rows) -> base::Status {
    const std::string where =
        " FROM saved_view WHERE register = ? AND id = ? AND (owner = ? OR (shared = 1 AND ? = 1))";
    const auto ask = [&](const std::string& sql) {
      auto s = rows.prepare(sql);
      s.bind(1, string_view(register_id)).bind(2, string_view(id)).bind(3, string_view(person));
      s.bind(4, std::int64_t{any});
      return s;
    };
    if (!ask("SELECT 1" + where).step()) {
      return base::fail(Code::kUnknown, "no such view of this register", "view");
    }
    ask("DELETE" + where).run();
    return {};
  });
}

}  // namespace jinglue::registry
