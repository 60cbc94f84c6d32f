// SPDX-License-Identifier: Apache-2.0
#include "output/relay.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/log.hpp"
#include "observe/ais/addressees.hpp"

namespace jinglue::output {
namespace {

namespace ais = observe::ais;

/// Parts wait ten seconds at most (Decoder::kPartPatience); a line more than this many calls ago is
/// of no message any more, at any rate that a feed has had.
constexpr std::uint64_t kPartsKept = 20'000;

}  // namespace

struct Relay::Channel {
  std::string name;
  std::string approval;
  base::Instant until;
  Format format{Format::kNmea};
  Wrapping wrapping{Wrapping::kAsReceived};
  std::string topic;  ///< of Kind::kMqtt; empty for others
  bool card{false};   ///< of Kind::kBeidouCard: takes messages to boats, no AIS
  std::string zone;
  std::shared_ptr<const geo::Area> area;  // of the zone; shared with the rule pack
  Selector selector;
  std::shared_ptr<Counters> counters;  // shared with the sender
  std::unique_ptr<Sender> sender;
};

Relay::Relay(Options options)
    : m_options(std::move(options)),
      // What `jinglue decode` reads is what is sent: the same rigour.
      m_decoder(ais::Decoder::Rigour::kLenient, m_options.applications),
      m_forms(m_options.applications) {
  m_thread = std::thread([this] {
    try {
      run();
    } catch (const std::exception& failure) {
      base::log_error("output", "the relay ended, nothing is sent any more: {}", failure.what());
      m_wanted = false;
    }
  });
}

Relay::~Relay() {
  stop();
}

void Relay::stop() {
  use({}, {});
  m_inbox.close();
  if (m_thread.joinable()) m_thread.join();
}

std::shared_ptr<const geo::Area> Relay::area_of(const std::string& zone) const {
  return zone.empty() || !m_options.zone ? nullptr : m_options.zone(zone);
}

std::shared_ptr<Relay::Channel> Relay::open(const Approved& approved) {
  const auto& to = approved.destination;
  std::shared_ptr<Counters> counters;
  {
    const std::lock_guard lock(m_mutex);
    auto& known = m_counters[to.name];
    if (!known) {
      known = std::make_shared<Counters>();
      known->restore(approved.counts);
    }
    counters = known;
  }
  const auto area = area_of(to.filter.zone);
  auto out = std::make_shared<Channel>(Channel{to.name, approved.approval, approved.until,
                                               to.format, to.wrapping, to.mqtt.topic,
                                               to.kind == Kind::kBeidouCard, to.filter.zone, area,
                                               Selector(to.filter, area), counters, nullptr});
  out->sender = Sender::open(to, approved.until, counters, m_options.sender);
  return out;
}

void Relay::use(const std::vector<Approved>& approved, Hidden hidden) {
  const std::lock_guard in_turn(m_use_mutex);
  std::vector<std::shared_ptr<Channel>> before;
  {
    const std::lock_guard lock(m_mutex);
    before = m_channels;
  }
  std::vector<std::shared_ptr<Channel>> after, ending;
  for (auto& channel : before) {
    const bool stays = std::any_of(approved.begin(), approved.end(), [&](const auto& one) {
      // A zone may have another shape now; the sender is opened anew with it.
      return one.destination.name == channel->name && one.approval == channel->approval &&
             channel->area == area_of(channel->zone);
    });
    (stays ? after : ending).push_back(channel);
  }
  {
    const std::lock_guard lock(m_mutex);
    m_channels = after;
    m_hidden = std::move(hidden);
  }
  for (auto& channel : ending) channel->sender->stop();
  for (const auto& one : approved) {
    const bool there = std::any_of(after.begin(), after.end(), [&](const auto& channel) {
      return channel->name == one.destination.name;
    });
    if (!there) after.push_back(open(one));
  }
  const std::lock_guard lock(m_mutex);
  m_channels = after;
  m_wanted = std::any_of(after.begin(), after.end(), [](const auto& one) { return !one->card; });
}

void Relay::give(std::vector<Heard> lines) {
  if (lines.empty()) return;
  const std::size_t count = lines.size();
  if (m_waiting_lines + count > m_options.most_lines) {
    m_left_out += count;
    return;
  }
  m_waiting_lines += count;
  if (m_inbox.try_push(std::move(lines))) return;
  m_waiting_lines -= count;
  m_left_out += count;
}

void Relay::run() {
  while (true) {
    const auto batches = m_inbox.take_all(std::chrono::seconds(1));
    if (batches.empty() && m_inbox.closed()) return;
    for (const auto& batch : batches) {
      for (const auto& heard : batch) take(heard);
      m_waiting_lines -= batch.size();
    }
  }
}

void Relay::drain() const {
  while (m_waiting_lines > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

void Relay::take(const Heard& heard) {
  auto decoded = m_decoder.decode(heard.text, heard.input, heard.station, heard.arrival);
  const auto call = ++m_calls;
  if (decoded.cause == ais::Cause::kPart || decoded.parts > 1) m_parts.emplace(call, heard.text);
  while (!m_parts.empty() && m_parts.begin()->first + kPartsKept < call) {
    m_parts.erase(m_parts.begin());
  }
  // What the pipeline refuses (an MMSI of ten digits) it has not judged either.
  if (!decoded.message || !heard.message) return;
  // An address is no name of a station: `jinglue decode` knows none.
  if (decoded.source.data() == heard.station.data()) decoded.source = {};
  Parcel parcel;
  parcel.last = &heard;
  parcel.decoded = &decoded;
  if (decoded.calls.empty()) parcel.lines.emplace_back(heard.text);
  for (const auto part : decoded.calls) {
    const auto found = m_parts.find(part);
    if (found == m_parts.end()) return;
    parcel.lines.emplace_back(found->second);
  }
  Subject& subject = parcel.subject;
  subject.input = heard.input;
  subject.arrival = heard.arrival;
  subject.type = type_of(*decoded.message);
  subject.mmsi = mmsi_of(*decoded.message);
  subject.copy = heard.copy;
  subject.withheld = heard.withheld;
  subject.vessel = heard.vessel.get();
  subject.named = ais::addressees_of(*decoded.message);
  subject.names_official = heard.names_official;
  m_senders.judge(*decoded.message, std::hash<std::string_view>()(decoded.bits.octets()), subject);
  give_out(parcel);
}

void Relay::give_out(Parcel& parcel) {
  m_forms.begin(parcel);
  const auto now = m_options.sender.wall();
  const std::lock_guard lock(m_mutex);
  for (auto& channel : m_channels) {
    if (channel->card || now >= channel->until) continue;
    ++channel->counters->seen;
    if (const auto left_out = channel->selector.judge(parcel.subject, m_hidden)) {
      channel->counters->filter(*left_out);
      continue;
    }
    Item item{m_forms.text(channel->format, channel->wrapping)};
    if (!channel->topic.empty()) {
      const auto& decoded = *parcel.decoded;
      item.topic = fill_topic(
          channel->topic, {channel->name, parcel.last->input,
                           decoded.source.empty() ? std::string_view("unnamed") : decoded.source,
                           parcel.subject.type, parcel.subject.mmsi});
    }
    channel->sender->push(std::move(item));
  }
}

base::Json Relay::state_of(const std::string& name) const {
  const std::lock_guard lock(m_mutex);
  const auto counters = m_counters.find(name);
  if (counters == m_counters.end()) return {};
  auto counts = counters->second->to_json();
  const auto& c = *counters->second;
  const auto done = c.sent + c.filtered_total() + c.dropped_total();
  counts.set("waiting", c.seen > done ? c.seen - done : 0);
  auto connection = base::Json::object({{"state", "off"}});
  for (const auto& channel : m_channels) {
    if (channel->name != name) continue;
    const auto state = channel->sender->state();
    connection.set("state", state.connection);
    if (!state.peer.empty()) connection.set("peer", state.peer);
    connection.set("clients", std::int64_t(state.clients));
    if (!state.error.empty()) connection.set("error", state.error);
  }
  return base::Json::object({{"connection", std::move(connection)}, {"counts", std::move(counts)}});
}

std::map<std::string, base::Json> Relay::counts() const {
  const std::lock_guard lock(m_mutex);
  std::map<std::string, base::Json> out;
  for (const auto& [name, counters] : m_counters) out[name] = counters->to_json();
  return out;
}

}  // namespace jinglue::output
