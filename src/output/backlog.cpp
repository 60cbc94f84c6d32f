// SPDX-License-Identifier: Apache-2.0
#include "output/backlog.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/text.hpp"

namespace jinglue::output {

Backlog::Backlog(std::size_t most_items, std::size_t most_bytes)
    : m_most_items(most_items),
      m_most_bytes(most_bytes),
      m_event(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!m_event) throw base::WorldError("no event descriptor", base::errno_text(errno));
}

std::size_t Backlog::push(Item item) {
  const std::lock_guard lock(m_mutex);
  const bool was_empty = m_items.empty();
  m_bytes += item.text->size();
  m_items.push_back(std::move(item));
  std::size_t gone = 0;
  while (!m_items.empty() && (m_items.size() > m_most_items || m_bytes > m_most_bytes)) {
    drop_front();
    ++gone;
  }
  if (was_empty && !m_items.empty()) {
    const std::uint64_t one = 1;
    (void)!write(m_event.get(), &one, sizeof one);
  }
  return gone;
}

std::vector<Item> Backlog::take(std::size_t count) {
  const std::lock_guard lock(m_mutex);
  std::vector<Item> out;
  out.reserve(std::min(count, m_items.size()));
  while (!m_items.empty() && out.size() < count) {
    out.push_back(m_items.front());
    drop_front();
  }
  if (m_items.empty()) {
    std::uint64_t count_of_event = 0;
    (void)!read(m_event.get(), &count_of_event, sizeof count_of_event);
  }
  return out;
}

std::size_t Backlog::size() const {
  const std::lock_guard lock(m_mutex);
  return m_items.size();
}

void Backlog::drop_front() {
  m_bytes -= m_items.front().text->size();
  m_items.pop_front();
}

}  // namespace jinglue::output
