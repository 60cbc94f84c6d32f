// SPDX-License-Identifier: Apache-2.0
#include "observe/link/link.hpp"

#include "base/log.hpp"
#include "observe/link/link_base.hpp"

namespace jinglue::observe::link {

Link::Link(const Settings& settings, std::function<base::Instant()> clock)
    : m_settings(settings),
      m_clock(std::move(clock)),
      m_queue(settings.queue_lines),
      m_problem(std::make_unique<Problem>()) {}

Link::~Link() = default;

std::string Link::last_error() const {
  const std::lock_guard lock(m_problem->mutex);
  return m_problem->text;
}

std::unique_ptr<Link> Link::open(const Settings& settings, std::function<base::Instant()> clock) {
  switch (settings.kind) {
    case Kind::kTcpServer:
      return open_tcp_server(settings, std::move(clock));
    case Kind::kTcpClient:
      return open_tcp_client(settings, std::move(clock));
    case Kind::kFile:
      return open_file(settings, std::move(clock));
    case Kind::kMqtt:
      return open_mqtt(settings, std::move(clock));
    case Kind::kUdp:
      break;
  }
  return open_udp(settings, std::move(clock));
}

LinkBase::LinkBase(const Settings& settings, Clock clock) : Link(settings, std::move(clock)) {}

void LinkBase::start() {
  if (m_thread.joinable() || m_wake.raised()) return;
  m_thread = std::thread([this] {
    try {
      run();
    } catch (const std::exception& failure) {
      set_problem(failure.what());
    }
  });
}

void LinkBase::stop() {
  m_wake.raise();
  m_queue.close();
  if (m_thread.joinable()) m_thread.join();
}

void LinkBase::set_problem(const std::string& text) {
  {
    const std::lock_guard lock(m_problem->mutex);
    if (m_problem->text == text) return;
    m_problem->text = text;
  }
  if (!text.empty()) base::log_warn("observe", "input {}: {}", m_settings.name, text);
}

void LinkBase::count_line(base::Instant arrival) {
  m_counters.lines.fetch_add(1, std::memory_order_relaxed);
  m_counters.last_ms.store(arrival.ms, std::memory_order_relaxed);
}

bool LinkBase::deliver_waiting(std::string_view text, const std::string& station,
                               base::Instant arrival) {
  if (!m_queue.push({std::string(text), station, arrival})) return false;
  count_line(arrival);
  return true;
}

void LinkBase::deliver_or_drop(std::string_view text, const std::string& station,
                               base::Instant arrival) {
  count_line(arrival);
  if (m_queue.try_push({std::string(text), station, arrival})) return;
  m_counters.dropped_queue.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace jinglue::observe::link
