// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/column.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace jinglue::picture::detail {
namespace {

enum Presence : std::uint8_t { kNone = 0, kAll = 1, kSome = 2 };

std::uint64_t zigzag(std::uint64_t v) {
  return (v << 1) ^ (0 - (v >> 63));
}
std::uint64_t unzigzag(std::uint64_t z) {
  return (z >> 1) ^ (0 - (z & 1));
}

std::size_t varint_size(std::uint64_t v) {
  std::size_t size = 1;
  for (; v >= 0x80; v >>= 7) ++size;
  return size;
}

void put_varint(std::string& out, std::uint64_t v) {
  for (; v >= 0x80; v >>= 7) out.push_back(static_cast<char>(v | 0x80));
  out.push_back(static_cast<char>(v));
}

bool get_varint(std::string_view& rest, std::uint64_t& v) {
  v = 0;
  for (unsigned shift = 0; shift < 64 && !rest.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    v |= std::uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) return shift < 63 || byte < 2;
  }
  return false;
}

bool get_byte(std::string_view& rest, std::uint8_t& value) {
  if (rest.empty()) return false;
  value = static_cast<std::uint8_t>(rest.front());
  rest.remove_prefix(1);
  return true;
}

/// Steps and intervals beyond these are not scaled: the product must fit 63 bits.
constexpr std::int64_t kMostStep = std::int64_t{1} << 31;
constexpr std::int64_t kMostInterval = std::int64_t{1} << 30;  // ms, 12 days
constexpr std::int64_t kMostStretch = 10;  // after a longer gap the velocity says nothing

/// The step a -> b of `before` ms, scaled to `after` ms, rounded to nearest, halves away from 0.
std::int64_t scaled_step(std::uint64_t step, std::int64_t before, std::int64_t after) {
  const auto s = static_cast<std::int64_t>(step);
  const bool usable = before > 0 && after >= 0 && before < kMostInterval &&
                      after <= before * kMostStretch && after < kMostInterval && s < kMostStep &&
                      s > -kMostStep;
  if (!usable) return 0;
  const std::int64_t product = s * after;
  return (product + (product < 0 ? -before / 2 : before / 2)) / before;
}

/// Milliseconds from row a to row b; differences of any two instants wrap instead of overflowing.
std::int64_t between(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(b) - static_cast<std::uint64_t>(a));
}

/// Predicts value i > 0 of those present; `q` are the values before it, `t` the times of all
/// present.
template <Prediction How>
std::uint64_t predict(const std::vector<std::uint64_t>& q, std::span<const std::int64_t> t,
                      std::size_t i) {
  if (How == Prediction::kConstant) return 0;
  if (How == Prediction::kPrevious || i < 2) return q[i - 1];
  const std::uint64_t step = q[i - 1] - q[i - 2];
  if (How == Prediction::kSameStep) return q[i - 1] + step;
  const auto scaled = scaled_step(step, between(t[i - 2], t[i - 1]), between(t[i - 1], t[i]));
  return q[i - 1] + static_cast<std::uint64_t>(scaled);
}

/// Calls `use` with the prediction as a constant, so that its loop holds no switch.
template <class Use>
auto with_prediction(Prediction how, Use use) {
  switch (how) {
    case Prediction::kPrevious:
      return use.template operator()<Prediction::kPrevious>();
    case Prediction::kSameStep:
      return use.template operator()<Prediction::kSameStep>();
    case Prediction::kSameVelocity:
      return use.template operator()<Prediction::kSameVelocity>();
    case Prediction::kConstant:
      break;
  }
  return use.template operator()<Prediction::kConstant>();
}

/// The greatest number that divides every difference from the first value; 1 at least.
std::uint64_t scale_of(const std::vector<std::uint64_t>& values) {
  std::uint64_t scale = 0;
  for (const auto v : values) {
    const std::uint64_t d = v - values[0];
    scale = std::gcd(scale, d >> 63 != 0 ? 0 - d : d);
    if (scale == 1) return 1;
  }
  return std::max<std::uint64_t>(scale, 1);
}

/// (v - first) / scale for signed differences; exact.
std::uint64_t scaled_down(std::uint64_t d, std::uint64_t scale) {
  return d >> 63 != 0 ? 0 - (0 - d) / scale : d / scale;
}

std::size_t cost(Prediction how, const std::vector<std::uint64_t>& q,
                 std::span<const std::int64_t> t) {
  return with_prediction(how, [&]<Prediction How>() {
    std::size_t size = 0;
    for (std::size_t i = 1; i < q.size(); ++i) {
      size += varint_size(zigzag(q[i] - predict<How>(q, t, i)));
    }
    return size;
  });
}

