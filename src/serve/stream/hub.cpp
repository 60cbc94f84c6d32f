// SPDX-License-Identifier: Apache-2.0
#include "serve/stream/hub.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "base/pace.hpp"

namespace jinglue::serve {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::uint16_t kGoingAway = 1001;  // RFC 6455
constexpr std::uint16_t kFailed = 1011;     // RFC 6455
constexpr std::uint16_t kMalformed = 4000;  // docs/format/stream.md
constexpr std::uint16_t kSessionEnded = 4001;
constexpr std::uint16_t kTooManyMessages = 4002;
constexpr std::uint16_t kRightsChanged = 4003;
constexpr int kMaxWaitingTexts = 100;
/// A round for a new picture begins when so many times as long as the last one took has passed.
constexpr int kTickShare = 4;
constexpr int kSecondsBetweenSessionChecks = 15;

}  // namespace

/// The connection's end: puts what happens into the inbox.
class Hub::Listener final : public StreamListener,
                            public std::enable_shared_from_this<Hub::Listener> {
 public:
  Listener(Hub& hub, access::SignedIn signed_in, std::uint64_t number)
      : session(std::move(signed_in)), m_hub(hub), m_number(number) {
    ++m_hub.m_open;
  }
  ~Listener() override { --m_hub.m_open; }

  void on_open(std::shared_ptr<StreamSocket> socket) override {
    m_socket = socket;
    m_hub.told({m_number, Event::Kind::kOpen, {}, std::move(socket), shared_from_this()});
  }
  void on_text(std::string_view text) override {
    if (++waiting_texts > kMaxWaitingTexts) {
      if (const auto socket = m_socket.lock()) {
        socket->close(kTooManyMessages, "too many messages at once");
      }
      return;
    }
    m_hub.told({m_number, Event::Kind::kText, std::string(text), {}, shared_from_this()});
  }
  void on_closed() override { m_hub.told({m_number, Event::Kind::kClosed, {}, {}, {}}); }

  const access::SignedIn session;
  std::atomic<int> waiting_texts{0};

 private:
  Hub& m_hub;
  const std::uint64_t m_number;
  std::weak_ptr<StreamSocket> m_socket;
};

Hub::Hub(const Settings& settings, const Services& services)
    : m_settings(settings), m_services(services) {
  m_cursor = services.findings->applied_offset();
}

Hub::~Hub() {
  stop();
}

void Hub::start() {
  m_thread = std::thread([this] { run(); });
}

void Hub::stop() {
  {
    const std::lock_guard lock(m_mutex);
    m_stopping = true;
  }
  m_wake.notify_all();
  if (m_thread.joinable()) m_thread.join();
}

std::shared_ptr<StreamListener> Hub::open(const access::SignedIn& session) {
  if (m_open >= static_cast<std::int64_t>(m_settings.max_streams)) return nullptr;
  return std::make_shared<Listener>(*this, session, m_next_client++);
}

void Hub::told(Event event) {
  {
    const std::lock_guard lock(m_mutex);
    if (m_stopping) return;
    m_inbox.events.push_back(std::move(event));
  }
  m_wake.notify_one();
}

void Hub::publish_steps(std::span<const model::FindingStep> steps) {
  {
    const std::lock_guard lock(m_mutex);
    if (m_stopping) return;
    m_inbox.steps.insert(m_inbox.steps.end(), steps.begin(), steps.end());
  }
  m_wake.notify_one();
}

void Hub::picture_changed() {
  {
    const std::lock_guard lock(m_mutex);
    if (m_stopping || m_inbox.picture) return;
    m_inbox.picture = true;
  }
  m_wake.notify_one();
}

void Hub::publish_record(RecordNotice notice) {
  {
    const std::lock_guard lock(m_mutex);
    if (m_stopping) return;
    m_inbox.records.push_back(std::move(notice));
  }
  m_wake.notify_one();
}

void Hub::check_sessions() {
  {
    const std::lock_guard lock(m_mutex);
    m_inbox.check_sessions = true;
  }
  m_wake.notify_one();
}

Moment Hub::moment() const {
  return {m_services.live(), m_cursor, m_services.clock()};
}

Hub::Inbox Hub::wait(SteadyClock::time_point until) {
  std::unique_lock lock(m_mutex);
  m_wake.wait_until(lock, until, [&] { return m_stopping || !m_inbox.empty(); });
  return std::exchange(m_inbox, {});
}

