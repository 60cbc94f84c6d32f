// SPDX-License-Identifier: Apache-2.0
#include "store/block/block_model.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <iterator>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "geo/point.hpp"
#include "store/block/vectors.hpp"

namespace jinglue::store {
namespace {

using model::Fix;

constexpr std::size_t value_index(BlockColumn column) {
  return column < kLat ? column - kSog : column - kHeading + 2;
}

/// Steps round the circle by 0.1 degree in 2^-61 fixed point: the error stays far below what
/// rounding to 2^-14 sees, and no library's cosine is asked, so the table is the same everywhere.
constexpr std::array<std::uint32_t, kDirections + 1> directions() {
  __extension__ typedef __int128 Wide;
  constexpr std::int64_t kOne = std::int64_t{1} << 61;
  // cos and sin of 0.1 degree by their series; the angle is pi / 1800.
  constexpr std::int64_t kAngle = 4'024'455'254'487'290;  // pi / 1800 x 2^61
  constexpr auto times = [](std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>((Wide(a) * b + (Wide(1) << 60)) >> 61);
  };
  const std::int64_t a2 = times(kAngle, kAngle);
  const std::int64_t cos_step = kOne - a2 / 2 + times(a2, a2) / 24 - times(times(a2, a2), a2) / 720;
  const std::int64_t sin_step = kAngle - times(a2, kAngle) / 6 + times(times(a2, a2), kAngle) / 120;
  std::array<std::uint32_t, kDirections + 1> out{};
  std::int64_t c = kOne;
  std::int64_t s = 0;
  for (std::size_t k = 0; k < kDirections; ++k) {
    const auto round14 = [](std::int64_t v) {
      return static_cast<std::uint32_t>((v + (std::int64_t{1} << 46)) >> 47);
    };
    out[k] = (round14(c) & 0xFFFF) | round14(s) << 16;
    const std::int64_t next = times(c, cos_step) - times(s, sin_step);
    s = times(s, cos_step) + times(c, sin_step);
    c = next;
  }
  return out;
}

/// The column's numbers, absent ones as BlockColumns::kAbsent.
void take_values(std::span<const Fix> rows, BlockColumn column, std::uint32_t* out) {
  const auto take = [&](auto number) {
    for (const auto& row : rows) {
      const auto v = number(row);
      *out++ = v ? std::uint32_t{*v} : BlockColumns::kAbsent;
    }
  };
  switch (column) {
    case kSog:
      return take([](const Fix& row) { return row.sog_ckn; });
    case kCog:
      return take([](const Fix& row) { return row.cog_cdeg; });
    case kHeading:
      return take([](const Fix& row) { return row.heading_deg; });
    case kStatus:
      return take([](const Fix& row) { return row.nav_status; });
    default:
      return take([](const Fix& row) { return value_of(row, kSource); });
  }
}

/// Where the circle is cut: behind the widest gap between the directions that occur, so that a
/// vessel on a northerly course does not jump between 0 and 360.
std::uint32_t cut_of(std::vector<std::uint32_t> present, std::uint32_t turn) {
  std::sort(present.begin(), present.end());
  std::uint32_t cut = present.front();
  std::uint32_t widest = present.front() + turn - present.back();
  for (std::size_t i = 1; i < present.size(); ++i) {
    if (present[i] - present[i - 1] > widest) {
      widest = present[i] - present[i - 1];
      cut = present[i];
    }
  }
  return cut;
}

/// Fills `q` and the base, scale and turn of the model.
ValueModel scaled_values(std::span<const Fix> rows, BlockColumn column,
                         std::vector<std::uint32_t>& q) {
  std::array<std::uint32_t, kBlockRows> values;
  take_values(rows, column, values.data());
  const std::span<const std::uint32_t> all(values.data(), rows.size());
  std::vector<std::uint32_t> present;
  std::copy_if(all.begin(), all.end(), std::back_inserter(present),
               [](std::uint32_t v) { return v != BlockColumns::kAbsent; });
  ValueModel out;
  q.assign(rows.size(), 0);
  if (present.empty()) return out;
  const auto [low, high] = std::minmax_element(present.begin(), present.end());
  const std::uint32_t turn = full_turn(column);
  out.base = *low;
  if (turn != 0 && *high < turn) {
    const auto lowest = *low;
    out.base = cut_of(present, turn);
    out.turns = out.base != lowest;
  }
  const auto above = [&](std::uint32_t v) {
    return v >= out.base ? v - out.base : v + turn - out.base;
  };
  out.scale = 0;
  for (const auto v : present) {
    out.scale = std::gcd(out.scale, above(v));
    if (out.scale == 1) break;
  }
  out.scale = std::max(out.scale, 1u);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] != BlockColumns::kAbsent) q[i] = above(all[i]) / out.scale + 1;
  }
  return out;
}