Prediction best_prediction(const std::vector<std::uint64_t>& q, std::span<const std::int64_t> t) {
  if (std::all_of(q.begin(), q.end(), [&](auto v) { return v == q[0]; })) {
    return Prediction::kConstant;
  }
  auto best = Prediction::kPrevious;
  std::size_t best_cost = cost(best, q, t);
  for (const auto how : {Prediction::kSameStep, Prediction::kSameVelocity}) {
    if (how == Prediction::kSameVelocity && t.empty()) continue;
    const auto size = cost(how, q, t);
    if (size < best_cost) {
      best = how;
      best_cost = size;
    }
  }
  return best;
}

void put_presence(std::string& out, const Column& column, std::size_t present) {
  const std::size_t rows = column.values.size();
  if (present == 0 || present == rows) {
    out.push_back(static_cast<char>(present == 0 ? kNone : kAll));
    return;
  }
  out.push_back(static_cast<char>(kSome));
  std::string bits((rows + 7) / 8, '\0');
  for (std::size_t i = 0; i < rows; ++i) {
    if (column.has(i)) bits[i / 8] = static_cast<char>(bits[i / 8] | 1 << i % 8);
  }
  out += bits;
}

/// Sets `present` and how many values follow.
bool get_presence(std::string_view& rest, std::size_t rows, Column& column, std::size_t& count) {
  column.values.assign(rows, 0);
  column.present.clear();
  std::uint8_t presence = 0;
  if (!get_byte(rest, presence) || presence > kSome) return false;
  count = presence == kAll ? rows : 0;
  if (presence == kNone) column.present.assign(rows, 0);
  if (presence != kSome) return true;
  const std::size_t size = (rows + 7) / 8;
  if (rest.size() < size) return false;
  column.present.resize(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    column.present[i] = static_cast<unsigned char>(rest[i / 8]) >> i % 8 & 1;
    count += column.present[i];
  }
  rest.remove_prefix(size);
  return true;
}

/// The items of `all` whose rows are present.
std::vector<std::int64_t> present_of(const Column& column, std::span<const std::int64_t> all) {
  std::vector<std::int64_t> out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (column.has(i)) out.push_back(all[i]);
  }
  return out;
}

/// Adds the differences to the predictions until `q` holds `count` values.
bool get_values(std::string_view& rest, Prediction how, std::span<const std::int64_t> t,
                std::size_t count, std::vector<std::uint64_t>& q) {
  q.assign(1, 0);
  q.reserve(count);
  return with_prediction(how, [&]<Prediction How>() {
    for (std::size_t i = 1; i < count; ++i) {
      std::uint64_t difference = 0;
      if (How != Prediction::kConstant && !get_varint(rest, difference)) return false;
      q.push_back(predict<How>(q, t, i) + unzigzag(difference));
    }
    return true;
  });
}

}  // namespace

void put_column(std::string& out, const Column& column, std::span<const std::int64_t> times_ms) {
  const auto values = present_of(column, column.values);
  const auto t = present_of(column, times_ms);
  put_presence(out, column, values.size());
  if (values.empty()) return;
  std::vector<std::uint64_t> q(values.begin(), values.end());
  const std::uint64_t first = q[0];
  const std::uint64_t scale = scale_of(q);
  for (auto& v : q) v = scaled_down(v - first, scale);
  const auto how = best_prediction(q, t);
  out.push_back(static_cast<char>(how));
  put_varint(out, zigzag(first));
  if (how == Prediction::kConstant) return;
  put_varint(out, scale);
  with_prediction(how, [&]<Prediction How>() {
    for (std::size_t i = 1; i < q.size(); ++i) {
      put_varint(out, zigzag(q[i] - predict<How>(q, t, i)));
    }
  });
}

bool get_column(std::string_view& rest, std::size_t rows, std::span<const std::int64_t> times_ms,
                Column& column) {
  std::size_t count = 0;
  if (!get_presence(rest, rows, column, count)) return false;
  if (count == 0) return true;
  std::uint8_t code = 0;
  std::uint64_t first = 0;
  std::uint64_t scale = 0;
  if (!get_byte(rest, code) || code > std::uint8_t(Prediction::kSameVelocity)) return false;
  const auto how = static_cast<Prediction>(code);
  if (how == Prediction::kSameVelocity && times_ms.empty()) return false;
  if (!get_varint(rest, first)) return false;
  first = unzigzag(first);
  if (how != Prediction::kConstant && !get_varint(rest, scale)) return false;
  std::vector<std::int64_t> some;
  if (!column.present.empty()) some = present_of(column, times_ms);
  std::vector<std::uint64_t> q;
  if (!get_values(rest, how, column.present.empty() ? times_ms : some, count, q)) return false;
  std::size_t next = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    if (column.has(i)) column.values[i] = static_cast<std::int64_t>(first + q[next++] * scale);
  }
  return true;
}

}  // namespace jinglue::picture::detail
