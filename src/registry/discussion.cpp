// SPDX-License-Identifier: Apache-2.0
#include "registry/discussion.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "registry/detail/characters.hpp"
#include "registry/detail/recipients.hpp"
#include "registry/inbox.hpp"
#include "store/database.hpp"

namespace jinglue::registry {
namespace {

using base::Code;

constexpr std::size_t kMostCharacters = 2'000;

void put_watcher(store::Db& rows, const Record& record, const std::string& person,
                 base::Instant now) {
  rows.prepare(
          "INSERT INTO record_watcher(register, record, person, since) VALUES(?, ?, ?, ?) ON "
          "CONFLICT(register, record, person) DO NOTHING")
      .bind(1, std::string_view(record.register_id))
      .bind(2, std::string_view(record.id))
      .bind(3, std::string_view(person))
      .bind(4, now.ms)
      .run();
}

}  // namespace

base::Result<Comment> Discussion::comment(const Record& record, const std::string& text,
                                          const Write& write) {
  if (auto seen = m_registry.may_see(record, write.actor); !seen)
    return tl::unexpected(seen.error());
  const std::string said(base::trim(text));
  if (said.empty()) return base::fail(Code::kMalformed, "a comment has a text", "text");
  if (detail::character_count(said) > kMostCharacters) {
    return base::fail(Code::kTooLarge, "a comment has at most 2,000 characters", "text");
  }
  const Definition* d = m_registry.definition(record.register_id);
  return m_records.write([&](store::Db& rows) {
    Comment out{0, write.now, write.actor.user, said};
    {
      auto last = rows.prepare("SELECT COALESCE(MAX(number), 0) FROM record_comment");
      last.step();
      out.number = last.integer(0) + 1;
    }
    auto s = rows.prepare(
        "INSERT INTO record_comment(number, register, record, at, person, comment) "
        "VALUES(?, ?, ?, ?, ?, ?)");
    s.bind(1, out.number).bind(2, std::string_view(record.register_id));
    s.bind(3, std::string_view(record.id)).bind(4, out.at.ms);
    s.bind(5, std::string_view(out.person)).bind(6, std::string_view(said)).run();
    const std::string of =
        record.number.empty() ? record.fields[d->title_field].as_string() : record.number;
    const std::string who =
        write.actor.display_name.empty() ? write.actor.user : write.actor.display_name;
    const base::Words told{fmt::format("{} 评论了 {}：{}", who, of, said),
                           fmt::format("{} commented on {}: {}", who, of, said)};
    for (const auto& person :
         detail::recipients(rows, m_access, *d, record, {"watchers", "creator"})) {
      if (person == write.actor.user) continue;
      put_notice(rows, {0, person, write.now, "comment", record.register_id, record.id, told,
                        fmt::format("comment/{}", out.number), std::nullopt});
    }
    put_watcher(rows, record, write.actor.user, write.now);
    m_access.audit(write.actor, "record.comment", record.register_id + "/" + record.id,
                   base::Json::object({{"comment", out.number}}), write.now);
    return out;
  });
}

std::vector<Comment> Discussion::comments(const Record& record) const {
  return m_records.read([&](store::Db& rows) {
    auto s = rows.prepare(
        "SELECT number, at, person, comment FROM record_comment WHERE register = ? AND record = ? "
        "ORDER BY number");
    s.bind(1, std::string_view(record.register_id)).bind(2, std::string_view(record.id));
    std::vector<Comment> out;
    while (s.step()) out.push_back({s.integer(0), {s.integer(1)}, s.text(2), s.text(3)});
    return out;
  });
}

base::Status Discussion::watch(const Record& record, bool watches, const Write& write) {
  if (auto seen = m_registry.may_see(record, write.actor); !seen) return seen;
  m_records.write([&](store::Db& rows) {
    if (watches) return put_watcher(rows, record, write.actor.user, write.now);
    rows.prepare("DELETE FROM record_watcher WHERE register = ? AND record = ? AND person = ?")
        .bind(1, std::string_view(record.register_id))
        .bind(2, std::string_view(record.id))
        .bind(3, std::string_view(write.actor.user))
        .run();
  });
  return {};
}

std::vector<std::string> Discussion::watchers(const Record& record) const {
  return m_records.read([&](store::Db& rows) { return detail::watchers_of(rows, record); });
}

}  // namespace jinglue::registry
