// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/archive.hpp"

#include <algorithm>
#include <utility>

#include "base/instant.hpp"
#include "base/log.hpp"
#include "picture/archive/archive_impl.hpp"
#include "picture/archive/block_reader.hpp"
#include "picture/archive/chunk_import.hpp"
#include "picture/archive/cold_tier.hpp"
#include "picture/archive/density_table.hpp"
#include "picture/archive/last_table.hpp"
#include "store/sqlite/large_pages.hpp"

namespace jinglue::picture {
namespace {

constexpr std::size_t kCommitRows = 262'144;
constexpr auto kCommitEvery = std::chrono::seconds(20);
constexpr auto kRetryAfter = std::chrono::seconds(1);
constexpr std::size_t kMostWaiting = 2'000'000;  // uncommitted rows, about 150 MB
/// Waiting rows are written anew when the file holds twice as many as memory, and this many more.
constexpr std::size_t kWaitingSlack = 16'384;
constexpr base::Duration kIdleAfter{48 * 3'600'000};
constexpr std::size_t kMostIdleRuns = 4096;
/// Of a commit, or twice what its rows fill when those are more (in an import): vessels that report
/// in step are spread over some commits instead of standing in memory a second time.
constexpr std::size_t kMostFullRuns = 2 * kCommitRows / store::kBlockRows;
constexpr std::size_t kTracksAtOnce = 64;            // read under the lock, about a millisecond
constexpr base::Duration kColdEvery{6 * 3'600'000};  // of the rows' time
/// After a cold pass the file shrinks while more than one page in so many is free.
constexpr std::int64_t kFreeShare = 32;
constexpr std::int64_t kPagesAtOnce = 512;

std::uint64_t size_of(const std::filesystem::path& file) {
  std::error_code absent;
  const auto size = std::filesystem::file_size(file, absent);
  return absent ? 0 : size;
}

std::string text_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& e) {
    return e.what();
  }
}

/// Beside the archive's file, which may have any name in tests.
std::filesystem::path receptions_beside(const std::filesystem::path& file) {
  return file.parent_path() / "receptions.db";
}

}  // namespace

Archive::Impl::Impl(const Options& options)
    : file(options.file),
      retention(options.retention),
      receptions(receptions_beside(options.file), options.vfs) {
  store::OpenOptions opening;
  opening.path = options.file;
  opening.vfs = options.vfs;
  store::create_with_large_pages(opening);
  database = std::make_unique<store::Database>(opening);
  detail::BlockTable::migrate(*database);
  detail::import_chunks(*database, receptions, damaged);
  detail::DensityTable::prepare(*database, damaged);
  detail::LastTable::prepare(*database, damaged);
  load();
}

void Archive::Impl::load() {
  std::vector<std::int64_t> unreadable;
  database->read([&](store::Db& db) {
    totals = detail::BlockTable::state(db);
    for (const auto& known : detail::BlockTable::tracks(db)) open.know(known.track, known.closed);
    receptions.read([&](store::Db& db_receptions) {
      detail::BlockReader reader(db, damaged, &db_receptions);
      for (const auto& [track, rows] : reader.waiting()) {
        for (const auto& row : rows) open.add(row);
      }
      open.unwritten();  // the file holds them
      unreadable = reader.damaged_waiting();
    });
    waiting_in_file = detail::BlockTable::waiting_count(db);
  });
  if (!unreadable.empty()) {
    database->write([&](store::Db& db) {  // kept for a repair when the others are written anew
      for (const auto id : unreadable) {
        db.prepare("UPDATE archive_waiting SET row_count = -abs(row_count) WHERE id = ?")
            .bind(1, id)
            .run();
      }
    });
  }
  last_appended = advanced = totals.applied_offset;
}

bool Archive::Impl::due(bool now_durable) const {
  if (running) return false;
  const auto since = SteadyClock::now() - last_start;
  if (flight != nullptr) return now_durable || since >= kRetryAfter;  // it failed
  if (last_appended > advanced) return false;  // more rows of that offset may come
  if (now_durable) return advanced > totals.applied_offset;
  return fresh >= kCommitRows || (fresh > 0 && since >= kCommitEvery);
}

std::shared_ptr<const ArchiveFlight> Archive::Impl::make_flight() {
  auto next = std::make_shared<ArchiveFlight>();
  next->fresh = std::exchange(fresh, 0);
  next->full = open.take_full(std::max(kMostFullRuns, 2 * next->fresh / store::kBlockRows));
  next->anew = waiting_in_file + next->fresh > 2 * open.count() + kWaitingSlack;
  if (next->anew && totals.last) {
    next->idle = open.take_idle(*totals.last - kIdleAfter, kMostIdleRuns);
  }
  next->waiting = open.unwritten(next->anew);
  for (const auto& part : next->waiting) next->waiting_count += part.end - part.begin;
  next->state = totals;
  next->state.applied_offset = advanced;
  ++next->state.generation;
  return next;
}

void Archive::Impl::start_commit() {
  last_start = SteadyClock::now();
  running = true;
  wanted = false;
  if (flight == nullptr) flight = make_flight();
  database->write_later([this, rows = flight](store::Db& db) { write_flight(db, *rows); },
                        [this](const std::exception_ptr& failure) { commit_ended(failure); });
}

