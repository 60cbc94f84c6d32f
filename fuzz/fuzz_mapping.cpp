// SPDX-License-Identifier: Apache-2.0
// Fuzz target of mapping files: TOML up to a zero octet (empty: one of the shipped ones by the
// first octet behind it), then a table. The mapping is refused with the file's name, or the table
// is read in range, the same in pieces of any size.
#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "fuzz/require.hpp"
#include "picture/exchange/reader.hpp"

namespace {

using namespace jinglue;
using fuzz::require;
using namespace jinglue::picture::exchange;

struct Read {
  std::vector<model::Fix> rows;
  std::vector<std::uint64_t> bad;
  bool good{true};
  friend bool operator==(const Read&, const Read&) = default;
};

Read read(const Mapping& mapping, std::string_view bytes, std::size_t piece) {
  ReadOptions options;
  options.described = mapping;
  Read out;
  const auto row = [&out](std::uint64_t line, base::Result<model::Fix> fix) {
    if (!fix) return out.bad.push_back(line);
    require(std::llabs(std::int64_t{fix->position.lat}) <= 540'000'000);
    require(std::llabs(std::int64_t{fix->position.lon}) <= 1'080'000'000);
    require(fix->cog_cdeg.value_or(0) < 36'000 && fix->heading_deg.value_or(0) < 360);
    out.rows.push_back(*fix);
  };
  const auto reader = make_csv_reader(options, {});
  while (out.good && !bytes.empty()) {
    const auto size = std::min(piece, bytes.size());
    out.good = reader->feed(bytes.substr(0, size), row).has_value();
    bytes.remove_prefix(size);
  }
  if (out.good) out.good = reader->finish(row).has_value();
  return out;
}

const Mapping& shipped(unsigned number) {
  static const std::vector<Mapping> all = [] {
    std::vector<Mapping> out;
    for (const char* name : {"noaa", "denmark", "exactearth", "beidou_table", "solent", "in_house"})
      out.push_back(Mapping::open(name, JINGLUE_SOURCE_DIR "/data/mappings", 2019));
    return out;
  }();
  return all[number % all.size()];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto zero = std::min(bytes.find('\0'), bytes.size());
  auto table = bytes.substr(std::min(zero + 1, bytes.size()));
  if (zero == 0) {
    if (table.empty()) return 0;
    const auto& mapping = shipped(static_cast<unsigned char>(table[0]));
    table.remove_prefix(1);
    require(read(mapping, table, 7) == read(mapping, table, table.size() + 1));
    return 0;
  }
  const auto document = base::parse_config(bytes.substr(0, zero), "fuzz.toml");
  if (!document) return 0;
  const auto mapping = Mapping::read(*document);
  if (!mapping) {
    require(mapping.error().where.find("fuzz.toml") != std::string::npos);
    return 0;
  }
  require(read(*mapping, table, 7) == read(*mapping, table, table.size() + 1));
  return 0;
}
