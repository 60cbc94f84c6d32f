// SPDX-License-Identifier: Apache-2.0
#include "findings/findings.hpp"

#include <atomic>
#include <map>

#include "findings/list_query.hpp"
#include "findings/review_desk.hpp"
#include "findings/tables.hpp"
#include "store/sqlite/text_search.hpp"

namespace jinglue::findings {
namespace {

using base::Json;
using store::Db;

/// Without steps the applied offset is written only so often: what it claims is true anyway.
constexpr std::uint64_t kProgressEvery = 10'000;

Finding read_finding(Db& db, const StepFold& fold, const std::vector<Suspension>& suspensions,
                     base::Instant now) {
  return judge(fold, own_reviews(db, fold.now.finding), others_of(suspensions, fold), now);
}

/// The folds of the findings that one append() touches.
class Touched {
 public:
  explicit Touched(Db& db) : m_db(db) {}

  void add(const model::FindingStep& step) {
    const auto [place, is_first] = m_folds.try_emplace(step.finding);
    Entry& entry = place->second;
    if (is_first) {
      if (auto stored = read_fold(m_db, step.finding)) {
        entry = {std::move(*stored), {}, true};
        entry.text = text_of(entry.fold.now);
      }
    }
    if (!entry.known) {
      entry.fold.begin(step);
      entry.known = true;
    } else if (step.number > entry.fold.now.number) {
      entry.fold.add(step);
    } else {
      again(step.finding, entry.fold);
    }
  }

  void put() {
    for (const auto& [id, entry] : m_folds) {
      put_finding(m_db, entry.fold);
      const std::string text = text_of(entry.fold.now);
      if (text != entry.text) {
        store::sqlite::put_text(m_db, kTextIndex, row_key(id), text);
      }
      put_reviews(m_db, entry.fold, own_reviews(m_db, id));
      put_reach(m_db, id, entry.fold.now.at);
    }
  }

 private:
  struct Entry {
    StepFold fold;
    std::string text;  ///< as it is stored
    bool known{false};
  };

  /// A step that comes after a later one: the fold is made again from all of them.
  void again(model::FindingId id, StepFold& fold) {
    const auto steps = read_steps(m_db, id);
    fold.begin(steps.front());
    for (std::size_t i = 1; i < steps.size(); ++i) fold.add(steps[i]);
  }

