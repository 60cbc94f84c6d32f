// SPDX-License-Identifier: Apache-2.0
// The thread that keeps a connection, and the callbacks of the Paho C client. Each connection has a
// client of its own: the session is the broker's, and what Paho 1.3.12 sends again by itself after
// a break was seen to be cut short by a busy socket, so that the broker hung up again and again.
// Order of locks: client_mutex, the client's own (which every callback holds), then `mutex`.
#include "mqtt/connection.hpp"

#include <fmt/format.h>
#include <MQTTAsync.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "base/text.hpp"
#include "mqtt/refusal.hpp"
#include "mqtt/topic.hpp"

namespace jinglue::mqtt {
namespace {

using base::Code;
using SteadyClock = std::chrono::steady_clock;

constexpr base::Duration kFirstPause{250};
constexpr base::Duration kLongestPause{30'000};
constexpr base::Duration kSettled{10'000};  // a connection that lasted so long was a good one
constexpr base::Duration kHoldPause{50};    // between two looks for room
constexpr int kConnectPatience_s = 10;
constexpr base::Duration kAnswerPatience{15'000};
constexpr base::Duration kGoodbyePatience{2'000};
constexpr int kRefusedTopic = 0x80;  // SUBACK, section 3.9.3
constexpr int kNoPassword = -1000;   // none of the client's codes

/// The first line of the file. Missing or empty is an Error that does not quote it.
base::Result<std::string> read_password(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  if (!in || !std::getline(in, line) || base::trim(line).empty()) {
    return base::fail(Code::kMissing, "the password cannot be read", file.string(),
                      "its first line is the password");
  }
  return std::string(base::trim(line));
}

/// At most `most` in any second, counted from the first of it.
class RateLimit {
 public:
  explicit RateLimit(std::uint32_t most) : m_most(most) {}
  bool allows(SteadyClock::time_point now) {
    if (now - m_since >= std::chrono::seconds(1)) {
      m_since = now;
      m_taken = 0;
    }
    return m_taken++ < m_most;
  }

 private:
  std::uint32_t m_most;
  std::uint64_t m_taken{0};
  SteadyClock::time_point m_since;
};

}  // namespace

struct Connection::Impl {
  Impl(Settings given, Handlers told)
      : settings(std::move(given)), handlers(std::move(told)), rate(settings.max_per_s) {}

  void run();
  MQTTAsync make_client() const;
  bool connect();
  int begin_connecting();
  bool subscribe();
  void stay();
  void disconnect();
  void destroy_client();
  bool has_room() const { return !handlers.has_room || handlers.has_room(); }
  /// Waits; true when the connection is to end.
  bool wait(base::Duration patience);
  void set_problem(const std::string& text);
  void set_connected(bool now);
  void take(const char* topic, std::size_t topic_size, const MQTTAsync_message& message);
  bool wanted(std::string_view topic, std::size_t size);
  void answer(std::uint64_t number, const base::Status& outcome);

  /// What an operation of the client came to.
  struct Outcome {
    bool done{false}, good{false};
    int code{0};
  };
  Outcome await(base::Duration patience);
  void finish(bool good, int code);

  static int on_message(void* self, char* topic, int size, MQTTAsync_message* message);
  static void on_lost(void* self, char* cause);
  static int on_tls_error(const char* text, std::size_t size, void* self);

  const Settings settings;
  const Handlers handlers;
  Counters counters;
  std::mutex client_mutex;
  MQTTAsync client{nullptr};  // set by the own thread alone; used by publish() under the mutex
  RateLimit rate;

  struct Publication {
    Impl* impl;
    std::uint64_t number;
    std::function<void(const base::Status&)> done;
  };
  mutable std::mutex mutex;  // of what follows
  std::condition_variable changed;
  bool stopping{false}, lost{false}, held{false}, is_connected{false};
  Outcome outcome;
  std::string tls_text, problem;
  std::map<std::uint64_t, std::unique_ptr<Publication>> publications;
  std::uint64_t last_number{0};
  std::thread thread;
};

MQTTAsync Connection::Impl::make_client() const {
  const std::string uri = (settings.tls ? "ssl://" : "tcp://") + address_of(settings);
  MQTTAsync_createOptions options = MQTTAsync_createOptions_initializer;
  options.MQTTVersion = MQTTVERSION_3_1_1;
  options.maxBufferedMessages = static_cast<int>(kMostWaiting);
  MQTTAsync out = nullptr;
  const int code = MQTTAsync_createWithOptions(&out, uri.c_str(), settings.client_id.c_str(),
                                               MQTTCLIENT_PERSISTENCE_NONE, nullptr, &options);
  if (code == MQTTASYNC_SUCCESS) return out;
  throw base::WorldError("the MQTT client refuses its settings",
                         uri + " as " + settings.client_id + ": " + MQTTAsync_strerror(code),
                         "check host, port and client_id");
}

/// What waits for an answer gets one: it is not known whether the broker has it.
void Connection::Impl::destroy_client() {
  {
    const std::lock_guard lock(client_mutex);
    if (client != nullptr) MQTTAsync_destroy(&client);  // no callback comes after it
    client = nullptr;
  }
  std::map<std::uint64_t, std::unique_ptr<Publication>> left;
  {
    const std::lock_guard lock(mutex);
    left.swap(publications);
  }
  for (const auto& [number, publication] : left) {
    ++counters.failed;
    if (!publication->done) continue;
    publication->done(base::fail(Code::kUnavailable, "the connection ended before an answer"));
  }
}

void Connection::Impl::run() {
  base::Duration pause = kFirstPause;
  while (true) {
    if (!has_room()) {
      if (wait(kHoldPause)) return;
      continue;
    }
    const auto began = SteadyClock::now();
    if (connect()) {
      stay();
      disconnect();
      destroy_client();
      // A broker that accepts and hangs up at once is no reason to hurry; a hold is our own.
      const std::lock_guard lock(mutex);
      if (held || SteadyClock::now() - began > kSettled) pause = kFirstPause;
    }
    if (wait(pause)) return;
    pause = std::min(pause * 2, kLongestPause);
  }
}

bool Connection::Impl::connect() {
  {
    const std::lock_guard lock(mutex);
    lost = held = false;
    outcome = {};
    tls_text.clear();
  }
  {
    const std::lock_guard lock(client_mutex);
    client = make_client();
  }
  MQTTAsync_setCallbacks(client, this, on_lost, on_message, nullptr);
  const int code = begin_connecting();
  const auto came = code == MQTTASYNC_SUCCESS ? await(kAnswerPatience) : Outcome{true, false, code};
  if (came.good && subscribe()) {
    ++counters.connects;
    set_connected(true);
    return true;
  }
  if (!came.good && code != kNoPassword) {
    std::unique_lock lock(mutex);
    const std::string text = tls_text;
    const bool ending = stopping;
    lock.unlock();
    if (!ending) set_problem(explain(settings, {came.code, text}));
  }
  if (came.good) disconnect();
  destroy_client();
  return false;
}

int Connection::Impl::begin_connecting() {
  std::string password;
  MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
  options.MQTTVersion = MQTTVERSION_3_1_1;
  options.cleansession = settings.clean_session ? 1 : 0;
  options.keepAliveInterval = static_cast<int>(settings.keep_alive.count() / 1000);
  options.connectTimeout = kConnectPatience_s;
  options.context = this;
  options.onSuccess = [](void* self, MQTTAsync_successData*) {
    static_cast<Impl*>(self)->finish(true, 0);
  };
  options.onFailure = [](void* self, MQTTAsync_failureData* data) {
    static_cast<Impl*>(self)->finish(false, data != nullptr ? data->code : MQTTASYNC_FAILURE);
  };
  if (!settings.user.empty()) options.username = settings.user.c_str();
  if (!settings.password_file.empty()) {
    auto read = read_password(settings.password_file);
    if (!read) {
      set_problem(read.error().text());
      return kNoPassword;
    }
    password = std::move(*read);
    options.password = password.c_str();
  }
  MQTTAsync_SSLOptions tls = MQTTAsync_SSLOptions_initializer;
  if (settings.tls) {
    if (!settings.tls->ca_file.empty()) tls.trustStore = settings.tls->ca_file.c_str();
    if (!settings.tls->certificate.empty()) {
      tls.keyStore = settings.tls->certificate.c_str();
      tls.privateKey = settings.tls->key.c_str();
    }
    tls.verify = 1;  // the certificate is of this host
    tls.ssl_error_cb = on_tls_error;
    tls.ssl_error_context = this;
    options.ssl = &tls;
  }
  return MQTTAsync_connect(client, &options);  // copies what it keeps
}

bool Connection::Impl::subscribe() {
  if (settings.topics.empty()) return true;
  std::vector<char*> topics;
  topics.reserve(settings.topics.size());
  for (const auto& topic : settings.topics) topics.push_back(const_cast<char*>(topic.c_str()));
  const std::vector<int> wanted_qos(topics.size(), settings.qos);
  {
    const std::lock_guard lock(mutex);
    outcome = {};
  }
  MQTTAsync_responseOptions options = MQTTAsync_responseOptions_initializer;
  options.context = this;
  options.onSuccess = [](void* self, MQTTAsync_successData* data) {
    auto& impl = *static_cast<Impl*>(self);
    const std::size_t count = impl.settings.topics.size();
    int refused = 0;
    for (std::size_t i = 0; data != nullptr && i < count; ++i) {
      const int granted = count == 1 ? data->alt.qos : data->alt.qosList[i];
      if (granted == kRefusedTopic) refused = static_cast<int>(i) + 1;
    }
    impl.finish(refused == 0, refused);
  };
  options.onFailure = [](void* self, MQTTAsync_failureData* data) {
    const bool topic = data != nullptr && data->code == kRefusedTopic;
    static_cast<Impl*>(self)->finish(false, topic ? 1 : MQTTASYNC_FAILURE);
  };
  const int code = MQTTAsync_subscribeMany(client, static_cast<int>(topics.size()), topics.data(),
                                           wanted_qos.data(), &options);
  const auto came = code == MQTTASYNC_SUCCESS ? await(kAnswerPatience) : Outcome{true, false, code};
  if (came.good) return true;
  if (came.code > 0) {
    set_problem(fmt::format(
        "the broker {} refuses the topic '{}' (check topics and the rights of "
        "the user there)",
        address_of(settings), settings.topics[static_cast<std::size_t>(came.code - 1)]));
  } else {
    set_problem(fmt::format("the broker {} did not answer; trying again", address_of(settings)));
  }
  return false;
}

/// Until the connection is lost, there is no room, or the end.
void Connection::Impl::stay() {
  std::unique_lock lock(mutex);
  changed.wait(lock, [this] { return stopping || lost || held; });
  const bool was_lost = lost;
  const bool was_held = held && !lost;
  lock.unlock();
  set_connected(false);
  ++counters.disconnects;
  if (was_held) ++counters.holds;
  if (was_lost) {
    set_problem(
        fmt::format("the broker {} closed the connection; trying again", address_of(settings)));
  }
}

void Connection::Impl::disconnect() {
  {
    const std::lock_guard lock(mutex);
    outcome = {};
  }
  MQTTAsync_disconnectOptions options = MQTTAsync_disconnectOptions_initializer;
  options.context = this;
  options.timeout = 0;
  options.onSuccess = [](void* self, MQTTAsync_successData*) {
    static_cast<Impl*>(self)->finish(true, 0);
  };
  options.onFailure = [](void* self, MQTTAsync_failureData*) {
    static_cast<Impl*>(self)->finish(false, 0);
  };
  if (MQTTAsync_disconnect(client, &options) != MQTTASYNC_SUCCESS) return;  // there is none
  std::unique_lock lock(mutex);
  changed.wait_for(lock, kGoodbyePatience, [this] { return outcome.done; });
}

bool Connection::Impl::wait(base::Duration patience) {
  std::unique_lock lock(mutex);
  return changed.wait_for(lock, patience, [this] { return stopping; });
}

Connection::Impl::Outcome Connection::Impl::await(base::Duration patience) {
  std::unique_lock lock(mutex);
  changed.wait_for(lock, patience, [this] { return stopping || outcome.done || lost; });
  if (!outcome.done) outcome = {true, false, MQTTASYNC_FAILURE};
  return outcome;
}

void Connection::Impl::finish(bool good, int code) {
  {
    const std::lock_guard lock(mutex);
    outcome = {true, good, code};
  }
  changed.notify_all();
}

void Connection::Impl::set_problem(const std::string& text) {
  {
    const std::lock_guard lock(mutex);
    if (problem == text) return;
    problem = text;
  }
  if (!text.empty()) base::log_warn("mqtt", "{}: {}", settings.client_id, text);
}

void Connection::Impl::set_connected(bool now) {
  {
    const std::lock_guard lock(mutex);
    is_connected = now;
    if (now) problem.clear();
  }
  if (handlers.on_state) handlers.on_state(now);
}

bool Connection::Impl::wanted(std::string_view topic, std::size_t size) {
  if (!rate.allows(SteadyClock::now())) {
    ++counters.over_rate;
  } else if (size > settings.max_payload) {
    ++counters.too_large;
  } else if (std::none_of(settings.topics.begin(), settings.topics.end(),
                          [&](const auto& filter) { return matches(filter, topic); })) {
    ++counters.other_topic;  // of a session that asked for more than the settings do now
  } else {
    return true;
  }
  return false;
}

void Connection::Impl::take(const char* topic, std::size_t topic_size,
                            const MQTTAsync_message& message) {
  const auto size = static_cast<std::size_t>(message.payloadlen);
  if (!wanted({topic, topic_size}, size)) return;
  ++counters.messages;
  counters.bytes += size;
  if (handlers.on_message) {
    handlers.on_message({std::string(topic, topic_size),
                         std::string(static_cast<const char*>(message.payload), size), message.qos,
                         message.retained != 0});
  }
  if (has_room()) return;
  {
    const std::lock_guard lock(mutex);
    held = true;
  }
  changed.notify_all();
}

int Connection::Impl::on_message(void* self, char* topic, int size, MQTTAsync_message* message) {
  // The size is 0 when the topic holds no NUL.
  const auto length = size > 0 ? static_cast<std::size_t>(size) : std::string_view(topic).size();
  static_cast<Impl*>(self)->take(topic, length, *message);
  MQTTAsync_freeMessage(&message);
  MQTTAsync_free(topic);
  return 1;
}

void Connection::Impl::on_lost(void* self, char*) {
  auto& impl = *static_cast<Impl*>(self);
  {
    const std::lock_guard lock(impl.mutex);
    impl.lost = true;
  }
  impl.changed.notify_all();
}

int Connection::Impl::on_tls_error(const char* text, std::size_t size, void* self) {
  auto& impl = *static_cast<Impl*>(self);
  const std::lock_guard lock(impl.mutex);
  if (impl.tls_text.size() < 2000) impl.tls_text.append(text, size);
  return 1;
}

void Connection::Impl::answer(std::uint64_t number, const base::Status& came) {
  std::unique_ptr<Publication> publication;
  {
    const std::lock_guard lock(mutex);
    const auto found = publications.find(number);
    if (found == publications.end()) return;
    publication = std::move(found->second);
    publications.erase(found);
  }
  ++(came ? counters.acknowledged : counters.failed);
  if (publication->done) publication->done(came);
}

Connection::Connection(Settings settings, Handlers handlers)
    : m_impl(std::make_unique<Impl>(std::move(settings), std::move(handlers))) {}

Connection::~Connection() {
  stop();
}

void Connection::start() {
  if (m_impl->thread.joinable()) return;
  m_impl->thread = std::thread([impl = m_impl.get()] { impl->run(); });
}

void Connection::stop() {
  {
    const std::lock_guard lock(m_impl->mutex);
    m_impl->stopping = true;
  }
  m_impl->changed.notify_all();
  if (m_impl->thread.joinable()) m_impl->thread.join();
}

base::Status Connection::publish(const Message& message,
                                 std::function<void(const base::Status&)> done) {
  if (auto ok = check_topic(message.topic); !ok) return ok;
  std::uint64_t number = 0;
  Impl::Publication* publication = nullptr;
  {
    const std::lock_guard lock(m_impl->mutex);
    if (!m_impl->is_connected) {
      return base::fail(Code::kUnavailable, "the broker is not connected", m_impl->problem);
    }
    if (m_impl->publications.size() >= kMostWaiting) {
      return base::fail(Code::kTooMany, "the broker does not acknowledge what was sent before");
    }
    number = ++m_impl->last_number;
    auto& place = m_impl->publications[number];
    place = std::make_unique<Impl::Publication>(
        Impl::Publication{m_impl.get(), number, std::move(done)});
    publication = place.get();
  }
  MQTTAsync_message out = MQTTAsync_message_initializer;
  out.payload = const_cast<char*>(message.payload.data());
  out.payloadlen = static_cast<int>(message.payload.size());
  out.qos = message.qos;
  out.retained = message.retained ? 1 : 0;
  MQTTAsync_responseOptions options = MQTTAsync_responseOptions_initializer;
  options.context = publication;
  options.onSuccess = [](void* context, MQTTAsync_successData*) {
    auto& one = *static_cast<Impl::Publication*>(context);
    one.impl->answer(one.number, {});
  };
  options.onFailure = [](void* context, MQTTAsync_failureData*) {
    auto& one = *static_cast<Impl::Publication*>(context);
    one.impl->answer(one.number,
                     base::fail(Code::kUnavailable, "the broker did not take the message"));
  };
  const std::lock_guard using_client(m_impl->client_mutex);
  const int code =
      m_impl->client == nullptr
          ? MQTTASYNC_DISCONNECTED
          : MQTTAsync_sendMessage(m_impl->client, message.topic.c_str(), &out, &options);
  if (code == MQTTASYNC_SUCCESS) {
    ++m_impl->counters.published;
    return {};
  }
  const std::lock_guard lock(m_impl->mutex);
  m_impl->publications.erase(number);
  return base::fail(Code::kUnavailable, "the broker is not connected");
}

std::size_t Connection::waiting() const {
  const std::lock_guard lock(m_impl->mutex);
  return m_impl->publications.size();
}

const Settings& Connection::settings() const {
  return m_impl->settings;
}

const Counters& Connection::counters() const {
  return m_impl->counters;
}

bool Connection::connected() const {
  const std::lock_guard lock(m_impl->mutex);
  return m_impl->is_connected;
}

std::string Connection::last_error() const {
  const std::lock_guard lock(m_impl->mutex);
  return m_impl->problem;
}

}  // namespace jinglue::mqtt
