// SPDX-License-Identifier: Apache-2.0
#include "observe/feed/setup.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>

#include "base/hash.hpp"
#include "base/keys.hpp"

namespace jinglue::observe::feed {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::ConfigNode;
using base::Json;

constexpr std::array<std::string_view, 4> kFormats = {"nmea", "naf", "sensor", "csv"};
constexpr std::array<std::string_view, 2> kSpeeds = {"tenths", "knots"};

base::Status read_own(const ConfigNode& node, Input& out) {
  const auto text = node.string();
  if (!text) return tl::unexpected(text.error());
  const auto terminal = model::parse_terminal(*text);
  if (!terminal) {
    return node.error(Code::kMalformed, terminal.error().message, terminal.error().hint);
  }
  if (out.format != Format::kNmea) {
    return node.error(Code::kConflict, "only an nmea input has a receiver of its own");
  }
  out.own_terminal = *terminal;
  return {};
}

base::Status read_speed(const ConfigNode& node, Input& out) {
  const auto text = node.string();
  if (!text) return tl::unexpected(text.error());
  if (out.format != Format::kNaf) {
    return node.error(Code::kConflict, "only a naf input has it", "format = \"naf\"");
  }
  const auto unit = base::value_of<naf::SpeedUnit>(kSpeeds, *text);
  if (!unit) {
    return node.error(Code::kUnknown, "'" + *text + "' is no unit of speed",
                      "tenths (of a knot, as the standard says) or knots");
  }
  out.naf_speed = *unit;
  return {};
}

base::Status read_mapping(const ConfigNode& table, Input& out) {
  const auto node = table["mapping"];
  const bool mapped = out.format == Format::kSensor || out.format == Format::kCsv;
  if (!mapped && node) {
    return node.error(Code::kConflict, "only a sensor or csv input has it",
                      "format = \"sensor\" or \"csv\"");
  }
  if (!mapped) return {};
  const auto text = node.string();
  if (!text) return tl::unexpected(text.error());
  if (text->empty()) return node.error(Code::kMissing, "the mapping is not named");
  out.mapping = *text;
  return {};
}

/// What only inputs of rows have.
base::Status read_table(const ConfigNode& table, Input& out) {
  for (const char* key : {"heading", "encoding"}) {
    if (out.format == Format::kCsv || !table[key]) continue;
    return table[key].error(Code::kConflict, "only a csv input has it", "format = \"csv\"");
  }
  auto heading = table["heading"].string_or("");
  if (!heading) return tl::unexpected(heading.error());
  const auto encoding = table["encoding"].string_or("utf-8");
  if (!encoding) return tl::unexpected(encoding.error());
  if (*encoding != "utf-8" && *encoding != "gbk") {
    return table["encoding"].error(Code::kUnknown, "unknown encoding '" + *encoding + "'",
                                   "utf-8 (default) or gbk");
  }
  out.heading = std::move(*heading);
  out.gbk = *encoding == "gbk";
  return {};
}

base::Status read_input(const ConfigNode& table, Input& out) {
  const auto key = table["format"].string_or("nmea");
  if (!key) return tl::unexpected(key.error());
  const auto format = format_from(*key);
  if (!format) {
    return table["format"].error(format.error().code, format.error().message, format.error().hint);
  }
  out.format = *format;
  if (auto ok = read_mapping(table, out); !ok) return ok;
  if (auto ok = read_table(table, out); !ok) return ok;
  if (const auto own = table["own_terminal"]) {
    if (auto ok = read_own(own, out); !ok) return ok;
  }
  if (const auto speed = table["naf_speed"]) return read_speed(speed, out);
  return {};
}

Json input_json(const Input& input) {
  Json out = Json::object({{"format", to_key(input.format)}});
  if (input.own_terminal) out.set("own_terminal", model::to_text(*input.own_terminal));
  out.set("naf_speed", base::key_of(kSpeeds, input.naf_speed));
  if (!input.mapping.empty()) out.set("mapping", input.mapping);
  if (input.format != Format::kCsv) return out;  // older revisions stay what they were
  out.set("table", input.table);
  out.set("heading", input.heading);
  out.set("gbk", input.gbk);
  return out;
}

base::Result<Input> input_of(const Json& json) {
  Input out;
  const auto format = base::value_of<Format>(kFormats, json["format"].as_string());
  const auto speed = base::value_of<naf::SpeedUnit>(kSpeeds, json["naf_speed"].as_string());
  if (!format || !speed) return base::fail(Code::kMalformed, "an input of the feeds has no format");
  out.format = *format;
  out.naf_speed = *speed;
  out.mapping = json["mapping"].as_string();
  out.table = json["table"].as_string();
  out.heading = json["heading"].as_string();
  out.gbk = json["gbk"].as_bool();
  if (!json.has("own_terminal")) return out;
  const auto own = model::parse_terminal(json["own_terminal"].as_string());
  if (!own) return tl::unexpected(own.error());
  out.own_terminal = *own;
  return out;
}

}  // namespace

std::string_view to_key(Format format) {
  return base::key_of(kFormats, format);
}

base::Result<Format> format_from(std::string_view key) {
  if (const auto format = base::value_of<Format>(kFormats, key)) return *format;
  return base::fail(Code::kUnknown, "unknown format of lines '" + std::string(key) + "'", {},
                    "nmea (AIS, BeiDou, GNSS), naf, sensor or csv");
}

