// SPDX-License-Identifier: Apache-2.0
// Connection: to one MQTT 3.1.1 broker, plain or by TLS, with a thread of its own that connects
// again and again with growing pauses, and says in words why it cannot. It subscribes (at each
// connect anew) and publishes. Threads: handlers run in a thread that all connections of the
// process share: they must be quick, may not wait, and may not call the connection.
// Bounded: what the receiver cannot take closes the connection until there is room (the broker
// keeps it); at most kMostWaiting publications wait for their acknowledgement.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "mqtt/settings.hpp"

namespace jinglue::mqtt {

struct Message {
  std::string topic;
  std::string payload;
  int qos{1};  ///< 0 or 1
  bool retained{false};
};

struct Counters {                                    // read from any thread
  std::atomic<std::uint64_t> messages{0}, bytes{0};  ///< received and handed on
  /// Received and left out: too long, too many in a second, under a topic not asked for.
  std::atomic<std::uint64_t> too_large{0}, over_rate{0}, other_topic{0};
  std::atomic<std::uint64_t> connects{0}, disconnects{0};  ///< made; lost or given up
  std::atomic<std::uint64_t> holds{0};                     ///< closed because there was no room
  /// Publications: given to the client; acknowledged (QoS 0: written); not delivered.
  std::atomic<std::uint64_t> published{0}, acknowledged{0}, failed{0};
};

struct Handlers {
  std::function<void(Message&&)> on_message;  ///< may be empty
  /// Whether more messages can be taken; asked after each and before connecting. Empty = always.
  std::function<bool()> has_room;
  std::function<void(bool connected)> on_state;  ///< may be empty
};

class Connection {
 public:
  static constexpr std::size_t kMostWaiting = 1000;

  /// Throws WorldError when the client library refuses the settings.
  Connection(Settings settings, Handlers handlers);
  ~Connection();  ///< stops
  void start();
  /// Says goodbye to the broker (which keeps the session) and ends the thread.
  void stop();

  /// `done` is called once: with success when the broker has acknowledged (QoS 1; QoS 0: when it is
  /// written), or with an Error when the connection ended before: then the caller sends it again if
  /// it must arrive, perhaps twice. An Error, and no `done`: not connected, too many waiting, a bad
  /// topic.
  base::Status publish(const Message& message, std::function<void(const base::Status&)> done = {});
  std::size_t waiting() const;  ///< publications without an answer

  const Settings& settings() const;
  const Counters& counters() const;
  bool connected() const;  ///< and subscribed
  /// Why there is no connection now, in words; empty when there is one.
  std::string last_error() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::mqtt
