// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/archive.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "picture/archive/archive_impl.hpp"

namespace jinglue::picture {
namespace {

constexpr std::size_t kCommitRows = 262'144;
constexpr auto kCommitEvery = std::chrono::seconds(20);
constexpr auto kRetryAfter = std::chrono::seconds(1);
constexpr std::size_t kMostWaiting = 2'000'000;  // rows, about 150 MB

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

}  // namespace

Archive::Impl::Impl(const Options& options) : file(options.file) {
  store::OpenOptions open;
  open.path = options.file;
  open.vfs = options.vfs;
  database = std::make_unique<store::Database>(open);
  detail::ChunkTable::migrate(*database);
  database->read([&](store::Db& db) {
    totals = detail::ChunkTable::state(db);
    for (const auto id : detail::ChunkTable::tracks(db)) tracks.insert(id);
  });
  applied = last_appended = advanced = totals.applied_offset;
}

Archive::Impl::~Impl() = default;

bool Archive::Impl::due(bool now_durable) const {
  if (running) return false;
  const auto since = SteadyClock::now() - last_start;
  if (flight != nullptr) return now_durable || since >= kRetryAfter;  // it failed
  if (now_durable) return advanced > applied;
  return pending.count >= kCommitRows || (pending.count > 0 && since >= kCommitEvery);
}

void Archive::Impl::start_commit() {
  last_start = SteadyClock::now();
  running = true;
  wanted = false;
  if (flight == nullptr) {
    auto next = std::make_shared<Waiting>(std::exchange(pending, Waiting{}));
    // Rows beyond the last advance() go along: they are complete, and a replay skips them.
    next->offset = std::max(advanced, last_appended);
    flight = std::move(next);
  }
  database->write_later([this, rows = flight](store::Db& db) { table.write(db, *rows); },
                        [this](std::exception_ptr failure) { commit_ended(std::move(failure)); });
}

void Archive::Impl::commit_ended(std::exception_ptr failure) {
  std::shared_ptr<const Waiting> done;  // freed after the lock
  const std::lock_guard lock(mutex);
  running = false;
  if (failure) {
    const auto text = text_of(failure);
    if (text != problem) base::log_error("picture", "the archive was not written: {}", text);
    problem = text;
  } else {
    if (!problem.empty()) base::log_info("picture", "the archive is written again");
    problem.clear();
    applied = flight->offset;
    done = std::exchange(flight, nullptr);
    if (wanted && due(true)) start_commit();
  }
  changed.notify_all();
}

std::vector<model::Fix> Archive::Impl::rows_in_memory(const model::TrackId* track) const {
  std::vector<model::Fix> out;
  const auto take = [&](const Waiting& waiting) {
    if (track == nullptr) {
      for (const auto& [id, rows] : waiting.tracks) out.insert(out.end(), rows.begin(), rows.end());
    } else if (const auto found = waiting.tracks.find(*track); found != waiting.tracks.end()) {
      out.insert(out.end(), found->second.begin(), found->second.end());
    }
  };
  std::shared_ptr<const Waiting> flying;
  {
    const std::lock_guard lock(mutex);
    flying = flight;
    take(pending);
  }
  if (flying != nullptr) take(*flying);
  return out;
}

void Archive::Impl::drop_applied(std::vector<model::Fix>& rows, std::uint64_t applied) {
  std::erase_if(rows, [&](const model::Fix& row) { return row.offset <= applied; });
}

Archive::Archive(Options options) : m_impl(std::make_unique<Impl>(options)) {}

Archive::~Archive() {
  std::unique_lock lock(m_impl->mutex);
  m_impl->wanted = false;
  m_impl->changed.wait(lock, [&] { return !m_impl->running; });
}

void Archive::append(const model::Fix& fix) {
  auto& impl = *m_impl;
  std::unique_lock lock(impl.mutex);
  if (fix.offset <= impl.last_appended) return;
  const auto full = [&] {
    return impl.pending.count + (impl.flight ? impl.flight->count : 0) >= kMostWaiting;
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
  impl.last_appended = fix.offset;
  auto& rows = impl.pending.tracks[fix.track];
  if (rows.empty()) impl.tracks.insert(fix.track);
  rows.push_back(fix);
  ++impl.pending.count;
  auto& totals = impl.totals;
  ++totals.positions;
  totals.first = std::min(totals.first.value_or(fix.time), fix.time);
  totals.last = std::max(totals.last.value_or(fix.time), fix.time);
}

void Archive::advance(std::uint64_t offset, bool now_durable) {
  auto& impl = *m_impl;
  const std::lock_guard lock(impl.mutex);
  impl.advanced = std::max({impl.advanced, offset, impl.last_appended});
  if (impl.due(now_durable)) impl.start_commit();
  // Also when the commit just started repeats an older one that had failed.
  if (now_durable && impl.running && impl.advanced > impl.flight->offset) impl.wanted = true;
}

std::uint64_t Archive::applied_offset() const {
  const std::lock_guard lock(m_impl->mutex);
  return m_impl->applied;
}

bool Archive::wait_applied(std::uint64_t offset, base::Duration patience) const {
  std::unique_lock lock(m_impl->mutex);
  m_impl->changed.wait_for(lock, patience, [&] {
    return m_impl->applied >= offset || (!m_impl->running && !m_impl->problem.empty());
  });
  return m_impl->applied >= offset;
}

ArchiveCounts Archive::counts() const {
  const auto& impl = *m_impl;
  ArchiveCounts out;
  out.bytes = size_of(impl.file) + size_of(impl.file.string() + "-wal");
  out.damaged = impl.table.damaged();
  const std::lock_guard lock(impl.mutex);
  out.positions = impl.totals.positions;
  out.tracks = impl.tracks.size();
  out.first = impl.totals.first;
  out.last = impl.totals.last;
  out.applied_offset = impl.applied;
  out.waiting = impl.pending.count + (impl.flight ? impl.flight->count : 0);
  out.problem = impl.problem;
  return out;
}

}  // namespace jinglue::picture