base::Result<Inputs> read_inputs(const ConfigNode& document) {
  Inputs out;
  const auto list = document["input"];  // a loop does not keep a temporary node alive
  for (const ConfigNode& table : list.items()) {
    const auto name = table["name"].string();
    if (!name) return tl::unexpected(name.error());
    if (auto ok = read_input(table, out[*name]); !ok) return tl::unexpected(ok.error());
  }
  return out;
}

Setup::Setup() : m_layouts(std::make_shared<beidou::Layouts>()) {}

base::Status Setup::add(File file) {
  const auto document = base::parse_config(file.text, file.name);
  if (!document) return tl::unexpected(document.error());
  m_files.push_back(std::move(file));
  return m_layouts->add(*document);
}

base::Status Setup::add_mapping(File file) {
  const auto document = base::parse_config(file.text, file.name);
  if (!document) return tl::unexpected(document.error());
  auto mapping = sensor::Mapping::read(*document);
  if (!mapping) return tl::unexpected(mapping.error());
  m_mappings[file.name] = std::make_shared<const sensor::Mapping>(std::move(*mapping));
  m_mapping_files.push_back(std::move(file));
  return {};
}

/// A name of the folder without ".toml", or a path.
base::Status Setup::add_mapping(const std::string& name, const fs::path& folder) {
  if (m_mappings.contains(name)) return {};
  std::error_code none;
  const auto shipped = folder / (name + ".toml");
  const auto path = fs::exists(shipped, none) ? shipped : fs::path(name);
  std::ifstream in(path, std::ios::binary);
  if (!in || !fs::is_regular_file(path, none)) {
    return base::fail(Code::kMissing, "there is no mapping of sensors '" + name + "'",
                      shipped.string(), "name a file, or one of that folder");
  }
  auto text = std::string(std::istreambuf_iterator<char>(in), {});
  const auto document = base::parse_config(text, path.string());
  if (!document) return tl::unexpected(document.error());
  // Read once with its path, for its mistakes; kept under the name that the input says.
  if (const auto mapping = sensor::Mapping::read(*document); !mapping) {
    return tl::unexpected(mapping.error());
  }
  return add_mapping({name, std::move(text)});
}

const sensor::Mapping* Setup::mapping(const Input& input) const {
  const auto found = m_mappings.find(input.mapping);
  return found == m_mappings.end() ? nullptr : found->second.get();
}

std::vector<model::SensorStation> Setup::stations() const {
  std::vector<model::SensorStation> out;
  std::set<std::string> ids;
  for (const auto& [name, mapping] : m_mappings) {
    for (const auto& station : mapping->stations()) {
      if (ids.insert(station.id).second) out.push_back(station);
    }
  }
  return out;
}

base::Result<Setup> Setup::read(const fs::path& layouts, Inputs inputs, const fs::path& mappings) {
  Setup out;
  for (const auto& [name, input] : inputs) {
    if (input.format != Format::kSensor) continue;
    if (auto ok = out.add_mapping(input.mapping, mappings); !ok) {
      return tl::unexpected(ok.error());
    }
  }
  out.m_inputs = std::move(inputs);
  std::error_code none;
  std::vector<fs::path> files;
  for (fs::directory_iterator it(layouts, none), end; !none && it != end; it.increment(none)) {
    if (it->path().extension() == ".toml") files.push_back(it->path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& path : files) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return base::fail(Code::kMissing, "the layout cannot be read", path.string());
    if (auto ok = out.add({path.string(), std::string(std::istreambuf_iterator<char>(in), {})});
        !ok) {
      return tl::unexpected(ok.error());
    }
  }
  for (auto& file : out.m_files) file.name = fs::path(file.name).filename().string();
  return out;
}

Json Setup::to_json() const {
  Json inputs = Json::object();
  for (const auto& [name, input] : m_inputs) inputs.set(name, input_json(input));
  Json files = Json::object();
  for (const auto& file : m_files) files.set(file.name, file.text);
  Json out = Json::object({{"inputs", std::move(inputs)},
                           {"otherwise", input_json(m_otherwise)},
                           {"layouts", std::move(files)}});
  if (m_mapping_files.empty()) return out;
  Json mappings = Json::object();
  for (const auto& file : m_mapping_files) mappings.set(file.name, file.text);
  out.set("mappings", std::move(mappings));
  return out;
}

base::Result<Setup> Setup::from_json(const Json& json) {
  Setup out;
  for (const auto& [name, value] : json["inputs"].members()) {
    auto input = input_of(value);
    if (!input) return tl::unexpected(input.error());
    out.m_inputs[name] = *input;
  }
  const auto otherwise = input_of(json["otherwise"]);
  if (!otherwise) return tl::unexpected(otherwise.error());
  out.m_otherwise = *otherwise;
  for (const auto& [name, text] : json["layouts"].members()) {
    if (auto ok = out.add({name, text.as_string()}); !ok) return tl::unexpected(ok.error());
  }
  for (const auto& [name, text] : json["mappings"].members()) {
    if (auto ok = out.add_mapping(File{name, text.as_string()}); !ok) {
      return tl::unexpected(ok.error());
    }
  }
  return out;
}

std::string Setup::revision() const {
  return base::to_hex(base::stable_hash(to_json().dump()));
}

const Input& Setup::input(std::string_view name) const {
  const auto found = m_inputs.find(name);
  return found == m_inputs.end() ? m_otherwise : found->second;
}

}  // namespace jinglue::observe::feed
