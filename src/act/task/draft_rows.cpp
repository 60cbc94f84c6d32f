// SPDX-License-Identifier: Apache-2.0
#include "act/task/draft_rows.hpp"

#include <fmt/format.h>

#include <array>

#include "act/plan/show.hpp"
#include "base/hash.hpp"
#include "base/utf32.hpp"

namespace jinglue::act::task {
namespace {

using base::Json;

const std::array<store::Migration, 1> kSteps = {{{1, R"sql(
  CREATE TABLE plan_text (hash TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE plan_draft (
    id TEXT PRIMARY KEY, revision INTEGER NOT NULL, owner TEXT NOT NULL, district TEXT NOT NULL,
    created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL, facts TEXT NOT NULL,
    source TEXT NOT NULL, document TEXT NOT NULL, next_node INTEGER NOT NULL, counts TEXT NOT NULL,
    tree TEXT NOT NULL, made_by_key TEXT UNIQUE, last_key TEXT NOT NULL, last_answer TEXT NOT NULL);
)sql"}}};
constexpr const char* kColumns =
    "id, revision, owner, district, created_ms, changed_ms, facts, source, document, next_node, "
    "counts";

/// What this program wrote itself; anything else is a damaged database.
Json own_json(const std::string& text, const std::string& what) {
  auto json = base::parse_json(text);
  if (json) return std::move(*json);
  throw base::WorldError("a draft cannot be read", what + ": " + json.error().text(),
                         "restore records.db from a backup");
}

Json source_json(const Draft& draft) {
  return Json::object({{"file_name", draft.file_name},
                       {"form", draft.form},
                       {"file_hash", draft.file_hash},
                       {"text_hash", draft.text_hash},
                       {"han", std::uint64_t{draft.han}},
                       {"noise", std::uint64_t{draft.noise}}});
}

void read_source(const Json& json, Draft& out) {
  out.file_name = json["file_name"].as_string();
  out.form = json["form"].as_string();
  out.file_hash = json["file_hash"].as_string();
  out.text_hash = json["text_hash"].as_string();
  out.han = std::size_t(json["han"].as_int());
  out.noise = std::size_t(json["noise"].as_int());
}

void read_counts(const Json& json, DraftCounts& out) {
  const auto n = [&](const char* member) { return std::size_t(json[member].as_int()); };
  out = {n("lines"), n("measures"), n("accepted"), n("rejected"),
         n("made"),  n("no_unit"),  n("no_due")};
}

Draft head_of(const store::Stmt& row) {
  Draft out;
  out.id = row.text(0);
  out.revision = row.integer(1);
  out.owner = row.text(2);
  out.district = row.text(3);
  out.created = {row.integer(4)};
  out.changed = {row.integer(5)};
  // Read without the checks of what comes from outside: an old row may break a newer limit.
  const Json facts = own_json(row.text(6), out.id);
  out.facts = {facts["title"].as_string(),
               facts["kind"].as_string(),
               facts["date"].as_string(),
               facts["issuer"].as_string(),
               facts["document_number"].as_string(),
               int(facts["year"].as_int())};
  read_source(own_json(row.text(7), out.id), out);
  out.document = row.text(8);
  out.next_node = row.integer(9);
  read_counts(own_json(row.text(10), out.id), out.counts);
  return out;
}

Draft whole_of(const store::Stmt& row) {
  Draft out = head_of(row);
  auto nodes = nodes_from_json(own_json(row.text(11), out.id));
  if (!nodes)
    throw base::WorldError("a draft cannot be read", out.id + ": " + nodes.error().text(),
                           "start the version of the program that wrote it");
  out.nodes = std::move(*nodes);
  return out;
}

}  // namespace

std::span<const store::Migration> draft_migrations() {
  return kSteps;
}

void insert_draft(store::Db& db, const Draft& draft, const std::string& key) {
  auto row = db.prepare(
      fmt::format("INSERT INTO plan_draft ({}, tree, made_by_key, last_key, last_answer) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 'null')",
                  kColumns));
  row.bind(1, draft.id).bind(2, draft.revision).bind(3, draft.owner).bind(4, draft.district);
  row.bind(5, draft.created.ms).bind(6, draft.changed.ms).bind(7, to_json(draft.facts).dump());
  row.bind(8, source_json(draft).dump()).bind(9, draft.document).bind(10, draft.next_node);
  row.bind(11, to_json(draft.counts).dump()).bind(12, to_json(draft.nodes).dump());
  if (key.empty())
    row.bind_null(13);
  else
    row.bind(13, key);
  row.run();
}

void update_draft(store::Db& db, const Draft& draft, const LastAct& last) {
  db.prepare(
        "UPDATE plan_draft SET revision = ?, changed_ms = ?, facts = ?, document = ?, "
        "next_node = ?, counts = ?, tree = ?, last_key = ?, last_answer = ? WHERE id = ?")
      .bind(1, draft.revision)
      .bind(2, draft.changed.ms)
      .bind(3, to_json(draft.facts).dump())
      .bind(4, draft.document)
      .bind(5, draft.next_node)
      .bind(6, to_json(draft.counts).dump())
      .bind(7, to_json(draft.nodes).dump())
      .bind(8, last.key)
      .bind(9, last.answer.dump())
      .bind(10, draft.id)
      .run();
}

void delete_draft(store::Db& db, const std::string& id) {
  db.prepare("DELETE FROM plan_draft WHERE id = ?").bind(1, id).run();
}

std::optional<Draft> draft_by_id(store::Db& db, const std::string& id) {
  auto row = db.prepare(fmt::format("SELECT {}, tree FROM plan_draft WHERE id = ?", kColumns));
  row.bind(1, id);
  if (!row.step()) return std::nullopt;
  return whole_of(row);
}

std::optional<Draft> draft_by_key(store::Db& db, const std::string& key) {
  if (key.empty()) return std::nullopt;
  auto row =
      db.prepare(fmt::format("SELECT {}, tree FROM plan_draft WHERE made_by_key = ?", kColumns));
  row.bind(1, key);
  if (!row.step()) return std::nullopt;
  return whole_of(row);
}

LastAct last_act(store::Db& db, const std::string& id) {
  auto row = db.prepare("SELECT last_key, last_answer FROM plan_draft WHERE id = ?");
  row.bind(1, id);
  if (!row.step()) return {};
  return {row.text(0), own_json(row.text(1), id)};
}

std::vector<Draft> all_drafts(store::Db& db) {
  auto row = db.prepare(
      fmt::format("SELECT {} FROM plan_draft ORDER BY changed_ms DESC, id DESC", kColumns));
  std::vector<Draft> out;
  while (row.step()) out.push_back(head_of(row));
  return out;
}

std::string hash_of(const plan::CleanText& text) {
  std::string all;
  for (const auto& paragraph : text.paragraphs) all += base::to_utf8(paragraph.text) + '\n';
  return base::sha256_hex(all);
}

void keep_text(store::Db& db, const std::string& hash, const plan::CleanText& text) {
  db.prepare("INSERT INTO plan_text VALUES (?, ?) ON CONFLICT (hash) DO NOTHING")
      .bind(1, hash)
      .bind(2, plan::to_json(text).dump())
      .run();
}

std::optional<DraftText> text_by_hash(store::Db& db, const std::string& hash) {
  auto row = db.prepare("SELECT body FROM plan_text WHERE hash = ?");
  row.bind(1, hash);
  if (!row.step()) return std::nullopt;
  const Json json = own_json(row.text(0), hash);
  DraftText out;
  for (const auto& paragraph : json["paragraphs"].items())
    out.paragraphs.push_back(
        {base::to_utf32(paragraph["text"].as_string()), std::size_t(paragraph["line"].as_int())});
  out.removed = json["removed"];
  out.han = std::size_t(json["han"].as_int());
  return out;
}

}  // namespace jinglue::act::task
