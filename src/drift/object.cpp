// SPDX-License-Identifier: Apache-2.0
#include "drift/object.hpp"

#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace jinglue::drift {
namespace {

using base::ConfigNode;

struct Source {
  std::string text, confidence;
};
using Sources = std::map<std::string, Source>;

base::Status read_text(const ConfigNode& table, const char* key, std::string& out) {
  auto text = table[key].string();
  if (!text) return tl::unexpected(text.error());
  out = std::move(*text);
  return {};
}

base::Status read_line(const ConfigNode& node, LeewayLine& out) {
  const auto& items = node.items();
  if (items.size() != 3) {
    return node.error(base::Code::kMalformed, "three numbers are wanted",
                      "[slope in percent, offset in cm/s, deviation in cm/s]");
  }
  double* const into[] = {&out.slope_pct, &out.offset_cm_s, &out.sd_cm_s};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto number = items[i].number();
    if (!number) return tl::unexpected(number.error());
    *into[i] = *number;
  }
  const bool sane = std::abs(out.slope_pct) <= 100 && std::abs(out.offset_cm_s) <= 200 &&
                    out.sd_cm_s >= 0 && out.sd_cm_s <= 200;
  if (!sane) return node.error(base::Code::kOutOfRange, "no leeway is like that");
  return {};
}

base::Result<Sources> read_sources(const ConfigNode& document) {
  Sources out;
  const auto tables = document["sources"];
  for (const auto& table : tables.items()) {
    if (auto good = table.only({"key", "text", "confidence"}); !good) {
      return tl::unexpected(good.error());
    }
    std::string key;
    Source source;
    for (auto [name, into] : {std::pair{"key", &key}, std::pair{"text", &source.text},
                              std::pair{"confidence", &source.confidence}}) {
      if (auto good = read_text(table, name, *into); !good) return tl::unexpected(good.error());
    }
    out[key] = std::move(source);
  }
  return out;
}

base::Result<DriftObject> read_object(const ConfigNode& table, const Sources& sources) {
  if (auto good =
          table.only({"number", "key", "zh", "en", "kind", "source", "downwind", "right", "left"});
      !good) {
    return tl::unexpected(good.error());
  }
  DriftObject out;
  const auto number = table["number"].integer();
  if (!number) return tl::unexpected(number.error());
  out.number = static_cast<int>(*number);
  std::string source;
  for (auto [name, into] :
       {std::pair{"key", &out.key}, std::pair{"zh", &out.zh}, std::pair{"en", &out.en},
        std::pair{"kind", &out.kind}, std::pair{"source", &source}}) {
    if (auto good = read_text(table, name, *into); !good) return tl::unexpected(good.error());
  }
  if (out.kind != "leeway" && out.kind != "windage") {
    return table["kind"].error(base::Code::kUnknown, "no kind of object is called " + out.kind,
                               "leeway or windage");
  }
  const auto found = sources.find(source);
  if (found == sources.end()) {
    return table["source"].error(base::Code::kUnknown, "no [[sources]] has the key " + source);
  }
  out.source = found->second.text;
  out.confidence = found->second.confidence;
  for (auto [name, into] :
       {std::pair{"downwind", &out.downwind}, std::pair{"right", &out.crosswind_right},
        std::pair{"left", &out.crosswind_left}}) {
    if (auto good = read_line(table[name], *into); !good) return tl::unexpected(good.error());
  }
  return out;
}

}  // namespace

base::Result<std::vector<DriftObject>> read_objects(const ConfigNode& document) {
  const auto sources = read_sources(document);
  if (!sources) return tl::unexpected(sources.error());
  std::vector<DriftObject> out;
  std::set<std::string> keys;
  std::set<int> numbers;
  const auto tables = document["objects"];
  for (const auto& table : tables.items()) {
    auto object = read_object(table, *sources);
    if (!object) return tl::unexpected(object.error());
    if (!keys.insert(object->key).second || !numbers.insert(object->number).second) {
      return table.error(base::Code::kConflict, "another object has this key or number");
    }
    out.push_back(std::move(*object));
  }
  if (out.empty()) return document.error(base::Code::kMissing, "no [[objects]] in it");
  return out;
}

}  // namespace jinglue::drift
