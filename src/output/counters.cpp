// SPDX-License-Identifier: Apache-2.0
#include "output/counters.hpp"

#include "base/instant.hpp"
#include "base/keys.hpp"

namespace jinglue::output {
namespace {

using base::Json;

constexpr std::array<std::string_view, std::size_t(Filtered::kCount)> kFiltered = {
    "hidden", "input", "copy", "withheld", "type", "mmsi", "register", "class", "area", "thinned"};
constexpr std::array<std::string_view, std::size_t(Dropped::kCount)> kDropped = {
    "queue_full", "not_connected", "send_error", "slow_client", "stopped", "refused"};

template <class Values>
std::uint64_t sum_of(const Values& values) {
  std::uint64_t sum = 0;
  for (const auto& value : values) sum += value;
  return sum;
}

template <class Keys, class Values>
Json causes_json(const Keys& keys, const Values& values) {
  Json out = Json::object();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (values[i] > 0) out.set(keys[i], values[i].load());
  }
  return out;
}

template <class Keys, class Values>
void add_causes(const Json& json, const Keys& keys, Values& values) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    values[i] += static_cast<std::uint64_t>(json[keys[i]].as_int());
  }
}

}  // namespace

std::string_view to_key(Filtered cause) {
  return base::key_of(kFiltered, cause);
}
std::string_view to_key(Dropped cause) {
  return base::key_of(kDropped, cause);
}

std::uint64_t Counters::dropped_total() const {
  return sum_of(dropped);
}
std::uint64_t Counters::filtered_total() const {
  return sum_of(filtered);
}

Json Counters::to_json() const {
  Json out = Json::object({{"seen", seen.load()},
                           {"sent", sent.load()},
                           {"bytes", bytes.load()},
                           {"connects", connects.load()},
                           {"disconnects", disconnects.load()},
                           {"client_losses", client_losses.load()},
                           {"filtered", causes_json(kFiltered, filtered)},
                           {"dropped", causes_json(kDropped, dropped)}});
  if (last_sent_ms > 0) out.set("last_sent", base::to_iso({last_sent_ms.load()}));
  return out;
}

void Counters::restore(const Json& json) {
  const auto number = [&](std::string_view name) {
    return static_cast<std::uint64_t>(json[name].as_int());
  };
  seen += number("seen");
  sent += number("sent");
  bytes += number("bytes");
  connects += number("connects");
  disconnects += number("disconnects");
  client_losses += number("client_losses");
  add_causes(json["filtered"], kFiltered, filtered);
  add_causes(json["dropped"], kDropped, dropped);
  if (const auto last = base::parse_iso(json["last_sent"].as_string())) last_sent_ms = last->ms;
}

}  // namespace jinglue::output
