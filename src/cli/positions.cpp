// SPDX-License-Identifier: Apache-2.0
#include "cli/positions.hpp"

#include <cstdlib>

#include "base/result.hpp"
#include "base/text.hpp"

namespace jinglue::cli {

namespace {

base::Instant instant_of(const std::string& text, base::Instant otherwise) {
  if (text.empty()) return otherwise;
  const auto t = base::parse_iso(text);
  if (!t) {
    throw base::WorldError("a time cannot be read", t.error().text(),
                           "write it as 2024-05-01T12:00:00+08:00");
  }
  return *t;
}

}  // namespace

std::vector<double> numbers_of(const std::string& text) {
  std::vector<double> out;
  for (const auto part : base::split(text, ',')) {
    const std::string number(base::trim(part));
    char* end = nullptr;
    out.push_back(std::strtod(number.c_str(), &end));
    if (number.empty() || *end != '\0') {
      throw base::WorldError("this is not a number", number, "write numbers with commas between");
    }
  }
  return out;
}

std::filesystem::path archive_file(const std::string& data) {
  const auto file = std::filesystem::path(data) / "tracks.db";
  if (!std::filesystem::exists(file)) {
    throw base::WorldError("there is no archive of positions", file.string(),
                           "name the data folder with --data FOLDER");
  }
  return file;
}

Period period_of(const std::string& from, const std::string& to, const picture::Archive& archive) {
  const auto counts = archive.counts();
  return {instant_of(from, counts.first.value_or(base::Instant{0})),
          instant_of(to, counts.last.value_or(base::Instant{0}) + base::Duration(1))};
}

geo::Box box_of(const std::string& text) {
  if (text.empty()) return {-180, -90, 180, 90};
  const auto edges = numbers_of(text);
  if (edges.size() != 4) {
    throw base::WorldError("a box has four edges", text, "write west,south,east,north");
  }
  return {edges[0], edges[1], edges[2], edges[3]};
}

}  // namespace jinglue::cli
