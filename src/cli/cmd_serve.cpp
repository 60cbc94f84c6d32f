// SPDX-License-Identifier: Apache-2.0
// jinglue serve: the whole station, until SIGINT or SIGTERM. SIGHUP reads the rules again.
#include <csignal>
#include <iostream>
#include <memory>
#include <optional>

#include "app/station.hpp"
#include "base/log.hpp"
#include "cli/command.hpp"
#include "cli/verb.hpp"

namespace jinglue::cli {

namespace {

struct Options {
  std::string config, data, web, bind, share, drill;
  std::uint64_t seed{1};
  double speed{0};
  bool allow_plain{false}, apply_added{false};
};

app::Settings settings_of(const Options& options) {
  app::Settings settings;
  const auto refuse = [](const base::Error& error) {
    throw base::WorldError("the settings were refused", error.text());
  };
  if (!options.config.empty()) {
    const auto document = base::read_config(options.config);
    if (!document) refuse(document.error());
    if (const auto ok = app::read_settings(*document, settings); !ok) refuse(ok.error());
  }
  if (!options.data.empty()) settings.data = options.data;
  if (!options.web.empty()) settings.web = options.web;
  if (options.allow_plain) settings.allow_plain = true;
  settings.apply_added_columns = options.apply_added;
  if (!options.bind.empty()) {
    if (const auto ok = app::parse_bind(options.bind, settings); !ok) refuse(ok.error());
  }
  settings.share = app::find_share(options.share);
  return settings;
}

void greet(const app::Station& station, const app::Settings& settings) {
  const bool plain = settings.certificate.empty();
  std::cout << "\nJinglue (经略) listens on " << (plain ? "http" : "https") << "://"
            << settings.host << ':' << station.port() << "/\n";
  if (station.drill()) {
    std::cout << "DRILL 演练: invented vessels, own store, nothing leaves it.\n"
                 "Accounts 账号: duty, duty2, leader, enforcement, clerk, admin\n"
                 "Password 口令: drill-NAME-2024, for example duty / drill-duty-2024\n";
  } else if (!station.has_accounts()) {
    std::cout << "No account yet: jinglue user add NAME --role administrator --data "
              << settings.data.string() << '\n';
  }
  std::cout << "Ctrl-C stops.\n\n" << std::flush;
}

int run(const Options& options) {
  // Blocked before any thread starts, so that only this one takes them.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  (void)std::signal(SIGPIPE, SIG_IGN);

  const auto settings = settings_of(options);
  std::optional<app::DrillOptions> drill;
  if (!options.drill.empty()) {
    drill = app::DrillOptions{options.drill, options.seed, std::nullopt};
    if (options.speed > 0) drill->speed = options.speed;
  }
  app::Station station(settings, drill);
  station.start();
  greet(station, settings);
  while (true) {
    int signal = 0;
    sigwait(&signals, &signal);
    if (signal != SIGHUP) break;
    station.reload_rules();
  }
  base::log_info("serve", "stopping");
  station.stop();
  return 0;
}

}  // namespace

void add_serve(const Verb& root) {
  auto options = std::make_shared<Options>();  // shared: the parser's and the work's
  root.verb("serve", "Run the station: inputs, picture, rules, web")
      .option("--config", options->config, "Settings (docs/format/settings.md)")
      .option("--data", options->data, "Data folder (default var)")
      .option("--web", options->web, "Folder of the web client")
      .option("--bind", options->bind, "HOST:PORT (default 127.0.0.1:8080; port 0 = any)")
      .option("--share", options->share, "Folder with rules/, registers/ and data/")
      .option("--drill", options->drill, "Play this scenario into an own data folder")
      .option("--seed", options->seed, "Seed of the drill")
      .option("--speed", options->speed, "Speed of the drill (default: the scenario's)")
      .flag("--allow-plain", options->allow_plain,
            "Serve plain HTTP on an address that is not loopback")
      .flag("--apply-added-columns", options->apply_added,
            "Bring tables up to definitions that gained fields, with a backup")
      .runs([options] { return run(*options); });
}

}  // namespace jinglue::cli
