// SPDX-License-Identifier: Apache-2.0
// Link: where lines come from. One thread per input frames bytes into lines and hands batches to a
// sink with a bounded queue. UDP drops and counts when the queue is full (the kernel's drops too,
// SO_RXQ_OVFL); TCP stops reading.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/bounded_queue.hpp"
#include "base/config.hpp"
#include "base/instant.hpp"
#include "base/result.hpp"
#include "mqtt/settings.hpp"

namespace jinglue::observe::link {

enum class Kind { kUdp, kTcpServer, kTcpClient, kFile, kMqtt };

struct Settings {
  std::string name;  ///< "ais-weihai"; unique
  Kind kind{Kind::kUdp};
  std::string host{"127.0.0.1"};
  std::uint16_t port{0};  ///< 0 = any free one; see Link::port()
  std::string file;       ///< kFile; .gz is read through zlib
  double speed{0};        ///< kFile: 0 = as fast as possible, 1 = as recorded
  std::size_t queue_lines{65536};
  std::size_t max_line{1024};
  mqtt::Settings broker{};  ///< kMqtt; host and port are those above
  bool whole{false};        ///< kMqtt: a message is one line as it is, else it holds lines
};

struct Line {
  std::string text;     ///< without its end
  std::string station;  ///< source address, "10.0.0.5:4001"; file name for a replay; MQTT topic
  base::Instant arrival;
};

struct Counters {  // read from any thread
  std::atomic<std::uint64_t> bytes{0}, lines{0}, dropped_queue{0}, dropped_kernel{0}, too_long{0},
      connects{0}, disconnects{0};
  /// MQTT messages left out: too many in a second, longer than max_payload, of a topic no longer
  /// asked for.
  std::atomic<std::uint64_t> over_rate{0}, too_large{0}, other_topic{0};
  std::atomic<std::int64_t> last_ms{0};  ///< arrival of the last line; 0 = never
  std::atomic<bool> connected{false}, finished{false};
};

class Link {
 public:
  /// `clock` gives arrival times (wall, or the drill's). Throws WorldError when the port is taken.
  static std::unique_ptr<Link> open(const Settings& settings, std::function<base::Instant()> clock);
  virtual ~Link();  ///< stops the thread
  virtual void start() = 0;
  virtual void stop() = 0;
  virtual std::uint16_t port() const = 0;

  const Settings& settings() const { return m_settings; }
  const Counters& counters() const { return m_counters; }
  base::BoundedQueue<Line>& queue() { return m_queue; }
  std::string last_error() const;  ///< for the System page; empty when fine

 protected:
  Link(const Settings& settings, std::function<base::Instant()> clock);
  Settings m_settings;
  std::function<base::Instant()> m_clock;
  Counters m_counters;
  base::BoundedQueue<Line> m_queue;
  struct Problem;
  std::unique_ptr<Problem> m_problem;
};

/// "[[input]]" tables of jinglue.toml.
base::Result<std::vector<Settings>> read_settings(const base::ConfigNode& document);

}  // namespace jinglue::observe::link
