// SPDX-License-Identifier: Apache-2.0
#include "serve/stream/subscription.hpp"

#include <array>
#include <cmath>

#include "base/json.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

constexpr std::size_t kMaxMessage = 16u << 10;
constexpr std::array<std::pair<std::string_view, Topic>, 5> kTopics = {{
    {"vessels", Topic::kVessels},
    {"findings", Topic::kFindings},
    {"counters", Topic::kCounters},
    {"records", Topic::kRecords},
    {"clock", Topic::kClock},
}};

tl::unexpected<base::Error> bad(std::string_view where, std::string message) {
  return base::fail(base::Code::kMalformed, std::move(message), std::string(where));
}

base::Status read_topics(const Json& json, Subscription& out) {
  if (!json.is_array()) return bad("topics", "a list of topics is required");
  for (const auto& item : json.items()) {
    bool known = false;
    for (const auto& [name, topic] : kTopics) {
      if (item.as_string() != name) continue;
      out.topics |= static_cast<std::uint8_t>(topic);
      known = true;
    }
    if (!known) return bad("topics", "no such topic: " + item.dump());
  }
  return {};
}

base::Status read_box(const Json& json, Subscription& out) {
  if (json.is_null()) return {};
  const auto& edges = json.items();
  bool good = edges.size() == 4;
  for (std::size_t i = 0; good && i < 4; ++i) {
    const double edge = edges[i].as_double();
    good = edges[i].is_number() && std::isfinite(edge) && std::abs(edge) <= (i % 2 == 0 ? 180 : 90);
  }
  if (!good) return bad("bbox", "not [west, south, east, north] in degrees");
  const geo::Box box{edges[0].as_double(), edges[1].as_double(), edges[2].as_double(),
                     edges[3].as_double()};
  if (box.empty()) return bad("bbox", "west is east of east, or south is north of north");
  out.box = box;
  return {};
}

base::Status read_filters(const Json& json, Subscription& out) {
  if (json.is_null()) return {};
  if (!json.is_object()) return bad("filters", "not an object");
  for (const auto& [name, value] : json.members()) {
    if (value.is_null()) continue;
    if (name == "kinds" && value.is_array()) {
      for (const auto& item : value.items()) {
        const auto kind = model::vessel_kind_from(item.as_string());
        if (!kind) return bad("filters.kinds", "no such kind: " + item.dump());
        out.kinds |= 1u << static_cast<unsigned>(*kind);
      }
    } else if (name == "at_berth" && value.is_bool()) {
      out.at_berth = value.as_bool();
    } else if (name == "max_age_s" && value.is_number() && value.as_double() > 0 &&
               value.as_double() < 1e9) {
      out.max_age = base::Duration(static_cast<std::int64_t>(value.as_double() * 1000));
    } else {
      return bad("filters." + name, "no such filter, or not of its type");
    }
  }
  return {};
}

base::Result<std::uint64_t> read_count(const Json& json, std::string_view name) {
  if (json.is_null()) return 0;
  if (!json.is_int() || json.as_int() < 0) return bad(name, "not a whole number from 0");
  return static_cast<std::uint64_t>(json.as_int());
}

base::Result<ClientMessage> read_subscription(const Json& json) {
  Subscription out;
  for (const auto& done : {read_topics(json["topics"], out), read_box(json["bbox"], out),
                           read_filters(json["filters"], out)}) {
    if (!done) return tl::unexpected(done.error());
  }
  if (!json["since"].is_null()) {
    const auto since = read_count(json["since"], "since");
    if (!since) return tl::unexpected(since.error());
    out.since = *since;
  }
  return ClientMessage(out);
}

}  // namespace

base::Result<ClientMessage> parse_client_message(std::string_view text) {
  const auto json = base::parse_json(text, kMaxMessage);
  if (!json) return tl::unexpected(json.error());
  const std::string& type = (*json)["type"].as_string();
  if (type == "subscribe") return read_subscription(*json);
  if (type != "pong") return bad("type", "neither subscribe nor pong");
  const auto sequence = read_count((*json)["sequence"], "sequence");
  if (!sequence) return tl::unexpected(sequence.error());
  return ClientMessage(Pong{*sequence});
}

}  // namespace jinglue::serve
