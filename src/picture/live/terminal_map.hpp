// SPDX-License-Identifier: Apache-2.0
// TerminalMap: terminal -> pointer, in one table without lists, at most half full: a look-up reads
// one line of the processor's cache, which fetch() brings near before. Null is no value.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "base/large_pages.hpp"
#include "model/terminal.hpp"

namespace jinglue::picture {

template <class T>
class TerminalMap {
 public:
  TerminalMap() : m_slots(kFirstSlots) {}

  /// Null when absent.
  T* find(model::TerminalId id) const { return m_slots[place_of(id)].value; }
  /// `value` is not null; replaces.
  void put(model::TerminalId id, T* value) {
    if (2 * (m_size + 1) > m_slots.size()) grow();
    auto& slot = m_slots[place_of(id)];
    if (slot.value == nullptr) ++m_size;
    slot = {id, value};
  }
  void erase(model::TerminalId id) {
    auto hole = place_of(id);
    if (m_slots[hole].value == nullptr) return;
    --m_size;
    // Who stands behind moves up, unless its search would begin behind the hole.
    for (auto at = next(hole); m_slots[at].value != nullptr; at = next(at)) {
      if (distance(home_of(m_slots[at].id), at) < distance(hole, at)) continue;
      m_slots[hole] = m_slots[at];
      hole = at;
    }
    m_slots[hole] = {};
  }
  std::size_t size() const { return m_size; }
  void fetch(model::TerminalId id) const { base::fetch(&m_slots[home_of(id)]); }
  /// In no order that means anything.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& slot : m_slots) {
      if (slot.value != nullptr) visit(slot.id, *slot.value);
    }
  }

 private:
  static constexpr std::size_t kFirstSlots = 64;
  struct Slot {
    model::TerminalId id;
    T* value{nullptr};
  };
  std::size_t home_of(model::TerminalId id) const {
    return (id.value * 0x9E37'79B9'7F4A'7C15ULL) >> (64 - std::countr_zero(m_slots.size()));
  }
  std::size_t next(std::size_t at) const { return (at + 1) & (m_slots.size() - 1); }
  std::size_t distance(std::size_t from, std::size_t to) const {
    return (to - from) & (m_slots.size() - 1);
  }
  std::size_t place_of(model::TerminalId id) const {
    auto at = home_of(id);
    while (m_slots[at].value != nullptr && m_slots[at].id != id) at = next(at);
    return at;
  }
  void grow() {
    auto old = std::vector<Slot, base::LargePages<Slot>>(m_slots.size() * 2);
    old.swap(m_slots);
    for (const auto& slot : old) {
      if (slot.value != nullptr) m_slots[place_of(slot.id)] = slot;
    }
  }

  std::vector<Slot, base::LargePages<Slot>> m_slots;  ///< a power of two of them
  std::size_t m_size{0};
};

}  // namespace jinglue::picture
