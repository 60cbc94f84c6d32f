// SPDX-License-Identifier: Apache-2.0
#include "findings/tables.hpp"

#include <array>

#include "base/hash.hpp"

namespace jinglue::findings {
namespace {

using store::Db;
using store::Stmt;

// `rest` is the status while nothing is suspended, `hush_until` the end of what silences it now or
// did (own or other's suspension); so the status at any instant is one comparison.
constexpr const char* kVersion1 = R"(
CREATE TABLE finding_step (
  row INTEGER PRIMARY KEY,
  finding INTEGER NOT NULL,
  number INTEGER NOT NULL,
  journal_offset INTEGER NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (finding, number));
CREATE INDEX finding_step_offset ON finding_step (journal_offset, row);
CREATE TABLE finding (
  id INTEGER PRIMARY KEY,
  rule TEXT NOT NULL,
  subject TEXT NOT NULL,
  severity INTEGER NOT NULL,
  district TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  begin_at INTEGER NOT NULL,
  is_open INTEGER NOT NULL,
  last_number INTEGER NOT NULL,
  last_change INTEGER NOT NULL,
  rest INTEGER NOT NULL DEFAULT 1,
  own_until INTEGER,
  others_count INTEGER NOT NULL DEFAULT 1,
  others_until INTEGER,
  reopened_at INTEGER,
  hush_until INTEGER);
CREATE INDEX finding_rest ON finding (rest, opened_at, id, hush_until, severity, rule, district);
CREATE INDEX finding_hush ON finding (hush_until, opened_at) WHERE hush_until IS NOT NULL;
CREATE INDEX finding_opened ON finding (opened_at, id);
CREATE INDEX finding_rule ON finding (rule, opened_at);
CREATE INDEX finding_main ON finding (subject, opened_at);
CREATE INDEX finding_district ON finding (district, opened_at);
CREATE INDEX finding_begin ON finding (begin_at);
CREATE TABLE finding_now (
  finding INTEGER PRIMARY KEY REFERENCES finding (id),
  body TEXT NOT NULL);
CREATE TABLE finding_subject (
  subject TEXT NOT NULL,
  finding INTEGER NOT NULL REFERENCES finding (id),
  PRIMARY KEY (subject, finding));
CREATE INDEX finding_subject_of ON finding_subject (finding);
CREATE TABLE finding_review (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  finding INTEGER NOT NULL REFERENCES finding (id),
  kind INTEGER NOT NULL,
  seen_step INTEGER NOT NULL,
  reason TEXT NOT NULL,
  until INTEGER,
  scope INTEGER NOT NULL,
  case_id TEXT NOT NULL,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  idempotency_key TEXT UNIQUE);
CREATE INDEX finding_review_of ON finding_review (finding, row);
CREATE TABLE finding_suspension (
  review INTEGER PRIMARY KEY REFERENCES finding_review (row),
  finding INTEGER NOT NULL,
  rule TEXT,
  subject TEXT,
  at INTEGER NOT NULL,
  until INTEGER NOT NULL,
  ended_at INTEGER);
CREATE INDEX finding_suspension_until ON finding_suspension (until) WHERE ended_at IS NULL;
CREATE INDEX finding_suspension_of ON finding_suspension (finding);
CREATE TABLE finding_progress (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  applied_offset INTEGER NOT NULL);
INSERT INTO finding_progress (one, applied_offset) VALUES (1, 0);
)";

constexpr const char* kReviewColumns =
    "id, finding, kind, seen_step, reason, until, scope, case_id, actor, at, idempotency_key";

// What of the other findings' suspensions reaches a row.
constexpr const char* kReach = R"(
UPDATE finding SET others_until = (
  SELECT max(s.until) FROM finding_suspension s
  WHERE s.ended_at IS NULL AND s.until > ?1 AND s.finding <> finding.id
    AND (s.rule IS NULL OR s.rule = finding.rule)
    AND (s.subject IS NULL OR s.subject = finding.subject)
    AND (finding.reopened_at IS NULL OR s.at > finding.reopened_at)))";
// A stored column and no generated one: an index covers a count only then.
constexpr const char* kHush = R"(
UPDATE finding SET hush_until = CASE
  WHEN others_count = 0 OR others_until IS NULL THEN own_until
  WHEN own_until IS NULL OR others_until > own_until THEN others_until
  ELSE own_until END)";

Review review_of(Stmt& row) {
  Review out;
  out.id = row.text(0);
  out.finding.value = static_cast<std::uint64_t>(row.integer(1));
  out.kind = static_cast<ReviewKind>(row.integer(2));
  out.seen_step = static_cast<std::uint32_t>(row.integer(3));
  out.reason = row.text(4);
  if (!row.is_null(5)) out.until = base::Instant{row.integer(5)};
  out.scope = static_cast<SuspendScope>(row.integer(6));
  out.case_id = row.text(7);
  out.actor = row.text(8);
  out.at = {row.integer(9)};
  out.idempotency_key = row.text(10);
  return out;
}

