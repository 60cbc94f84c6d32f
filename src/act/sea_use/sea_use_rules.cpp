// SPDX-License-Identifier: Apache-2.0
#include "act/sea_use/sea_use_rules.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <utility>

#include "base/config.hpp"

namespace jinglue::act::sea_use {
namespace {

using base::Code;
using base::ConfigNode;

/// Keeps the first mistake of a document; what is read after it does not matter.
class Fields {
 public:
  template <class T>
  T take(const base::Result<T>& value) {
    if (value) return *value;
    keep(value.error());
    return T{};
  }
  void allow(const ConfigNode& node, std::initializer_list<std::string_view> keys) {
    if (const auto ok = node.only(keys); !ok) keep(ok.error());
  }
  void refuse(const ConfigNode& node, const std::string& why, const std::string& hint) {
    keep(node.error(Code::kOutOfRange, why, hint).value());
  }
  std::optional<double> hectares(const ConfigNode& node) {
    if (!node) return std::nullopt;
    const double out = take(node.number());
    if (!(out >= 0)) refuse(node, "an area is not below 0", "hectares");
    return out;
  }
  std::optional<Day> day(const ConfigNode& node) {
    if (!node) return std::nullopt;
    const auto civil = take(node.local_time());
    Day out;
    registry::expression::read_day(
        fmt::format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day), out);
    return out;
  }
  Provision provision(const ConfigNode& node) {
    Provision out{take(node["provision"].string()), take(node["confidence"].string()),
                  day(node["from"]), day(node["until"])};
    const bool known =
        out.confidence == "high" || out.confidence == "medium" || out.confidence == "memory";
    if (!known) {
      refuse(node["confidence"], "unknown confidence '" + out.confidence + "'",
             "high, medium or memory");
    }
    return out;
  }
  const std::optional<base::Error>& first() const { return m_first; }

 private:
  void keep(const base::Error& error) {
    if (!m_first) m_first = error;
  }
  std::optional<base::Error> m_first;
};

Level read_level(const ConfigNode& node, Fields& read) {
  read.allow(node,
             {"level", "modes", "from_ha", "under_ha", "provision", "from", "until", "confidence"});
  Level out;
  out.level = read.take(node["level"].string());
  out.modes = read.take(node["modes"].strings());
  out.from_ha = read.hectares(node["from_ha"]).value_or(0);
  out.under_ha = read.hectares(node["under_ha"]);
  out.provision = read.provision(node);
  if (out.under_ha && *out.under_ha <= out.from_ha) {
    read.refuse(node["under_ha"], "under_ha is not above from_ha", "hectares");
  }
  return out;
}

Term read_term(const ConfigNode& node, Fields& read) {
  read.allow(node, {"purpose", "years", "provision", "from", "until", "confidence"});
  Term out;
  out.purpose = read.take(node["purpose"].string());
  out.years = int(read.take(node["years"].integer()));
  out.provision = read.provision(node);
  if (out.years < 1 || out.years > 100) read.refuse(node["years"], "years are 1 to 100", {});
  return out;
}

bool in_force(const Provision& provision, Day on) {
  return (!provision.from || *provision.from <= on) && (!provision.until || on <= *provision.until);
}

}  // namespace

base::Result<SeaUseRules> SeaUseRules::read(const std::filesystem::path& file) {
  const auto document = base::read_config(file);
  if (!document) return tl::unexpected(document.error());
  Fields read;
  read.allow(*document, {"levels", "terms"});
  SeaUseRules out;
  const auto levels = (*document)["levels"], terms = (*document)["terms"];
  for (const auto& node : levels.items()) out.m_levels.push_back(read_level(node, read));
  for (const auto& node : terms.items()) out.m_terms.push_back(read_term(node, read));
  if (read.first()) return tl::unexpected(*read.first());
  return out;
}

const Level* SeaUseRules::level(const std::string& mode, double area_ha, Day on) const {
  const auto found = std::find_if(m_levels.begin(), m_levels.end(), [&](const Level& level) {
    const bool of_mode =
        std::find(level.modes.begin(), level.modes.end(), mode) != level.modes.end();
    return of_mode && area_ha >= level.from_ha && (!level.under_ha || area_ha < *level.under_ha) &&
           in_force(level.provision, on);
  });
  return found == m_levels.end() ? nullptr : &*found;
}

const Term* SeaUseRules::term(const std::string& purpose, Day on) const {
  const auto found = std::find_if(m_terms.begin(), m_terms.end(), [&](const Term& term) {
    return term.purpose == purpose && in_force(term.provision, on);
  });
  return found == m_terms.end() ? nullptr : &*found;
}

}  // namespace jinglue::act::sea_use
