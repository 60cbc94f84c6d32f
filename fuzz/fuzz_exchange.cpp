// SPDX-License-Identifier: Apache-2.0
// Fuzz target of imported positions: the first octet chooses CSV, GeoJSON or the payload of a
// journal entry, and the size of the pieces in which a file comes. Whatever the bytes: rows and
// errors are those of the file in one piece, and rows are in range.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "fuzz/require.hpp"
#include "picture/exchange/positions_entry.hpp"
#include "picture/exchange/reader.hpp"

namespace {

using namespace jinglue;
using fuzz::require;
using namespace jinglue::picture::exchange;

struct Read {
  std::vector<model::Fix> rows;
  std::vector<std::uint64_t> bad;  ///< lines
  bool good{true};
  friend bool operator==(const Read&, const Read&) = default;
};

Reader::Row into(Read& out) {
  return [&out](std::uint64_t line, base::Result<model::Fix> row) {
    if (row) {
      require(std::abs(std::int64_t{row->position.lat}) <= 540'000'000);
      require(std::abs(std::int64_t{row->position.lon}) <= 1'080'000'000);
      require(row->cog_cdeg.value_or(0) < 36'000 && row->heading_deg.value_or(0) < 360);
      out.rows.push_back(*row);
    } else {
      out.bad.push_back(line);
    }
  };
}

Read read(bool csv, std::string_view bytes, std::size_t piece) {
  static const ReadOptions options{{{"track", "id"}}, model::TerminalKind::kBeidou, "UTC"};
  static const ReadOptions plain;
  const auto& how = bytes.starts_with("id,") ? options : plain;
  Read out;
  const auto reader = csv ? make_csv_reader(how, {}) : make_geojson_reader(how, {});
  for (auto rest = bytes; out.good && !rest.empty();) {
    const auto size = std::min(piece, rest.size());
    out.good = reader->feed(rest.substr(0, size), into(out)).has_value();
    rest.remove_prefix(size);
    const auto place = reader->place();
    require(place.position <= bytes.size() && place.line >= 1);
  }
  if (out.good) out.good = reader->finish(into(out)).has_value();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const unsigned kind = data[0] % 3;
  if (kind == 2) {
    (void)decode_positions(body);
    return 0;
  }
  const auto whole = read(kind == 0, body, body.size() + 1);
  require(read(kind == 0, body, 1 + data[0] / 3) == whole);
  return 0;
}