constexpr const char* kSuspensions =
    "SELECT r.id, r.finding, r.kind, r.seen_step, r.reason, r.until, r.scope, r.case_id, r.actor, "
    "r.at, r.idempotency_key, s.rule, s.subject FROM finding_suspension s "
    "JOIN finding_review r ON r.row = s.review WHERE s.ended_at IS NULL";

std::vector<Suspension> suspensions_from(Stmt& rows) {
  std::vector<Suspension> out;
  while (rows.step()) {
    Suspension one{review_of(rows), std::nullopt, std::nullopt};
    if (!rows.is_null(11)) one.rule = rows.text(11);
    if (!rows.is_null(12)) one.subject = rows.text(12);
    out.push_back(std::move(one));
  }
  return out;
}

std::optional<std::int64_t> ms_of(const std::optional<base::Instant>& t) {
  if (!t) return std::nullopt;
  return t->ms;
}

}  // namespace

std::span<const store::Migration> migrations() {
  static const std::array<store::Migration, 1> all{{{1, kVersion1}}};
  return all;
}

bool insert_step(Db& db, const model::FindingStep& step) {
  db.prepare(
        "INSERT INTO finding_step (finding, number, journal_offset, body) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (finding, number) DO NOTHING")
      .bind(1, row_key(step.finding))
      .bind(2, step.number)
      .bind(3, step.offset)
      .bind(4, step.to_json().dump())
      .run();
  return db.changes() > 0;
}

model::FindingStep read_step(const std::string& body) {
  const auto json = base::parse_json(body);
  auto step = json ? model::FindingStep::from_json(*json) : tl::unexpected(json.error());
  if (!step) {
    throw base::WorldError("a stored finding step cannot be read", step.error().text(),
                           "check records.db; restore it from a backup");
  }
  return std::move(*step);
}

std::vector<model::FindingStep> read_steps(Db& db, model::FindingId id) {
  auto rows = db.prepare("SELECT body FROM finding_step WHERE finding = ? ORDER BY number");
  rows.bind(1, row_key(id));
  std::vector<model::FindingStep> out;
  while (rows.step()) out.push_back(read_step(rows.text(0)));
  return out;
}

