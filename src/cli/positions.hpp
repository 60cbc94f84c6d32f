// SPDX-License-Identifier: Apache-2.0
// What commands about positions read from their options alike: the archive of a data folder,
// periods and boxes. Each throws WorldError with what to write instead.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "geo/point.hpp"
#include "picture/archive/archive.hpp"

namespace jinglue::cli {

inline constexpr const char* kBoxText = "west,south,east,north in degrees";

/// "122,36.5,123,37".
std::vector<double> numbers_of(const std::string& text);
/// The tracks.db of a data folder; it must be there.
std::filesystem::path archive_file(const std::string& data);

struct Period {
  base::Instant from, to;  ///< [from, to)
};
/// What is empty is the first and the last position.
Period period_of(const std::string& from, const std::string& to, const picture::Archive& archive);
/// Empty text: the whole earth.
geo::Box box_of(const std::string& text);

}  // namespace jinglue::cli
