// SPDX-License-Identifier: Apache-2.0
// Emitter: all terminals of a fleet as one stream of sentences in time order. Only the next instant
// of each terminal is held, so memory does not grow with the length of the exercise. All instants
// are whole seconds; sentences of the same second come in the order of the fleet.
#pragma once

#include <cstdint>
#include <queue>
#include <string>
#include <tuple>
#include <vector>

#include "base/instant.hpp"
#include "drill/cast/fleet.hpp"
#include "observe/ais/message.hpp"
#include "observe/beidou/gbk.hpp"
#include "observe/beidou/layout.hpp"

namespace jinglue::drill::traffic {

struct Emitted {
  base::Instant time;
  std::string line;
};

class Emitter {
 public:
  /// `layout` of BeiDou short messages; null: reports of position. Must outlive the emitter.
  Emitter(const cast::Fleet& fleet, const observe::beidou::Layout* layout, base::Instant from,
          base::Instant to);
  /// Sentences with time < to that were not given yet; nothing after the end.
  void until(base::Instant to, std::vector<Emitted>& out);

 private:
  enum class What : std::uint8_t { kPosition, kStatic };
  struct Event {
    std::int64_t t_ms{0};
    std::uint32_t terminal{0};
    What what{What::kPosition};
    bool operator>(const Event& o) const {
      return std::tie(t_ms, terminal, what) > std::tie(o.t_ms, o.terminal, o.what);
    }
  };
  struct Sender {
    const cast::Vessel* vessel{nullptr};
    cast::Terminal terminal;
    std::uint64_t seed{0};
    std::uint32_t sent{0};
  };

  void handle(const Event& event, std::vector<Emitted>& out);
  void send(Sender& sender, std::int64_t t_ms, const observe::ais::Message& message,
            std::vector<Emitted>& out);
  std::string beidou_line(const Sender& sender, std::int64_t t_ms);
  std::int64_t next_position_ms(const Sender& sender, std::int64_t t_ms) const;

  std::vector<Sender> m_senders;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> m_events;
  const observe::beidou::Layout* m_layout;
  observe::beidou::Gbk m_gbk;
  std::int64_t m_to_ms;
  std::uint8_t m_sequence{0};
};

}  // namespace jinglue::drill::traffic
