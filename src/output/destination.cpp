// SPDX-License-Identifier: Apache-2.0
// The JSON form of a destination, and what makes one impossible.
#include "output/destination.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/keys.hpp"
#include "base/networks.hpp"
#include "mqtt/topic.hpp"
#include "output/json_fields.hpp"

namespace jinglue::output {
namespace {

using base::Code;
using base::Json;

constexpr std::array<std::string_view, 5> kKinds = {"udp", "tcp_client", "tcp_server", "mqtt",
                                                    "beidou_card"};
constexpr std::array<std::string_view, 2> kFormats = {"nmea", "ndjson"};
constexpr std::array<std::string_view, 3> kWrappings = {"as_received", "bare", "tag_block"};
constexpr std::array<std::string_view, 5> kReaches = {"loopback", "private", "multicast", "public",
                                                      "name"};
constexpr std::size_t kMostWords = 300;
constexpr std::size_t kMostList = 200;

template <class T>
Json list_json(const std::vector<T>& values) {
  Json out = Json::array();
  for (const auto& value : values) {
    if constexpr (std::is_integral_v<T>) {
      out.push(std::int64_t{value});
    } else {
      out.push(value);
    }
  }
  return out;
}

Json filter_json(const Filter& filter) {
  Json out = Json::object();
  const auto list = [&](std::string_view name, const auto& values) {
    if (!values.empty()) out.set(name, list_json(values));
  };
  list("inputs", filter.inputs);
  list("types", filter.types);
  list("mmsis", filter.mmsis);
  list("districts", filter.districts);
  list("groups", filter.groups);
  if (filter.box) {
    out.set("bbox", Json::array({filter.box->west_deg, filter.box->south_deg, filter.box->east_deg,
                                 filter.box->north_deg}));
  }
  if (!filter.zone.empty()) out.set("zone", filter.zone);
  if (filter.class_a) out.set("class_a", true);
  if (filter.thin_s > 0) out.set("thin_s", filter.thin_s);
  if (filter.copies) out.set("copies", true);
  if (filter.withheld) out.set("withheld", true);
  return out;
}

void read_box(JsonFields& fields, std::optional<geo::Box>& out) {
  const auto& value = fields["bbox"];
  if (value.is_null()) return;
  const auto& edges = value.items();
  const bool numbers = edges.size() == 4 && std::all_of(edges.begin(), edges.end(),
                                                        [](auto& e) { return e.is_number(); });
  if (!numbers) {
    return fields.fault(Code::kMalformed, "bbox", "west, south, east, north in degrees");
  }
  const geo::Box box{edges[0].as_double(), edges[1].as_double(), edges[2].as_double(),
                     edges[3].as_double()};
  const bool possible = box.west_deg >= -180 && box.east_deg <= 180 && box.south_deg >= -90 &&
                        box.north_deg <= 90 && !box.empty();
  if (!possible) {
    return fields.fault(Code::kOutOfRange, "bbox",
                        "west before east within 180 degrees, south before north within 90");
  }
  out = box;
}

base::Status read_filter(const Json& json, Filter& out) {
  JsonFields fields(json, "filter.");
  fields.only({"inputs", "types", "mmsis", "districts", "groups", "bbox", "zone", "class_a",
               "thin_s", "copies", "withheld"});
  fields.texts("inputs", out.inputs, kMostList);
  fields.numbers("types", out.types, 1, 27, 27);
  fields.numbers("mmsis", out.mmsis, 1, 999'999'999, Destination::kMostMmsis);
  fields.texts("districts", out.districts, kMostList);
  fields.texts("groups", out.groups, kMostList);
  read_box(fields, out.box);
  fields.text("zone", out.zone, 0, 100);
  fields.flag("class_a", out.class_a);
  fields.number("thin_s", out.thin_s, 0, Destination::kMostThin_s);
  fields.flag("copies", out.copies);
  fields.flag("withheld", out.withheld);
  if (out.box && !out.zone.empty()) {
    fields.fault(Code::kConflict, "zone", "either a box or a zone");
  }
  return fields.status();
}

/// RFC 1123: labels of letters, digits and '-' between dots.
bool is_host_name(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  std::size_t label = 0;
  for (std::size_t i = 0; i <= host.size(); ++i) {
    if (i < host.size() && host[i] != '.') {
      const auto c = static_cast<unsigned char>(host[i]);
      if (std::isalnum(c) == 0 && c != '-') return false;
      ++label;
      continue;
    }
    if (label == 0 || label > 63 || host[i - 1] == '-' || host[i - label] == '-') return false;
    label = 0;
  }
  // "10.0.0.300" is a wrong address, not a name.
  return std::any_of(host.begin(), host.end(),
                     [](unsigned char c) { return std::isalpha(c) != 0; });
}

Json publishing_json(const Publishing& mqtt) {
  Json out = Json::object({{"topic", mqtt.topic}, {"client_id", mqtt.client_id}});
  if (!mqtt.user.empty()) out.set("user", mqtt.user);
  if (!mqtt.password_file.empty()) out.set("password_file", mqtt.password_file);
  if (mqtt.tls) out.set("tls", true);
  if (!mqtt.ca_file.empty()) out.set("ca_file", mqtt.ca_file);
  return out;
}

base::Status read_publishing(const Json& json, Destination& destination) {
  Publishing& out = destination.mqtt;
  JsonFields fields(json, "mqtt.");
  fields.only({"topic", "client_id", "user", "password_file", "tls", "ca_file"});
  fields.text("topic", out.topic, 1, 300);
  const auto filled = fill_topic(out.topic, {"name", "input", "station", 1, 412000001});
  if (filled.find_first_of("{}") != std::string::npos) {
    fields.fault(Code::kUnknown, "topic", "in braces: name, input, station, type, mmsi");
  } else if (auto good = mqtt::check_topic(filled); !good) {
    fields.fault(good.error().code, "topic", good.error().message);
  }
  out.client_id = "jinglue-" + destination.name;
  fields.text("client_id", out.client_id, 1, 100);
  fields.text("user", out.user, 0, 100);
  fields.text("password_file", out.password_file, 0, 64);
  fields.flag("tls", out.tls);
  fields.text("ca_file", out.ca_file, 0, 64);
  for (const auto& [name, file] :
       {std::pair("password_file", out.password_file), std::pair("ca_file", out.ca_file)}) {
    const bool plain = file.empty() || (is_name(file) && file.front() != '.');
    if (!plain) fields.fault(Code::kMalformed, name, "the name of a file in the folder secrets");
  }
  const auto reach = reach_of(destination.host);
  const bool far = reach == Reach::kPublic || reach == Reach::kName;
  if (far && !out.tls && !out.password_file.empty()) {
    fields.fault(Code::kMissing, "tls", "a password goes that far by TLS only");
  }
  return fields.status();
}

bool is_in(const std::string& host, const std::vector<std::string>& networks) {
  const auto address = base::Networks::address_of(host);
  const auto parsed = base::Networks::parse(networks);
  return address && parsed && parsed->contain(*address);
}

void check_server(JsonFields& fields, const Destination& destination) {
  if (!base::Networks::address_of(destination.host)) {
    return fields.fault(Code::kMalformed, "host", "a numeric address of this machine");
  }
  const bool open = reach_of(destination.host) != Reach::kLoopback;
  if (open && destination.allowed.empty()) {
    fields.fault(Code::kMissing, "allowed",
                 "other machines reach this address: name those that may connect");
  }
}

void check_receiver(JsonFields& fields, const Destination& destination) {
  const std::string& host = destination.host;
  if (!base::Networks::address_of(host) && !is_host_name(host)) {
    return fields.fault(Code::kMalformed, "host", "an address or a host name");
  }
  // Whoever happens to listen would receive it: no recipient that somebody could approve.
  if (is_in(host, {"0.0.0.0/8", "255.255.255.255", "::"})) {
    return fields.fault(Code::kOutOfRange, "host", "the address of one receiver, or of a group");
  }
  if (destination.kind != Kind::kUdp && reach_of(host) == Reach::kMulticast) {
    fields.fault(Code::kOutOfRange, "host", "a group can only be reached by udp");
  }
}

}  // namespace

std::string fill_topic(std::string_view topic, const TopicParts& parts) {
  const std::array<std::pair<std::string_view, std::string>, 5> values = {
      {{"{name}", std::string(parts.name)},
       {"{input}", std::string(parts.input)},
       {"{station}", std::string(parts.station)},
       {"{type}", std::to_string(parts.type)},
       {"{mmsi}", fmt::format("{:09}", parts.mmsi)}}};
  std::string out;
  for (std::size_t at = 0; at < topic.size();) {
    const auto found = std::find_if(values.begin(), values.end(), [&](const auto& one) {
      return topic.substr(at).starts_with(one.first);
    });
    if (found == values.end()) {
      out += topic[at++];
      continue;
    }
    for (const char c : found->second) {
      const bool special = c == '/' || c == '+' || c == '#' || static_cast<unsigned char>(c) < 32;
      out += special ? '_' : c;
    }
    at += found->first.size();
  }
  return out;
}

std::string_view to_key(Kind kind) {
  return base::key_of(kKinds, kind);
}
std::string_view to_key(Format format) {
  return base::key_of(kFormats, format);
}
std::string_view to_key(Wrapping wrapping) {
  return base::key_of(kWrappings, wrapping);
}
std::string_view to_key(Reach reach) {
  return base::key_of(kReaches, reach);
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return (c < 128 && std::isalnum(c) != 0) || c == '-' || c == '_' || c == '.';
         });
}

