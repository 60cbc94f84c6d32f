// SPDX-License-Identifier: Apache-2.0
// The "[[input]]" tables of jinglue.toml; what they say of the lines' content is read by
// observe/feed.
#include <set>

#include "observe/link/link.hpp"

namespace jinglue::observe::link {
namespace {

using base::Code;
using base::ConfigNode;

base::Result<Kind> read_kind(const ConfigNode& node) {
  const auto text = node.string();
  if (!text) return tl::unexpected(text.error());
  if (*text == "udp") return Kind::kUdp;
  if (*text == "tcp_server") return Kind::kTcpServer;
  if (*text == "tcp_client") return Kind::kTcpClient;
  if (*text == "file") return Kind::kFile;
  if (*text == "mqtt") return Kind::kMqtt;
  return node.error(Code::kUnknown, "unknown kind of input '" + *text + "'",
                    "one of udp, tcp_server, tcp_client, file, mqtt");
}

/// An integer in [low, high], or `otherwise` when absent.
template <class T>
base::Status read_integer(const ConfigNode& node, std::int64_t low, std::int64_t high, T& value) {
  const auto number = node.integer_or(static_cast<std::int64_t>(value));
  if (!number) return tl::unexpected(number.error());
  if (node && (*number < low || *number > high)) {
    return node.error(Code::kOutOfRange, std::to_string(*number) + " is out of range",
                      "from " + std::to_string(low) + " to " + std::to_string(high));
  }
  value = static_cast<T>(*number);
  return {};
}

base::Status read_name(const ConfigNode& node, std::string& name) {
  auto text = node.string();
  if (!text) return tl::unexpected(text.error());
  for (const char c : *text) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.';
    if (!good || text->size() > 64) text->clear();
    if (!good) break;
  }
  if (text->empty()) {
    return node.error(Code::kMalformed, "not a name of an input",
                      "use up to 64 letters, digits, '-', '_', '.'");
  }
  name = *text;
  return {};
}

base::Status read_file_keys(const ConfigNode& table, Settings& out) {
  auto file = table["file"].string();
  if (!file) return tl::unexpected(file.error());
  out.file = *file;
  const auto speed = table["speed"].number_or(out.speed);
  if (!speed) return tl::unexpected(speed.error());
  if (*speed < 0 || *speed > 1e6) {
    return table["speed"].error(Code::kOutOfRange, "speed is out of range",
                                "0 = as fast as possible, 1 = as recorded, at most 1000000");
  }
  out.speed = *speed;
  return {};
}

base::Status read_network_keys(const ConfigNode& table, Settings& out) {
  const auto host = table["host"].string_or(out.host);
  if (!host) return tl::unexpected(host.error());
  out.host = *host;
  if (!table["port"]) {
    return table["port"].error(Code::kMissing, "an input of this kind needs a port");
  }
  return read_integer(table["port"], 1, 65535, out.port);
}

/// Sensors' payloads come whole; sentences and NAF come in lines.
base::Status read_mqtt_keys(const ConfigNode& table, Settings& out) {
  auto ok = mqtt::read_broker(table, out.broker);
  if (ok) ok = mqtt::read_subscription(table, out.broker);
  if (!ok) return ok;
  if (out.broker.client_id.empty()) out.broker.client_id = "jinglue-" + out.name;
  out.host = out.broker.host;
  out.port = out.broker.port;
  const auto format = table["format"].string_or("nmea");
  if (!format) return tl::unexpected(format.error());
  out.whole = *format == "sensor";
  return {};
}

base::Status only_keys(const ConfigNode& table, Kind kind) {
  switch (kind) {
    case Kind::kFile:
      return table.only({"name", "kind", "file", "speed", "queue_lines", "max_line", "format",
                         "own_terminal", "naf_speed", "mapping", "heading", "encoding"});
    case Kind::kMqtt:
      return table.only({"name",          "kind",        "host",         "port",     "tls",
                         "ca_file",       "certificate", "key",          "user",     "password",
                         "password_file", "client_id",   "keep_alive_s", "topics",   "qos",
                         "max_payload",   "max_per_s",   "queue_lines",  "max_line", "format",
                         "own_terminal",  "naf_speed",   "mapping",      "heading",  "encoding"});
    default:
      return table.only({"name", "kind", "host", "port", "queue_lines", "max_line", "format",
                         "own_terminal", "naf_speed", "mapping", "heading", "encoding"});
  }
}

base::Status read_kind_keys(const ConfigNode& table, Settings& out) {
  if (out.kind == Kind::kFile) return read_file_keys(table, out);
  if (out.kind == Kind::kMqtt) return read_mqtt_keys(table, out);
  if (table["format"].string_or("") == "sensor") {
    return table["format"].error(Code::kConflict, "sensors come by MQTT only", "kind = \"mqtt\"");
  }
  return read_network_keys(table, out);
}

base::Result<Settings> read_input(const ConfigNode& table) {
  Settings out;
  const auto kind = read_kind(table["kind"]);
  if (!kind) return tl::unexpected(kind.error());
  out.kind = *kind;
  auto ok = only_keys(table, out.kind);
  if (ok) ok = read_name(table["name"], out.name);
  if (ok) ok = read_kind_keys(table, out);
  if (ok) ok = read_integer(table["queue_lines"], 1, 1 << 24, out.queue_lines);
  if (ok) ok = read_integer(table["max_line"], 82, 1024, out.max_line);
  if (!ok) return tl::unexpected(ok.error());
  return out;
}

}  // namespace

base::Result<std::vector<Settings>> read_settings(const ConfigNode& document) {
  std::vector<Settings> out;
  std::set<std::string> names;
  const ConfigNode inputs = document["input"];
  if (inputs && inputs.kind() != ConfigNode::Kind::kArray) {
    return inputs.error(Code::kMalformed, "inputs are a list of tables", "write [[input]]");
  }
  for (const ConfigNode& table : inputs.items()) {
    auto settings = read_input(table);
    if (!settings) return tl::unexpected(settings.error());
    if (!names.insert(settings->name).second) {
      return table["name"].error(Code::kConflict, "two inputs are called '" + settings->name + "'",
                                 "give each input a name of its own");
    }
    out.push_back(std::move(*settings));
  }
  return out;
}

}  // namespace jinglue::observe::link
