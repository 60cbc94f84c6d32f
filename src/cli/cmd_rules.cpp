// SPDX-License-Identifier: Apache-2.0
// jinglue rules check: every mistake of a rules folder. jinglue rules backtest: what a rule would
// have found in a log or in the archive, by the same engine as live.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <set>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "app/replay.hpp"
#include "app/settings.hpp"
#include "base/hash.hpp"
#include "base/local_time.hpp"
#include "cli/command.hpp"
#include "cli/open_folder.hpp"
#include "detect/rule/pack.hpp"

namespace jinglue::cli {

namespace {

struct Options {
  std::string folder, rule, from, data{"var"}, share, known_at, zone{"Asia/Shanghai"};
  std::vector<std::string> between;
  bool json{false};
};

int check(const Options& options) {
  const auto files = detect::read_rule_files(options.folder);
  if (!files) {
    std::cerr << files.error().text() << '\n';
    return 1;
  }
  const auto result = detect::load_pack(*files);
  for (const auto& error : result.errors) std::cerr << error.text() << '\n';
  if (!result.pack) {
    std::cerr << result.errors.size() << " mistakes; the pack is refused\n";
    return 1;
  }
  std::cout << "the pack is good: " << files->files.size() << " files, revision " << files->revision
            << '\n';
  return 0;
}

app::Replay::Between between_of(const Options& options) {
  app::Replay::Between between;
  if (options.between.empty()) return between;
  const auto from = base::parse_iso(options.between.at(0));
  const auto to = base::parse_iso(options.between.at(1));
  if (!from) throw base::WorldError("--between", from.error().text());
  if (!to) throw base::WorldError("--between", to.error().text());
  between.from = *from;
  between.to = *to;
  return between;
}

/// What the registers said at --known-at (default: all that is known now).
std::vector<model::RecordChange> known_records(const Options& options, const OpenFolder& folder) {
  base::Instant known = base::kDistantFuture;
  if (!options.known_at.empty()) {
    const auto at = base::parse_iso(options.known_at);
    if (!at) throw base::WorldError("--known-at", at.error().text());
    known = *at;
  }
  std::vector<model::RecordChange> out;
  for (std::int64_t after = 0;;) {
    const auto changes = folder.registry().changes_after(after, 1000);
    if (changes.empty()) return out;
    after = changes.back().number;
    for (const auto& change : changes) {
      if (change.at <= known) out.push_back(change);
    }
  }
}

void print(const findings::Finding& finding, const Options& options) {
  const auto& now = finding.now;
  if (options.json) {
    std::cout << now.to_json().dump() << '\n';
    return;
  }
  const auto local = [&](base::Instant t) { return base::to_local_text(t, options.zone); };
  std::cout << fmt::format("{}  {:8}  {} to {}  {:28} {}\n", base::to_hex(now.finding.value),
                           model::to_key(now.severity), local(now.begin),
                           now.end ? local(*now.end) : std::string("(open)"),
                           now.subjects.empty() ? "" : now.subjects.front().label, now.title.en);
}

int backtest(const Options& options) {
  const auto share = app::find_share(options.share);
  app::Replay replay(app::read_flags(share));
  const auto files = detect::read_rule_files((share / "rules").string());
  if (!files) throw base::WorldError("the rules cannot be read", files.error().text());
  const auto pack = detect::load_pack(*files);
  if (!pack.pack) {
    throw base::WorldError("the rules were refused", pack.errors.front().text(),
                           "see jinglue rules check");
  }
  const auto& rules = pack.pack->rules();
  if (std::none_of(rules.begin(), rules.end(),
                   [&](const auto& rule) { return rule.id == options.rule; })) {
    throw base::WorldError("there is no such rule", options.rule,
                           "the ids stand in the files of rules/");
  }
  replay.rules(*files);
  const auto progress = [](std::uint64_t taken, base::Instant clock) {
    std::cerr << fmt::format("{} taken, at {}\n", taken, base::to_iso(clock));
  };
  const bool from_archive = options.from == "archive";
  std::unique_ptr<OpenFolder> folder;
  if (std::filesystem::exists(std::filesystem::path(options.data) / "records.db")) {
    folder = std::make_unique<OpenFolder>(options.data, share);
    replay.records(known_records(options, *folder));
  } else if (from_archive) {
    throw base::WorldError("there is no archive", options.data, "name the folder with --data");
  }
  if (from_archive) {
    replay.archive(folder->archive(), between_of(options), progress);
  } else {
    replay.log(options.from, between_of(options), base::wall_now(), progress);
  }
  std::size_t count = 0;
  std::set<std::string> vessels;
  for (const auto& finding : replay.findings()) {
    if (finding.now.rule_id != options.rule || finding.status == findings::Status::kRetracted) {
      continue;
    }
    ++count;
    if (!finding.now.subjects.empty()) vessels.insert(finding.now.subjects.front().id);
    print(finding, options);
  }
  std::cerr << fmt::format("{}: {} findings on {} vessels, {} positions\n", options.rule, count,
                           vessels.size(), replay.pipeline().positions());
  return 0;
}

}  // namespace

void add_rules(CLI::App& root, Chosen& chosen) {
  auto* rules = root.add_subcommand("rules", "Check rules, try them on the past");
  rules->require_subcommand(1);
  auto options = std::make_shared<Options>();  // shared: the parser's and the chosen command's
  auto* check_command = rules->add_subcommand("check", "List every mistake of a rules folder");
  check_command->add_option("FOLDER", options->folder, "Folder of rules")->required();
  check_command->callback([options, &chosen] { chosen = [options] { return check(*options); }; });
  auto* test = rules->add_subcommand("backtest", "What a rule would have found");
  test->add_option("RULE", options->rule, "Rule id")->required();
  test->add_option("--from", options->from, "A log of sentences (.gz too), or \"archive\"")
      ->required();
  test->add_option("--between", options->between, "Two instants, RFC 3339")->expected(2);
  test->add_option("--known-at", options->known_at, "Registers as known at this instant");
  test->add_option("--data", options->data, "Data folder: registers and archive (default var)");
  test->add_option("--share", options->share, "Folder with rules/ and registers/");
  test->add_option("--zone", options->zone, "Time zone of the output (default Asia/Shanghai)");
  test->add_flag("--json", options->json, "One finding per line as JSON");
  test->callback([options, &chosen] { chosen = [options] { return backtest(*options); }; });
}

}  // namespace jinglue::cli
