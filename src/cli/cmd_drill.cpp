// SPDX-License-Identifier: Apache-2.0
// jinglue drill make: a scenario as a file of sentences and its truth. jinglue drill run: the same
// sent in real time (or faster) to a UDP port of this machine.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

#include "base/instant.hpp"
#include "cli/command.hpp"
#include "cli/verb.hpp"
#include "drill/player.hpp"
#include "observe/link/sockets.hpp"

namespace jinglue::cli {

namespace {

struct Options {
  std::string scenario{"drills/weihai_moratorium.toml"};
  std::string out, truth, records;
  std::uint64_t seed{1};
  std::uint16_t port{10110};
  double speed{0};
};

constexpr base::Duration kPiece{std::chrono::minutes(10)};

std::unique_ptr<drill::Player> open(const Options& options) {
  auto player = drill::Player::open(options.scenario, options.seed);
  if (!player) throw base::WorldError("the scenario was refused", player.error().text());
  return std::move(*player);
}

void write_json(const std::string& path, const base::Json& json) {
  std::ofstream file(path);
  file << json.dump() << '\n';
  if (!file.flush()) throw base::WorldError("cannot be written", path, "check folder and rights");
}

int make(const Options& options) {
  const auto player = open(options);
  std::ofstream file;
  if (!options.out.empty()) {
    file.open(options.out);
    if (!file) throw base::WorldError("cannot be written", options.out, "check folder and rights");
  }
  std::ostream& out = options.out.empty() ? std::cout : file;
  std::vector<drill::Sentence> sentences;
  std::uint64_t count = 0;
  auto told = std::chrono::steady_clock::now();
  for (auto t = player->begin(); t < player->end(); t = t + kPiece) {
    sentences.clear();
    player->until(std::min(t + kPiece, player->end()), sentences);
    for (const auto& sentence : sentences) out << sentence.text << '\n';
    count += sentences.size();
    if (std::chrono::steady_clock::now() - told > std::chrono::seconds(2)) {
      told = std::chrono::steady_clock::now();
      std::cerr << "at " << base::to_iso(t) << ": " << count << " sentences\n";
    }
  }
  if (!out.flush()) throw base::WorldError("cannot be written", options.out, "is the disk full?");
  if (!options.truth.empty()) write_json(options.truth, player->truth());
  if (!options.records.empty()) write_json(options.records, player->records());
  std::cerr << count << " sentences, " << base::to_iso(player->begin()) << " to "
            << base::to_iso(player->end()) << '\n';
  return 0;
}

int run(const Options& options) {
  const auto player = open(options);
  const double speed = options.speed > 0 ? options.speed : player->speed();
  const auto socket = observe::link::udp_to_loopback(options.port);
  std::vector<drill::Sentence> sentences;
  player->until(player->opens(), sentences);  // the past is not sent again
  const auto started = std::chrono::steady_clock::now();
  std::uint64_t sent = 0;
  for (auto now = player->opens(); now < player->end();) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const std::chrono::duration<double, std::milli> ran =
        std::chrono::steady_clock::now() - started;
    now = std::min(player->opens() + base::Duration(static_cast<std::int64_t>(ran.count() * speed)),
                   player->end());
    sentences.clear();
    player->until(now, sentences);
    for (const auto& sentence : sentences) {
      if (observe::link::send_line(socket, sentence.text)) ++sent;
    }
  }
  std::cerr << sent << " sentences sent to 127.0.0.1:" << options.port << '\n';
  return 0;
}

}  // namespace

void add_drill(const Verb& root) {
  auto options = std::make_shared<Options>();  // shared: the parser's and the work's
  const auto drill = root.verb("drill", "Exercise traffic with known truth");
  drill.verb("make", "Write the sentences of a scenario")
      .option("SCENARIO", options->scenario, "Scenario (docs/format/drill.md)")
      .option("-o,--out", options->out, "File of sentences (default: standard output)")
      .option("--truth", options->truth, "File for what must be found (JSON)")
      .option("--records", options->records, "File for the register records (JSON)")
      .option("--seed", options->seed, "Seed")
      .runs([options] { return make(*options); });
  drill.verb("run", "Send a scenario to a UDP port of this machine")
      .option("SCENARIO", options->scenario, "Scenario (docs/format/drill.md)")
      .option("--port", options->port, "UDP port on 127.0.0.1 (default 10110)")
      .option("--speed", options->speed, "Times real time (default: the scenario's)")
      .option("--seed", options->seed, "Seed")
      .runs([options] { return run(*options); });
}

}  // namespace jinglue::cli
