// SPDX-License-Identifier: Apache-2.0
#include "detect/episode/view.hpp"

#include "base/keys.hpp"

namespace jinglue::detect {
namespace {

constexpr std::array<std::string_view, 9> kCauses = {"",           "berth",         "left_area",
                                                     "season_end", "silence",       "exempt",
                                                     "facts",      "rules_changed", "moment"};

bool same_who(const Sender& a, const Sender& b) {
  return a.label() == b.label() && a.vessel_id() == b.vessel_id() && a.view.kind == b.view.kind &&
         a.district() == b.district() && a.gears == b.gears;
}

}  // namespace

std::string_view to_key(Cause cause) {
  return base::key_of(kCauses, cause);
}

Mark mark_of(const model::Fix& fix) {
  return {fix.time, fix.position, fix.sog_ckn, fix.cog_cdeg, fix.track, fix.offset};
}

bool differs_in_substance(const View& a, const View& b) {
  return a.begin != b.begin || a.rule != b.rule || a.severity != b.severity || a.title != b.title ||
         (a.end && b.end && a.end != b.end);
}

bool same(const View& a, const View& b) {
  return !differs_in_substance(a, b) && a.group == b.group && a.key == b.key &&
         a.season == b.season && a.last == b.last && a.end == b.end && a.cause == b.cause &&
         a.berth == b.berth && a.berth_since == b.berth_since && a.measures == b.measures &&
         a.replaced == b.replaced && (a.who == b.who || same_who(*a.who, *b.who)) &&
         (a.marks == b.marks || *a.marks == *b.marks);
}

}  // namespace jinglue::detect