ValueModel make_values(std::span<const Fix> rows, BlockColumn column, Lane& lane) {
  std::vector<std::uint32_t> q;
  auto out = scaled_values(rows, column, q);
  std::vector<std::uint32_t> steps(q.size(), 0);
  for (std::size_t i = 1; i < q.size(); ++i) steps[i] = zigzag32(q[i] - q[i - 1]);
  if (std::all_of(steps.begin(), steps.end(), [](auto step) { return step == 0; })) {
    out.holds = Holds::kNothing;
  } else if (packed_size(steps) + 1 < packed_size(q)) {
    out.holds = Holds::kSteps;
  }
  const bool values = out.holds == Holds::kValues;
  if (!values) out.first = q[0];
  std::copy_n(values ? q.begin() : steps.begin(), q.size(), lane.at.begin());
  return out;
}

void make_times(std::span<const Fix> rows, BlockModel& model, Lane& lane) {
  model.base_ms = rows[0].time.ms;
  std::uint32_t scale = 0;
  std::vector<std::uint32_t> steps;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    steps.push_back(static_cast<std::uint32_t>((rows[i].time - rows[i - 1].time).count()));
    scale = std::gcd(scale, steps.back());
  }
  model.time_scale = std::max(scale, 1u);
  lane.at[0] = 0;
  if (steps.empty()) return;
  auto sorted = steps;
  std::nth_element(sorted.begin(), sorted.begin() + std::ssize(sorted) / 2, sorted.end());
  model.time_step = sorted[sorted.size() / 2] / model.time_scale;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    lane.at[i + 1] = zigzag32(steps[i] / model.time_scale - model.time_step);
  }
}

std::int32_t part_of(const geo::Position& p, std::size_t which) {
  return which == 0 ? p.lat : p.lon;
}

