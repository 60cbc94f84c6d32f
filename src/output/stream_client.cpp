// SPDX-License-Identifier: Apache-2.0
#include "output/stream_client.hpp"

#include <algorithm>

namespace jinglue::output {

void StreamClient::run() {
  constexpr base::Duration kLook{1'000};  // between looks at the end of the approval
  base::Duration pause = m_options.first_pause;
  while (!ended()) {
    if (connect()) {
      if (serve()) pause = m_options.first_pause;
      ++m_counters->disconnects;
      m_socket = {};
      set_state("connecting");
    }
    const auto until = std::chrono::steady_clock::now() + pause;
    while (!ended() && std::chrono::steady_clock::now() < until) {
      m_wake.wait(std::min(pause, kLook));
      idle();
    }
    pause = std::min(pause * 2, m_options.longest_pause);
  }
}

bool StreamClient::connect() {
  auto connection = observe::link::connect_stream(m_destination.host, m_destination.port, m_wake);
  if (!connection) {
    set_error(connection.error().message);
    return false;
  }
  m_socket = std::move(connection->socket);
  begin();
  ++m_counters->connects;
  set_state("connected", connection->peer.text());
  set_error({});
  return true;
}

}  // namespace jinglue::output