std::int64_t insert_review(Db& db, const Review& review) {
  auto insert = db.prepare(std::string("INSERT INTO finding_review (") + kReviewColumns +
                           ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(1, review.id).bind(2, row_key(review.finding)).bind(3, std::int64_t(review.kind));
  insert.bind(4, review.seen_step).bind(5, review.reason).bind(6, ms_of(review.until));
  insert.bind(7, std::int64_t(review.scope)).bind(8, review.case_id).bind(9, review.actor);
  insert.bind(10, review.at.ms);
  if (review.idempotency_key.empty()) {
    insert.bind_null(11);
  } else {
    insert.bind(11, review.idempotency_key);
  }
  insert.run();
  return db.last_id();
}

std::vector<Review> read_reviews(Db& db, model::FindingId id) {
  auto rows = db.prepare(std::string("SELECT ") + kReviewColumns +
                         " FROM finding_review WHERE finding = ? ORDER BY row");
  rows.bind(1, row_key(id));
  std::vector<Review> out;
  while (rows.step()) out.push_back(review_of(rows));
  return out;
}

OwnReviews own_reviews(Db& db, model::FindingId id) {
  OwnReviews out;
  for (const Review& review : read_reviews(db, id)) out.add(review);
  return out;
}

std::optional<Review> review_by_key(Db& db, const std::string& idempotency_key) {
  if (idempotency_key.empty()) return std::nullopt;
  auto rows = db.prepare(std::string("SELECT ") + kReviewColumns +
                         " FROM finding_review WHERE idempotency_key = ?");
  rows.bind(1, idempotency_key);
  if (!rows.step()) return std::nullopt;
  return review_of(rows);
}

std::optional<StepFold> read_fold(Db& db, model::FindingId id) {
  auto row = db.prepare(
      "SELECT n.body, f.opened_at, f.is_open, f.last_change FROM finding f "
      "JOIN finding_now n ON n.finding = f.id WHERE f.id = ?");
  row.bind(1, row_key(id));
  if (!row.step()) return std::nullopt;
  return StepFold{read_step(row.text(0)), {row.integer(1)}, row.integer(2) != 0, row.integer(3)};
}

bool Suspension::covers(const model::FindingStep& step) const {
  return (!rule || *rule == step.rule_id) && (!subject || *subject == main_subject_id(step));
}

void insert_suspension(Db& db, std::int64_t review_row, const Suspension& suspension) {
  auto insert = db.prepare(
      "INSERT INTO finding_suspension (review, finding, rule, subject, at, until) "
      "VALUES (?, ?, ?, ?, ?, ?)");
  insert.bind(1, review_row).bind(2, row_key(suspension.review.finding)).bind(3, suspension.rule);
  insert.bind(4, suspension.subject).bind(5, suspension.review.at.ms);
  insert.bind(6, suspension.review.until->ms).run();
}

void end_suspensions_of(Db& db, model::FindingId id, base::Instant at) {
  db.prepare("UPDATE finding_suspension SET ended_at = ? WHERE finding = ? AND ended_at IS NULL")
      .bind(1, at.ms)
      .bind(2, row_key(id))
      .run();
}

std::vector<Suspension> suspensions_at(Db& db, base::Instant now) {
  auto rows = db.prepare(std::string(kSuspensions) + " AND s.until > ? ORDER BY s.review DESC");
  rows.bind(1, now.ms);
  return suspensions_from(rows);
}

std::vector<Suspension> suspensions_of(Db& db, model::FindingId id) {
  auto rows = db.prepare(std::string(kSuspensions) + " AND s.finding = ?");
  rows.bind(1, row_key(id));
  return suspensions_from(rows);
}

std::vector<Review> others_of(const std::vector<Suspension>& all, const StepFold& fold) {
  std::vector<Review> out;
  for (const auto& one : all) {
    if (one.review.finding != fold.now.finding && one.covers(fold.now)) out.push_back(one.review);
  }
  return out;
}

void put_finding(Db& db, const StepFold& fold) {
  const model::FindingStep& now = fold.now;
  const std::int64_t id = row_key(now.finding);
  auto row = db.prepare(
      "INSERT INTO finding (id, rule, subject, severity, district, opened_at, begin_at, is_open, "
      "last_number, last_change) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
      "ON CONFLICT (id) DO UPDATE SET rule = ?2, subject = ?3, severity = ?4, district = ?5, "
      "opened_at = ?6, begin_at = ?7, is_open = ?8, last_number = ?9, last_change = ?10");
  row.bind(1, id).bind(2, now.rule_id).bind(3, main_subject_id(now));
  row.bind(4, std::int64_t(now.severity)).bind(5, now.values["district"].as_string());
  row.bind(6, fold.opened_at.ms).bind(7, now.begin.ms).bind(8, std::int64_t{fold.open});
  row.bind(9, now.number).bind(10, fold.last_change).run();
  db.prepare(
        "INSERT INTO finding_now (finding, body) VALUES (?1, ?2) "
        "ON CONFLICT (finding) DO UPDATE SET body = ?2")
      .bind(1, id)
      .bind(2, now.to_json().dump())
      .run();
  for (const auto& subject : now.subjects) {
    db.prepare(
          "INSERT INTO finding_subject (subject, finding) VALUES (?, ?) "
          "ON CONFLICT (subject, finding) DO NOTHING")
        .bind(1, subject.id)
        .bind(2, id)
        .run();
  }
}

std::string text_of(const model::FindingStep& step) {
  std::string out = base::to_hex(step.finding.value) + "\n" + step.rule_id;
  for (const auto& text : {step.title.zh, step.title.en, step.zone}) out += "\n" + text;
  for (const auto& subject : step.subjects) out += "\n" + subject.label + "\n" + subject.id;
  return out;
}

void put_reviews(Db& db, const StepFold& fold, const OwnReviews& own) {
  std::optional<std::int64_t> own_until;
  if (own_suspension_counts(fold, own)) own_until = ms_of(own.suspension->until);
  std::optional<std::int64_t> reopened_at;
  if (own.reopened) reopened_at = own.reopened->at.ms;
  auto update = db.prepare(
      "UPDATE finding SET rest = ?, own_until = ?, others_count = ?, reopened_at = ? WHERE id = ?");
  update.bind(1, std::int64_t(status_at_rest(fold, own))).bind(2, own_until);
  update.bind(3, std::int64_t{others_count(fold, own)}).bind(4, reopened_at);
  update.bind(5, row_key(fold.now.finding)).run();
}

void put_reach(Db& db, model::FindingId id, base::Instant now) {
  db.prepare(std::string(kReach) + " WHERE id = ?2").bind(1, now.ms).bind(2, row_key(id)).run();
  db.prepare(std::string(kHush) + " WHERE id = ?1").bind(1, row_key(id)).run();
}

void put_reach(Db& db, const Suspension& scope, base::Instant now) {
  std::string where;
  if (scope.rule) where = " WHERE rule = ?";
  if (scope.subject) where += scope.rule ? " AND subject = ?" : " WHERE subject = ?";
  const auto run_in_scope = [&](Stmt& update, int next) {
    if (scope.rule) update.bind(next++, *scope.rule);
    if (scope.subject) update.bind(next, *scope.subject);
    update.run();
  };
  auto reach = db.prepare(kReach + where);
  reach.bind(1, now.ms);
  run_in_scope(reach, 2);
  auto hush = db.prepare(kHush + where);
  run_in_scope(hush, 1);
}

std::uint64_t read_applied(Db& db) {
  auto row = db.prepare("SELECT applied_offset FROM finding_progress WHERE one = 1");
  return row.step() ? static_cast<std::uint64_t>(row.integer(0)) : 0;
}

void put_applied(Db& db, std::uint64_t offset) {
  db.prepare(
        "UPDATE finding_progress SET applied_offset = ?1 WHERE one = 1 AND applied_offset < ?1")
      .bind(1, offset)
      .run();
}

}  // namespace jinglue::findings
