// SPDX-License-Identifier: Apache-2.0
#include "serve/api/body_pipe.hpp"

#include <utility>

namespace jinglue::serve {

bool BodyPipe::put(std::string piece) {
  std::function<void(std::optional<std::string>)> asked;
  {
    std::unique_lock lock(m_mutex);
    const bool room =
        m_room.wait_for(lock, kPatience, [&] { return m_waiting.size() < kMost || m_abandoned; });
    if (!room || m_abandoned) return false;
    m_waiting += piece;
    if (!m_asked) return true;
    asked = std::exchange(m_asked, nullptr);
    piece = std::exchange(m_waiting, {});
  }
  asked(std::move(piece));
  return true;
}

void BodyPipe::finish(bool whole) {
  std::function<void(std::optional<std::string>)> asked;
  {
    const std::lock_guard lock(m_mutex);
    m_finished = true;
    m_whole = whole;
    asked = std::exchange(m_asked, nullptr);
  }
  if (asked) asked(std::nullopt);  // it waits only when there is nothing left to give
}

void BodyPipe::next(std::function<void(std::optional<std::string>)> done) {
  std::optional<std::string> piece;
  {
    const std::lock_guard lock(m_mutex);
    if (m_waiting.empty() && !m_finished) {
      m_asked = std::move(done);
      return;
    }
    if (!m_waiting.empty()) piece = std::exchange(m_waiting, {});
    m_room.notify_one();
  }
  done(std::move(piece));
}

void BodyPipe::abandon() {
  const std::lock_guard lock(m_mutex);
  m_abandoned = true;
  m_room.notify_one();
}

bool BodyPipe::whole() const {
  const std::lock_guard lock(m_mutex);
  return m_whole;
}

}  // namespace jinglue::serve
