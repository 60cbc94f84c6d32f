// SPDX-License-Identifier: Apache-2.0
// Past as entries, present as datagrams.
#include "app/drill_feed.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <utility>

#include "base/log.hpp"
#include "registry/standing.hpp"
#include "store/data_folder.hpp"

namespace jinglue::app {

namespace {

namespace fs = std::filesystem;
constexpr const char* kMark = "DRILL";
constexpr auto kRound = std::chrono::milliseconds(50);
constexpr base::Duration kPiece{std::chrono::minutes(5)};
constexpr double kMostSpeed = 200;

model::JournalEntry entry_of(drill::Observation observed, base::Instant arrival) {
  model::JournalEntry out;
  out.kind = model::EntryKind::kLine;
  out.arrival = arrival;
  out.input = kDrillBuoys;
  out.station = std::move(observed.topic);
  out.payload = std::move(observed.payload);
  return out;
}

/// Sentences and the ticks between them, in time order.
std::vector<model::JournalEntry> with_ticks(const std::vector<drill::Sentence>& sentences,
                                            base::Instant from, base::Instant to) {
  std::vector<model::JournalEntry> out;
  out.reserve(sentences.size() + static_cast<std::size_t>((to - from).count() / 1000) + 1);
  std::int64_t tick_s = from.ms / 1000;
  const auto ticks_until = [&](base::Instant t) {
    for (; tick_s * 1000 <= t.ms; ++tick_s) {
      model::JournalEntry tick;
      tick.kind = model::EntryKind::kTick;
      tick.arrival = {tick_s * 1000};
      out.push_back(std::move(tick));
    }
  };
  for (const auto& sentence : sentences) {
    ticks_until(sentence.time);
    model::JournalEntry line;
    line.kind = model::EntryKind::kLine;
    line.arrival = sentence.time;
    line.input = kDrillInput;
    line.payload = sentence.text;
    out.push_back(std::move(line));
  }
  ticks_until(to - base::Duration(1));
  return out;
}

}  // namespace

bool is_drill_folder(const fs::path& folder) {
  return fs::exists(folder / kMark);
}

void make_drill_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder) && !fs::is_empty(folder, error) && !is_drill_folder(folder)) {
    throw base::WorldError("this folder holds data that are no drill", folder.string(),
                           "name another folder for the drill with --data");
  }
  const store::DataFolder locked(folder);  // a running drill keeps its folder
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto name = entry.path().filename();
    if (name != kMark && name != "lock") fs::remove_all(entry.path());
  }
  std::ofstream mark(folder / kMark);
  mark << "A drill: made anew at each start of `jinglue serve --drill`.\n";
  if (!mark.flush()) {
    throw base::WorldError("the drill folder cannot be written", folder.string(),
                           "check its rights and the free space");
  }
}

void add_drill_accounts(access::Access& access, base::Instant now) {
  using access::Role;
  struct Account {
    const char* name;
    const char* display;
    Role role;
    const char* district;
  };
  constexpr Account kAccounts[] = {
      {"duty", "演练值班员甲", Role::kDutyOfficer, ""},
      {"duty2", "演练值班员乙", Role::kDutyOfficer, ""},
      {"leader", "演练带班领导", Role::kDutyLeader, ""},
      {"enforcement", "演练渔政执法员", Role::kEnforcement, ""},
      {"clerk", "演练荣成经办员", Role::kClerk, "rongcheng"},
      {"admin", "演练系统管理员", Role::kAdministrator, ""},
  };
  for (const auto& account : kAccounts) {
    access::User user;
    user.name = account.name;
    user.display_name = account.display;
    user.roles = {account.role};
    user.district = account.district;
    user.created = now;
    const auto added =
        access.add_user(user, "drill-" + user.name + "-2024", access::Actor::system(), now);
    if (!added) throw base::WorldError("a drill account was refused", added.error().text());
  }
}

void enable_drill_registers(registry::Registry& registry, access::Access& access,
                            base::Instant now) {
  const auto enabled = registry::Standings(registry, access)
                           .enable_all({access::Actor::system(), now, {}, "drill 演练"});
  if (!enabled) throw base::WorldError("a register was not enabled", enabled.error().text());
}

