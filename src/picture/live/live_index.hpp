// SPDX-License-Identifier: Apache-2.0
// LiveIndex: track and record id -> handle, immutable. A small young layer over a large old one,
// so that a new track costs a copy of the young layer only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/large_pages.hpp"
#include "model/terminal.hpp"

namespace jinglue::picture {

inline constexpr std::uint32_t kNoHandle = UINT32_MAX;

/// Where a handle's entry stands in its chunk; some other place when it is absent. In a chunk of
/// which nothing has expired that is the handle's own number.
template <class Chunk>
std::size_t place_in(const Chunk& chunk, std::uint32_t handle) {
  const std::size_t most = handle % 256;
  if (most < chunk.size() && chunk[most].handle == handle) return most;
  const auto at = std::lower_bound(chunk.begin(), chunk.end(), handle,
                                   [](const auto& entry, auto h) { return entry.handle < h; });
  return static_cast<std::size_t>(at - chunk.begin());
}

/// Sorted by key; kNoHandle = the key is gone (hides an older layer).
template <class Key>
using HandleLayer = std::vector<std::pair<Key, std::uint32_t>,
                                base::LargePages<std::pair<Key, std::uint32_t>>>;

template <class Key>
std::optional<std::uint32_t> find_in(const HandleLayer<Key>& layer, const Key& key) {
  const auto at = std::lower_bound(layer.begin(), layer.end(), key,
                                   [](const auto& row, const Key& k) { return row.first < k; });
  if (at == layer.end() || at->first != key) return std::nullopt;
  return at->second;
}

/// Both layers as one; on equal keys the young one counts.
template <class Key>
HandleLayer<Key> merge_layers(const HandleLayer<Key>& old, const HandleLayer<Key>& young) {
  HandleLayer<Key> out;
  out.reserve(old.size() + young.size());
  auto a = old.begin();
  for (const auto& row : young) {
    for (; a != old.end() && a->first < row.first; ++a) out.push_back(*a);
    if (a != old.end() && a->first == row.first) ++a;
    out.push_back(row);
  }
  out.insert(out.end(), a, old.end());
  return out;
}

template <class Key>
class HandleMap {
 public:
  /// kNoHandle when absent.
  std::uint32_t find(const Key& key) const {
    if (const auto young = find_in(m_young, key)) return *young;
    return m_old == nullptr ? kNoHandle : find_in(*m_old, key).value_or(kNoHandle);
  }
  /// A map with these changes; `changes` in any order, of equal keys the last counts.
  HandleMap with(HandleLayer<Key> changes) const {
    std::stable_sort(changes.begin(), changes.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    HandleLayer<Key> last;
    for (const auto& row : changes) {
      if (!last.empty() && last.back().first == row.first) last.pop_back();
      last.push_back(row);
    }
    HandleMap out;
    out.m_old = m_old;
    out.m_young = merge_layers(m_young, last);
    const std::size_t old_size = m_old == nullptr ? 0 : m_old->size();
    if (out.m_young.size() > 64 + old_size / 8) {
      static const HandleLayer<Key> kNone;
      auto all = merge_layers(m_old == nullptr ? kNone : *m_old, out.m_young);
      std::erase_if(all, [](const auto& row) { return row.second == kNoHandle; });
      out.m_old = std::make_shared<const HandleLayer<Key>>(std::move(all));
      out.m_young.clear();
    }
    return out;
  }

 private:
  std::shared_ptr<const HandleLayer<Key>> m_old;  // shared between the indices of snapshots
  HandleLayer<Key> m_young;
};

/// Record ids are kept as hashes; the reader compares the entry's own id.
inline std::uint64_t record_key(std::string_view record_id) {
  return std::hash<std::string_view>{}(record_id);
}

struct LiveIndex {
  HandleMap<model::TrackId> tracks;  ///< the track's own handle, merged or not
  HandleMap<std::uint64_t> vessels;  ///< the handle that draws the vessel
};

}  // namespace jinglue::picture
