// SPDX-License-Identifier: Apache-2.0
#include "observe/ais/addressees.hpp"

#include <algorithm>
#include <concepts>
#include <optional>
#include <type_traits>

namespace jinglue::observe::ais {
namespace {

template <class M>
concept Destined = requires(const M& m) {
  { m.destination } -> std::convertible_to<std::optional<std::uint32_t>>;
};
template <class M>
concept OfSeveral = requires(const M& m) {
  m.count;
  m.of[0].mmsi;
};

void add(std::optional<std::uint32_t> mmsi, std::vector<std::uint32_t>& out) {
  if (mmsi) out.push_back(*mmsi);
}

}  // namespace

std::vector<std::uint32_t> addressees_of(const Message& message) {
  std::vector<std::uint32_t> out;
  std::visit(
      [&](const auto& m) {
        using M = std::remove_cvref_t<decltype(m)>;
        if constexpr (Destined<M>) add(m.destination, out);
        if constexpr (OfSeveral<M>) {
          for (std::size_t i = 0; i < m.count && i < m.of.size(); ++i) out.push_back(m.of[i].mmsi);
        }
        if constexpr (std::is_same_v<M, ChannelManagement>) {
          if (m.addressed) out.insert(out.end(), m.to.begin(), m.to.end());
        }
        if constexpr (std::is_same_v<M, StaticData>) add(m.mothership_mmsi, out);
      },
      message);
  std::erase_if(out, [&](auto mmsi) { return mmsi == 0 || mmsi == mmsi_of(message); });
  return out;
}

}  // namespace jinglue::observe::ais
