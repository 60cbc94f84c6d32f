// SPDX-License-Identifier: Apache-2.0
// Backlog: what waits for one destination. Bounded in messages and bytes: when it is full the
// oldest gives way, so that whoever fills it never waits and what is sent is of now. A descriptor
// is readable while something waits, for poll().
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "observe/link/sockets.hpp"
#include "output/forms.hpp"

namespace jinglue::output {

/// One message in its form.
struct Item {
  Text text;
  std::string topic{};  ///< of Kind::kMqtt
};

class Backlog {
 public:
  Backlog(std::size_t most_items, std::size_t most_bytes);

  /// Returns how many gave way (the item itself when it is larger than all).
  std::size_t push(Item item);
  /// The oldest, up to `count`.
  std::vector<Item> take(std::size_t count);
  std::size_t size() const;
  int descriptor() const { return m_event.get(); }

 private:
  void drop_front();

  const std::size_t m_most_items, m_most_bytes;
  observe::link::Descriptor m_event;
  mutable std::mutex m_mutex;
  std::deque<Item> m_items;
  std::size_t m_bytes{0};
};

}  // namespace jinglue::output