/// Units of 2^-14 x 0.01 knot, northwards (0) or eastwards (1); 0 when unknown or of no use.
std::int32_t velocity(std::uint32_t sog, std::uint32_t cog, std::size_t which) {
  if (sog >= kFastest_ckn || cog >= 36'000) return 0;
  const std::uint32_t entry = kDirectionTable[cog / 10];
  const auto part = static_cast<std::int16_t>(which == 0 ? entry & 0xFFFF : entry >> 16);
  return static_cast<std::int32_t>(sog) * part;
}

/// The steps of q that the mean of the velocities at both ends predicts, for rows 1 to the last.
void reckon(const BlockColumns& known, std::size_t which, std::uint32_t gain, Lane& out) {
  std::int32_t before = velocity(known.sog.at[0], known.cog.at[0], which);
  for (std::size_t i = 1; i < known.rows; ++i) {
    const std::int32_t now = velocity(known.sog.at[i], known.cog.at[i], which);
    const auto speed =
        static_cast<std::int32_t>((std::int64_t{before + now} * std::int64_t{gain}) >> 32);
    const std::uint32_t dt = known.time.at[i] - known.time.at[i - 1];
    const std::int64_t way = std::int64_t{speed} * dt + (std::int64_t{1} << 23);
    out.at[i] = dt < kLongestReckoning_ms ? static_cast<std::uint32_t>(way >> 24) : 0;
    before = now;
  }
}

/// Turns the two speeds' sum (2^-15 x 0.01 knot) into q per ms in 2^-24, as a factor of 2^-32.
std::uint32_t gain_of(std::uint32_t scale, double units_per_minute) {
  constexpr double kMinutesPerMs = 1.0 / 100 / 3'600'000;  // of 0.01 knot
  const double gain = kMinutesPerMs * units_per_minute / scale * 0x1p-15 * 0x1p24 * 0x1p32;
  return gain < 0x1p31 ? static_cast<std::uint32_t>(gain) : 0;
}

PlaceModel make_places(std::span<const Fix> rows, const BlockColumns& known, std::size_t which,
                       Lane& lane) {
  PlaceModel out;
  out.base = part_of(rows[0].position, which);
  std::vector<std::uint32_t> q;
  std::int64_t scale = 0;
  for (const auto& row : rows) {
    scale = std::gcd(scale, std::int64_t{part_of(row.position, which)} - out.base);
  }
  scale = std::max<std::int64_t>(scale, 1);
  out.scale = static_cast<std::uint32_t>(scale);
  for (const auto& row : rows) {
    const auto above = std::int64_t{part_of(row.position, which)} - out.base;
    q.push_back(static_cast<std::uint32_t>(above / scale));
  }
  double units = 100'000;
  if (which == 1)
    units /= std::max(0.02, std::cos(rows[0].position.degrees().lat_deg * M_PI / 180));
  const auto gain = gain_of(out.scale, units);
  Lane way;
  reckon(known, which, gain, way);
  std::vector<std::uint32_t> plain(q.size(), 0), reckoned(q.size(), 0);
  for (std::size_t i = 1; i < q.size(); ++i) {
    plain[i] = zigzag32(q[i] - q[i - 1]);
    reckoned[i] = zigzag32(q[i] - q[i - 1] - way.at[i]);
  }
  if (packed_size(reckoned) <= packed_size(plain)) out.gain = gain;
  std::copy_n(out.gain != 0 ? reckoned.begin() : plain.begin(), q.size(), lane.at.begin());
  return out;
}

void restore_values(const ValueModel& model, BlockColumn column, const Lane& lane, std::size_t rows,
                    Lane& out) {
  const std::uint32_t turn = model.turns ? full_turn(column) : 0;
  std::uint32_t q = model.first;
  for (std::size_t i = 0; i < rows; ++i) {
    if (model.holds == Holds::kValues) q = lane.at[i];
    if (model.holds == Holds::kSteps) q += unzigzag32(lane.at[i]);
    const std::uint32_t v = model.base + (q - 1) * model.scale;
    out.at[i] = q == 0 ? BlockColumns::kAbsent : v >= turn ? v - turn : v;
  }
}

void restore_places(const PlaceModel& model, const Lane& lane, const BlockColumns& known,
                    std::size_t which, Lane& out) {
  Lane way{};
  if (model.gain != 0) reckon(known, which, model.gain, way);
  std::uint32_t q = 0;
  for (std::size_t i = 0; i < known.rows; ++i) {
    q += unzigzag32(lane.at[i]) + (i > 0 ? way.at[i] : 0);
    out.at[i] = static_cast<std::uint32_t>(model.base) + q * model.scale;
  }
}

Lane& lane_of(BlockColumns& columns, BlockColumn column) {
  switch (column) {
    case kSog:
      return columns.sog;
    case kCog:
      return columns.cog;
    case kHeading:
      return columns.heading;
    case kStatus:
      return columns.status;
    default:
      return columns.source;
  }
}

bool wanted(BlockColumn column, Columns columns) {
  return columns == Columns::kAll || column < kWayColumns;
}

constexpr std::uint8_t kTurns = 4;  // beside Holds

void put_values(std::string& out, const ValueModel& m) {
  put_varint(out, std::uint64_t(m.holds) | (m.turns ? kTurns : 0u));
  put_varint(out, m.base);
  put_varint(out, m.scale);
  if (m.holds != Holds::kValues) put_varint(out, m.first);
}

bool get_values(VarintReader& in, ValueModel& m) {
  const auto flags = in.byte();
  m.holds = static_cast<Holds>(flags & 3);
  m.turns = (flags & kTurns) != 0;
  m.base = static_cast<std::uint32_t>(in.get_up_to(UINT16_MAX));
  m.scale = static_cast<std::uint32_t>(in.get_up_to(UINT16_MAX));
  m.first = 0;
  if (m.holds != Holds::kValues) m.first = static_cast<std::uint32_t>(in.get_up_to(UINT32_MAX));
  return m.holds <= Holds::kNothing && flags < 2 * kTurns;
}

}  // namespace

constinit const std::array<std::uint32_t, kDirections + 1> kDirectionTable = directions();

BlockColumns columns_of(std::span<const Fix> rows, Columns columns) {
  BlockColumns out;
  out.track = rows[0].track;
  out.rows = rows.size();
  out.base_ms = rows[0].time.ms;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out.time.at[i] = static_cast<std::uint32_t>(rows[i].time.ms - out.base_ms);
    out.lat.at[i] = static_cast<std::uint32_t>(rows[i].position.lat);
    out.lon.at[i] = static_cast<std::uint32_t>(rows[i].position.lon);
  }
  for (const auto column : kValueColumns) {
    if (!wanted(column, columns)) continue;
    take_values(rows, column, lane_of(out, column).at.data());
  }
  return out;
}

