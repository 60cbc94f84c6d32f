// SPDX-License-Identifier: Apache-2.0
// jinglue replay: a log through the whole pipeline, as fast as possible, and what came of it.
#include <chrono>
#include <iostream>
#include <map>
#include <memory>

#include <fmt/format.h>

#include "app/replay.hpp"
#include "app/settings.hpp"
#include "cli/command.hpp"
#include "cli/verb.hpp"
#include "picture/live/live.hpp"

namespace jinglue::cli {

namespace {

struct Options {
  std::string log, share, format{"nmea"}, own, naf_speed{"tenths"};
  bool json{false};
};

base::Json vessel_json(const picture::LiveEntry& entry) {
  const auto place = entry.fix.position.degrees();
  return base::Json::object({{"track", model::to_text(entry.fix.track)},
                             {"name", entry.name()},
                             {"kind", model::to_key(entry.kind)},
                             {"time", base::to_iso(entry.fix.time)},
                             {"lat", place.lat_deg},
                             {"lon", place.lon_deg},
                             {"at_berth", entry.berth.known && entry.berth.at_berth}});
}

void print_summary(app::Replay& replay, double seconds) {
  auto& pipeline = replay.pipeline();
  const auto live = pipeline.live().snapshot();
  std::map<std::string, std::size_t> kinds;
  std::size_t vessels = 0;
  live->for_each([&](const picture::LiveEntry& entry) {
    if (entry.merged) return;
    ++vessels;
    ++kinds[std::string(model::to_key(entry.kind))];
  });
  for (const auto& [name, input] : pipeline.inputs()) {
    std::cout << fmt::format("{}: {} lines, {} messages, {} copies, {} parts, {} positions\n", name,
                             input.lines, input.messages, input.copies, input.parts, input.fixes);
    for (const auto& [cause, number] : input.rejects) {
      std::cout << fmt::format("  {}: {}\n", cause, number);
    }
    for (const auto& [cause, number] : input.withheld) {
      std::cout << fmt::format("  position withheld, {}: {}\n", cause, number);
    }
  }
  std::cout << fmt::format("{} vessels and stations\n", vessels);
  for (const auto& [kind, number] : kinds) std::cout << fmt::format("  {}: {}\n", kind, number);
  std::cout << fmt::format("{} findings\n", replay.findings().size());
  std::cerr << fmt::format("{:.2f} s\n", seconds);
}

/// As an input of jinglue.toml would be.
observe::feed::Setup feeds_for(const Options& options, const std::filesystem::path& share) {
  auto setup = app::feeds_of(share, {});
  observe::feed::Input input;
  const auto format = observe::feed::format_from(options.format);
  if (!format) throw base::WorldError("--format", format.error().text());
  input.format = *format;
  if (input.format == observe::feed::Format::kCsv) {
    throw base::WorldError("--format csv", "a replay reads sentences",
                           "`jinglue import --mapping` reads tables");
  }
  if (!options.own.empty()) {
    const auto own = model::parse_terminal(options.own);
    if (!own) throw base::WorldError("--own", own.error().text());
    input.own_terminal = *own;
  }
  if (options.naf_speed == "knots") {
    input.naf_speed = observe::naf::SpeedUnit::kKnots;
  } else if (options.naf_speed != "tenths") {
    throw base::WorldError("--naf-speed", options.naf_speed, "it is tenths or knots");
  }
  setup.set_otherwise(input);
  return setup;
}

int run(const Options& options) {
  const auto share = app::find_share(options.share);
  app::Replay replay(app::read_flags(share));
  replay.feeds(feeds_for(options, share));
  const auto files = detect::read_rule_files((share / "rules").string());
  if (!files) throw base::WorldError("the rules cannot be read", files.error().text());
  replay.rules(*files);
  const auto started = std::chrono::steady_clock::now();
  replay.log(options.log, {}, base::wall_now(), [](std::uint64_t taken, base::Instant clock) {
    std::cerr << fmt::format("{} lines, at {}\n", taken, base::to_iso(clock));
  });
  replay.pipeline().publish(replay.pipeline().clock());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  if (!options.json) {
    print_summary(replay, took.count());
    return 0;
  }
  replay.pipeline().live().snapshot()->for_each([](const picture::LiveEntry& entry) {
    if (!entry.merged) std::cout << vessel_json(entry).dump() << '\n';
  });
  for (const auto& finding : replay.findings()) std::cout << finding.now.to_json().dump() << '\n';
  return 0;
}

}  // namespace

void add_replay(const Verb& root) {
  auto options = std::make_shared<Options>();  // shared: the parser's and the work's
  root.verb("replay", "Put a log through the pipeline, show the result")
      .option("LOG", options->log, "Log of sentences (.gz too)")
      .required()
      .option("--format", options->format, "nmea (AIS, BeiDou, GNSS; default) or naf")
      .option("--own", options->own, "Whose RMC and GGA are, e.g. mmsi:412345678")
      .option("--naf-speed", options->naf_speed, "SP in tenths of a knot (default) or knots")
      .option("--share", options->share, "Folder with rules/ and registers/")
      .flag("--json", options->json, "Vessels and findings as JSON lines")
      .runs([options] { return run(*options); });
}

}  // namespace jinglue::cli
