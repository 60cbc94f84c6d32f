// SPDX-License-Identifier: Apache-2.0
// MQTT: messages of a broker's topics as lines, the topic as their station. While the queue is
// filling up the connection is closed and the broker keeps what comes; what that means for a crash
// stands in src/mqtt/README.md.
#include <algorithm>
#include <mutex>

#include "mqtt/connection.hpp"
#include "observe/link/link_base.hpp"

namespace jinglue::observe::link {
namespace {

constexpr base::Duration kLook{200};  // from one look at the connection to the next
/// Lines acknowledged to the broker that the journal has not taken: more close the connection.
constexpr std::size_t kMostWaiting = 1024;

class MqttLink final : public LinkBase {
 public:
  MqttLink(const Settings& settings, Clock clock)
      : LinkBase(settings, std::move(clock)),
        m_room(std::min(kMostWaiting, settings.queue_lines / 4 + 1)),
        m_connection(settings.broker, handlers()) {}
  ~MqttLink() override { stop(); }

  std::uint16_t port() const override { return m_settings.port; }
  /// The connection first: what it has acknowledged still finds the queue open.
  void stop() override {
    m_connection.stop();
    LinkBase::stop();
  }

 private:
  mqtt::Handlers handlers() {
    mqtt::Handlers out;
    out.on_message = [this](mqtt::Message&& message) { take(message); };
    out.has_room = [this] { return m_queue.size() < m_room; };
    return out;
  }

  void run() override {
    m_connection.start();
    do {
      look();
    } while (!m_wake.wait(kLook));
    look();
  }

  void look() {
    const auto& counted = m_connection.counters();
    m_counters.connects = counted.connects.load();
    m_counters.disconnects = counted.disconnects.load();
    m_counters.over_rate = counted.over_rate.load();
    m_counters.too_large = counted.too_large.load();
    m_counters.other_topic = counted.other_topic.load();
    m_counters.connected = m_connection.connected();
    set_problem(m_connection.last_error());
  }

  void take(const mqtt::Message& message) {
    const auto arrival = m_clock();
    m_counters.bytes += message.payload.size();
    if (m_settings.whole) return deliver_or_drop(message.payload, message.topic, arrival);
    LineSplitter splitter(m_settings.max_line);
    const auto give = [&](std::string_view line) {
      deliver_or_drop(line, message.topic, arrival);
      return true;
    };
    m_counters.too_long += splitter.feed(message.payload, give);
    splitter.finish(give);
  }

  const std::size_t m_room;
  mqtt::Connection m_connection;
};

}  // namespace

std::unique_ptr<Link> open_mqtt(const Settings& settings, Clock clock) {
  return std::make_unique<MqttLink>(settings, std::move(clock));
}

}  // namespace jinglue::observe::link
