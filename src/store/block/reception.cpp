// SPDX-License-Identifier: Apache-2.0
#include "store/block/reception.hpp"

#include <algorithm>
#include <cassert>
#include <vector>

#include "store/block/patched.hpp"
#include "store/block/sealed.hpp"

namespace jinglue::store {
namespace {

using model::Fix;

constexpr std::uint8_t kVersion = 1;
constexpr std::int64_t kLongestStep_ms = std::int64_t{1} << 31;
constexpr std::uint64_t kMostRate = std::uint64_t{1} << 24;

/// Differences of any two numbers, modulo 2^64.
std::uint64_t apart(std::int64_t from, std::int64_t to) {
  return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}

/// Journal offsets per ms of arrival, in 2^-16: how fast the whole journal grew meanwhile.
std::uint64_t rate_of(std::span<const Fix> rows) {
  const auto [a, b] = std::minmax_element(
      rows.begin(), rows.end(), [](const Fix& x, const Fix& y) { return x.offset < y.offset; });
  const auto ms = static_cast<std::int64_t>(apart(a->arrival.ms, b->arrival.ms));
  const std::uint64_t grown = b->offset - a->offset;
  if (ms <= 0 || grown >= std::uint64_t{1} << 47) return 0;
  return std::min((grown << 16) / static_cast<std::uint64_t>(ms), kMostRate - 1);
}

/// By how much the offset should grow in a step of the arrival, which may go back.
std::uint64_t growth(std::uint64_t rate, std::uint64_t step) {
  const auto ms = static_cast<std::int64_t>(step);
  if (ms <= -kLongestStep_ms || ms >= kLongestStep_ms) return 0;
  return static_cast<std::uint64_t>((static_cast<std::int64_t>(rate) * ms) >> 16);
}

void put_wide(std::string& out, std::span<const std::uint64_t> values) {
  std::vector<std::uint32_t> half;
  for (const auto v : values) half.push_back(static_cast<std::uint32_t>(v));
  put_packed(out, half);
  for (std::size_t i = 0; i < values.size(); ++i) {
    half[i] = static_cast<std::uint32_t>(values[i] >> 32);
  }
  put_packed(out, half);
}

bool get_wide(VarintReader& in, std::size_t rows, std::vector<std::uint64_t>& values) {
  Lane low, high;
  if (!get_packed(in, rows, low) || !get_packed(in, rows, high)) return false;
  values.resize(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    values[i] = low.at[i] | std::uint64_t{high.at[i]} << 32;
  }
  return true;
}

}  // namespace

std::string encode_reception(std::span<const Fix> rows) {
  assert(!rows.empty() && rows.size() <= kBlockRows);
  std::vector<std::uint64_t> delays, offsets{0};
  for (const auto& row : rows) delays.push_back(apart(row.time.ms, row.arrival.ms));
  auto sorted = delays;
  std::nth_element(sorted.begin(), sorted.begin() + std::ssize(sorted) / 2, sorted.end());
  const std::uint64_t usual = sorted[sorted.size() / 2];
  for (auto& delay : delays) delay = zigzag(delay - usual);
  const std::uint64_t rate = rate_of(rows);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto step = apart(rows[i - 1].arrival.ms, rows[i].arrival.ms);
    offsets.push_back(zigzag(rows[i].offset - rows[i - 1].offset - growth(rate, step)));
  }
  std::string out(1, static_cast<char>(kVersion));
  put_varint(out, zigzag(usual));
  put_varint(out, rate);
  put_varint(out, rows[0].offset);
  put_wide(out, delays);
  put_wide(out, offsets);
  seal(out);
  return out;
}

base::Status decode_reception(std::string_view bytes, std::span<Fix> rows) {
  const auto body = unsealed(bytes, kVersion, "reception");
  if (!body) return tl::unexpected(body.error());
  const auto broken = base::fail(base::Code::kMalformed, "the reception does not fit its block");
  VarintReader in(*body);
  const std::uint64_t usual = unzigzag(in.get());
  const std::uint64_t rate = in.get_up_to(kMostRate - 1);
  std::uint64_t offset = in.get();
  std::vector<std::uint64_t> delays, offsets;
  if (!in.ok() || rows.empty() || !get_wide(in, rows.size(), delays) ||
      !get_wide(in, rows.size(), offsets) || !in.rest().empty()) {
    return broken;
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto time = static_cast<std::uint64_t>(rows[i].time.ms);
    rows[i].arrival.ms = static_cast<std::int64_t>(time + unzigzag(delays[i]) + usual);
    if (i > 0) {
      const auto step = apart(rows[i - 1].arrival.ms, rows[i].arrival.ms);
      offset += unzigzag(offsets[i]) + growth(rate, step);
    }
    rows[i].offset = offset;
  }
  return {};
}

}  // namespace jinglue::store