  Db& m_db;
  std::map<model::FindingId, Entry> m_folds;
};

}  // namespace

struct Findings::Impl {
  store::Database& records;
  std::atomic<std::uint64_t> applied{0};
  std::atomic<std::uint64_t> applied_stored{0};
};

Findings::Findings(store::Database& records) : m_impl(std::make_unique<Impl>(records)) {
  records.migrate("findings", migrations());
  records.write([](Db& db) { store::sqlite::make_text_index(db, kTextIndex); });
  m_impl->applied = records.read([](Db& db) { return read_applied(db); });
  m_impl->applied_stored = m_impl->applied.load();
}
Findings::~Findings() = default;

std::size_t Findings::append(std::span<const model::FindingStep> steps,
                             std::uint64_t applied_offset) {
  const std::uint64_t applied = std::max(applied_offset, m_impl->applied.load());
  std::size_t added = 0;
  if (!steps.empty() || applied >= m_impl->applied_stored + kProgressEvery) {
    added = m_impl->records.write([&](Db& db) {
      Touched touched(db);
      std::size_t fresh = 0;
      for (const auto& step : steps) {
        if (!insert_step(db, step)) continue;
        ++fresh;
        touched.add(step);
      }
      touched.put();
      put_applied(db, applied);
      return fresh;
    });
    m_impl->applied_stored = applied;
  }
  m_impl->applied = applied;
  return added;
}

std::uint64_t Findings::applied_offset() const {
  return m_impl->applied;
}

base::Result<Review> Findings::add_review(Review review) {
  return m_impl->records.write([&](Db& db) { return store_review(db, review); });
}

std::optional<Finding> Findings::find(model::FindingId id, base::Instant now) const {
  return m_impl->records.read([&](Db& db) -> std::optional<Finding> {
    const auto fold = read_fold(db, id);
    if (!fold) return std::nullopt;
    return read_finding(db, *fold, suspensions_at(db, now), now);
  });
}

Page Findings::list(const Query& query, base::Instant now) const {
  const ListQuery sql(query, now);
  return m_impl->records.read([&](Db& db) {
    Page page;
    std::vector<model::FindingId> ids;
    {
      auto rows = db.prepare(sql.page_sql());
      sql.bind_page(rows);
      std::int64_t opened_at = 0;
      while (rows.step()) {
        if (ids.size() == sql.limit()) {
          page.next = ListQuery::cursor_after(opened_at, row_key(ids.back()));
          break;
        }
        ids.push_back({static_cast<std::uint64_t>(rows.integer(0))});
        opened_at = rows.integer(1);
      }
    }
    const auto suspensions = suspensions_at(db, now);
    for (const auto id : ids) {
      page.items.push_back(read_finding(db, read_fold(db, id).value(), suspensions, now));
    }
    auto total = db.prepare(sql.total_sql());
    sql.bind_total(total);
    if (total.step()) page.total = static_cast<std::uint64_t>(total.integer(0));
    return page;
  });
}

std::vector<model::FindingStep> Findings::steps(model::FindingId id) const {
  return m_impl->records.read([&](Db& db) { return read_steps(db, id); });
}

std::vector<model::FindingStep> Findings::steps_after(std::uint64_t offset,
                                                      std::size_t limit) const {
  return m_impl->records.read([&](Db& db) {
    auto rows = db.prepare(
        "SELECT body FROM finding_step WHERE journal_offset > ? ORDER BY journal_offset, row");
    rows.bind(1, offset);
    std::vector<model::FindingStep> out;
    while (rows.step()) {
      auto step = read_step(rows.text(0));
      if (out.size() >= limit && (out.empty() || step.offset != out.back().offset)) break;
      out.push_back(std::move(step));
    }
    return out;
  });
}

std::vector<Review> Findings::reviews(model::FindingId id) const {
  return m_impl->records.read([&](Db& db) { return read_reviews(db, id); });
}

std::vector<Review> Findings::suspensions(base::Instant now) const {
  return m_impl->records.read([&](Db& db) {
    std::vector<Review> out;
    for (auto& one : suspensions_at(db, now)) out.push_back(std::move(one.review));
    return out;
  });
}

Json Findings::counts(base::Instant now, const std::vector<std::string>& within) const {
  std::map<std::int64_t, std::int64_t> by_status;
  std::map<std::int64_t, std::int64_t> by_severity;
  std::map<std::string, std::int64_t> by_rule;
  m_impl->records.read([&](Db& db) {
    std::string where;
    for (std::size_t i = 0; i < within.size(); ++i) {
      where += (i == 0 ? " WHERE district IN (?" : ", ?") + std::to_string(i + 3);
    }
    if (!where.empty()) where += ")";
    auto rows = db.prepare(
        "SELECT CASE WHEN hush_until > ?1 THEN ?2 ELSE rest END, severity, rule, "
        "count(*) FROM finding" +
        where + " GROUP BY 1, 2, 3");
    rows.bind(1, now.ms).bind(2, std::int64_t(Status::kSuspended));
    for (std::size_t i = 0; i < within.size(); ++i) rows.bind(int(i) + 3, within[i]);
    while (rows.step()) {
      const auto status = static_cast<Status>(rows.integer(0));
      by_status[rows.integer(0)] += rows.integer(3);
      if (status != Status::kNew && status != Status::kAcknowledged) continue;
      by_severity[rows.integer(1)] += rows.integer(3);
      by_rule[rows.text(2)] += rows.integer(3);
    }
  });
  Json statuses = Json::object();
  for (std::int64_t i = 1; i <= std::int64_t(Status::kRetracted); ++i) {
    statuses.set(to_key(static_cast<Status>(i)), by_status[i]);
  }
  Json severities = Json::object();
  for (std::int64_t i = 0; i <= std::int64_t(model::Severity::kCritical); ++i) {
    severities.set(model::to_key(static_cast<model::Severity>(i)), by_severity[i]);
  }
  Json rules = Json::object();
  for (const auto& [rule, count] : by_rule) rules.set(rule, count);
  return Json::object({{"status", statuses}, {"severity", severities}, {"rules", rules}});
}

}  // namespace jinglue::findings
