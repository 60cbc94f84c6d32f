// SPDX-License-Identifier: Apache-2.0
// Real tracks of the shared data folder, for benches: rows in order of arrival with offsets from 1;
// empty where the folder is not there.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "model/fix.hpp"

namespace jinglue::bench {

struct DataSet {
  std::string name;
  std::vector<model::Fix> rows;  ///< in order of arrival, offsets from 1
};

inline const std::filesystem::path kTracks =
    std::filesystem::path(JINGLUE_SOURCE_DIR) / "../shared/data/ais/tracks";

inline model::TrackId mmsi(std::uint64_t number) {
  return {model::TerminalId::make(model::TerminalKind::kMmsi, number), 0};
}

/// Orders by time and numbers, as the journal would.
inline DataSet numbered(std::string name, std::vector<model::Fix> rows) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const model::Fix& a, const model::Fix& b) { return a.time < b.time; });
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].offset = i + 1;
    if (rows[i].arrival.ms == 0) rows[i].arrival = rows[i].time;
  }
  return {std::move(name), std::move(rows)};
}

/// Lines of a packed text file; empty when it is not there.
inline std::vector<std::string> unpacked(const std::string& tool,
                                         const std::filesystem::path& file) {
  std::vector<std::string> lines;
  if (!std::filesystem::exists(file)) return lines;
  std::FILE* pipe = popen((tool + " -dc '" + file.string() + "'").c_str(), "r");
  if (pipe == nullptr) return lines;
  std::string line;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    if (c != '\n') {
      line.push_back(static_cast<char>(c));
    } else {
      lines.push_back(std::exchange(line, {}));
    }
  }
  pclose(pipe);
  return lines;
}

inline double number(std::string_view text) {
  return std::strtod(std::string(text).c_str(), nullptr);
}

/// Reports of Chinese fishing vessels: day and month, no year (2019 is taken), 3 decimals.
inline DataSet beidou() {
  std::vector<model::Fix> rows;
  const auto lines = unpacked("xz", kTracks / "beidou_fishing_train.csv.xz");
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto cells = base::split(lines[i], ',');
    if (cells.size() < 6 || cells[1].size() != 13) continue;
    const auto t = cells[1];
    const auto time =
        base::parse_iso("2019-" + std::string(t.substr(0, 2)) + "-" + std::string(t.substr(2, 2)) +
                        "T" + std::string(t.substr(5)) + "+08:00");
    if (!time) continue;
    model::Fix fix;
    fix.track = {
        model::TerminalId::make(model::TerminalKind::kBeidou, std::uint64_t(number(cells[0]))), 0};
    fix.time = *time;
    fix.source = model::FixSource::kBeidou;
    fix.position = geo::to_position({number(cells[2]), number(cells[3])});
    fix.sog_ckn = static_cast<std::uint16_t>(std::lround(number(cells[4]) * 100));
    fix.cog_cdeg = static_cast<std::uint16_t>(std::lround(number(cells[5])) % 360 * 100);
    rows.push_back(fix);
  }
  return numbered("beidou", std::move(rows));
}

/// AIS of the United States coast; several vessels per line order, 5 decimals.
inline DataSet noaa() {
  std::vector<model::Fix> rows;
  const auto lines = unpacked("gzip", kTracks / "noaa_marinecadastre_20220103.csv.gz");
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto cells = base::split(lines[i], ',');
    if (cells.size() < 7 || cells[1].size() != 21) continue;
    const auto time = base::parse_iso(std::string(cells[1].substr(1, 19)) + "Z");
    if (!time) continue;
    model::Fix fix;
    fix.track = mmsi(std::uint64_t(number(cells[0])));
    fix.time = *time;
    fix.position = geo::to_position({number(cells[2]), number(cells[3])});
    fix.sog_ckn = static_cast<std::uint16_t>(std::lround(number(cells[4]) * 100));
    const auto cog = std::lround(number(cells[5]) * 100);
    if (cog >= 0 && cog < 36000) fix.cog_cdeg = static_cast<std::uint16_t>(cog);
    const auto heading = std::lround(number(cells[6]));
    if (heading < 360) fix.heading_deg = static_cast<std::uint16_t>(heading);
    rows.push_back(fix);
  }
  return numbered("noaa", std::move(rows));
}

}  // namespace jinglue::bench
