// SPDX-License-Identifier: Apache-2.0
#include "registry/inbox.hpp"

#include <algorithm>

#include "registry/detail/standings.hpp"
#include "store/database.hpp"

namespace jinglue::registry {
namespace {

constexpr std::size_t kMostPerPage = 500;

Notice read_notice(const store::Stmt& row) {
  Notice out;
  out.number = row.integer(0);
  out.person = row.text(1);
  out.at = {row.integer(2)};
  out.kind = row.text(3);
  out.register_id = row.text(4);
  out.record_id = row.text(5);
  out.text = {row.text(6), row.text(7)};
  out.source = row.text(8);
  if (!row.is_null(9)) out.read_at = base::Instant{row.integer(9)};
  return out;
}

std::uint64_t count(store::Db& db, const std::string& person, const char* which) {
  auto row = db.prepare(std::string("SELECT COUNT(*) FROM record_notice WHERE person = ? AND ") +
                        detail::kToldNotices + which);
  row.bind(1, std::string_view(person)).step();
  return std::uint64_t(row.integer(0));
}

}  // namespace

base::Json to_json(const Notice& n) {
  return base::Json::object(
      {{"number", n.number},
       {"at", base::to_iso(n.at)},
       {"kind", n.kind},
       {"register", n.register_id},
       {"record", n.record_id},
       {"text", base::Json::object({{"zh", n.text.zh}, {"en", n.text.en}})},
       {"read_at", n.read_at ? base::Json(base::to_iso(*n.read_at)) : base::Json()}});
}

Inbox::Page Inbox::list(const std::string& person, bool unread_only, std::int64_t before,
                        std::size_t limit) const {
  const std::size_t most = std::clamp<std::size_t>(limit, 1, kMostPerPage);
  return m_records.read([&](store::Db& db) {
    Page out;
    out.unread = count(db, person, " AND read_at IS NULL");
    out.total = unread_only ? out.unread : count(db, person, "");
    auto rows = db.prepare(
        std::string("SELECT number, person, at, kind, register, record, zh, en, source, read_at "
                    "FROM record_notice WHERE person = ? AND number < ? AND ") +
        detail::kToldNotices + (unread_only ? " AND read_at IS NULL" : "") +
        " ORDER BY number DESC LIMIT ?");
    rows.bind(1, std::string_view(person)).bind(2, before > 0 ? before : INT64_MAX);
    rows.bind(3, std::int64_t(most + 1));
    while (rows.step()) out.items.push_back(read_notice(rows));
    if (out.items.size() > most) {
      out.items.pop_back();
      out.next = out.items.back().number;
    }
    return out;
  });
}

std::vector<Notice> Inbox::after(std::int64_t number, std::size_t limit) const {
  return m_records.read([&](store::Db& db) {
    auto rows = db.prepare(
        "SELECT number, person, at, kind, register, record, zh, en, source, read_at FROM "
        "record_notice WHERE number > ? ORDER BY number LIMIT ?");
    rows.bind(1, number).bind(2, std::int64_t(limit));
    std::vector<Notice> out;
    while (rows.step()) out.push_back(read_notice(rows));
    return out;
  });
}

std::vector<std::string> Inbox::people_with_unread() const {
  return m_records.read([&](store::Db& db) {
    auto rows = db.prepare(
        std::string("SELECT DISTINCT person FROM record_notice WHERE read_at IS NULL AND ") +
        detail::kToldNotices + " ORDER BY person");
    std::vector<std::string> out;
    while (rows.step()) out.push_back(rows.text(0));
    return out;
  });
}

std::size_t Inbox::mark_read(const std::string& person, const std::vector<std::int64_t>& numbers,
                             base::Instant now) {
  return m_records.write([&](store::Db& db) {
    std::size_t marked = 0;
    auto s = db.prepare(
        "UPDATE record_notice SET read_at = ? WHERE number = ? AND person = ? AND read_at IS NULL");
    for (const auto number : numbers) {
      s.bind(1, now.ms).bind(2, number).bind(3, std::string_view(person)).run();
      marked += std::size_t(db.changes());
    }
    return marked;
  });
}

std::size_t Inbox::mark_all_read(const std::string& person, std::int64_t last, base::Instant now) {
  return m_records.write([&](store::Db& db) {
    auto s = db.prepare(
        "UPDATE record_notice SET read_at = ? WHERE person = ? AND number <= ? AND read_at IS "
        "NULL");
    s.bind(1, now.ms).bind(2, std::string_view(person)).bind(3, last).run();
    return std::size_t(db.changes());
  });
}

bool put_notice(store::Db& db, const Notice& n) {
  auto s = db.prepare(
      "INSERT INTO record_notice(number, person, at, kind, register, record, zh, en, source) "
      "VALUES((SELECT COALESCE(MAX(number), 0) + 1 FROM record_notice), ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT(person, source) DO NOTHING");
  s.bind(1, std::string_view(n.person)).bind(2, n.at.ms).bind(3, std::string_view(n.kind));
  s.bind(4, std::string_view(n.register_id)).bind(5, std::string_view(n.record_id));
  s.bind(6, std::string_view(n.text.zh)).bind(7, std::string_view(n.text.en));
  s.bind(8, std::string_view(n.source)).run();
  return db.changes() > 0;
}

}  // namespace jinglue::registry