void Archive::Impl::commit_ended(const std::exception_ptr& failure) {
  std::shared_ptr<const ArchiveFlight> done;  // freed after the lock
  const std::lock_guard lock(mutex);
  running = false;
  if (failure) {
    const auto text = text_of(failure);
    if (text != problem) base::log_error("picture", "the archive was not written: {}", text);
    problem = text;
  } else {
    if (!problem.empty()) base::log_info("picture", "the archive is written again");
    problem.clear();
    done = std::exchange(flight, nullptr);
    totals.applied_offset = done->state.applied_offset;
    totals.generation = done->state.generation;
    waiting_in_file = (done->anew ? 0 : waiting_in_file) + done->waiting_count;
    if (wanted && due(true)) start_commit();
    // A row from the future (a vessel with a wrong clock) must not make the others old.
    const auto newest = std::min(totals.last.value_or(base::kDistantPast), base::wall_now());
    if (totals.last && newest - cold_until >= kColdEvery) {
      cold_until = newest;
      make_cold(std::make_shared<detail::ColdPass>(cold_until - detail::kColdAfter, damaged));
    }
  }
  changed.notify_all();
}

/// Before the commit: what the archive holds has its reception. What the commit removes is kept
/// until the one after it, for readers that began between the two files.
void Archive::Impl::put_receptions(detail::Receptions said) {
  receptions.put(said);
  database->after_commit([this, gone = std::move(said.gone), oldest = said.oldest_waiting] {
    if (gone.empty() && oldest == INT64_MIN) return;
    receptions.remove_later(std::exchange(gone_receptions, gone),
                            std::exchange(oldest_waiting, std::max(oldest_waiting, oldest)));
  });
}

void Archive::Impl::write_flight(store::Db& db, const ArchiveFlight& rows) {
  using detail::BlockTable;
  detail::Receptions said;
  const auto generation = rows.state.generation;
  BlockTable::add_blocks(db, rows.full, detail::Stored::kAlone, generation, said);
  BlockTable::add_blocks(db, rows.idle, detail::Stored::kPooled, generation, said);
  detail::DensityCounter counter;
  for (const auto* runs : {&rows.full, &rows.idle}) {
    for (const auto& run : *runs) counter.add(run.rows);
  }
  detail::DensityTable::add(db, counter);
  detail::LastTable::add(db, rows.full);
  detail::LastTable::add(db, rows.idle);
  write_waiting(db, rows, said);
  auto state = rows.state;  // retention may have removed positions since the flight was made
  state.positions = BlockTable::state(db).positions + rows.fresh;
  BlockTable::set_state(db, state);
  put_receptions(std::move(said));
}

void Archive::Impl::write_waiting(store::Db& db, const ArchiveFlight& rows,
                                  detail::Receptions& said) {
  detail::WaitingWriter writer(db, rows.anew, rows.state.generation, said);
  std::vector<model::Fix> some;
  for (std::span rest(rows.waiting); !rest.empty();) {
    const auto parts = rest.first(std::min(kTracksAtOnce, rest.size()));
    {
      const std::lock_guard lock(mutex);
      for (const auto& part : parts) open.rows_of(part, some);
    }
    writer.add(some);
    some.clear();
    rest = rest.subspan(parts.size());
  }
  writer.end();
}

void Archive::Impl::make_cold(const std::shared_ptr<detail::ColdPass>& pass) {
  database->write_later(
      [this, pass](store::Db& db) {
        detail::Receptions said;
        more_cold = receptions.read(
            [&](store::Db& db_receptions) { return pass->step(db, db_receptions, said); });
        put_receptions(std::move(said));
      },
      [this, pass](const std::exception_ptr& failure) {
        if (failure) {
          base::log_warn("picture", "old blocks stay as they are: {}", text_of(failure));
        } else if (more_cold && !stopping) {
          make_cold(pass);
        } else if (!stopping && retention.any()) {
          const std::lock_guard lock(mutex);
          retain(std::make_shared<detail::RetentionPass>(cold_until, retention, damaged));
        } else if (!stopping) {
          shrink_file();
        }
      });
}

void Archive::Impl::retain(const std::shared_ptr<detail::RetentionPass>& pass) {
  database->write_later(
      [this, pass](store::Db& db) {
        detail::Receptions said;
        more_old = receptions.read(
            [&](store::Db& db_receptions) { return pass->step(db, db_receptions, said); });
        put_receptions(std::move(said));
      },
      [this, pass](const std::exception_ptr& failure) {
        if (failure) {
          base::log_warn("picture", "old positions stay: {}", text_of(failure));
          return;
        }
        {
          const std::lock_guard lock(mutex);
          totals.positions -= pass->removed();
          if (totals.first) totals.first = std::max(*totals.first, pass->kept_from());
        }
        if (stopping) return;
        more_old ? retain(pass) : shrink_file();
      });
}

