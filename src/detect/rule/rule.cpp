// SPDX-License-Identifier: Apache-2.0
#include "detect/rule/rule.hpp"

#include "base/keys.hpp"

namespace jinglue::detect {
namespace {

constexpr std::array<std::string_view, 3> kFamilies = {"moratorium", "home_port", "zone"};
constexpr std::array<std::string_view, 3> kLevels = {"national", "province", "city"};
constexpr std::array<std::string_view, 4> kTriggers = {"enter", "leave", "inside", "outside"};

}  // namespace

std::string_view to_key(Family family) {
  return base::key_of(kFamilies, family);
}
std::string_view to_key(Level level) {
  return base::key_of(kLevels, level);
}
std::string_view to_key(Trigger trigger) {
  return base::key_of(kTriggers, trigger);
}
std::optional<Family> family_from(std::string_view key) {
  return base::value_of<Family>(kFamilies, key);
}
std::optional<Level> level_from(std::string_view key) {
  return base::value_of<Level>(kLevels, key);
}
std::optional<Trigger> trigger_from(std::string_view key) {
  return base::value_of<Trigger>(kTriggers, key);
}

base::Words words(Family family) {
  switch (family) {
    case Family::kMoratorium:
      return {"伏季休渔", "summer moratorium"};
    case Family::kHomePort:
      return {"船籍港停泊", "lying in the home port"};
    case Family::kZone:
      break;
  }
  return {"区域", "zone"};
}

base::Words words(Level level) {
  switch (level) {
    case Level::kNational:
      return {"国家", "national"};
    case Level::kProvince:
      return {"省级", "provincial"};
    case Level::kCity:
      break;
  }
  return {"市级", "city"};
}

bool Criteria::empty() const {
  return kinds.empty() && gears.empty() && flags.empty() && home_ports.empty() &&
         districts.empty() && groups.empty() && vessels.empty() && !length_min_m && !length_max_m &&
         !registered;
}

bool gear_covers(std::string_view rule_gear, std::string_view vessel_gear) {
  if (vessel_gear.substr(0, rule_gear.size()) != rule_gear) return false;
  return vessel_gear.size() == rule_gear.size() || vessel_gear[rule_gear.size()] == '.';
}

std::vector<std::string> effective_gears(const model::VesselFacts& facts) {
  const auto letter = [](std::string_view key) { return key.substr(0, key.find('.')); };
  const auto is_letter = [](std::string_view key) {
    return key.size() <= 2 &&
           std::all_of(key.begin(), key.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  };
  std::vector<std::string> out;
  for (const auto& group : facts.groups) {
    if (group.find('.') != std::string::npos && is_letter(letter(group))) out.push_back(group);
  }
  const std::size_t refined = out.size();
  for (const auto& gear : facts.gears) {
    const bool told = std::any_of(out.begin(), out.begin() + std::ptrdiff_t(refined),
                                  [&](const auto& sub) { return gear_covers(gear, sub); });
    if (!told) out.push_back(gear);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace jinglue::detect
