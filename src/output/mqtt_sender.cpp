// SPDX-License-Identifier: Apache-2.0
// MQTT: each message is published with QoS 1 under its topic, not retained, in a clean session.
// Sent means that the broker has acknowledged it; what was under way when the connection ended is
// dropped and counted, as it is everywhere in this room.
#include <algorithm>

#include "mqtt/connection.hpp"
#include "output/sender.hpp"

namespace jinglue::output {
namespace {

constexpr std::size_t kUnderWay = mqtt::Connection::kMostWaiting / 2;
constexpr base::Duration kRoomAgain{10};
constexpr int kLook = 250;  // ms between looks at the connection and the end of the approval

mqtt::Settings settings_of(const Destination& destination, const SenderOptions& options) {
  const auto& publishing = destination.mqtt;
  mqtt::Settings out;
  out.host = destination.host;
  out.port = destination.port;
  out.client_id = publishing.client_id;
  out.user = publishing.user;
  if (!publishing.password_file.empty()) {
    out.password_file = options.secrets / publishing.password_file;
  }
  if (publishing.tls) {
    out.tls.emplace();
    if (!publishing.ca_file.empty()) out.tls->ca_file = options.secrets / publishing.ca_file;
  }
  out.clean_session = true;
  return out;
}

class MqttSender final : public Sender {
 public:
  MqttSender(const Destination& destination, base::Instant until,
             std::shared_ptr<Counters> counters, const SenderOptions& options)
      : Sender(destination, until, std::move(counters), options) {}
  ~MqttSender() override { stop(); }

 private:
  void run() override {
    mqtt::Connection connection(settings_of(m_destination, m_options), {});
    connection.start();
    while (!ended()) {
      wait(-1, 0, kLook);
      show(connection);
      if (ended()) break;
      if (!connection.connected()) {
        // The descriptor of the backlog would wake at once again.
        discard(Dropped::kNotConnected);
        continue;
      }
      const auto under_way = connection.waiting();
      if (under_way >= kUnderWay) {
        m_wake.wait(kRoomAgain);
        continue;
      }
      for (const auto& item : m_backlog.take(kUnderWay - under_way)) publish(connection, item);
    }
    connection.stop();
    set_state("connecting");
  }

  void show(const mqtt::Connection& connection) {
    const bool connected = connection.connected();
    set_error(connection.last_error());
    if (connected == m_connected) return;
    m_connected = connected;
    ++(connected ? m_counters->connects : m_counters->disconnects);
    set_state(connected ? "connected" : "connecting",
              connected ? m_destination.host + ":" + std::to_string(m_destination.port) : "");
  }

  /// The answer comes in a thread of the connection, perhaps when this sender is gone.
  void publish(mqtt::Connection& connection, const Item& item) {
    std::string_view payload = *item.text;
    while (payload.ends_with('\n') || payload.ends_with('\r')) payload.remove_suffix(1);
    const auto answer = [counters = m_counters, wall = m_options.wall,
                         size = payload.size()](const base::Status& done) {
      if (!done) return counters->drop(Dropped::kNotConnected);
      ++counters->sent;
      counters->bytes += size;
      counters->last_sent_ms = wall().ms;
    };
    const auto taken = connection.publish({item.topic, std::string(payload), 1, false}, answer);
    if (taken) return;
    m_counters->drop(connection.connected() ? Dropped::kSendError : Dropped::kNotConnected);
    set_error(taken.error().message);
  }

  bool m_connected{false};
};

}  // namespace

std::unique_ptr<Sender> open_mqtt(const Destination& destination, base::Instant until,
                                  std::shared_ptr<Counters> counters,
                                  const SenderOptions& options) {
  return std::make_unique<MqttSender>(destination, until, std::move(counters), options);
}

}  // namespace jinglue::output
