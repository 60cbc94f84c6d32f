// SPDX-License-Identifier: Apache-2.0
#include "picture/sensor/measurements.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "base/log.hpp"
#include "store/database.hpp"

namespace jinglue::picture {
namespace {

constexpr auto kPace = std::chrono::seconds(1);
constexpr std::int64_t kForgetAtOnce = 20'000;  // rows: other writes are not held up for long

const std::array<store::Migration, 1> kSteps = {{{1, R"(
CREATE TABLE measurement (
  station TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  time INTEGER NOT NULL,
  milli INTEGER NOT NULL,
  journal_offset INTEGER NOT NULL,
  PRIMARY KEY (station, quantity, time)) WITHOUT ROWID;
CREATE INDEX measurement_time ON measurement (time);
CREATE TABLE measurement_state (id INTEGER PRIMARY KEY, applied INTEGER NOT NULL);
INSERT INTO measurement_state VALUES (1, 0);)"}}};

struct Row {
  std::string station;
  model::Quantity quantity{};
  std::int64_t time_ms{0};
  std::int64_t milli{0};
  std::uint64_t offset{0};
};

void insert(store::Db& db, const std::vector<Row>& rows, std::uint64_t applied) {
  auto put = db.prepare(
      "INSERT INTO measurement VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET milli = ?4, "
      "journal_offset = ?5 WHERE journal_offset < ?5");
  for (const auto& row : rows) {
    put.bind(1, row.station)
        .bind(2, static_cast<std::int64_t>(row.quantity))
        .bind(3, row.time_ms)
        .bind(4, row.milli)
        .bind(5, row.offset)
        .run();
  }
  db.prepare("UPDATE measurement_state SET applied = max(applied, ?1)").bind(1, applied).run();
}

store::OpenOptions options_of(const std::filesystem::path& file) {
  store::OpenOptions out;
  out.path = file;
  return out;
}

}  // namespace

struct Measurements::Impl {
  explicit Impl(const std::filesystem::path& file) : db(options_of(file)) {
    db.migrate("sensor", kSteps);
    db.read([this](store::Db& it) {
      auto query = it.prepare("SELECT applied FROM measurement_state");
      query.step();
      applied = static_cast<std::uint64_t>(query.integer(0));
    });
    reached = applied;
  }

  void run();
  bool commit(const std::vector<Row>& batch, std::uint64_t offset);
  void set_problem(const std::string& text);

  mutable store::Database db;
  std::atomic<std::uint64_t> applied{0};
  mutable std::mutex mutex;  // of what follows
  std::condition_variable changed;
  std::vector<Row> rows;
  std::uint64_t reached{0};  // advance() was here
  bool hurry{false}, stopping{false};
  std::string problem;
  std::thread thread;
};

void Measurements::Impl::run() {
  std::unique_lock lock(mutex);
  while (true) {
    changed.wait_for(lock, kPace, [this] { return stopping || hurry; });
    const bool ending = stopping;
    const bool asked = std::exchange(hurry, false) || ending;
    std::vector<Row> batch;
    batch.swap(rows);
    const auto offset = reached;
    lock.unlock();
    changed.notify_all();  // there is room
    // A tick each second moves the offset; without values it need not be on disk each time.
    const bool worth = !batch.empty() || offset >= applied + 1000 || (asked && offset > applied);
    const bool good = !worth || commit(batch, offset);
    lock.lock();
    if (!good) {
      rows.insert(rows.begin(), std::make_move_iterator(batch.begin()),
                  std::make_move_iterator(batch.end()));
    }
    if (ending) return;
  }
}

bool Measurements::Impl::commit(const std::vector<Row>& batch, std::uint64_t offset) {
  try {
    db.write([&](store::Db& it) { insert(it, batch, offset); });
    applied = std::max(applied.load(), offset);
    set_problem({});
    return true;
  } catch (const std::exception& failure) {
    set_problem(failure.what());
    return false;
  }
}

void Measurements::Impl::set_problem(const std::string& text) {
  const std::lock_guard lock(mutex);
  if (problem == text) return;
  problem = text;
  if (!text.empty()) base::log_error("picture", "measurements are not stored: {}", text);
}

Measurements::Measurements(const std::filesystem::path& file)
    : m_impl(std::make_unique<Impl>(file)) {
  m_impl->thread = std::thread([impl = m_impl.get()] { impl->run(); });
}

Measurements::~Measurements() {
  {
    const std::lock_guard lock(m_impl->mutex);
    m_impl->stopping = true;
  }
  m_impl->changed.notify_all();
  m_impl->thread.join();
}

void Measurements::append(const model::SensorReport& report) {
  if (report.offset <= m_impl->applied) return;
  std::unique_lock lock(m_impl->mutex);
  m_impl->changed.wait(lock, [this] { return m_impl->rows.size() < kMostWaiting; });
  for (const auto& value : report.values) {
    m_impl->rows.push_back(
        {report.station, value.quantity, report.time.ms, value.milli, report.offset});
  }
}

void Measurements::advance(std::uint64_t offset, bool now_durable) {
  {
    const std::lock_guard lock(m_impl->mutex);
    m_impl->reached = std::max(m_impl->reached, offset);
    m_impl->hurry = m_impl->hurry || now_durable;
  }
  if (now_durable) m_impl->changed.notify_all();
}

std::uint64_t Measurements::applied_offset() const {
  return m_impl->applied;
}

std::vector<MeasurementPoint> Measurements::series(const std::string& station,
                                                   model::Quantity quantity, base::Instant from,
                                                   base::Instant to, std::size_t most) const {
  std::vector<MeasurementPoint> out;
  m_impl->db.read([&](store::Db& db) {
    auto query = db.prepare(
        "SELECT time, milli FROM measurement WHERE station = ?1 AND quantity = ?2 AND time >= ?3 "
        "AND time < ?4 ORDER BY time DESC LIMIT ?5");
    query.bind(1, station)
        .bind(2, static_cast<std::int64_t>(quantity))
        .bind(3, from.ms)
        .bind(4, to.ms)
        .bind(5, most);
    while (query.step()) out.push_back({{query.integer(0)}, query.integer(1)});
  });
  std::reverse(out.begin(), out.end());
  return out;
}

std::uint64_t Measurements::count() const {
  return m_impl->db.read([](store::Db& db) {
    auto query = db.prepare("SELECT count(*) FROM measurement");
    query.step();
    return static_cast<std::uint64_t>(query.integer(0));
  });
}

void Measurements::forget_before(base::Instant time) {
  std::int64_t removed = kForgetAtOnce;
  while (removed >= kForgetAtOnce) {
    removed = m_impl->db.write([&](store::Db& db) {
      db.prepare(
            "DELETE FROM measurement WHERE (station, quantity, time) IN (SELECT station, quantity, "
            "time FROM measurement WHERE time < ?1 LIMIT ?2)")
          .bind(1, time.ms)
          .bind(2, kForgetAtOnce)
          .run();
      return db.changes();
    });
  }
}

std::string Measurements::problem() const {
  const std::lock_guard lock(m_impl->mutex);
  return m_impl->problem;
}

}  // namespace jinglue::picture
