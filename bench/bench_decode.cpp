// SPDX-License-Identifier: Apache-2.0
// bench_decode: sentences per processor second of one core, beside what the machine can do with the
// same bytes: a copy, a walk over the line ends, and that walk with each checksum. A part of it has
// to be done by any decoder. Corpus: our own encoder with the mix of a shore receiver (79 % class A
// positions, 6 % second parts), bare and with tag blocks, and real logs where the data folder is.
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/config.hpp"
#include "base/lines.hpp"
#include "bench/figures.hpp"
#include "observe/ais/applications.hpp"
#include "observe/ais/decoder.hpp"
#include "observe/ais/encoder.hpp"
#include "observe/ais/message_writer.hpp"
#include "unit/observe/shared_data.hpp"

using namespace jinglue;
using namespace jinglue::observe::ais;

namespace {

constexpr std::size_t kSentences = 1'000'000;
constexpr int kRounds = 5;
constexpr std::size_t kPiece = 1U << 20;
constexpr base::Instant kBegin{1'714'536'000'000};

struct Corpus {
  std::string name;
  std::string bytes;
  std::size_t lines{0};

  void add(const std::string& line) {
    bytes += line;
    bytes += '\n';
    ++lines;
  }
};

Message any_message(std::mt19937_64& random) {
  const auto below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % std::uint64_t(n));
  };
  const auto mmsi = static_cast<std::uint32_t>(412'000'000 + below(2000));
  const auto what = below(100);
  if (what < 6) {
    StaticData m;
    m.mmsi = mmsi;
    m.name = "LURONGYU " + std::to_string(below(99'999));
    m.call_sign = "BAB" + std::to_string(below(999));
    m.destination = "SHIDAO";
    return m;
  }
  PositionReport m;
  m.type = what < 88 ? 1 : 18;
  m.mmsi = mmsi;
  m.nav_status = 0;
  m.sog = static_cast<std::uint16_t>(below(200));
  m.lat = static_cast<std::int32_t>(22'200'000 + below(400'000));
  m.lon = static_cast<std::int32_t>(73'000'000 + below(600'000));
  m.cog = static_cast<std::uint16_t>(below(3600));
  m.heading = static_cast<std::uint16_t>(below(360));
  m.utc_second = static_cast<std::uint8_t>(below(60));
  return m;
}

Corpus own_corpus(bool tagged) {
  Corpus out;
  out.name = tagged ? "tagged" : "bare";
  std::mt19937_64 random(1);
  for (std::uint8_t sequence = 0; out.lines < kSentences;) {
    Envelope envelope;
    envelope.sequence = sequence;
    envelope.channel = random() % 2 == 0 ? 'A' : 'B';
    if (tagged) {
      envelope.source = "weihai";
      envelope.at = kBegin + base::Duration(out.lines);
    }
    const Message message = any_message(random);
    for (const auto& line : encode(message, envelope)) out.add(line);
    if (std::holds_alternative<StaticData>(message)) sequence = (sequence + 1) % 10;
  }
  return out;
}

Corpus all_types() {
  Corpus out;
  out.name = "all_types";
  std::vector<std::string> lines;
  const auto file = std::filesystem::path(JINGLUE_SOURCE_DIR) / "tests/data/ais/sound.txt";
  for (auto& line : tests::read_lines(file)) {
    if (!line.empty() && line[0] != '#' && line[0] != '=') lines.push_back(std::move(line));
  }
  while (out.lines < kSentences) {
    for (const auto& line : lines) out.add(line);
  }
  return out;
}

Applications tables() {
  Applications out;
  const auto folder = std::filesystem::path(JINGLUE_SOURCE_DIR) / "data/ais";
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const auto config = base::read_config(file.path());
    if (!config || !out.add(*config)) fmt::print(stderr, "{} is wrong\n", file.path().string());
  }
  return out;
}

Corpus real_corpus() {
  Corpus out;
  out.name = "real";
  const auto folder = tests::shared_ais() / "nmea";
  if (!std::filesystem::exists(folder)) return out;
  std::vector<std::string> lines;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    for (auto& line : tests::read_lines(file.path())) lines.push_back(std::move(line));
  }
  while (out.lines < kSentences && !lines.empty()) {
    for (const auto& line : lines) out.add(line);
  }
  return out;
}

template <class Work>
void for_each_line(std::string_view bytes, Work work) {
  while (!bytes.empty()) {
    const void* hit = std::memchr(bytes.data(), '\n', bytes.size());
    if (hit == nullptr) return;
    const auto size = static_cast<std::size_t>(static_cast<const char*>(hit) - bytes.data());
    work(bytes.substr(0, size));
    bytes.remove_prefix(size + 1);
  }
}

/// Processor seconds of this program, which other programs on the machine do not stretch.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

/// Best of some rounds, in lines per processor second. `work` returns something that must not be
/// optimised away.
void measure(const Corpus& corpus, const std::string& name,
             const std::function<std::uint64_t()>& work) {
  double best = 1e9;
  std::uint64_t sum = 0;
  for (int i = 0; i < kRounds; ++i) {
    const double before = cpu_seconds();
    sum += work();
    best = std::min(best, cpu_seconds() - before);
  }
  if (sum == 42) std::puts("");
  bench::figure("decode_" + corpus.name + "_" + name, double(corpus.lines) / best / 1e6,
                "million_lines/s");
}

std::uint64_t checksums(std::string_view bytes) {
  std::uint64_t sum = 0;
  for_each_line(bytes, [&](std::string_view line) {
    const auto begin = line.find('!');
    const auto end = line.rfind('*');
    if (begin != std::string_view::npos && end != std::string_view::npos && end > begin) {
      sum += nmea_checksum(line.substr(begin + 1, end - begin - 1));
    }
  });
  return sum;
}

std::uint64_t decode_all(std::string_view bytes, bool reports, std::uint64_t& messages) {
  Decoder decoder;
  std::uint64_t sum = 0;
  std::uint64_t number = 0;
  messages = 0;
  base::for_each_line(bytes, [&](std::string_view line) {
    ++number;
    const base::Instant now = kBegin + base::Duration(number / 8);
    const Decoded d = decoder.decode(line, "ais", "127.0.0.1:4001", now);
    if (!d.message) return;
    ++messages;
    if (!reports) return;
    const Report report = to_report(*d.message, d.stated_time, now, number);
    if (report.fix) sum += static_cast<std::uint64_t>(report.fix->position.lat);
  });
  return sum + messages;
}

std::uint64_t write_all(std::string_view bytes, const Applications& applications) {
  Decoder decoder;
  MessageWriter writer({false, &applications});
  std::string out;
  std::uint64_t sum = 0;
  std::uint64_t number = 0;
  base::for_each_line(bytes, [&](std::string_view line) {
    const base::Instant now = kBegin + base::Duration(++number / 8);
    const Decoded d = decoder.decode(line, "ais", "127.0.0.1:4001", now);
    if (!d.message) return;
    out += writer.json(d);
    out += '\n';
    if (out.size() < kPiece) return;
    sum += out.size();
    out.clear();
  });
  return sum + out.size();
}

void run(const Corpus& corpus) {
  if (corpus.lines == 0) {
    fmt::print("{}: absent\n", corpus.name);
    return;
  }
  std::string copy(corpus.bytes.size(), '\0');
  std::uint64_t messages = 0;
  measure(corpus, "memcpy", [&] {
    std::memcpy(copy.data(), corpus.bytes.data(), copy.size());
    return static_cast<std::uint64_t>(copy[copy.size() / 2]);
  });
  measure(corpus, "line_walk", [&] {
    std::uint64_t sum = 0;
    for_each_line(corpus.bytes, [&](std::string_view line) { sum += line.size(); });
    return sum;
  });
  measure(corpus, "block_line_walk", [&] {
    std::uint64_t sum = 0;
    base::for_each_line(corpus.bytes, [&](std::string_view line) { sum += line.size(); });
    return sum;
  });
  measure(corpus, "checksum_only", [&] { return checksums(corpus.bytes); });
  measure(corpus, "messages", [&] { return decode_all(corpus.bytes, false, messages); });
  measure(corpus, "messages_and_reports", [&] { return decode_all(corpus.bytes, true, messages); });
  static const Applications kApplications = tables();
  measure(corpus, "json", [&] { return write_all(corpus.bytes, kApplications); });
  bench::figure("decode_" + corpus.name + "_messages_of_lines",
                100.0 * double(messages) / double(corpus.lines), "%");
}

}  // namespace

int main() {
  run(own_corpus(false));
  run(own_corpus(true));
  run(all_types());
  run(real_corpus());
}