bool is_mmsi(std::int64_t number) {
  return number >= 1 && number <= 999'999'999;
}

Reach reach_of(const std::string& host) {
  if (!base::Networks::address_of(host)) return Reach::kName;
  if (is_in(host, {"127.0.0.0/8", "::1"})) return Reach::kLoopback;
  if (is_in(host, {"224.0.0.0/4", "ff00::/8"})) return Reach::kMulticast;
  // RFC 1918, 6598, 3927; RFC 4193, 4291.
  if (is_in(host, {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
                   "169.254.0.0/16", "fc00::/7", "fe80::/10"})) {
    return Reach::kPrivate;
  }
  return Reach::kPublic;
}

Json to_json(const Destination& destination) {
  Json out = Json::object({{"name", destination.name},
                           {"recipient", destination.recipient},
                           {"purpose", destination.purpose},
                           {"kind", to_key(destination.kind)},
                           {"host", destination.host},
                           {"port", std::int64_t{destination.port}},
                           {"format", to_key(destination.format)}});
  if (destination.format == Format::kNmea) out.set("wrapping", to_key(destination.wrapping));
  out.set("filter", filter_json(destination.filter));
  if (destination.kind == Kind::kTcpServer) {
    out.set("allowed", list_json(destination.allowed));
    out.set("max_clients", destination.max_clients);
  }
  if (destination.kind == Kind::kMqtt) out.set("mqtt", publishing_json(destination.mqtt));
  return out;
}