const ValueModel& BlockModel::value(BlockColumn column) const {
  return values[value_index(column)];
}
ValueModel& BlockModel::value(BlockColumn column) {
  return values[value_index(column)];
}

std::optional<std::uint32_t> value_of(const Fix& fix, BlockColumn column) {
  switch (column) {
    case kSog:
      return fix.sog_ckn;
    case kCog:
      return fix.cog_cdeg;
    case kHeading:
      return fix.heading_deg;
    case kStatus:
      return fix.nav_status;
    default:
      return std::uint32_t(fix.source) * 4 + std::uint32_t(fix.quality);
  }
}

BlockModel make_model(std::span<const Fix> rows, BlockLanes& lanes) {
  assert(!rows.empty() && rows.size() <= kBlockRows);
  BlockModel out;
  out.track = rows[0].track;
  out.rows = rows.size();
  make_times(rows, out, lanes[kTime]);
  for (const auto column : kValueColumns) {
    out.value(column) = make_values(rows, column, lanes[column]);
  }
  const auto known = columns_of(rows);
  for (std::size_t which = 0; which < 2; ++which) {
    out.places[which] = make_places(rows, known, which, lanes[kLat + which]);
  }
  return out;
}

void restore(const BlockModel& model, const BlockLanes& lanes, BlockColumns& out, Columns columns,
             Speed speed) {
  if (speed == Speed::kBest && model.rows == kBlockRows && has_wide_vectors()) {
    return restore_wide_vectors(model, lanes, out, columns);
  }
  if (speed != Speed::kPortable && has_vectors()) {
    return restore_vectors(model, lanes, out, columns);
  }
  out.track = model.track;
  out.rows = model.rows;
  out.base_ms = model.base_ms;
  std::uint32_t time = 0 - model.time_step;
  for (std::size_t i = 0; i < model.rows; ++i) {
    time += unzigzag32(lanes[kTime].at[i]) + model.time_step;
    out.time.at[i] = time * model.time_scale;
  }
  for (const auto column : kValueColumns) {
    if (!wanted(column, columns)) continue;
    restore_values(model.value(column), column, lanes[column], model.rows, lane_of(out, column));
  }
  restore_places(model.places[0], lanes[kLat], out, 0, out.lat);
  restore_places(model.places[1], lanes[kLon], out, 1, out.lon);
}

void put_model(std::string& out, const BlockModel& model) {
  out.push_back(static_cast<char>(model.rows - 1));
  out.push_back(static_cast<char>(model.track.terminal.kind()));
  put_varint(out, model.track.terminal.number());
  put_varint(out, model.track.segment);
  put_signed(out, model.base_ms);
  put_varint(out, model.time_scale);
  put_varint(out, model.time_step);
  for (const auto& m : model.values) put_values(out, m);
  for (const auto& m : model.places) {
    put_signed(out, m.base);
    put_varint(out, m.scale);
    put_varint(out, m.gain);
  }
}

bool get_model(VarintReader& in, BlockModel& model) {
  model.rows = std::size_t{in.byte()} + 1;
  const auto kind = static_cast<model::TerminalKind>(in.byte());
  model.track.terminal = model::TerminalId::make(kind, in.get_up_to((std::uint64_t{1} << 56) - 1));
  model.track.segment = static_cast<std::uint16_t>(in.get_up_to(UINT16_MAX));
  model.base_ms = in.get_signed();
  model.time_scale = static_cast<std::uint32_t>(in.get_up_to(UINT32_MAX));
  model.time_step = static_cast<std::uint32_t>(in.get_up_to(UINT32_MAX));
  for (auto& m : model.values) {
    if (!get_values(in, m)) return false;
  }
  for (auto& m : model.places) {
    m.base = static_cast<std::int32_t>(in.get_signed());
    m.scale = static_cast<std::uint32_t>(in.get_up_to(UINT32_MAX));
    m.gain = static_cast<std::uint32_t>(in.get_up_to(INT32_MAX));
  }
  constexpr std::int64_t kFarthest_ms = INT64_MAX / 4 * 3;  // sums with a span stay in range
  return in.ok() && model.base_ms > -kFarthest_ms && model.base_ms < kFarthest_ms;
}

}  // namespace jinglue::store
