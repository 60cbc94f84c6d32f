// SPDX-License-Identifier: Apache-2.0
#include "registry/discussion.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "registry/detail/characters.hpp"
#include "registry/detail/recipients.hpp"
#include "registry/inbox.hpp"
#include "store/database.hpp"

namespace jinglue::registry {
namespace {

using base::Code;

constexpr std::size_t kMostCharacters = 2'000;
constexpr std::size_t kMostKey = 200;  // characters of an idempotency key

/// What was answered to that key before. The requests stand with those of records.
base::Result<std::optional<Comment>> answered(store::Db& rows, const std::string& key,
                                              const std::string& print) {
  auto seen = rows.prepare("SELECT request, answer FROM record_request WHERE key = ?");
  seen.bind(1, std::string_view(key));
  if (!seen.step()) return std::optional<Comment>();
  if (seen.text(0) != print) {
    return base::fail(Code::kConflict, "the idempotency key was used for another request",
                      "idempotency_key", "use a new key for each request");
  }
  const auto answer = *base::parse_json(seen.text(1));
  return Comment{answer["number"].as_int(),
                 {answer["at"].as_int()},
                 answer["person"].as_string(),
                 answer["text"].as_string()};
}

void keep_answer(store::Db& rows, const std::string& key, const std::string& print,
                 const Comment& comment) {
  const auto answer = base::Json::object({{"number", comment.number},
                                          {"at", comment.at.ms},
                                          {"person", comment.person},
                                          {"text", comment.text}});
  auto s = rows.prepare("INSERT INTO record_request(key, request, answer, at) VALUES(?,?,?,?)");
  s.bind(1, std::string_view(key)).bind(2, std::string_view(print));
  s.bind(3, std::string_view(answer.dump())).bind(4, comment.at.ms).run();
}

bool is_watched(store::Db& rows, const Record& record, const std::string& person) {
  const auto all = detail::watchers_of(rows, record);
  return std::find(all.begin(), all.end(), person) != all.end();
}

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
  if (record.removed) return base::fail(Code::kConflict, "the record is removed", "record");
  const std::string said(base::trim(text));
  if (said.empty()) return base::fail(Code::kMalformed, "a comment has a text", "text");
  if (detail::character_count(said) > kMostCharacters) {
    return base::fail(Code::kTooLarge, "a comment has at most 2,000 characters", "text");
  }
  if (write.idempotency_key.size() > kMostKey) {
    return base::fail(Code::kTooLarge, "the idempotency key is too long", "idempotency_key");
  }
  const Definition* d = m_registry.definition(record.register_id);
  const std::string key = write.actor.user + "\n" + write.idempotency_key;
  const std::string print =
      base::sha256_hex("comment\n" + record.register_id + "\n" + record.id + "\n" + said);
  return m_records.write([&](store::Db& rows) -> base::Result<Comment> {
    if (!write.idempotency_key.empty()) {
      const auto before = answered(rows, key, print);
      if (!before) return tl::unexpected(before.error());
      if (*before) return **before;
    }
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
    const std::string who =
        write.actor.display_name.empty() ? write.actor.user : write.actor.display_name;
    const detail::People people{rows, m_access, m_registry.definitions(),
                                [this] { return m_registry.organisation(); }, write.now};
    for (const auto& person : detail::recipients(people, *d, record, {"watchers", "creator"})) {
      if (person.user == write.actor.user) continue;
      const std::string of =
          record.number.empty() ? detail::shown_to(*d, record, person) : record.number;
      const base::Words told{fmt::format("{} 评论了 {}：{}", who, of, said),
                             fmt::format("{} commented on {}: {}", who, of, said)};
      put_notice(rows, {0, person.user, write.now, "comment", record.register_id, record.id, told,
                        fmt::format("comment/{}", out.number), std::nullopt});
    }
    put_watcher(rows, record, write.actor.user, write.now);
    m_access.audit(write.actor, "record.comment", record.register_id + "/" + record.id,
                   base::Json::object({{"comment", out.number}}), write.now);
    if (!write.idempotency_key.empty()) keep_answer(rows, key, print, out);
    return out;
  });
}

std::vector<Comment> Discussion::comments(const Record& record, std::int64_t after,
                                          std::size_t limit) const {
  return m_records.read([&](store::Db& rows) {
    auto s = rows.prepare(
        "SELECT number, at, person, comment FROM record_comment WHERE register = ? AND record = ? "
        "AND number > ? ORDER BY number LIMIT ?");
    s.bind(1, std::string_view(record.register_id)).bind(2, std::string_view(record.id));
    s.bind(3, after).bind(4, std::int64_t(limit));
    std::vector<Comment> out;
    while (s.step()) out.push_back({s.integer(0), {s.integer(1)}, s.text(2), s.text(3)});
    return out;
  });
}

base::Status Discussion::watch(const Record& record, bool watches, const Write& write) {
  if (auto seen = m_registry.may_see(record, write.actor); !seen) return seen;
  m_records.write([&](store::Db& rows) {
    if (is_watched(rows, record, write.actor.user) == watches) return;
    m_access.audit(write.actor, watches ? "record.watch" : "record.unwatch",
                   record.register_id + "/" + record.id, base::Json::object(), write.now);
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