void Hub::run() {
  auto next_tick = SteadyClock::now();
  base::Pace pace(m_settings.stream_least, kTickShare);  // of rounds for a new picture
  auto next_second = next_tick;
  bool picture = false;  // there is a new one
  int seconds = 0;
  for (;;) {
    Inbox inbox = wait(picture ? std::min(pace.due(), next_tick) : next_tick);
    picture = picture || inbox.picture;
    {
      const std::lock_guard lock(m_mutex);
      if (m_stopping) break;
    }
    if (!take_all(inbox)) continue;
    try {
      const auto now = SteadyClock::now();
      if (now >= next_tick || (picture && now >= pace.due())) {
        tick();
        picture = false;
        pace.done(now, SteadyClock::now());
        next_tick = now + m_settings.stream_period;
      }
      if (now >= next_second) {
        second();
        next_second = now + std::chrono::seconds(1);
        if (++seconds % kSecondsBetweenSessionChecks == 0) end_dead_sessions();
      }
    } catch (const std::exception& failure) {
      // A database that cannot be read now: the streams stay, and the next round tries again.
      base::log_error("serve", "a round of the streams failed: {}", failure.what());
      next_tick = SteadyClock::now() + std::chrono::seconds(1);
    }
  }
  for (auto& [_, client] : m_clients) client->socket().close(kGoingAway, "the server stops");
  m_clients.clear();
}

/// What a failed round took from the inbox cannot be told any more: every stream is closed, and
/// the browsers come back with their cursors.
bool Hub::take_all(Inbox& inbox) {
  try {
    take(inbox);
    return true;
  } catch (const std::exception& failure) {
    base::log_error("serve", "a round of the streams failed, they are closed: {}", failure.what());
  }
  for (auto& [_, client] : m_clients) {
    m_resyncs += client->resyncs();
    client->socket().close(kFailed, "the server could not read its data");
  }
  m_clients.clear();
  for (const auto& event : inbox.events) {
    if (event.socket) event.socket->close(kFailed, "the server could not read its data");
  }
  return false;
}

void Hub::take(Inbox& inbox) {
  if (inbox.empty()) return;
  if (!inbox.steps.empty()) {
    for (const auto& step : inbox.steps) m_cursor = std::max(m_cursor.load(), step.offset);
  }
  const Moment now = moment();
  for (auto& [_, client] : m_clients) {
    if (!inbox.steps.empty()) client->steps(inbox.steps, now);
    if (!inbox.records.empty()) client->records(inbox.records, now);
  }
  take_events(inbox.events, now);
  if (inbox.check_sessions) end_dead_sessions();
}

void Hub::take_events(std::vector<Event>& events, const Moment& moment) {
  for (auto& event : events) {
    if (event.kind == Event::Kind::kOpen) {
      m_clients[event.client] =
          std::make_unique<Client>(event.listener->session, std::move(event.socket), m_services,
                                   m_settings.max_stream_queue);
      continue;
    }
    if (event.listener) --event.listener->waiting_texts;
    const auto found = m_clients.find(event.client);
    if (found == m_clients.end()) continue;
    if (event.kind == Event::Kind::kClosed) {
      m_resyncs += found->second->resyncs();
      m_clients.erase(found);
    } else {
      take_text(*found->second, event.text, moment);
    }
  }
}

void Hub::take_text(Client& client, const std::string& text, const Moment& moment) {
  const auto message = parse_client_message(text);
  if (!message) {
    ++m_malformed;
    client.socket().close(kMalformed, message.error().text());
    return;
  }
  // A pong says how far the client has read; what waits is counted at the socket already.
  if (const auto* wanted = std::get_if<Subscription>(&*message)) client.subscribe(*wanted, moment);
}

void Hub::tick() {
  const auto begin = SteadyClock::now();
  const Moment now = moment();
  std::uint64_t lagging = 0;
  for (auto& [_, client] : m_clients) {
    client->tick(now);
    lagging += client->lagging() ? 1 : 0;
  }
  m_lagging = lagging;
  ++m_ticks;
  const auto took =
      std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - begin).count();
  m_slowest_tick_us = std::max<std::int64_t>(m_slowest_tick_us, took);
}

void Hub::second() {
  if (m_clients.empty()) return;
  const Moment now = moment();
  const base::Json counters = m_services.counters ? m_services.counters() : base::Json::object();
  for (auto& [_, client] : m_clients) client->second(now, counters);
}

void Hub::end_dead_sessions() {
  const auto now = base::wall_now();
  for (auto& [_, client] : m_clients) {
    const auto session = m_services.access->session(client->session().token, now);
    if (!session) {
      client->socket().close(kSessionEnded, "the session has ended");
      continue;
    }
    const auto& opened = client->session().actor;
    if (session->actor.roles != opened.roles || session->actor.reach() != opened.reach()) {
      client->socket().close(kRightsChanged, "the rights of the account have changed");
    }
  }
}

base::Json Hub::counters() const {
  return base::Json::object({{"stream_clients", m_open.load()},
                             {"stream_clients_lagging", m_lagging.load()},
                             {"stream_resyncs_total", m_resyncs.load()},
                             {"stream_messages_malformed_total", m_malformed.load()},
                             {"stream_ticks_total", m_ticks.load()},
                             {"stream_slowest_tick_us", m_slowest_tick_us.load()}});
}

}  // namespace jinglue::serve
