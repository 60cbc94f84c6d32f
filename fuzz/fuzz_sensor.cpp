// SPDX-License-Identifier: Apache-2.0
// Fuzz target of buoys and sensors: a mapping up to a zero octet (empty: the shipped one), a topic
// up to the next, then a payload. The mapping is refused with the file's name, or any topic and
// payload have one cause and values in range; and the same bytes give the same reports.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fuzz/require.hpp"
#include "mqtt/topic.hpp"
#include "observe/sensor/payload.hpp"

namespace {

using namespace jinglue;
using fuzz::require;
using namespace jinglue::observe::sensor;

constexpr base::Instant kNow{1'714'536'000'000};

std::string_view take(std::string_view& rest) {
  const auto end = std::min(rest.find('\0'), rest.size());
  const auto out = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return out;
}

void check(const Mapping& mapping, std::string_view topic, std::string_view payload) {
  Payload one, two;
  read_payload(mapping, topic, payload, kNow, 1, one);
  read_payload(mapping, topic, payload, kNow, 1, two);
  require(one.cause == two.cause && one.reports == two.reports && one.refused == two.refused);
  require((one.cause == Cause::kNone) == !one.reports.empty());
  for (const auto& report : one.reports) {
    require(!report.station.empty() && report.station.size() <= 64);
    require(report.time.ms >= 0 && report.time <= kNow + base::Duration(600'000));
    require(report.position || !report.values.empty());
    if (report.position) {
      require(std::abs(report.position->lat) <= 540'000'000);
      require(std::abs(report.position->lon) <= 1'080'000'000);
    }
    for (const auto& value : report.values) {
      const auto& info = model::info(value.quantity);
      require(value.milli >= info.low_milli && value.milli <= info.high_milli);
      require(info.unit != "deg" || value.milli < 360'000);
    }
  }
}

const Mapping& shipped() {
  static const Mapping out = [] {
    const auto document = base::read_config(JINGLUE_SOURCE_DIR "/data/sensors/weihai.toml");
    require(document.has_value());
    auto mapping = Mapping::read(*document);
    require(mapping.has_value());
    return std::move(*mapping);
  }();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto text = take(rest);
  const auto topic = take(rest);
  if (mqtt::check_filter(topic))
    require(mqtt::matches(topic, topic) || topic[0] == '+' || topic[0] == '#');
  if (text.empty()) {
    check(shipped(), topic, rest);
    return 0;
  }
  const auto document = base::parse_config(text, "fuzz.toml");
  if (!document) return 0;
  const auto mapping = Mapping::read(*document);
  if (!mapping) {
    require(mapping.error().where.find("fuzz.toml") != std::string::npos);
    return 0;
  }
  check(*mapping, topic, rest);
  return 0;
}
