// SPDX-License-Identifier: Apache-2.0
// Fuzz target of layouts of BeiDou contents: TOML up to a zero octet, then octets to be read by the
// layouts. Refused with the file's name, or the octets are read in range and what was read is
// written and read again the same or refused.
#include <cstdlib>
#include <string_view>

#include "base/config.hpp"
#include "base/text.hpp"
#include "fuzz/require.hpp"
#include "observe/beidou/content.hpp"

namespace {

using namespace jinglue;
using fuzz::require;
using namespace jinglue::observe::beidou;

constexpr base::Instant kNow{1'714'536'000'000};

void check(const Content& c) {
  if (c.position) {
    require(std::llabs(std::int64_t{c.position->lat}) <= 540'000'000);
    require(std::llabs(std::int64_t{c.position->lon}) <= 1'080'000'000);
  }
  require(c.cog_cdeg.value_or(0) < 36'000 && c.heading_deg.value_or(0) < 360);
  require(!c.text || base::is_utf8(*c.text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto zero = std::min(bytes.find('\0'), bytes.size());
  const auto document = base::parse_config(bytes.substr(0, zero), "fuzz.toml");
  if (!document) return 0;
  Layouts layouts;
  const auto ok = layouts.add(*document);
  if (!ok) {
    require(ok.error().where.find("fuzz.toml") != std::string::npos);
    return 0;
  }
  const auto octets = bytes.substr(std::min(zero + 1, bytes.size()));
  const auto* layout = layouts.match(octets);
  if (layout == nullptr) return 0;
  static Gbk gbk;
  const auto content = read_content(*layout, octets, kNow, gbk);
  check(content);
  const auto written = write_content(*layout, content, gbk);
  if (!written) return 0;
  require(written->starts_with(layout->key));
  check(read_content(*layout, *written, kNow, gbk));
  return 0;
}
