// SPDX-License-Identifier: Apache-2.0
// Positions for tests of exports and imports: every value at its edges, absent ones among them, by
// track in order of time. exported(): the bytes that a writer makes of rows.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "model/fix.hpp"
#include "picture/exchange/writer.hpp"

namespace jinglue::test {

inline std::vector<model::Fix> exchange_rows(std::size_t count, std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto one_in = [&](unsigned n) { return random() % n == 0; };
  std::vector<model::Fix> rows;
  for (std::size_t i = 0; i < count; ++i) {
    model::Fix fix;
    fix.track = one_in(4) ? model::TrackId{model::TerminalId::make(model::TerminalKind::kBeidou,
                                                                   5'000 + random() % 2),
                                           0}
                          : model::TrackId{model::TerminalId::make(model::TerminalKind::kMmsi,
                                                                   412'000'000 + random() % 3),
                                           static_cast<std::uint16_t>(random() % 2)};
    fix.time = {1'714'536'000'000 + std::int64_t(random() % 200'000'000)};
    if (one_in(50)) fix.time = {-std::int64_t(random() % 1'000'000)};
    fix.arrival = fix.time;
    fix.quality = static_cast<model::TimeQuality>(random() % 3);
    fix.source = static_cast<model::FixSource>(1 + random() % 7);
    fix.position = {std::int32_t(random() % 1'080'000'001) - 540'000'000,
                    std::int32_t(std::int64_t(random() % 2'160'000'001) - 1'080'000'000)};
    if (one_in(20)) fix.position = {540'000'000, 1'080'000'000};
    if (one_in(20)) fix.position = {0, -1};
    if (!one_in(5)) fix.sog_ckn = static_cast<std::uint16_t>(one_in(9) ? 65'535 : random() % 3'000);
    if (!one_in(5)) fix.cog_cdeg = static_cast<std::uint16_t>(random() % 36'000);
    if (!one_in(3)) fix.heading_deg = static_cast<std::uint16_t>(random() % 360);
    if (!one_in(3)) fix.nav_status = static_cast<std::uint8_t>(random() % 16);
    rows.push_back(fix);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::tie(a.track, a.time) < std::tie(b.track, b.time);
  });
  return rows;
}

inline std::string exported(picture::exchange::Format format, const std::vector<model::Fix>& rows,
                            const picture::exchange::WriterOptions& options = {}) {
  std::string out;
  const auto writer = picture::exchange::make_writer(
      format, [&](std::string_view bytes) { out += bytes; }, options);
  for (const auto& row : rows) writer->add(row);
  writer->finish();
  return out;
}

}  // namespace jinglue::test
