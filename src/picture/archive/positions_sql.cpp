// SPDX-License-Identifier: Apache-2.0
// The archive gives rows to a visitor, SQLite takes them one by one: a thread stands between them
// for each question, with few rows in its queue.
#include "picture/archive/positions_sql.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <thread>
#include <utility>

#include "base/bounded_queue.hpp"

namespace jinglue::picture {
namespace {

using model::Fix;
using store::SqlHint;
using store::SqlValue;

enum Column : std::size_t {
  kTrack,
  kTimeUtc,
  kTimeMs,
  kLatitude,
  kLongitude,
  kSpeed,
  kCourse,
  kHeading,
  kStatus,
  kSource,
  kQuality
};

const store::SqlColumn kColumns[] = {
    {"track", "TEXT"},        {"time_utc", "TEXT"},       {"time_ms", "INTEGER"},
    {"latitude_deg", "REAL"}, {"longitude_deg", "REAL"},  {"speed_kn", "REAL"},
    {"course_deg", "REAL"},   {"heading_deg", "INTEGER"}, {"nav_status", "INTEGER"},
    {"source", "TEXT"},       {"time_quality", "TEXT"}};
constexpr std::size_t kSelective[] = {kTrack, kTimeMs, kTimeUtc, kLatitude, kLongitude};

constexpr std::size_t kBatch = 1024;
constexpr std::size_t kMostBatches = 4;

/// What the hints leave; wider than they say where they cannot be told exactly.
struct Question {
  std::optional<model::TrackId> track;
  base::Instant from{base::kDistantPast}, to{base::kDistantFuture};
  geo::Box box{-180, -90, 180, 90};
  bool nothing{false};
};

std::optional<double> number_of(const SqlValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return double(*integer);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return std::nullopt;
}

bool lower(SqlHint::Is is) {
  return is == SqlHint::Is::kEqual || is == SqlHint::Is::kGreater ||
         is == SqlHint::Is::kGreaterOrEqual;
}
bool upper(SqlHint::Is is) {
  return is == SqlHint::Is::kEqual || is == SqlHint::Is::kLess || is == SqlHint::Is::kLessOrEqual;
}

void take_track(const SqlHint& hint, Question& out) {
  const auto* text = std::get_if<std::string>(&hint.value);
  if (hint.is != SqlHint::Is::kEqual || text == nullptr) return;
  const auto track = model::parse_track(*text);
  // Another spelling of a track is another text: SQLite compares texts.
  if (!track || model::to_text(*track) != *text || (out.track && *out.track != *track)) {
    out.nothing = true;
  } else {
    out.track = *track;
  }
}

void take_time(const SqlHint& hint, base::Instant from, base::Instant to, Question& out) {
  if (lower(hint.is)) out.from = std::max(out.from, from);
  if (upper(hint.is)) out.to = std::min(out.to, to + base::Duration(1));
}

void take_time(const SqlHint& hint, Question& out) {
  if (const auto* text = std::get_if<std::string>(&hint.value)) {
    // A time_utc has 24 characters; a text that begins a time lies before all that continue it.
    if (hint.column != kTimeUtc || text->size() != 24) return;
    const auto t = base::parse_iso(*text);
    if (t && base::to_iso(*t) == *text) take_time(hint, *t, *t, out);
    return;
  }
  const auto ms = number_of(hint.value);
  if (hint.column != kTimeMs || !ms || !(std::abs(*ms) < 4e15)) return;
  take_time(hint, {std::int64_t(std::floor(*ms))}, {std::int64_t(std::ceil(*ms))}, out);
}

void take_edge(const SqlHint& hint, double& least, double& greatest) {
  const auto degrees = number_of(hint.value);
  if (!degrees || !std::isfinite(*degrees)) return;
  // Texts and integers become degrees by rounding: a little wider is safe.
  constexpr double kRounding_deg = 1e-6;
  if (lower(hint.is)) least = std::max(least, *degrees - kRounding_deg);
  if (upper(hint.is)) greatest = std::min(greatest, *degrees + kRounding_deg);
}

Question question_of(std::span<const SqlHint> hints) {
  Question out;
  for (const auto& hint : hints) {
    if (hint.column == kTrack) take_track(hint, out);
    if (hint.column == kTimeMs || hint.column == kTimeUtc) take_time(hint, out);
    if (hint.column == kLatitude) take_edge(hint, out.box.south_deg, out.box.north_deg);
    if (hint.column == kLongitude) take_edge(hint, out.box.west_deg, out.box.east_deg);
  }
  out.nothing = out.nothing || out.from >= out.to || out.box.south_deg > out.box.north_deg ||
                out.box.west_deg > out.box.east_deg;
  return out;
}

template <class T>
SqlValue scaled(const std::optional<T>& value, double unit) {
  return value ? SqlValue(double(*value) / unit) : SqlValue();
}
template <class T>
SqlValue whole(const std::optional<T>& value) {
  return value ? SqlValue(std::int64_t(*value)) : SqlValue();
}

class Rows : public store::SqlRows {
 public:
  Rows(const Archive& archive, const Question& question)
      : m_thread([this, &archive, question] { read(archive, question); }) {}
  ~Rows() override {
    m_queue.close();  // before the thread is waited for
  }

