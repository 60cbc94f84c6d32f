// SPDX-License-Identifier: Apache-2.0
#include "store/block/pool.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <utility>

#include "store/block/block_model.hpp"
#include "store/block/sealed.hpp"
#include "store/block/section.hpp"
#include "store/block/vectors.hpp"

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

void add_plane(const char* plane, std::size_t count, unsigned shift, Lane& out) {
  if (has_vectors()) return add_plane_vectors(plane, count, shift, out);
  for (std::size_t i = 0; i < count; ++i) {
    out.at[i] |= std::uint32_t{static_cast<unsigned char>(plane[i])} << shift;
  }
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
  /// Octets of a column, of all runs, that are not all 0.
  struct Plane {
    unsigned shift{0};
    std::size_t begin{0};  ///< in `octets`
  };
  Columns columns{Columns::kAll};
  std::vector<BlockModel> models;
  std::string octets;
  std::array<std::vector<Plane>, kColumns> planes;
  /// Where the numbers of a run begin in each column.
  std::vector<std::array<std::size_t, kColumns>> begins;

  bool get_planes(VarintReader& in, std::size_t column, std::size_t count);
};

bool Pool::Impl::get_planes(VarintReader& in, std::size_t column, std::size_t count) {
  for (unsigned p = 0; p < kPlanes; ++p) {
    bool zeros = false;
    const auto begin = octets.size();
    if (!append_section(in, count, octets, zeros)) return false;
    if (!zeros) planes[column].push_back({8 * p, begin});
  }
  return true;
}

Pool::Pool(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Pool::Pool(Pool&&) noexcept = default;
Pool& Pool::operator=(Pool&&) noexcept = default;
Pool::~Pool() = default;

base::Result<Pool> Pool::open(std::string_view bytes, Columns columns) {
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
  impl->columns = columns;
  const std::size_t end = columns == Columns::kAll ? kColumns : kWayColumns;
  for (std::size_t c = 0; c < end; ++c) {
    if (!impl->get_planes(in, c, counts[c])) return broken("a column is broken");
  }
  if (end == kColumns && !in.rest().empty()) return broken("bytes follow the last column");
  return Pool(std::move(impl));
}

std::int64_t Pool::begin_ms(std::size_t run) const {
  return m_impl->models[run].base_ms;
}

std::size_t Pool::runs() const {
  return m_impl->models.size();
}

Columns Pool::columns() const {
  return m_impl->columns;
}

void Pool::get(std::size_t run, BlockColumns& out, Columns columns) const {
  assert(columns == Columns::kWay || m_impl->columns == Columns::kAll);
  const auto& model = m_impl->models[run];
  BlockLanes lanes;
  const std::size_t count = columns == Columns::kAll ? kColumns : kWayColumns;
  for (std::size_t c = 0; c < count; ++c) {
    std::fill_n(lanes[c].at.begin(), (model.rows + 7) / 8 * 8, 0);
    if (!model.stores(BlockColumn(c))) continue;
    for (const auto& plane : m_impl->planes[c]) {
      const char* octets = m_impl->octets.data() + plane.begin + m_impl->begins[run][c];
      add_plane(octets, model.rows, plane.shift, lanes[c]);
    }
  }
  restore(model, lanes, out, columns, Speed::kBest);
}

}  // namespace jinglue::store
