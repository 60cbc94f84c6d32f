// SPDX-License-Identifier: Apache-2.0
#include "output/boat_messages.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>

#include "base/json.hpp"
#include "base/keys.hpp"
#include "base/text.hpp"
#include "observe/beidou/gbk.hpp"
#include "store/database.hpp"

namespace jinglue::output {
namespace {

using base::Code;
using base::Json;

const std::array<store::Migration, 1> kSteps = {{{1, R"sql(
  CREATE TABLE boat_message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, terminal INTEGER NOT NULL, text TEXT NOT NULL,
    written_by TEXT NOT NULL, written_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL,
    state TEXT NOT NULL, changed_ms INTEGER NOT NULL, output TEXT NOT NULL);
  CREATE INDEX boat_message_terminal ON boat_message (terminal, id);
  CREATE INDEX boat_message_waiting ON boat_message (state, id);
)sql"}}};
constexpr std::array<std::string_view, 6> kStates = {"waiting", "given",   "sent",
                                                     "refused", "expired", "drill"};
constexpr const char* kColumns =
    "id, terminal, text, written_by, written_ms, until_ms, state, changed_ms, output";

BoatMessage message_of(const store::Stmt& row) {
  BoatMessage out;
  out.id = row.integer(0);
  out.to = {static_cast<std::uint64_t>(row.integer(1))};
  out.text = row.text(2);
  out.by = row.text(3);
  out.at = {row.integer(4)};
  out.until = {row.integer(5)};
  out.state = base::value_of<BoatState>(kStates, row.text(6)).value_or(BoatState::kExpired);
  out.changed = {row.integer(7)};
  out.output = row.text(8);
  return out;
}

std::string target_of(const BoatMessage& message) {
  return fmt::format("boat_message/{}", message.id);
}

Json detail_of(const BoatMessage& message) {
  Json out = Json::object({{"to", model::to_text(message.to)}, {"text", message.text}});
  if (!message.output.empty()) out.set("output", message.output);
  return out;
}

base::Status check(const BoatMessages::Draft& draft) {
  if (draft.to.kind() != model::TerminalKind::kBeidou || draft.to.number() == 0) {
    return base::fail(Code::kMalformed, "only a BeiDou terminal can be written to", "terminal",
                      "write it like beidou:242286");
  }
  observe::beidou::Gbk gbk;
  const auto octets = gbk.from_utf8(draft.text);
  if (base::trim(draft.text).empty() || !octets) {
    return base::fail(Code::kMalformed, "the text is empty or has no form in GBK", "text");
  }
  if (octets->size() > BoatMessages::kMostOctets) {
    return base::fail(Code::kTooLarge,
                      fmt::format("the text takes {} octets, a card sends {}", octets->size(),
                                  BoatMessages::kMostOctets),
                      "text", "shorten it, or send two messages");
  }
  const bool possible =
      draft.valid_for >= std::chrono::minutes(5) && draft.valid_for <= BoatMessages::kLongest;
  if (possible) return {};
  return base::fail(Code::kOutOfRange, "a message is of use for 5 minutes to 24 hours",
                    "valid_min");
}

std::int64_t count_waiting(store::Db& db) {
  auto row = db.prepare("SELECT count(*) FROM boat_message WHERE state = 'waiting'");
  row.step();
  return row.integer(0);
}

}  // namespace

std::string_view to_key(BoatState state) {
  return base::key_of(kStates, state);
}

BoatMessages::BoatMessages(store::Database& records, access::Access& access,
                           std::function<bool()> cards, bool drill)
    : m_records(records), m_access(access), m_cards(std::move(cards)), m_drill(drill) {
  m_records.migrate("boat_message", kSteps);
}

base::Result<BoatMessage> BoatMessages::write(const Draft& draft, const access::Actor& by,
                                              base::Instant now) {
  if (auto may = authorise(by, access::Action::kSendMessages); !may) {
    return tl::unexpected(may.error());
  }
  if (auto good = check(draft); !good) return tl::unexpected(good.error());
  if (!m_drill && !m_cards()) {
    return base::fail(Code::kConflict, "no output to a BeiDou card is approved", "output",
                      "an administrator proposes one on the System page, another approves it");
  }
  BoatMessage out;
  out.to = draft.to;
  out.text = draft.text;
  out.by = by.user;
  out.at = out.changed = now;
  out.until = now + draft.valid_for;
  out.state = m_drill ? BoatState::kDrill : BoatState::kWaiting;
  auto done = m_records.write([&](store::Db& db) -> base::Result<BoatMessage> {
    if (count_waiting(db) >= std::int64_t{kMostWaiting}) {
      return base::fail(Code::kTooMany, fmt::format("{} messages wait already", kMostWaiting),
                        "queue", "a card sends one a minute or less; wait, or shorten the list");
    }
    db.prepare(
          "INSERT INTO boat_message (terminal, text, written_by, written_ms, until_ms, state, "
          "changed_ms, output) VALUES (?, ?, ?, ?, ?, ?, ?, '')")
        .bind(1, static_cast<std::int64_t>(out.to.value))
        .bind(2, out.text)
        .bind(3, out.by)
        .bind(4, out.at.ms)
        .bind(5, out.until.ms)
        .bind(6, to_key(out.state))
        .bind(7, out.changed.ms)
        .run();
    out.id = db.last_id();
    auto detail = detail_of(out);
    detail.set("until", base::to_iso(out.until));
    m_access.audit(by, "message.write", target_of(out), detail, now);
    return out;
  });
  if (done && m_told) m_told();
  return done;
}

std::optional<BoatMessage> BoatMessages::next(const std::string& output, base::Instant now) {
  // Most looks find nothing and must not wake the writer.
  if (waiting() == 0) return std::nullopt;
  const auto taken = m_records.write([&](store::Db& db) -> std::optional<BoatMessage> {
    auto row = db.prepare(fmt::format(
        "SELECT {} FROM boat_message WHERE state = 'waiting' AND until_ms > ? ORDER BY id LIMIT 1",
        kColumns));
    row.bind(1, now.ms);
    if (!row.step()) return std::nullopt;
    auto out = message_of(row);
    row.rewind();
    out.state = BoatState::kGiven;
    out.output = output;
    out.changed = now;
    db.prepare("UPDATE boat_message SET state = 'given', output = ?, changed_ms = ? WHERE id = ?")
        .bind(1, output)
        .bind(2, now.ms)
        .bind(3, out.id)
        .run();
    return out;
  });
  if (taken && m_told) m_told();
  return taken;
}

void BoatMessages::settle(std::int64_t id, BoatState state, std::string_view act,
                          base::Instant now) {
  m_records.write([&](store::Db& db) {
    auto row = db.prepare(fmt::format("SELECT {} FROM boat_message WHERE id = ?", kColumns));
    row.bind(1, id);
    if (!row.step()) return;
    const auto message = message_of(row);
    row.rewind();
    db.prepare("UPDATE boat_message SET state = ?, changed_ms = ? WHERE id = ?")
        .bind(1, to_key(state))
        .bind(2, now.ms)
        .bind(3, id)
        .run();
    m_access.audit(access::Actor::system(), act, target_of(message), detail_of(message), now);
  });
  if (m_told) m_told();
}

void BoatMessages::became(std::int64_t id, BoatState state, base::Instant now) {
  settle(id, state, fmt::format("message.{}", to_key(state)), now);
}

std::size_t BoatMessages::expire(base::Instant now) {
  const auto over = m_records.read([&](store::Db& db) {
    auto rows = db.prepare("SELECT id FROM boat_message WHERE state = 'waiting' AND until_ms <= ?");
    rows.bind(1, now.ms);
    std::vector<std::int64_t> out;
    while (rows.step()) out.push_back(rows.integer(0));
    return out;
  });
  for (const auto id : over) settle(id, BoatState::kExpired, "message.expired", now);
  return over.size();
}

std::vector<BoatMessage> BoatMessages::list(const std::vector<model::TerminalId>& terminals,
                                            std::int64_t before, std::size_t limit) const {
  std::vector<BoatMessage> out;
  const auto collect = [&](store::Db& db, std::string_view who, std::uint64_t terminal) {
    auto rows = db.prepare(fmt::format(
        "SELECT {} FROM boat_message WHERE {} AND (?2 = 0 OR id < ?2) ORDER BY id DESC LIMIT ?3",
        kColumns, who));
    rows.bind(1, static_cast<std::int64_t>(terminal)).bind(2, before).bind(3, limit);
    while (rows.step()) out.push_back(message_of(rows));
  };
  m_records.read([&](store::Db& db) {
    if (terminals.empty()) collect(db, "?1 = 0", 0);
    for (const auto terminal : terminals) collect(db, "terminal = ?1", terminal.value);
  });
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.id > b.id; });
  if (out.size() > limit) out.resize(limit);
  return out;
}

std::size_t BoatMessages::waiting() const {
  return m_records.read([](store::Db& db) { return static_cast<std::size_t>(count_waiting(db)); });
}

}  // namespace jinglue::output
