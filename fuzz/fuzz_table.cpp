// SPDX-License-Identifier: Apache-2.0
// Fuzz target of live rows: lines of two senders of a csv input. Every line has one cause,
// positions are in range, and a snapshot after any line goes on to the same end.
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "app/table_feeds.hpp"
#include "fuzz/require.hpp"
#include "picture/exchange/mapping.hpp"

namespace {

using namespace jinglue;
using fuzz::require;

observe::feed::Setup setup() {
  const std::string mapping = R"(name = "t"
zh = "t"
en = "t"
terminal = "beidou"
[track]
columns = ["id"]
[time]
columns = ["time"]
form = "yyyy/mm/dd HH:MM:SS"
zone = "Asia/Shanghai"
[latitude]
columns = ["lat"]
unit = "deg"
absent = ["0"]
[longitude]
columns = ["lon"]
unit = "min"
[speed]
columns = ["kn"]
unit = "km/h"
[status]
columns = ["status"]
values = { "a" = "0", "b" = "7" }
skip = ["x"]
)";
  auto json = base::Json::object(
      {{"format", "csv"}, {"naf_speed", "tenths"}, {"table", mapping}, {"heading", ""}});
  json.set("gbk", false);
  auto plain = base::Json::object({{"format", "nmea"}, {"naf_speed", "tenths"}});
  auto inputs = base::Json::object();
  inputs.set("table", std::move(json));
  return observe::feed::Setup::from_json(base::Json::object({{"inputs", std::move(inputs)},
                                                             {"otherwise", std::move(plain)},
                                                             {"layouts", base::Json::object()}}))
      .value();
}

std::string read(app::TableFeeds& feeds, std::string_view line, bool second) {
  model::JournalEntry entry;
  entry.input = "table";
  entry.arrival = {1'714'536'000'000};
  entry.payload = line;
  observe::feed::Reading out;
  out.station = second ? "10.0.0.8" : "10.0.0.7";
  feeds.read(entry, out);
  require(!out.cause.empty());
  require(out.fixes.size() == (out.cause == "none" ? 1u : 0u));
  for (const auto& fix : out.fixes) {
    require(std::llabs(std::int64_t{fix.position.lat}) <= 540'000'000);
    require(std::llabs(std::int64_t{fix.position.lon}) <= 1'080'000'000);
    require(fix.track.terminal.kind() == model::TerminalKind::kBeidou ||
            fix.track.terminal.value != 0);
  }
  return std::string(out.cause);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto how = setup();
  app::TableFeeds feeds, other;
  require(feeds.use(how).has_value() && other.use(how).has_value());
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  read(feeds, "id,time,lat,lon,kn,status", false);
  for (bool second = false; !rest.empty(); second = !second) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    base::ByteWriter state;
    feeds.save(state);
    base::ByteReader in(state.bytes());
    require(other.load(in) && in.left() == 0);
    require(read(feeds, line, second) == read(other, line, second));
  }
  return 0;
}
