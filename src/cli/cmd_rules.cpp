// SPDX-License-Identifier: Apache-2.0
// jinglue rules check: every mistake of a rules folder, else its rules, gaps and unverified
// rules. jinglue rules backtest: what a rule would
// have found in a log or in the archive, by the same engine as live.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <iostream>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "app/replay.hpp"
#include "app/settings.hpp"
#include "base/hash.hpp"
#include "base/local_time.hpp"
#include "cli/command.hpp"
#include "cli/open_folder.hpp"
#include "cli/verb.hpp"
#include "detect/rule/pack.hpp"
#include "detect/rule/pack_review.hpp"

namespace jinglue::cli {

namespace {

struct Options {
  std::string folder, rule, from, data{"var"}, share, known_at, at, zone{"Asia/Shanghai"};
  std::vector<std::string> between;
  bool json{false};
};

/// "a.toml:19 rule[0].area" in its parts, for a machine.
base::Json to_json(const base::Error& error) {
  const auto space = std::min(error.where.find(' '), error.where.size());
  const std::string place = error.where.substr(0, space);
  const auto colon = place.rfind(':');
  const std::string number = colon == std::string::npos ? "" : place.substr(colon + 1);
  std::uint32_t line = 0;
  const auto [stop, failure] = std::from_chars(number.data(), number.data() + number.size(), line);
  const bool lined = failure == std::errc{} && stop == number.data() + number.size();
  return base::Json::object(
      {{"code", base::to_text(error.code)},
       {"file", lined ? place.substr(0, colon) : place},
       {"line", lined ? base::Json(std::int64_t{line}) : base::Json()},
       {"key", space < error.where.size() ? error.where.substr(space + 1) : ""},
       {"message", error.message},
       {"hint", error.hint}});
}

int refuse(const std::vector<base::Error>& errors, const Options& options) {
  if (options.json) {
    base::Json list = base::Json::array();
    for (const auto& error : errors) list.push(to_json(error));
    std::cout << base::Json::object({{"ok", false}, {"errors", std::move(list)}}).dump() << '\n';
    return 1;
  }
  for (const auto& error : errors) std::cerr << error.text() << '\n';
  std::cerr << errors.size() << " mistakes; the pack is refused\n";
  return 1;
}

std::string span_text(const detect::TimeSpan& span, const std::string& zone) {
  const auto edge = [&](base::Instant t) {
    const bool open = t == base::kDistantPast || t == base::kDistantFuture;
    return open ? std::string("...") : base::to_local_text(t, zone);
  };
  return edge(span.from) + " to " + edge(span.to);
}

void print(const detect::RulePack& pack, const detect::PackReview& review,
           const std::string& zone) {
  std::cout << fmt::format("{} rules (times: {})\n", pack.rules().size(), zone);
  for (const auto& rule : pack.rules()) {
    std::cout << fmt::format("  {:44} v{:<6} {:10} {:8} {:28} {}  {}{}\n", rule.id, rule.version,
                             to_key(rule.family), to_key(rule.level), rule.area,
                             span_text(rule.valid, zone),
                             rule.season_text.empty() ? "all the time" : rule.season_text,
                             rule.enabled ? "" : "  OFF: " + rule.disabled_because.en);
  }
  std::cout << review.gaps.size() << " gaps: no rule is held\n";
  for (const auto& gap : review.gaps) {
    std::cout << fmt::format("  {:10} {:34} {}{}\n", to_key(gap.family), gap.area,
                             span_text(gap.span, zone),
                             gap.promised ? "  (promised: vessels there raise a notice)" : "");
  }
  std::cout << review.doubts.size() << " unverified rules: check before any legal act\n";
  for (const auto& doubt : review.doubts) {
    const auto& rule = pack.rules()[doubt.rule];
    std::cout << fmt::format("  {:44} v{:<6} {}: {}{}{}\n", rule.id, rule.version, rule.where,
                             doubt.unverified ? "confidence " + rule.confidence : "",
                             doubt.unverified && doubt.overdue ? ", " : "",
                             doubt.overdue ? "review was due " + rule.review : "");
  }
}

int check(const Options& options) {
  const auto files = detect::read_rule_files(options.folder);
  if (!files) return refuse({files.error()}, options);
  const auto result = detect::load_pack(*files);
  if (!result.pack) return refuse(result.errors, options);
  auto now = base::wall_now();
  if (!options.at.empty()) {
    const auto at = base::parse_iso(options.at);
    if (!at) throw base::WorldError("--at", at.error().text());
    now = *at;
  }
  const auto review = detect::review_pack(*result.pack, now);
  if (options.json) {
    base::Json rules = base::Json::array();
    for (const auto& rule : result.pack->rules()) rules.push(detect::rule_json(rule));
    base::Json out = base::Json::object({{"ok", true},
                                         {"revision", files->revision},
                                         {"files", files->files.size()},
                                         {"rules", std::move(rules)}});
    const auto lacks = detect::to_json(review, *result.pack);
    for (const auto& [key, value] : lacks.members()) out.set(key, value);
    std::cout << out.dump() << '\n';
    return 0;
  }
  print(*result.pack, review, options.zone);
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
  replay.feeds(app::feeds_of(share, {}));
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
    if (!replay.stated_from(folder->data() / "snapshots")) {
      std::cerr << "no snapshot: vessels without a record have no kind\n";
    }
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

void add_rules(const Verb& root) {
  auto options = std::make_shared<Options>();  // shared: the parser's and the work's
  const auto rules = root.verb("rules", "Check rules, try them on the past");
  rules
      .verb("check",
            "Every mistake of a rules folder; if there is none, its rules, the times for "
            "which none is held, and the unverified ones")
      .option("FOLDER", options->folder, "Folder of rules")
      .required()
      .option("--at", options->at, "Reviews due at this instant, RFC 3339 (default: now)")
      .option("--zone", options->zone, "Time zone of the output (default Asia/Shanghai)")
      .flag("--json", options->json, "One JSON object")
      .runs([options] { return check(*options); });
  rules.verb("backtest", "What a rule would have found")
      .option("RULE", options->rule, "Rule id")
      .required()
      .option("--from", options->from, "A log of sentences (.gz too), or \"archive\"")
      .required()
      .pair("--between", options->between, "Two instants, RFC 3339")
      .option("--known-at", options->known_at, "Registers as known at this instant")
      .option("--data", options->data, "Data folder: registers and archive (default var)")
      .option("--share", options->share, "Folder with rules/ and registers/")
      .option("--zone", options->zone, "Time zone of the output (default Asia/Shanghai)")
      .flag("--json", options->json, "One finding per line as JSON")
      .runs([options] { return backtest(*options); });
}

}  // namespace jinglue::cli
