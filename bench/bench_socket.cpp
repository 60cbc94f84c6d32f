// SPDX-License-Identifier: Apache-2.0
// bench_socket: from a TCP socket to the durable journal, the archive and a browser's stream, the
// real program. First as fast as it takes lines: 20,000 vessels around Weihai on straight courses,
// until the stream shows the last line, which is durable then. Then 10,000 lines a second: how long
// after it was sent a position reaches the stream. The reader shares the processors.
#include <cmath>
#include <cstdio>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/json.hpp"
#include "bench/figures.hpp"
#include "observe/ais/encoder.hpp"
#include "support/station.hpp"
#include "support/stream_client.hpp"

namespace {

using namespace jinglue;
using base::Json;
using Steady = std::chrono::steady_clock;

constexpr std::uint32_t kVessels = 20'000;
constexpr int kRounds = 3;
constexpr int kReports = 25;  // of each vessel in a round, ten seconds apart
constexpr std::int64_t kEvery_ms = 10'000;
constexpr std::size_t kBatch = 64 * 1024;
constexpr int kPacedVessels = 10'000;  // each once a second
constexpr int kPacedSeconds = 20;
constexpr int kTimedShare = 20;

std::uint64_t key_of(std::int32_t lat, std::int32_t lon) {
  return std::uint64_t(std::uint32_t(lat)) << 32 | std::uint32_t(lon);
}

/// Longitude tells the vessel, latitude the report: 8 knots to the north.
struct Place {
  double lat_deg, lon_deg;
  /// As the stream says it; AIS has a tenth of its resolution.
  std::uint64_t key() const {
    return key_of(std::int32_t(std::lround(lat_deg * 600'000)) * 10,
                  std::int32_t(std::lround(lon_deg * 600'000)) * 10);
  }
};
Place place_of(std::uint32_t vessel, double seconds) {
  constexpr double kDegreesPerSecond = 8.0 / 60 / 3600;
  return {36.0 + 0.002 * (vessel % 200) + kDegreesPerSecond * seconds, 121.5 + 0.0001 * vessel};
}

std::string line_of(std::uint32_t vessel, double seconds, std::optional<base::Instant> at) {
  const auto place = place_of(vessel, seconds);
  return test::position_line(412'000'000 + vessel, place.lat_deg, place.lon_deg, 8, at);
}

/// Its last line is of a vessel of its own, whose place is returned.
std::string lines_of_round(int round, base::Instant start) {
  std::string out;
  for (int report = round * kReports; report < (round + 1) * kReports; ++report) {
    const auto at = start + base::Duration(report * kEvery_ms);
    for (std::uint32_t vessel = 0; vessel < kVessels; ++vessel) {
      out += line_of(vessel, report * double(kEvery_ms) / 1000, at);
    }
  }
  const auto last = start + base::Duration((round + 1) * kReports * kEvery_ms);
  out += line_of(kVessels, double(round + 1) * kReports * kEvery_ms / 1000, last);
  return out;
}

/// Reads the stream until `done` says so of a vessel; false when it is closed or says nothing for a
/// minute.
template <class Done>
bool read_until(test::StreamClient& stream, Done done) {
  while (!stream.closed()) {
    const auto frame = stream.next(std::chrono::minutes(1));
    if (!frame) return false;
    if (frame->kind != test::FrameKind::kVessels) continue;
    for (const auto& vessel : stream.vessels(*frame)) {
      if (done(vessel)) return true;
    }
  }
  return false;
}

/// Messages per second of one round; 0 when something was lost.
double as_fast_as_it_goes(const test::TestStation& station, test::StreamClient& stream, int round,
                          base::Instant start) {
  const auto lines = lines_of_round(round, start);
  const auto last = place_of(kVessels, double(round + 1) * kReports * kEvery_ms / 1000).key();
  const bench::Stopwatch watch;
  std::thread sender([&] {
    test::TcpFeed feed(station.tcp_port);
    for (std::size_t at = 0; at < lines.size(); at += kBatch) {
      if (!feed.send(lines.substr(at, kBatch))) return;
    }
  });
  const bool seen = read_until(stream, [&](const auto& v) { return key_of(v.lat, v.lon) == last; });
  const double seconds = watch.seconds();
  sender.join();
  return seen ? double(kVessels) * kReports / seconds : 0;
}

std::uint64_t durable_lines(test::HttpClient& http) {
  const auto answer = base::parse_json(http.get("/api/v1/inputs").body);
  if (!answer) return 0;
  std::uint64_t out = 0;
  for (const auto& input : (*answer)["items"].items()) {
    out += std::uint64_t(input["durable_lines"].as_int());
  }
  return out;
}

/// When what was sent.
class Sent {
 public:
  void add(std::uint64_t key) {
    const std::lock_guard lock(m_mutex);
    m_at[key] = Steady::now();
  }
  std::optional<double> ms_since(std::uint64_t key) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_at.find(key);
    if (found == m_at.end()) return std::nullopt;
    const std::chrono::duration<double, std::milli> out = Steady::now() - found->second;
    m_at.erase(found);
    return out.count();
  }

 private:
  std::mutex m_mutex;
  std::unordered_map<std::uint64_t, Steady::time_point> m_at;
};

/// The last line is of a vessel of its own.
void send_paced(std::uint16_t port, double from_s, Sent& sent) {
  test::TcpFeed feed(port);
  const auto started = Steady::now();
  for (int i = 0; i < kPacedVessels * kPacedSeconds; ++i) {
    if (i % 10 == 0) std::this_thread::sleep_until(started + std::chrono::microseconds(i * 100));
    const auto vessel = std::uint32_t(i % kPacedVessels);
    const double at_s = from_s + double(i / kPacedVessels);
    if (i % kTimedShare == 0) sent.add(place_of(vessel, at_s).key());
    if (!feed.send(line_of(vessel, at_s, std::nullopt))) return;
  }
  std::this_thread::sleep_for(std::chrono::seconds(1));
  feed.send(line_of(kVessels, from_s + kPacedSeconds, std::nullopt));
}

std::vector<double> latencies(const test::TestStation& station, test::StreamClient& stream,
                              double from_s) {
  Sent sent;
  std::vector<double> out;
  std::thread sender([&] { send_paced(station.tcp_port, from_s, sent); });
  const auto last = place_of(kVessels, from_s + kPacedSeconds).key();
  read_until(stream, [&](const auto& vessel) {
    const auto key = key_of(vessel.lat, vessel.lon);
    if (const auto ms = sent.ms_since(key)) out.push_back(*ms);
    return key == last;
  });
  sender.join();
  return out;
}

}  // namespace

int main() {
  test::TestStation station;
  station.write_config("", 300);
  station.add_user("tester", "duty_officer");
  station.start();
  test::HttpClient http(station.http_port);
  if (!station.wait_ready() || !http.sign_in("tester", test::kPassword)) {
    std::fprintf(stderr, "%s", station.output().c_str());
    return 1;
  }
  test::StreamClient stream(station.http_port, http.cookie);
  stream.subscribe(Json::object({{"topics", Json::array({"vessels"})}}));
  const auto length = base::Duration(std::int64_t{kRounds} * kReports * kEvery_ms);
  const auto start = base::wall_now() - length;
  std::vector<double> rates;
  for (int round = 0; round < kRounds; ++round) {
    rates.push_back(as_fast_as_it_goes(station, stream, round, start));
  }
  const auto wanted = std::uint64_t(kRounds) * (kVessels * kReports + 1);
  const auto durable = durable_lines(http);
  if (durable != wanted) {
    std::fprintf(stderr, "%lu of %lu lines are durable\n", durable, wanted);
    return 1;
  }
  using bench::figure;
  using bench::percentile;
  figure("socket_to_browser", percentile(rates, 0.5), "messages/s");
  const auto ms = latencies(station, stream, double(length.count()) / 1000);
  figure("socket_to_browser_positions", double(ms.size()), "-");
  figure("socket_to_browser_p50", percentile(ms, 0.5), "ms");
  figure("socket_to_browser_p99", percentile(ms, 0.99), "ms");
  figure("socket_to_browser_max", percentile(ms, 1), "ms");
  station.process->kill(SIGTERM);
  return ms.size() == kPacedVessels * kPacedSeconds / kTimedShare ? 0 : 1;
}
