// SPDX-License-Identifier: Apache-2.0
#include "registry/walk/walk.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "registry/life.hpp"
#include "registry/tiles.hpp"
#include "registry/walk/clock_walk.hpp"
#include "registry/walk/transition_walk.hpp"

namespace jinglue::registry {
namespace {

namespace fs = std::filesystem;
using base::Code;

void add(Walked& out, const std::string& where, std::string text) {
  out.findings.push_back({true, where, std::move(text)});
}

/// Records of the required fields alone and of all fields; each required field is asked for.
bool walk_making(Ground& ground, const Definition& d, const std::string& file, Walked& out) {
  for (const bool complete : {false, true}) {
    const auto made = ground.make(d, complete);
    if (made) continue;
    add(out, file,
        fmt::format("a record of {} is refused: {}",
                    complete ? "all fields" : "the required fields", made.error().text()));
    return false;
  }
  for (const auto& f : d.fields) {
    if (!f.required || f.sealed) continue;
    ground.tried([&] {
      const auto made = ground.make(d, true, base::Json::object({{f.key, base::Json()}}));
      if (made) add(out, file, "a record without '" + f.key + "' is made");
    });
  }
  return true;
}

/// Each tile is worked out over the records that are there now, and somebody is shown it.
void walk_tiles(Ground& ground, const Definition& d, const Places& places, Walked& out) {
  const auto& roles = Ground::roles();
  for (const auto& tile : life_of(d).tiles) {
    const auto value = tile_value(ground.registry(), d, tile, access::Actor::system(), ground.now);
    if (!value) {
      add(out, places.tile(tile.key), "the tile is refused: " + value.error().text());
      continue;
    }
    const bool seen = std::any_of(roles.begin(), roles.end(), [&](access::Role role) {
      return tile_value(ground.registry(), d, tile, Ground::person(role), ground.now).has_value();
    });
    if (seen) {
      ++out.seen[std::size_t(Seen::kCounted)];
    } else {
      add(out, places.tile(tile.key), "nobody may see all the fields of the tile");
    }
  }
}

Walked walk_one(const Definition& d, const fs::path& definitions, const WalkOptions& options) {
  const fs::path scratch =
      options.scratch / d.id;  // tables of its own: no other walk is in the way
  fs::create_directories(scratch);
  Ground ground(definitions, options.calendar, scratch);
  const Definition& own = ground.definition(d.id);
  Lead lead(ground);
  const Places places(definitions / (d.id + ".toml"));
  Walked out;
  out.id = d.id;
  if (!walk_making(ground, own, places.file(), out)) return out;
  TransitionWalk(ground, lead, own, places, out).walk();
  ClockWalk(ground, lead, own, places, out).walk();
  walk_tiles(ground, own, places, out);
  return out;
}

void add_counts(const Walked& w, std::string& out) {
  for (std::size_t i = 0; i < w.seen.size(); ++i) {
    if (w.seen[i] > 0) out += fmt::format("  {:4} {}\n", w.seen[i], to_text(Seen(i)));
  }
}

}  // namespace

std::string_view to_text(Seen seen) {
  static constexpr std::string_view kTexts[] = {"transitions taken",
                                                "refused for the role",
                                                "refused in another state",
                                                "refused without an input",
                                                "refused without a field",
                                                "refused by a condition",
                                                "refused as second person",
                                                "taken back or refused so",
                                                "clocks started",
                                                "warned once",
                                                "stood still",
                                                "late once",
                                                "escalated once",
                                                "ended in time",
                                                "ended late",
                                                "tiles counted"};
  return kTexts[std::size_t(seen)];
}

std::vector<Walked> walk_definitions(const fs::path& definitions, const WalkOptions& options) {
  std::vector<Walked> out;
  const auto all = usable_definitions(definitions);
  for (const auto& d : all) {
    if (options.only.empty() || options.only == d.id)
      out.push_back(walk_one(d, definitions, options));
  }
  if (out.empty()) {
    throw base::WorldError(options.only.empty() ? "there is no definition"
                                                : "there is no definition '" + options.only + "'",
                           definitions.string());
  }
  return out;
}

std::string to_text(const std::vector<Walked>& walked) {
  std::string out;
  std::size_t broken = 0, open = 0;
  for (const auto& w : walked) {
    out += w.id + "\n";
    add_counts(w, out);
    for (const auto& f : w.findings) {
      out += fmt::format("  {} {}: {}\n", f.broken ? "WRONG" : "not shown", f.where, f.text);
      ++(f.broken ? broken : open);
    }
  }
  return out + fmt::format("{} definitions, {} wrong, {} not shown\n", walked.size(), broken, open);
}

}  // namespace jinglue::registry
