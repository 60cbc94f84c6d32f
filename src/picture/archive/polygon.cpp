// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/polygon.hpp"

#include <algorithm>
#include <vector>

#include "picture/archive/area_mask.hpp"
#include "picture/archive/piece.hpp"

namespace jinglue::picture {
namespace {

constexpr std::size_t kRowsBetweenAsking = 4096;
constexpr std::size_t kPiecesBetweenAsking = 32;

/// Answers of `takes` for the track that rows and pieces are of: they come track by track.
class Taken {
 public:
  explicit Taken(const AreaQuestion& question) : m_question(question) {}
  bool operator()(model::TrackId track) {
    if (!m_question.takes) return true;
    if (!m_track || *m_track != track) {
      m_track = track;
      m_taken = m_question.takes(track);
    }
    return m_taken;
  }

 private:
  const AreaQuestion& m_question;
  std::optional<model::TrackId> m_track;
  bool m_taken{true};
};

/// Two reports inside with nothing between them in what was scanned. A whole block that lies
/// outside is not scanned, so whether the track was away has to be asked.
struct Doubt {
  std::size_t visit{0};
  base::Instant from, to;
};
/// Shorter silences hold no block.
constexpr base::Duration kDoubtful{180'000};

/// The rows of one track, put together from pieces that may overlap in time.
class TrackRows {
 public:
  explicit TrackRows(base::Duration longest_gap) : m_longest_gap(longest_gap) {}

  void begin(model::TrackId track) {
    m_track = track;
    m_rows.clear();
    m_pieces = 0;
  }
  void take(const Piece& piece, const AreaMask& mask) {
    ++m_pieces;
    for (std::size_t i = piece.begin; i < piece.end; ++i) {
      const auto position = piece.columns.position_at(i);
      m_rows.push_back({piece.columns.time_at(i), position, m_pieces, mask.contains(position)});
    }
  }
  model::TrackId track() const { return m_track; }
  void end(std::vector<AreaVisit>& visits, std::vector<Doubt>& doubts) {
    const auto earlier = [](const Row& a, const Row& b) { return a.time < b.time; };
    if (!std::is_sorted(m_rows.begin(), m_rows.end(), earlier)) {
      std::stable_sort(m_rows.begin(), m_rows.end(), earlier);
    }
    AreaVisit out;
    out.track = m_track;
    const Row* before = nullptr;
    for (const auto& row : m_rows) {
      if (row.inside) {
        const bool stayed = add(out, row, before);
        if (stayed && row.piece != before->piece && row.time - before->time > kDoubtful) {
          doubts.push_back({visits.size(), before->time, row.time});
        }
      }
      before = &row;
    }
    if (out.positions > 0) visits.push_back(out);
  }

 private:
  struct Row {
    base::Instant time;
    geo::Position position;
    std::uint32_t piece{0};
    bool inside{false};
  };
  bool add(AreaVisit& out, const Row& row, const Row* before) const {
    const bool stayed =
        before != nullptr && before->inside && row.time - before->time <= m_longest_gap;
    if (stayed) {
      out.inside += row.time - before->time;
    } else {
      ++out.stays;
    }
    if (out.positions++ == 0) {
      out.first = row.time;
      out.entered = row.position;
    }
    out.last = row.time;
    out.left = row.position;
    return stayed;
  }

  base::Duration m_longest_gap;
  model::TrackId m_track;
  std::uint32_t m_pieces{0};
  std::vector<Row> m_rows;
};

void settle(const Archive& archive, const std::vector<Doubt>& doubts,
            std::vector<AreaVisit>& visits) {
  for (const auto& doubt : doubts) {
    auto& visit = visits[doubt.visit];
    bool away = false;
    archive.track(visit.track, doubt.from + base::Duration(1), doubt.to, [&](const auto&) {
      away = true;
      return false;
    });
    if (!away) continue;
    visit.inside -= doubt.to - doubt.from;
    ++visit.stays;
  }
}

}  // namespace

bool polygon(const Archive& archive, const AreaQuestion& question, std::size_t limit,
             const std::function<bool(const model::Fix&)>& visit) {
  const AreaMask mask(question.area);
  Taken taken(question);
  std::size_t seen = 0, given = 0;
  bool cut = false;
  archive.box(question.area.box(), question.from, question.to, SIZE_MAX, [&](const auto& fix) {
    if (++seen % kRowsBetweenAsking == 0 && question.go_on && !question.go_on()) return false;
    if (!taken(fix.track) || !mask.contains(fix.position)) return true;
    cut = given == limit;
    if (cut) return false;
    ++given;
    return visit(fix);
  });
  return cut;
}

AreaCount count(const Archive& archive, const AreaQuestion& question) {
  const AreaMask mask(question.area);
  Taken taken(question);
  AreaCount out;
  std::optional<model::TrackId> last_track;
  std::size_t pieces = 0;
  archive.scan(question.area.box(), question.from, question.to, [&](const Piece& piece) {
    out.whole = ++pieces % kPiecesBetweenAsking != 0 || !question.go_on || question.go_on();
    if (!taken(piece.track())) return out.whole;
    for (std::size_t i = piece.begin; i < piece.end; ++i) {
      if (!mask.contains(piece.columns.position_at(i))) continue;
      const auto time = piece.columns.time_at(i);
      ++out.positions;
      if (!out.first || time < *out.first) out.first = time;
      if (!out.last || time > *out.last) out.last = time;
      if (last_track && *last_track == piece.track()) continue;
      last_track = piece.track();
      ++out.tracks;
    }
    return out.whole;
  });
  return out;
}

bool visits(const Archive& archive, const AreaQuestion& question, base::Duration longest_gap,
            const std::function<bool(const AreaVisit&)>& visit) {
  const AreaMask mask(question.area);
  Taken taken(question);
  TrackRows rows(longest_gap);
  std::vector<AreaVisit> found;
  std::vector<Doubt> doubts;
  bool some = false, whole = true;
  std::size_t pieces = 0;
  archive.scan(question.area.box(), question.from, question.to, [&](const Piece& piece) {
    whole = ++pieces % kPiecesBetweenAsking != 0 || !question.go_on || question.go_on();
    if (!whole || !taken(piece.track())) return whole;
    if (some && rows.track() != piece.track()) {
      rows.end(found, doubts);
      some = false;
    }
    if (!some) rows.begin(piece.track());
    some = true;
    rows.take(piece, mask);
    return true;
  });
  if (!whole) return false;
  if (some) rows.end(found, doubts);
  settle(archive, doubts, found);
  return std::all_of(found.begin(), found.end(), visit);
}

}  // namespace jinglue::picture