void add_drill_records(registry::Registry& registry, const base::Json& records, base::Instant now) {
  const access::Actor system = access::Actor::system();
  std::map<std::string, std::string> ids;  // "@KEY" -> record id
  const auto make = [&](const base::Json& record, const std::string& key) {
    auto fields = base::Json::object();
    for (const auto& [name, value] : record["fields"].members()) {
      const auto linked = ids.find(value.as_string());
      fields.set(name, linked == ids.end() ? value : base::Json(linked->second));
    }
    const auto& id = record["register"].as_string();
    auto made = registry.create(id, fields, {system, now, key, "drill"});
    if (made && record.has("transition")) {
      made = registry.transition(id, made->id, record["transition"].as_string(),
                                 base::Json::object(), {system, now, key + "-t", "drill"});
    }
    return made;
  };
  registry.together([&]() -> base::Status {
    std::size_t number = 0;
    for (const auto& record : records.items()) {
      const auto made = make(record, "drill-record-" + std::to_string(number++));
      if (!made) {
        throw base::WorldError("a record of the drill was refused",
                               record["register"].as_string() + " " + std::to_string(number) +
                                   ": " + made.error().text());
      }
      if (record.has("key")) ids["@" + record["key"].as_string()] = made->id;
    }
    return {};
  });
}

DrillFeed::DrillFeed(std::unique_ptr<drill::Player> player, DataClock& clock)
    : m_player(std::move(player)), m_clock(clock), m_speed(m_player->speed()) {}

DrillFeed::~DrillFeed() {
  stop();
}

void DrillFeed::past(const std::function<void(std::vector<model::JournalEntry>)>& take) {
  std::vector<drill::Sentence> sentences;
  for (auto from = m_player->begin(); from < m_player->opens(); from = from + kPiece) {
    const auto to = std::min(from + kPiece, m_player->opens());
    sentences.clear();
    m_player->until(to, sentences);
    auto entries = with_ticks(sentences, from, to);
    m_observed.clear();
    m_player->observed_until(to, m_observed);
    for (auto& observed : m_observed) {
      const auto time = std::max(observed.time, from);
      const auto behind =
          std::upper_bound(entries.begin(), entries.end(), time,
                           [](base::Instant t, const auto& entry) { return t < entry.arrival; });
      entries.insert(behind, entry_of(std::move(observed), time));
    }
    take(std::move(entries));
  }
}

void DrillFeed::start(std::uint16_t port, Put put) {
  m_put = std::move(put);
  auto socket = observe::link::udp_to_loopback(port);
  m_clock.run_feed(m_player->opens(), m_speed);
  m_thread = std::thread([this, to = std::move(socket)] { run(to); });
}

void DrillFeed::stop() {
  {
    const std::lock_guard lock(m_mutex);
    m_stopping = true;
  }
  m_changed.notify_all();
  if (m_thread.joinable()) m_thread.join();
}

void DrillFeed::run(const observe::link::Descriptor& socket) {
  std::vector<drill::Sentence> due;
  std::unique_lock lock(m_mutex);
  while (!m_stopping) {
    lock.unlock();
    const auto now = m_clock.now();
    if (!m_ended) {
      due.clear();
      m_player->until(std::min(now, m_player->end()), due);
      send_due(socket, due);
      put_due(std::min(now, m_player->end()));
      if (now >= m_player->end()) {
        m_ended = true;
        set_pace();
        base::log_info("drill", "the scenario has ended; its clock stands still");
      }
    }
    lock.lock();
    m_changed.wait_for(lock, kRound, [this] { return m_stopping; });
  }
}

void DrillFeed::send_due(const observe::link::Descriptor& socket,
                         const std::vector<drill::Sentence>& due) {
  for (const auto& sentence : due) {
    // A refused datagram (no listener yet) is the receiver's loss, as at sea.
    if (observe::link::send_line(socket, sentence.text)) ++m_sent;
  }
}

void DrillFeed::put_due(base::Instant now) {
  m_observed.clear();
  m_player->observed_until(now, m_observed);
  for (auto& observed : m_observed) m_put(entry_of(std::move(observed), now));
}

void DrillFeed::set_pace() {
  m_clock.run_feed(m_clock.now(), m_paused || m_ended ? 0 : m_speed.load());
}

base::Status DrillFeed::control(const std::string& action, double value) {
  if (action == "pause" || action == "resume") {
    m_paused = action == "pause";
  } else if (action == "speed") {
    if (!(value > 0) || value > kMostSpeed) {
      return base::fail(base::Code::kOutOfRange, "the speed is more than 0 and at most 200",
                        "speed");
    }
    m_speed = value;
  } else {
    return base::fail(base::Code::kUnknown, "no such action: " + action, "action",
                      "pause, resume or speed");
  }
  set_pace();
  return {};
}

}  // namespace jinglue::app