base::Result<Destination> destination_from_json(const Json& json) {
  Destination out;
  JsonFields fields(json, "");
  fields.only({"name", "recipient", "purpose", "kind", "host", "port", "format", "wrapping",
               "filter", "allowed", "max_clients", "mqtt"});
  fields.text("name", out.name, 1, 64);
  if (fields.status() && !is_name(out.name)) {
    fields.fault(Code::kMalformed, "name", "up to 64 letters, digits, '-', '_', '.'");
  }
  fields.text("recipient", out.recipient, 1, kMostWords);
  fields.text("purpose", out.purpose, 1, kMostWords);
  fields.choice(
      "kind", out.kind, [](auto& key) { return base::value_of<Kind>(kKinds, key); },
      "udp, tcp_client, tcp_server, mqtt, beidou_card");
  if (out.kind == Kind::kTcpServer) out.host = "127.0.0.1";
  fields.text("host", out.host, 1, 253);
  fields.number("port", out.port, 1, 65535);
  fields.choice(
      "format", out.format, [](auto& key) { return base::value_of<Format>(kFormats, key); },
      "nmea, ndjson");
  fields.choice(
      "wrapping", out.wrapping, [](auto& key) { return base::value_of<Wrapping>(kWrappings, key); },
      "as_received, bare, tag_block");
  fields.texts("allowed", out.allowed, kMostList);
  fields.number("max_clients", out.max_clients, 1, Destination::kMostClients);
  if (auto good = base::Networks::parse(out.allowed); !good) {
    fields.fault(good.error().code, "allowed", good.error().message);
  }
  if (fields.status()) {
    out.kind == Kind::kTcpServer ? check_server(fields, out) : check_receiver(fields, out);
  }
  if (!fields.status()) return tl::unexpected(fields.status().error());
  if (out.kind == Kind::kMqtt) {
    if (auto good = read_publishing(json["mqtt"], out); !good) return tl::unexpected(good.error());
  }
  if (out.kind == Kind::kBeidouCard) {
    out.format = Format::kNmea;
    out.wrapping = Wrapping::kBare;
    if (json["filter"].members().empty()) return out;
    return base::fail(Code::kConflict, "a BeiDou card sends messages to boats, no AIS", "filter",
                      "leave it out");
  }
  if (auto good = read_filter(json["filter"], out.filter); !good) {
    return tl::unexpected(good.error());
  }
  return out;
}

}  // namespace jinglue::output
