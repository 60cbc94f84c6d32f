// SPDX-License-Identifier: Apache-2.0
#include "store/block/pool.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <utility>

#include "store/block/block_model.hpp"
#include "store/block/sealed.hpp"
#include "store/block/section.hpp"

namespace jinglue::store {
namespace {

using model::Fix;
using Runs = std::span<const std::span<const Fix>>;

constexpr std::size_t kPlanes = 4;  // octets of a number
/// A head takes less; bounds what damaged bytes can ask for.
constexpr std::size_t kMostHeadBytes = 256;

struct Run {
  BlockModel model;
  BlockLanes lanes;
};

using Numbers = std::vector<std::uint32_t>;

/// The lowest octets of all numbers, then the next ones, and so on: each in a section of its own.
void put_planes(std::string& out, const Numbers& numbers, PoolLevel level) {
  std::string plane(numbers.size(), '\0');
  for (std::size_t p = 0; p < kPlanes; ++p) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      plane[i] = static_cast<char>(numbers[i] >> 8 * p);
    }
    put_section(out, plane, static_cast<int>(level));
  }
}

bool get_planes(VarintReader& in, std::size_t count, Numbers& numbers) {
  numbers.assign(count, 0);
  std::string plane;
  for (std::size_t p = 0; p < kPlanes; ++p) {
    bool zeros = false;
    std::size_t size = 0;
    if (!get_section(in, count, plane, size, zeros) || size != count) return false;
    if (zeros) continue;  // most are
    for (std::size_t i = 0; i < count; ++i) {
      numbers[i] |= std::uint32_t{static_cast<unsigned char>(plane[i])} << 8 * p;
    }
  }
  return true;
}

Numbers stored_numbers(const std::vector<Run>& runs, BlockColumn column) {
  Numbers out;
  for (const auto& run : runs) {
    if (!run.model.stores(column)) continue;
    const auto& lane = run.lanes[column].at;
    out.insert(out.end(), lane.begin(), lane.begin() + std::ptrdiff_t(run.model.rows));
  }
  return out;
}

/// The column of every run as plain values on one scale, so that equal values are equal numbers
/// all over the pool.
std::vector<ValueModel> plain_values(Runs rows, BlockColumn column, Numbers& numbers) {
  std::uint32_t scale = 0;
  for (const auto& run : rows) {
    for (const auto& row : run) scale = std::gcd(scale, value_of(row, column).value_or(0));
  }
  ValueModel model;
  model.scale = std::max(scale, 1u);
  for (const auto& run : rows) {
    for (const auto& row : run) {
      const auto v = value_of(row, column);
      numbers.push_back(v ? *v / model.scale + 1 : 0);
    }
  }
  return std::vector<ValueModel>(rows.size(), model);
}

/// The section of one value column; replaces the models of the runs when plain values are smaller.
std::string value_planes(Runs rows, BlockColumn column, std::vector<Run>& runs, PoolLevel level) {
  std::string own;
  put_planes(own, stored_numbers(runs, column), level);
  const bool all_same = std::none_of(runs.begin(), runs.end(),
                                     [&](const Run& run) { return run.model.stores(column); });
  if (all_same) return own;
  Numbers numbers;
  const auto models = plain_values(rows, column, numbers);
  std::string plain;
  put_planes(plain, numbers, level);
  if (plain.size() >= own.size()) return own;
  for (std::size_t i = 0; i < runs.size(); ++i) runs[i].model.value(column) = models[i];
  return plain;
}

bool is_value(BlockColumn column) {
  return std::find(kValueColumns.begin(), kValueColumns.end(), column) != kValueColumns.end();
}

}  // namespace

std::string encode_pool(Runs rows, PoolLevel level) {
  assert(!rows.empty() && rows.size() <= kMostPoolRuns);
  std::vector<Run> runs(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    runs[i].model = make_model(rows[i], runs[i].lanes);
  }
  std::string columns;
  for (std::size_t c = 0; c < kColumns; ++c) {
    const auto column = BlockColumn(c);
    if (is_value(column)) {
      columns += value_planes(rows, column, runs, level);
    } else {
      put_planes(columns, stored_numbers(runs, column), level);
    }
  }
  std::string heads;
  for (const auto& run : runs) put_model(heads, run.model);
  std::string out(1, static_cast<char>(kPoolVersion));
  put_varint(out, rows.size());
  put_section(out, heads, static_cast<int>(level));
  out += columns;
  seal(out);
  return out;
}

struct Pool::Impl {
  std::vector<BlockModel> models;
  std::array<Numbers, kColumns> columns;
  /// Where the numbers of a run begin in each column.
  std::vector<std::array<std::size_t, kColumns>> begins;
};

Pool::Pool(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Pool::Pool(Pool&&) noexcept = default;
Pool& Pool::operator=(Pool&&) noexcept = default;
Pool::~Pool() = default;

base::Result<Pool> Pool::open(std::string_view bytes) {
  const auto body = unsealed(bytes, kPoolVersion, "pool");
  if (!body) return tl::unexpected(body.error());
  const auto broken = [](const char* what) {
    return base::fail(base::Code::kMalformed, std::string("the pool is damaged: ") + what);
  };
  VarintReader in(*body);
  auto impl = std::make_unique<Impl>();
  const auto runs = in.get_up_to(kMostPoolRuns);
  std::string heads;
  if (runs == 0 || !get_section(in, runs * kMostHeadBytes, heads)) return broken("no heads");
  VarintReader head(heads);
  std::array<std::size_t, kColumns> counts{};
  for (std::size_t i = 0; i < runs; ++i) {
    auto& model = impl->models.emplace_back();
    if (!get_model(head, model)) return broken("a head is broken");
    impl->begins.push_back(counts);
    for (std::size_t c = 0; c < kColumns; ++c) {
      if (model.stores(BlockColumn(c))) counts[c] += model.rows;
    }
  }
  if (!head.rest().empty()) return broken("bytes follow the last head");
  for (std::size_t c = 0; c < kColumns; ++c) {
    if (!get_planes(in, counts[c], impl->columns[c])) return broken("a column is broken");
  }
  if (!in.rest().empty()) return broken("bytes follow the last column");
  return Pool(std::move(impl));
}

std::int64_t Pool::begin_ms(std::size_t run) const {
  return m_impl->models[run].base_ms;
}

std::size_t Pool::runs() const {
  return m_impl->models.size();
}

void Pool::get(std::size_t run, BlockColumns& out, Columns columns) const {
  const auto& model = m_impl->models[run];
  BlockLanes lanes;
  const std::size_t count = columns == Columns::kAll ? kColumns : kWayColumns;
  for (std::size_t c = 0; c < count; ++c) {
    auto& lane = lanes[c].at;
    std::size_t end = 0;
    if (model.stores(BlockColumn(c))) {
      const auto begin = m_impl->columns[c].begin() + std::ptrdiff_t(m_impl->begins[run][c]);
      std::copy_n(begin, model.rows, lane.begin());
      end = model.rows;
    }
    for (; end < kBlockRows && (end < model.rows || end % 8 != 0); ++end) lane[end] = 0;
  }
  restore(model, lanes, out, columns, Speed::kBest);
}

}  // namespace jinglue::store
