// SPDX-License-Identifier: Apache-2.0
// bench_state: how many messages a second one core decodes, matches with the receptions of other
// stations and puts into the live state of 100,000 vessels; beside decoding alone on the same lines
// in the same run. Two stations hear each message, each with its stamp. Lines by the project's own
// encoder; interleaved, median of five.
#include <ctime>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "bench/figures.hpp"
#include "observe/ais/decoder.hpp"
#include "observe/ais/encoder.hpp"
#include "observe/feed/reader.hpp"
#include "picture/identity/identity.hpp"
#include "picture/live/live.hpp"

namespace {

using namespace jinglue;

constexpr std::uint32_t kVessels = 100'000;
constexpr int kReports = 10;  // of each vessel, ten seconds apart
constexpr int kStations = 2;
constexpr base::Instant kStart{1'714'536'000'000};  // 2024-05-01T04:00:00Z

/// The lines of all stations in order of time, end to end.
struct Lines {
  std::string text;
  std::vector<std::uint32_t> ends;
  base::Instant arrival(std::size_t line) const {
    const auto per_ms = double(kVessels) * kStations / 10'000;
    return kStart + base::Duration(std::int64_t(double(line) / per_ms));
  }
  template <class Take>
  void each(Take take) const {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < ends.size(); ++i) {
      take(std::string_view(text).substr(begin, ends[i] - begin), i);
      begin = ends[i];
    }
  }
};

Lines made_lines() {
  Lines out;
  for (int report = 0; report < kReports; ++report) {
    for (std::uint32_t vessel = 0; vessel < kVessels; ++vessel) {
      observe::ais::PositionReport said;
      said.type = 1;
      said.mmsi = 200'000'000 + vessel * 7;
      said.nav_status = 0;
      said.sog = 80;
      said.cog = 0;
      said.lat = 20'000'000 + std::int32_t(vessel % 300) * 3'000 + report * 222;
      said.lon = 70'000'000 + std::int32_t(vessel / 300) * 3'000;
      said.utc_second = static_cast<std::uint8_t>(out.arrival(out.ends.size()).ms / 1000 % 60);
      for (int station = 0; station < kStations; ++station) {
        const auto at = out.arrival(out.ends.size());
        observe::ais::Envelope envelope;
        envelope.at = at;
        envelope.source = station == 0 ? "north" : "south";
        for (const auto& line : observe::ais::encode(said, envelope)) out.text += line;
        out.ends.push_back(static_cast<std::uint32_t>(out.text.size()));
      }
    }
  }
  return out;
}

/// The time that this thread had a processor: others on the machine do not count.
class CoreTime {
 public:
  double seconds() const { return now() - m_start; }

 private:
  static double now() {
    timespec at{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return double(at.tv_sec) + double(at.tv_nsec) / 1e9;
  }
  double m_start{now()};
};

double per_second(const Lines& lines, const CoreTime& watch) {
  return double(lines.ends.size()) / watch.seconds();
}

double decode_alone(const Lines& lines) {
  observe::ais::Decoder decoder;
  std::size_t messages = 0;
  const CoreTime watch;
  lines.each([&](std::string_view line, std::size_t i) {
    messages += decoder.decode(line, "bench", {}, lines.arrival(i)).message ? 1u : 0u;
  });
  const auto out = per_second(lines, watch);
  if (messages != lines.ends.size()) std::abort();
  return out;
}

/// As the pipeline does it: lines of one block are read ahead.
struct Rates {
  double all{0};
  double known{0};  ///< after the first report of each vessel: in memory that was touched before
};
Rates with_receptions(const Lines& lines, picture::Live* live) {
  observe::feed::Reader reader;
  observe::feed::Reading reading;
  std::vector<observe::feed::Line> block;
  std::size_t fixes = 0;
  const auto take_block = [&] {
    const auto soon = reader.expect(block);
    if (live != nullptr) live->expect(soon);
    for (const auto& line : block) {
      reader.read(line, reading);
      for (const auto& said : reading.stated) {
        if (live != nullptr) live->apply(said);
      }
      for (const auto& fix : reading.fixes) {
        ++fixes;
        if (live != nullptr) live->apply(fix);
      }
    }
    block.clear();
  };
  const CoreTime watch;
  const std::size_t appeared = std::size_t{kVessels} * kStations;
  double appeared_s = 0;
  lines.each([&](std::string_view line, std::size_t i) {
    if (i == appeared) appeared_s = watch.seconds();
    block.push_back({line, "bench", {}, lines.arrival(i), i + 1});
    if (block.size() == observe::feed::Reader::kAhead) take_block();
  });
  take_block();
  const Rates out{per_second(lines, watch),
                  double(lines.ends.size() - appeared) / (watch.seconds() - appeared_s)};
  if (fixes != lines.ends.size() / kStations) std::abort();
  return out;
}

Rates with_state(const Lines& lines) {
  const picture::Identity identity;
  picture::Live live(identity);
  const auto out = with_receptions(lines, &live);
  if (live.alive() != kVessels) std::abort();
  return out;
}

}  // namespace

int main() {
  const auto lines = made_lines();
  std::vector<double> decoded, matched, whole, known;
  for (int i = 0; i < 5; ++i) {
    decoded.push_back(decode_alone(lines));
    matched.push_back(with_receptions(lines, nullptr).all);
    const auto rates = with_state(lines);
    whole.push_back(rates.all);
    known.push_back(rates.known);
  }
  const auto figure = [](const char* name, const std::vector<double>& rates) {
    bench::figure(name, bench::percentile(rates, 0.5) / 1e6, "M messages/s");
  };
  figure("state_decode_only", decoded);
  figure("state_with_receptions", matched);
  figure("state_of_100000_vessels", whole);
  figure("state_of_100000_known_vessels", known);
  return 0;
}
