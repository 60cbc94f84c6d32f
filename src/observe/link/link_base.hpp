// SPDX-License-Identifier: Apache-2.0
// LinkBase: what the kinds of link share: the thread and its end, delivery of lines to the
// queue with counters, the last problem. Each kind is one source beside this header.
#pragma once

#include <mutex>
#include <string_view>
#include <thread>

#include "observe/link/line_splitter.hpp"
#include "observe/link/link.hpp"
#include "observe/link/sockets.hpp"

namespace jinglue::observe::link {

using Clock = std::function<base::Instant()>;

struct Link::Problem {
  mutable std::mutex mutex;
  std::string text;
};

class LinkBase : public Link {
 public:
  void start() override;
  void stop() override;

 protected:
  LinkBase(const Settings& settings, Clock clock);

  virtual void run() = 0;

  void set_problem(const std::string& text);
  /// To the queue; waits while it is full. False when the link stops.
  bool deliver_waiting(std::string_view text, const std::string& station, base::Instant arrival);
  /// To the queue; drops and counts when it is full.
  void deliver_or_drop(std::string_view text, const std::string& station, base::Instant arrival);
  void count_line(base::Instant arrival);

  Wake m_wake;

 private:
  std::thread m_thread;
};

std::unique_ptr<Link> open_udp(const Settings& settings, Clock clock);
std::unique_ptr<Link> open_tcp_server(const Settings& settings, Clock clock);
std::unique_ptr<Link> open_tcp_client(const Settings& settings, Clock clock);
std::unique_ptr<Link> open_file(const Settings& settings, Clock clock);
std::unique_ptr<Link> open_mqtt(const Settings& settings, Clock clock);

}  // namespace jinglue::observe::link
