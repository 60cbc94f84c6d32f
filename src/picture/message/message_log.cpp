// SPDX-License-Identifier: Apache-2.0
#include "picture/message/message_log.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "picture/derived_rows.hpp"

namespace jinglue::picture {
namespace {

using model::VesselMessage;

const std::array<store::Migration, 1> kSteps = {{{1, R"(
CREATE TABLE message (
  id INTEGER PRIMARY KEY,
  journal_offset INTEGER NOT NULL,
  part INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  sender INTEGER NOT NULL,
  receiver INTEGER,
  time INTEGER NOT NULL,
  arrival INTEGER NOT NULL,
  sos INTEGER NOT NULL,
  text TEXT NOT NULL,
  type INTEGER NOT NULL,
  dac INTEGER NOT NULL,
  fi INTEGER NOT NULL,
  bits INTEGER NOT NULL,
  octets BLOB NOT NULL,
  UNIQUE (journal_offset, part));
CREATE INDEX message_sender ON message (sender, time, id);
CREATE INDEX message_receiver ON message (receiver, time, id) WHERE receiver IS NOT NULL;
CREATE INDEX message_time ON message (time, id);
CREATE TABLE message_state (id INTEGER PRIMARY KEY, applied INTEGER NOT NULL);
INSERT INTO message_state VALUES (1, 0);)"}}};

void insert(store::Db& db, const std::vector<VesselMessage>& rows) {
  auto put = db.prepare(
      "INSERT INTO message (journal_offset, part, kind, sender, receiver, time, arrival, sos, "
      "text, type, dac, fi, bits, octets) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, "
      "?12, ?13, ?14) ON CONFLICT DO NOTHING");
  for (const auto& row : rows) {
    put.bind(1, row.offset)
        .bind(2, row.part)
        .bind(3, static_cast<std::int64_t>(row.kind))
        .bind(4, static_cast<std::int64_t>(row.from.value))
        .bind(6, row.time.ms)
        .bind(7, row.arrival.ms)
        .bind(8, row.sos ? 1 : 0)
        .bind(9, row.text)
        .bind(10, row.type)
        .bind(11, row.dac)
        .bind(12, row.fi)
        .bind(13, row.bits)
        .bind_blob(14, row.octets);
    if (row.to) {
      put.bind(5, static_cast<std::int64_t>(row.to->value));
    } else {
      put.bind_null(5);
    }
    put.run();
  }
}

DerivedRows<VesselMessage>::Table table() {
  return {"message", "message_state", "messages",
          "DELETE FROM message WHERE id IN (SELECT id FROM message WHERE time < ?1 LIMIT ?2)",
          insert};
}

KeptMessage read(const store::Stmt& query) {
  KeptMessage out;
  auto& m = out.message;
  out.id = query.integer(0);
  m.offset = static_cast<std::uint64_t>(query.integer(1));
  m.part = static_cast<std::uint32_t>(query.integer(2));
  m.kind = static_cast<model::MessageKind>(query.integer(3));
  m.from = {static_cast<std::uint64_t>(query.integer(4))};
  if (!query.is_null(5)) m.to = model::TerminalId{static_cast<std::uint64_t>(query.integer(5))};
  m.time = {query.integer(6)};
  m.arrival = {query.integer(7)};
  m.sos = query.integer(8) != 0;
  m.text = query.text(9);
  m.type = static_cast<std::uint8_t>(query.integer(10));
  m.dac = static_cast<std::uint16_t>(query.integer(11));
  m.fi = static_cast<std::uint8_t>(query.integer(12));
  m.bits = static_cast<std::uint16_t>(query.integer(13));
  m.octets = query.blob(14);
  return out;
}

/// `who` is a condition on ?1, or empty. Each condition has an index in the order of the answer.
void collect(store::Db& db, const std::string& who, std::int64_t terminal,
             const MessageQuery& asked, std::vector<KeptMessage>& out) {
  auto query = db.prepare(
      "SELECT id, journal_offset, part, kind, sender, receiver, time, arrival, sos, text, type, "
      "dac, fi, bits, octets FROM message WHERE " +
      who + (who.empty() ? "" : " AND ") +
      "time >= ?2 AND time < ?3 AND (time, id) < (?4, ?5) AND (?6 = 0 OR kind = ?6) "
      "ORDER BY time DESC, id DESC LIMIT ?7");
  const auto after = asked.after.value_or(MessageQuery::Place{base::kDistantFuture, INT64_MAX});
  if (!who.empty()) query.bind(1, terminal);
  query.bind(2, asked.from.ms)
      .bind(3, asked.to.ms)
      .bind(4, after.time.ms)
      .bind(5, after.id)
      .bind(6, asked.kind ? static_cast<std::int64_t>(*asked.kind) : 0)
      .bind(7, asked.limit);
  while (query.step()) out.push_back(read(query));
}

bool newer(const KeptMessage& a, const KeptMessage& b) {
  return a.message.time != b.message.time ? a.message.time > b.message.time : a.id > b.id;
}

}  // namespace

struct MessageLog::Impl {
  explicit Impl(const std::filesystem::path& file) : rows(file, kSteps, table()) {}
  DerivedRows<VesselMessage> rows;
};

MessageLog::MessageLog(const std::filesystem::path& file) : m_impl(std::make_unique<Impl>(file)) {}

MessageLog::~MessageLog() = default;

void MessageLog::append(VesselMessage message) {
  if (m_impl->rows.wants(message.offset)) m_impl->rows.append(std::move(message));
}

void MessageLog::advance(std::uint64_t offset, bool now_durable) {
  m_impl->rows.advance(offset, now_durable);
}

std::uint64_t MessageLog::applied_offset() const {
  return m_impl->rows.applied_offset();
}

std::vector<KeptMessage> MessageLog::list(const MessageQuery& query) const {
  std::vector<KeptMessage> out;
  m_impl->rows.db().read([&](store::Db& db) {
    if (query.terminals.empty()) collect(db, "", 0, query, out);
    for (const auto terminal : query.terminals) {
      const auto number = static_cast<std::int64_t>(terminal.value);
      collect(db, "sender = ?1", number, query, out);
      collect(db, "receiver = ?1", number, query, out);
    }
  });
  std::sort(out.begin(), out.end(), newer);
  // One that a terminal sent to another one of the same vessel was found twice.
  const auto same = [](const auto& a, const auto& b) { return a.id == b.id; };
  out.erase(std::unique(out.begin(), out.end(), same), out.end());
  if (out.size() > query.limit) out.resize(query.limit);
  return out;
}

std::uint64_t MessageLog::count() const {
  return m_impl->rows.db().read([](store::Db& db) {
    auto query = db.prepare("SELECT count(*) FROM message");
    query.step();
    return static_cast<std::uint64_t>(query.integer(0));
  });
}

void MessageLog::forget_before(base::Instant time) {
  m_impl->rows.forget_before(time);
}

std::string MessageLog::problem() const {
  return m_impl->rows.problem();
}

}  // namespace jinglue::picture
