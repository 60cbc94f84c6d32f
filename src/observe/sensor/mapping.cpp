// SPDX-License-Identifier: Apache-2.0
// The keys of a mapping file of sensors.
#include "observe/sensor/mapping.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "mqtt/topic.hpp"
#include "observe/sensor/json_pointer.hpp"

namespace jinglue::observe::sensor {
namespace {

using base::Code;
using base::ConfigNode;
using base::Status;

constexpr std::size_t kMostMessages = 64;
constexpr std::size_t kMostStations = 1024;

Status read_pointer(const ConfigNode& node, std::string& out) {
  auto text = node.string();
  if (!text) return tl::unexpected(text.error());
  if (auto ok = check_pointer(*text); !ok) {
    return node.error(ok.error().code, ok.error().message, ok.error().hint);
  }
  out = std::move(*text);
  return {};
}

/// Texts and numbers; a number is kept as its text.
Status read_missing(const ConfigNode& node, std::vector<std::string>& out) {
  if (!node) return {};
  if (node.kind() != ConfigNode::Kind::kArray) {
    return node.error(Code::kMalformed, "what stands for no value is a list",
                      "for example missing = [-999, \"\"]");
  }
  for (const auto& item : node.items()) {
    if (item.kind() == ConfigNode::Kind::kString) {
      out.push_back(*item.string());
      continue;
    }
    const auto number = item.number();
    if (!number) return tl::unexpected(number.error());
    out.push_back(base::Json(*number).dump());
  }
  return {};
}

Status read_range(const ConfigNode& node, MappedValue& out) {
  const auto& info = model::info(out.quantity);
  out.low_milli = info.low_milli;
  out.high_milli = info.high_milli;
  if (!node) return {};
  if (node.items().size() != 2) {
    return node.error(Code::kMalformed, "a range is a lowest and a highest value",
                      "for example range = [0, 20]");
  }
  const auto low = node.items()[0].number(), high = node.items()[1].number();
  if (!low) return tl::unexpected(low.error());
  if (!high) return tl::unexpected(high.error());
  const auto in = [&](double v) {
    return v * 1000 >= double(info.low_milli) && v * 1000 <= double(info.high_milli);
  };
  if (!(*low < *high) || !in(*low) || !in(*high)) {
    return node.error(Code::kOutOfRange, "the range of '" + std::string(info.key) + "' is wrong",
                      "in " + (info.unit.empty() ? "pure numbers" : std::string(info.unit)) +
                          ", within " + base::Json(double(info.low_milli) / 1000).dump() + " to " +
                          base::Json(double(info.high_milli) / 1000).dump());
  }
  out.low_milli = std::llround(*low * 1000);
  out.high_milli = std::llround(*high * 1000);
  return {};
}

Status read_value(const std::string& key, const ConfigNode& table, MappedValue& out) {
  const auto quantity = model::quantity_from(key);
  if (!quantity) {
    std::string all;
    for (const auto& one : model::quantities()) {
      all.append(all.empty() ? "" : ", ").append(one.key);
    }
    return table.error(Code::kUnknown, "'" + key + "' is no quantity", "one of " + all);
  }
  out.quantity = *quantity;
  auto ok = table.only({"at", "unit", "range", "missing"});
  if (ok) ok = read_pointer(table["at"], out.at);
  if (!ok) return ok;
  const auto unit = table["unit"].string();
  if (!unit) return tl::unexpected(unit.error());
  out.unit = unit_of(*quantity, *unit);
  if (out.unit == nullptr) {
    return table["unit"].error(Code::kUnknown, "'" + *unit + "' is no unit of '" + key + "'",
                               "one of " + units_of(*quantity));
  }
  ok = read_range(table["range"], out);
  if (ok) ok = read_missing(table["missing"], out.missing);
  return ok;
}

Status read_station_of(const ConfigNode& table, MessageForm& out) {
  const auto node = table["station"];
  if (node.kind() == ConfigNode::Kind::kInt) {
    const auto level = *node.integer();
    std::vector<std::string_view> levels;
    const auto open = mqtt::matches(out.topic, out.topic, levels) ? levels.size() : 0;
    if (level < 1 || level > std::int64_t(open)) {
      return node.error(Code::kOutOfRange,
                        "the topic has " + std::to_string(open) +
                            " '+', the station is none of "
                            "them",
                        "1 is the first '+'");
    }
    out.station_level = static_cast<std::size_t>(level);
    return {};
  }
  const auto text = node.string();
  if (!text) return tl::unexpected(text.error());
  if (text->empty() || (*text)[0] == '/') return read_pointer(node, out.station_at);
  out.station_id = *text;
  return {};
}

Status read_position(const ConfigNode& table, MessageForm& out) {
  if (!table) return {};
  auto ok = table.only({"latitude", "longitude", "missing"});
  std::string latitude, longitude;
  if (ok) ok = read_pointer(table["latitude"], latitude);
  if (ok) ok = read_pointer(table["longitude"], longitude);
  if (ok) ok = read_missing(table["missing"], out.no_position);
  if (!ok) return ok;
  out.latitude_at = std::move(latitude);
  out.longitude_at = std::move(longitude);
  return {};
}

Status read_time(const ConfigNode& table, MessageForm& out) {
  if (!table) return {};
  std::string at;
  auto ok = table.only({"at", "form", "zone"});
  if (ok) ok = read_pointer(table["at"], at);
  if (!ok) return ok;
  auto form = TimeForm::read(table);
  if (!form) return tl::unexpected(form.error());
  out.time_at = std::move(at);
  out.time = std::move(*form);
  return {};
}

Status read_message(const ConfigNode& table, MessageForm& out) {
  auto ok = table.only({"topic", "each", "station", "time", "position", "quantity"});
  if (!ok) return ok;
  const auto topic = table["topic"].string();
  if (!topic) return tl::unexpected(topic.error());
  if (auto good = mqtt::check_filter(*topic); !good) {
    return table["topic"].error(good.error().code, good.error().message, good.error().hint);
  }
  out.topic = *topic;
  if (table["each"]) ok = read_pointer(table["each"], out.each);
  if (ok) ok = read_station_of(table, out);
  if (ok) ok = read_time(table["time"], out);
  if (ok) ok = read_position(table["position"], out);
  if (!ok) return ok;
  const auto quantities = table["quantity"];  // a loop does not keep a temporary node alive
  for (const auto& [key, node] : quantities.members()) {
    if (ok = read_value(key, node, out.values.emplace_back()); !ok) return ok;
  }
  if (out.values.empty() && !out.latitude_at) {
    return table.error(Code::kMissing, "the message says nothing",
                       "give it a [message.quantity.NAME] or a [message.position]");
  }
  return {};
}

base::Result<double> degrees(const ConfigNode& node, double most) {
  auto value = node.number();
  if (!value) return value;
  if (std::fabs(*value) <= most) return value;
  return node.error(Code::kOutOfRange, "it is out of range", "in degrees, north and east positive");
}

Status read_place(const ConfigNode& table, model::SensorStation& out) {
  if (table["latitude"] || table["longitude"]) {
    const auto latitude = degrees(table["latitude"], 90);
    if (!latitude) return tl::unexpected(latitude.error());
    const auto longitude = degrees(table["longitude"], 180);
    if (!longitude) return tl::unexpected(longitude.error());
    out.place = geo::to_position({*latitude, *longitude});
  }
  const auto radius = table["watch_radius_m"].integer_or(0);
  if (!radius) return tl::unexpected(radius.error());
  if (*radius < 0 || *radius > 100'000) {
    return table["watch_radius_m"].error(Code::kOutOfRange, "a radius of 1 to 100000 m is meant");
  }
  if (*radius > 0 && !out.place) {
    return table["latitude"].error(Code::kMissing, "a watch circle needs its centre",
                                   "latitude and longitude of the station");
  }
  out.watch_radius_m = *radius;
  return {};
}

Status read_station(const ConfigNode& table, model::SensorStation& out) {
  auto ok =
      table.only({"id", "zh", "en", "latitude", "longitude", "watch_radius_m", "silent_after_s"});
  if (!ok) return ok;
  auto id = table["id"].string();
  if (!id) return tl::unexpected(id.error());
  if (id->empty() || id->size() > 64) {
    return table["id"].error(Code::kMalformed, "an id has 1 to 64 bytes");
  }
  out.id = std::move(*id);
  auto zh = table["zh"].string_or(out.id);
  if (!zh) return tl::unexpected(zh.error());
  auto en = table["en"].string_or(out.id);
  if (!en) return tl::unexpected(en.error());
  out.name = {std::move(*zh), std::move(*en)};
  const auto silent = table["silent_after_s"].integer_or(7200);
  if (!silent) return tl::unexpected(silent.error());
  if (*silent < 10 || *silent > 31 * std::int64_t{86'400}) {
    return table["silent_after_s"].error(Code::kOutOfRange, "10 seconds to 31 days are possible");
  }
  out.silent_after = std::chrono::seconds(*silent);
  return read_place(table, out);
}

Status is_list(const ConfigNode& node, std::size_t most, const char* form) {
  if (node && node.kind() != ConfigNode::Kind::kArray) {
    return node.error(Code::kMalformed, "it is a list of tables", form);
  }
  if (node.items().size() > most) {
    return node.error(Code::kTooMany, "at most " + std::to_string(most) + " are possible");
  }
  return {};
}

}  // namespace

base::Result<Mapping> Mapping::read(const ConfigNode& document) {
  Mapping out;
  auto ok = document.only({"name", "zh", "en", "origin", "message", "station"});
  const auto messages = document["message"], stations = document["station"];
  if (ok) ok = is_list(messages, kMostMessages, "write [[message]]");
  if (ok) ok = is_list(stations, kMostStations, "write [[station]]");
  if (!ok) return tl::unexpected(ok.error());
  auto name = document["name"].string();
  if (!name) return tl::unexpected(name.error());
  out.m_name = std::move(*name);
  if (messages.items().empty()) {
    return messages.error(Code::kMissing, "no message is described", "write [[message]]");
  }
  for (const auto& table : messages.items()) {
    if (ok = read_message(table, out.m_messages.emplace_back()); !ok) {
      return tl::unexpected(ok.error());
    }
  }
  std::set<std::string> ids;
  for (const auto& table : stations.items()) {
    if (ok = read_station(table, out.m_stations.emplace_back()); !ok) {
      return tl::unexpected(ok.error());
    }
    if (!ids.insert(out.m_stations.back().id).second) {
      return table["id"].error(Code::kConflict, "two stations have this id");
    }
  }
  return out;
}

}  // namespace jinglue::observe::sensor
