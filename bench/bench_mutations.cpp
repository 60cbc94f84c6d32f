// SPDX-License-Identifier: Apache-2.0
// bench_mutations [COUNT] [SEED]: decodes COUNT (default ten million) sentences, sound ones of the
// corpora with some octets changed, taken out, put in or exchanged with another line, half of them
// with their checksum made right again. Every line must be counted once; a part of the messages is
// also written as JSON and comes back from the encoder as it went. Stops at the first that does
// not.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/config.hpp"
#include "base/json.hpp"
#include "bench/figures.hpp"
#include "observe/ais/applications.hpp"
#include "observe/ais/decoder.hpp"
#include "observe/ais/encoder.hpp"
#include "observe/ais/message_writer.hpp"
#include "unit/observe/shared_data.hpp"

using namespace jinglue;
using namespace jinglue::observe::ais;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kCheckEvery = 16;

[[noreturn]] void fail(const std::string& what, const std::string& line) {
  fmt::print(stderr, "{}: {}\n", what, line);
  std::exit(1);
}

std::vector<std::string> corpus() {
  std::vector<std::string> out;
  const auto add = [&](const fs::path& file) {
    for (auto& line : tests::read_lines(file)) {
      if (!line.empty() && line[0] != '#' && line[0] != '=') out.push_back(std::move(line));
    }
  };
  add(fs::path(JINGLUE_SOURCE_DIR) / "tests/data/ais/sound.txt");
  std::error_code none;
  for (const auto& file : fs::directory_iterator(tests::shared_ais() / "nmea", none)) {
    add(file.path());
  }
  for (const auto& line : tests::read_lines(tests::shared_ais() / "vectors/ais_vectors.jsonl.gz")) {
    const auto json = base::parse_json(line);
    if (!json) continue;
    for (const auto& text : (*json)["lines"].items()) out.push_back(text.as_string());
  }
  return out;
}

Applications tables() {
  Applications out;
  for (const auto& file : fs::directory_iterator(fs::path(JINGLUE_SOURCE_DIR) / "data/ais")) {
    const auto config = base::read_config(file.path());
    if (!config || !out.add(*config)) fail("a table is wrong", file.path());
  }
  return out;
}

class Mutations {
 public:
  Mutations(std::vector<std::string> lines, std::uint64_t seed)
      : m_lines(std::move(lines)), m_random(seed) {}

  const std::string& next() {
    m_line = pick();
    for (auto changes = below(5); changes > 0; --changes) change();
    if (below(2) == 0) make_sum_right();
    return m_line;
  }
  std::uint64_t below(std::uint64_t n) { return m_random() % n; }

 private:
  const std::string& pick() { return m_lines[below(m_lines.size())]; }
  char any_octet() {
    constexpr std::string_view kTelling = ",*!\\0123456789AB\r\n:;";
    if (below(2) == 0) return kTelling[below(kTelling.size())];
    return static_cast<char>(below(4) == 0 ? below(256) : 48 + below(72));
  }
  void change() {
    if (m_line.empty()) return m_line.assign(pick()), void();
    const std::size_t at = below(m_line.size());
    switch (below(6)) {
      case 0:
        m_line.erase(at, 1 + below(8));
        break;
      case 1:
        m_line.insert(at, 1 + below(4), any_octet());
        break;
      case 2:
        m_line = m_line.substr(0, at) + pick().substr(0, below(90));
        break;
      case 3:
        m_line[at] = static_cast<char>(m_line[at] ^ (1 << below(8)));
        break;
      default:
        m_line[at] = any_octet();
    }
  }
  void make_sum_right() {
    const auto from = m_line.rfind('!');
    const auto star = m_line.find('*', from == std::string::npos ? 0 : from);
    if (from == std::string::npos || star == std::string::npos || star + 2 >= m_line.size()) return;
    constexpr char kHex[] = "0123456789ABCDEF";
    const auto sum = nmea_checksum(std::string_view(m_line).substr(from + 1, star - from - 1));
    m_line[star + 1] = kHex[sum >> 4];
    m_line[star + 2] = kHex[sum & 15];
  }

  std::vector<std::string> m_lines;
  std::mt19937_64 m_random;
  std::string m_line;
};

/// The encoder writes the standard's length; from there on nothing changes any more.
void check_message(const Decoded& decoded, MessageWriter& writer, const std::string& line) {
  if (!base::parse_json(writer.json(decoded))) fail("not JSON", line);
  Decoder again;
  std::optional<Message> back;
  for (const auto& one : encode(*decoded.message)) {
    back = again.decode(one, "again", "", base::Instant{1'714'536'000'000}).message;
  }
  if (!back || to_bits(*back).armoured() != to_bits(*decoded.message).armoured()) {
    fail("does not come back", line);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  Mutations mutations(corpus(), seed);
  const Applications applications = tables();
  MessageWriter writer({false, &applications});
  Decoder decoder;
  std::uint64_t messages = 0;
  const bench::Stopwatch watch;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string& line = mutations.next();
    const Decoded decoded =
        decoder.decode(line, "mutated", "here", base::Instant{1'714'536'000'000 + std::int64_t(i)});
    if ((decoded.cause == Cause::kNone) != decoded.message.has_value()) fail("cause", line);
    if (!decoded.message) continue;
    ++messages;
    to_report(*decoded.message, decoded.stated_time, base::Instant{1'714'536'000'000}, i);
    if (i % kCheckEvery == 0) check_message(decoded, writer, line);
  }
  auto counts = decoder.counts();
  for (const Cause beside : {Cause::kTagBlock, Cause::kPartLost, Cause::kPartTimeout}) {
    counts[std::size_t(beside)] = 0;
  }
  if (std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}) != count) {
    fail("lines are not accounted for", "all");
  }
  bench::figure("mutations_decoded", double(count), "sentences");
  bench::figure("mutations_messages", 100.0 * double(messages) / double(count), "%");
  bench::figure("mutations_rate", double(count) / watch.seconds() / 1e6, "million_sentences/s");
  return 0;
}
