// SPDX-License-Identifier: Apache-2.0
#include "access/audit_chain.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "store/database.hpp"

namespace jinglue::access {

namespace {

const std::array<store::Migration, 1> kSteps = {{{1, R"sql(
  CREATE TABLE access_audit (
    number INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, actor TEXT NOT NULL,
    address TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL, detail TEXT NOT NULL,
    previous_hash TEXT NOT NULL, hash TEXT NOT NULL);
  CREATE TABLE access_audit_head (
    one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, hash TEXT NOT NULL);
  INSERT INTO access_audit_head VALUES (1, 0, '');
)sql"}}};

/// A line as it is stored: the detail stays text, so that its hash never depends on a parser.
struct Stored {
  std::int64_t number{0};
  std::int64_t at_ms{0};
  std::string actor, address, action, target, detail, previous_hash, hash;
};

std::string hash_of(const Stored& line) {
  std::string bytes;
  const auto put = [&](const std::string& text) {
    bytes += fmt::format("{}:", text.size());
    bytes += text;
    bytes += ',';
  };
  put(std::to_string(line.number));
  put(std::to_string(line.at_ms));
  for (const auto* text : {&line.actor, &line.address, &line.action, &line.target, &line.detail,
                           &line.previous_hash}) {
    put(*text);
  }
  return base::sha256_hex(bytes);
}

bool is_secret(std::string_view key) {
  static constexpr std::array<std::string_view, 6> kWords = {"password", "passwd", "token",
                                                             "secret",   "csrf",   "cookie"};
  const std::string lower = base::to_lower_ascii(key);
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](auto word) { return lower.find(word) != std::string::npos; });
}

base::Json without_secrets(const base::Json& value) {
  if (value.is_array()) {
    base::Json::Array out;
    out.reserve(value.items().size());
    for (const auto& item : value.items()) out.push_back(without_secrets(item));
    return out;
  }
  if (!value.is_object()) return value;
  base::Json::Object out;
  for (const auto& [key, member] : value.members()) {
    out.emplace_back(key, is_secret(key) ? base::Json("***") : without_secrets(member));
  }
  return out;
}

Stored read_row(const store::Stmt& row) {
  return {row.integer(0), row.integer(1), row.text(2), row.text(3), row.text(4),
          row.text(5),    row.text(6),    row.text(7), row.text(8)};
}

constexpr const char* kColumns =
    "number, at_ms, actor, address, action, target, detail, previous_hash, hash";

tl::unexpected<base::Error> broken(std::int64_t number, std::string why) {
  return base::fail(base::Code::kConflict, std::move(why), fmt::format("audit line {}", number),
                    "compare with a backup; lines before this one are as they were written");
}

base::Result<std::int64_t> verify_in(store::Db& db) {
  auto rows = db.prepare(fmt::format("SELECT {} FROM access_audit ORDER BY number", kColumns));
  std::int64_t count = 0;
  std::string previous;
  while (rows.step()) {
    const Stored line = read_row(rows);
    if (line.number != count + 1) {
      return broken(count + 1, fmt::format("it is missing; line {} follows", line.number));
    }
    if (line.previous_hash != previous) {
      return broken(line.number, "it does not follow the line before it");
    }
    if (line.hash != hash_of(line)) return broken(line.number, "it was changed");
    previous = line.hash;
    ++count;
  }
  auto head = db.prepare("SELECT number, hash FROM access_audit_head");
  if (!head.step()) return broken(count, "the head of the chain is missing");
  if (head.integer(0) != count || head.text(1) != previous) {
    return broken(count + 1,
                  fmt::format("{} lines were written, {} are there", head.integer(0), count));
  }
  return count;
}

void insert(store::Db& db, Stored line) {
  {
    auto head = db.prepare("SELECT number, hash FROM access_audit_head");
    if (!head.step()) {
      throw base::WorldError("the audit log has no head", "access_audit_head is empty",
                             "run `jinglue audit verify` and restore a backup");
    }
    line.number = head.integer(0) + 1;
    line.previous_hash = head.text(1);
  }
  line.hash = hash_of(line);
  db.prepare(
        "INSERT INTO access_audit (number, at_ms, actor, address, action, target, detail,"
        " previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(1, line.number)
      .bind(2, line.at_ms)
      .bind(3, line.actor)
      .bind(4, line.address)
      .bind(5, line.action)
      .bind(6, line.target)
      .bind(7, line.detail)
      .bind(8, line.previous_hash)
      .bind(9, line.hash)
      .run();
  // WHERE names the one row, so that SQLite takes no savepoint, which would flush text indexes.
  db.prepare("UPDATE access_audit_head SET number = ?, hash = ? WHERE one = 1")
      .bind(1, line.number)
      .bind(2, line.hash)
      .run();
}

}  // namespace

AuditChain::AuditChain(store::Database& records) : m_records(records) {
  m_records.migrate("access.audit", kSteps);
}

void AuditChain::add(const Actor& actor, std::string_view action, std::string_view target,
                     const base::Json& detail, base::Instant now) {
  // Text that is not UTF-8 would come back from the database as other bytes than were hashed.
  Stored line;
  line.at_ms = now.ms;
  line.actor = base::replace_invalid_utf8(actor.user);
  line.address = base::replace_invalid_utf8(actor.address);
  line.action = base::replace_invalid_utf8(action);
  line.target = base::replace_invalid_utf8(target);
  line.detail = without_secrets(detail).dump();
  m_records.write([&](store::Db& db) { insert(db, line); });
}

std::vector<AuditLine> AuditChain::lines(std::int64_t before, std::size_t limit) const {
  return m_records.read([&](store::Db& db) {
    auto rows = db.prepare(fmt::format(
        "SELECT {} FROM access_audit WHERE number < ? ORDER BY number DESC LIMIT ?", kColumns));
    rows.bind(1, before > 0 ? before : INT64_MAX).bind(2, limit);
    std::vector<AuditLine> out;
    while (rows.step()) {
      Stored s = read_row(rows);
      auto detail = base::parse_json(s.detail);
      out.push_back({s.number,
                     {s.at_ms},
                     s.actor,
                     s.address,
                     s.action,
                     s.target,
                     detail ? std::move(*detail) : base::Json(s.detail),
                     s.previous_hash,
                     s.hash});
    }
    return out;
  });
}

base::Result<std::int64_t> AuditChain::verify() const {
  return m_records.read([](store::Db& db) { return verify_in(db); });
}

}  // namespace jinglue::access
