// SPDX-License-Identifier: Apache-2.0
// Database: the writer thread and its groups, joined writes, the pool of readers.
// A group is one transaction: what waits when the previous commit ends, each work in a savepoint
// of its own. Works therefore never see half of another, and one fsync serves them all.
#include "store/database.hpp"

#include <fmt/format.h>
#include <cassert>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "store/log_keeper.hpp"
#include "store/write_group.hpp"

namespace jinglue::store {

namespace {

constexpr std::size_t kMostQueued = 1024;  // write_later() waits above this
constexpr std::size_t kMostInGroup = 256;
constexpr std::size_t kMostReaders = 16;

/// Which reading connection this thread is inside of, per Database: a nested read() shares it.
thread_local std::vector<std::pair<const void*, Db*>> t_reading;

}  // namespace

struct Database::Impl {
  OpenOptions options;
  Db writer;
  WriteGroup group;  // of the writer thread
  std::optional<LogKeeper> log;

  std::mutex mutex;
  std::condition_variable some, room;
  std::deque<WriteJob> queue;
  bool stopping{false};

  std::mutex readers_mutex;
  std::condition_variable reader_back;
  std::vector<std::unique_ptr<Db>> readers;  // not in use now
  std::size_t readers_open{0};

  std::thread thread;  // last: it uses all of the above

  explicit Impl(OpenOptions o) : options(std::move(o)), writer(options), group(writer) {
    // A VFS of a power-cut test counts the writes of one connection.
    if (options.vfs.empty() && !options.read_only) log.emplace(writer, options);
    thread = std::thread([this] { loop(); });
  }
  ~Impl() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
    }
    some.notify_all();
    thread.join();
  }

  bool in_writer() const { return std::this_thread::get_id() == thread.get_id(); }
  void enqueue(WriteJob job, bool may_wait);
  void loop();
  std::unique_ptr<Db> take_reader();
  void give_back(std::unique_ptr<Db> reader);
};

void Database::Impl::enqueue(WriteJob job, bool may_wait) {
  std::unique_lock lock(mutex);
  // The writer thread itself never waits for room that only it can make.
  if (may_wait && !in_writer()) room.wait(lock, [&] { return queue.size() < kMostQueued; });
  queue.push_back(std::move(job));
  some.notify_one();
}

void Database::Impl::loop() {
  for (;;) {
    std::vector<WriteJob> jobs;
    {
      std::unique_lock lock(mutex);
      some.wait(lock, [&] { return stopping || !queue.empty(); });
      if (queue.empty()) return;
      while (!queue.empty() && jobs.size() < kMostInGroup) {
        jobs.push_back(std::move(queue.front()));
        queue.pop_front();
      }
      room.notify_all();
    }
    group.run(jobs);
    if (log) log->committed();
  }
}

std::unique_ptr<Db> Database::Impl::take_reader() {
  {
    std::unique_lock lock(readers_mutex);
    reader_back.wait(lock, [&] { return !readers.empty() || readers_open < kMostReaders; });
    if (!readers.empty()) {
      auto out = std::move(readers.back());
      readers.pop_back();
      return out;
    }
    ++readers_open;
  }
  try {
    OpenOptions reading = options;
    reading.read_only = true;
    return std::make_unique<Db>(reading);
  } catch (...) {
    const std::lock_guard lock(readers_mutex);
    --readers_open;
    reader_back.notify_one();
    throw;
  }
}

void Database::Impl::give_back(std::unique_ptr<Db> reader) {
  const std::lock_guard lock(readers_mutex);
  readers.push_back(std::move(reader));
  reader_back.notify_one();
}

Database::Database(OpenOptions options) : m_impl(std::make_unique<Impl>(std::move(options))) {}
Database::~Database() = default;

void Database::run_write(const std::function<void(Db&)>& work) {
  if (m_impl->in_writer()) {
    m_impl->group.join(work);
    return;
  }
  std::promise<void> ended;
  m_impl->enqueue({work,
                   [&](std::exception_ptr error) {
                     error ? ended.set_exception(std::move(error)) : ended.set_value();
                   }},
                  false);
  ended.get_future().get();
}

void Database::write_whole(const std::function<void(Db&)>& work) {
  run_write([&](Db&) { m_impl->group.whole(work); });
}

void Database::write_apart(const std::function<void(Db&)>& work) {
  if (m_impl->in_writer()) {
    m_impl->group.apart(work);
    return;
  }
  run_write(work);
}

void Database::write_later(std::function<void(Db&)> work,
                           std::function<void(std::exception_ptr)> done) {
  m_impl->enqueue({std::move(work), std::move(done)}, true);
}

void Database::after_commit(std::function<void()> told) {
  assert(m_impl->in_writer() && "after_commit() belongs inside a write()");
  m_impl->group.after_commit(std::move(told));
}

void Database::run_read(const std::function<void(Db&)>& work) const {
  if (m_impl->in_writer() && m_impl->group.active()) {
    work(m_impl->writer);
    return;
  }
  for (const auto& [owner, db] : t_reading) {
    if (owner == m_impl.get()) {
      work(*db);
      return;
    }
  }
  // Returned also when `work` throws; ROLLBACK and COMMIT are the same for a reader.
  struct Lease {
    Impl& impl;
    std::unique_ptr<Db> db;
    explicit Lease(Impl& of) : impl(of), db(of.take_reader()) {
      t_reading.emplace_back(&impl, db.get());
    }
    ~Lease() {
      t_reading.pop_back();
      try {
        if (db->in_transaction()) db->prepare("ROLLBACK").run();
      } catch (const std::exception& e) {
        base::log_warn("store", "a reader could not end: {}", e.what());
      }
      impl.give_back(std::move(db));
    }
  };
  const Lease lease(*m_impl);
  lease.db->prepare("BEGIN").run();
  work(*lease.db);
}

std::string Database::file() const {
  return m_impl->options.path.string();
}

std::string Database::check() const {
  std::string out;
  try {
    read([&](Db& db) {
      auto pages = db.prepare("PRAGMA integrity_check(20)");
      while (pages.step()) {
        if (pages.text(0) != "ok") out += pages.text(0) + "\n";
      }
      auto links = db.prepare("PRAGMA foreign_key_check");
      while (links.step()) {
        out += fmt::format("row {} of {} points at no row of {}\n", links.integer(1), links.text(0),
                           links.text(2));
      }
    });
  } catch (const DbError& e) {
    out += std::string(e.what()) + "\n";
  }
  return out;
}

}  // namespace jinglue::store
