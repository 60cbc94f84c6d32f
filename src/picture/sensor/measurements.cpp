// SPDX-License-Identifier: Apache-2.0
#include "picture/sensor/measurements.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "picture/derived_rows.hpp"

namespace jinglue::picture {
namespace {

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

void insert(store::Db& db, const std::vector<Row>& rows) {
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
}

DerivedRows<Row>::Table table() {
  return {"sensor", "measurement_state", "measurements",
          "DELETE FROM measurement WHERE (station, quantity, time) IN (SELECT station, quantity, "
          "time FROM measurement WHERE time < ?1 LIMIT ?2)",
          insert};
}

}  // namespace

struct Measurements::Impl {
  explicit Impl(const std::filesystem::path& file) : rows(file, kSteps, table()) {}
  DerivedRows<Row> rows;
};

Measurements::Measurements(const std::filesystem::path& file)
    : m_impl(std::make_unique<Impl>(file)) {}

Measurements::~Measurements() = default;

void Measurements::append(const model::SensorReport& report) {
  if (!m_impl->rows.wants(report.offset)) return;
  for (const auto& value : report.values) {
    m_impl->rows.append(
        {report.station, value.quantity, report.time.ms, value.milli, report.offset});
  }
}

void Measurements::advance(std::uint64_t offset, bool now_durable) {
  m_impl->rows.advance(offset, now_durable);
}

std::uint64_t Measurements::applied_offset() const {
  return m_impl->rows.applied_offset();
}

std::vector<MeasurementPoint> Measurements::series(const std::string& station,
                                                   model::Quantity quantity, base::Instant from,
                                                   base::Instant to, std::size_t most) const {
  std::vector<MeasurementPoint> out;
  m_impl->rows.db().read([&](store::Db& db) {
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
  return m_impl->rows.db().read([](store::Db& db) {
    auto query = db.prepare("SELECT count(*) FROM measurement");
    query.step();
    return static_cast<std::uint64_t>(query.integer(0));
  });
}

void Measurements::forget_before(base::Instant time) {
  m_impl->rows.forget_before(time);
}

std::string Measurements::problem() const {
  return m_impl->rows.problem();
}

}  // namespace jinglue::picture