  bool next() override {
    if (m_at + 1 < m_batch.size()) {
      ++m_at;
      return true;
    }
    m_at = 0;
    m_batch.clear();
    while (m_batch.empty()) {
      if (m_ready.empty()) {
        m_ready = m_queue.take_all(std::chrono::milliseconds(1000));
        std::reverse(m_ready.begin(), m_ready.end());
      }
      if (m_ready.empty()) {
        if (!m_queue.closed() || m_queue.size() > 0) continue;
        if (m_failure) std::rethrow_exception(m_failure);
        return false;
      }
      m_batch = std::move(m_ready.back());
      m_ready.pop_back();
    }
    return true;
  }

  SqlValue value(std::size_t column) const override {
    const Fix& fix = m_batch[m_at];
    switch (column) {
      case kTrack:
        return model::to_text(fix.track);
      case kTimeUtc:
        return base::to_iso(fix.time);
      case kTimeMs:
        return fix.time.ms;
      case kLatitude:
        return fix.position.degrees().lat_deg;
      case kLongitude:
        return fix.position.degrees().lon_deg;
      case kSpeed:
        return scaled(fix.sog_ckn, 100);
      case kCourse:
        return scaled(fix.cog_cdeg, 100);
      case kHeading:
        return whole(fix.heading_deg);
      case kStatus:
        return whole(fix.nav_status);
      case kSource:
        return std::string(model::to_key(fix.source));
      case kQuality:
        return std::string(model::to_key(fix.quality));
      default:
        return {};
    }
  }

 private:
  void read(const Archive& archive, const Question& question) {
    std::vector<Fix> batch;
    const auto give = [&](const Fix& fix) {
      batch.push_back(fix);
      return batch.size() < kBatch || m_queue.push(std::exchange(batch, {}));
    };
    try {
      if (question.track) {
        archive.track(*question.track, question.from, question.to, give);
      } else if (!question.nothing) {
        archive.box(question.box, question.from, question.to, SIZE_MAX, give);
      }
    } catch (...) {
      m_failure = std::current_exception();  // read after the queue was closed
    }
    if (!batch.empty()) m_queue.push(std::move(batch));
    m_queue.close();
  }

  base::BoundedQueue<std::vector<Fix>> m_queue{kMostBatches};
  std::exception_ptr m_failure;
  std::vector<std::vector<Fix>> m_ready;  ///< the next one last
  std::vector<Fix> m_batch;
  std::size_t m_at{0};
  std::jthread m_thread;  ///< last: it uses all of the above
};

class NoRows : public store::SqlRows {
 public:
  bool next() override { return false; }
  SqlValue value(std::size_t /*column*/) const override { return {}; }
};

}  // namespace

std::span<const store::SqlColumn> PositionsSql::columns() const {
  return kColumns;
}

std::span<const std::size_t> PositionsSql::selective() const {
  return kSelective;
}

std::unique_ptr<store::SqlRows> PositionsSql::ask(std::span<const SqlHint> hints) const {
  const auto question = question_of(hints);
  if (question.nothing) return std::make_unique<NoRows>();
  return std::make_unique<Rows>(m_archive, question);
}

}  // namespace jinglue::picture