void Archive::Impl::shrink_file() {
  database->write_later(
      [this](store::Db& db) { more_free = store::shrink(db, kFreeShare, kPagesAtOnce); },
      [this](const std::exception_ptr& failure) {
        if (!failure && more_free && !stopping) shrink_file();
      });
}

void Archive::Impl::take_memory(
    store::Db& db, store::Db* db_receptions,
    const std::function<void(const detail::OpenRows&)>& open_rows,
    const std::function<void(const std::vector<model::Fix>&)>& other_rows) const {
  std::unique_lock lock(mutex);
  const auto state = detail::BlockTable::state(db);  // begins the snapshot
  const bool flown = flight != nullptr && state.generation == flight->state.generation;
  if (flown || state.generation == totals.generation) {
    open_rows(open);
    if (flight == nullptr || flown) return;
    for (const auto* runs : {&flight->full, &flight->idle}) {
      for (const auto& run : *runs) other_rows(run.rows);
    }
    return;
  }
  // Another program commits to this file, or the snapshot is older than memory because it is that
  // of a question around this one: what the file says is the answer.
  lock.unlock();
  detail::BlockReader reader(db, damaged, db_receptions);
  for (const auto& [track, rows] : reader.waiting()) other_rows(rows);
}

void Archive::Impl::visit_memory(store::Db& db, store::Db* db_receptions,
                                 const detail::Wanted& what,
                                 const std::function<void(const model::Fix&)>& visit) const {
  take_memory(
      db, db_receptions, [&](const detail::OpenRows& rows) { rows.visit(what, visit); },
      [&](const std::vector<model::Fix>& rows) {
        for (const auto& row : rows) {
          if (detail::wants(what, row)) visit(row);
        }
      });
}

std::vector<model::Fix> Archive::Impl::rows_in_memory(store::Db& db, store::Db* db_receptions,
                                                      const detail::Wanted& what) const {
  std::vector<model::Fix> out;
  if (what.track) out.reserve(store::kBlockRows);  // rarely more
  visit_memory(db, db_receptions, what, [&](const model::Fix& row) { out.push_back(row); });
  return out;
}

Archive::Archive(const Options& options) : m_impl(std::make_unique<Impl>(options)) {}

Archive::~Archive() {
  std::unique_lock lock(m_impl->mutex);
  m_impl->wanted = false;
  m_impl->stopping = true;
  m_impl->changed.wait(lock, [&] { return !m_impl->running; });
}

void Archive::append(const model::Fix& fix, std::uint64_t offset) {
  auto& impl = *m_impl;
  std::unique_lock lock(impl.mutex);
  if (offset <= impl.advanced || offset < impl.last_appended) return;
  const auto full = [&] {
    return impl.fresh + (impl.flight ? impl.flight->fresh : 0) >= kMostWaiting;
  };
  if (full()) {
    impl.changed.wait(lock, [&] { return !impl.running || !full(); });
    if (full()) {
      throw base::WorldError("the archive cannot take more positions", impl.problem,
                             "free space for " + impl.file.string() +
                                 " and start again; the "
                                 "journal holds what is missing");
    }
  }
  impl.last_appended = offset;
  impl.open.add(fix);
  ++impl.fresh;
  auto& totals = impl.totals;
  ++totals.positions;
  totals.first = std::min(totals.first.value_or(fix.time), fix.time);
  totals.last = std::max(totals.last.value_or(fix.time), fix.time);
}

void Archive::advance(std::uint64_t offset, bool now_durable) {
  auto& impl = *m_impl;
  const std::lock_guard lock(impl.mutex);
  impl.advanced = std::max(impl.advanced, offset);
  if (impl.due(now_durable || impl.wanted)) impl.start_commit();
  // Also when the commit just started repeats an older one that had failed.
  if (now_durable && impl.running && impl.advanced > impl.flight->state.applied_offset) {
    impl.wanted = true;
  }
}

void Archive::forget_receptions(std::uint64_t offset) {
  m_impl->receptions.forget_later(offset);
}

std::uint64_t Archive::applied_offset() const {
  const std::lock_guard lock(m_impl->mutex);
  return m_impl->totals.applied_offset;
}

bool Archive::wait_applied(std::uint64_t offset, base::Duration patience) const {
  std::unique_lock lock(m_impl->mutex);
  m_impl->changed.wait_for(lock, patience, [&] {
    return m_impl->totals.applied_offset >= offset ||
           (!m_impl->running && !m_impl->problem.empty());
  });
  return m_impl->totals.applied_offset >= offset;
}

ArchiveCounts Archive::counts() const {
  const auto& impl = *m_impl;
  ArchiveCounts out;
  out.bytes = size_of(impl.file) + size_of(impl.file.string() + "-wal");
  out.damaged = impl.damaged;
  const std::lock_guard lock(impl.mutex);
  out.positions = impl.totals.positions;
  out.tracks = impl.open.tracks();
  out.first = impl.totals.first;
  out.last = impl.totals.last;
  out.applied_offset = impl.totals.applied_offset;
  out.waiting = impl.fresh + (impl.flight ? impl.flight->fresh : 0);
  out.problem = impl.problem;
  return out;
}

}  // namespace jinglue::picture
