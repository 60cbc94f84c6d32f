// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the archive's chunks and tiles: by the first octet, the input is a chunk as it is,
// or the parts of one with a right check sum put around them, so that the fuzzer gets past it, or
// the columns alone, or the body of a density tile. Whatever the bytes: decoding refuses or gives
// what, encoded again, decodes to the same.
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "fuzz/require.hpp"
#include "picture/archive/chunk_codec.hpp"
#include "picture/archive/density_table.hpp"
#include "store/block/sealed.hpp"

namespace {

using namespace jinglue;
using fuzz::require;

void check_rows(const std::vector<model::Fix>& rows) {
  require(!rows.empty());
  for (const auto packing : {picture::ChunkPacking::kOpen, picture::ChunkPacking::kFull}) {
    const auto again = picture::decode_chunk(picture::encode_chunk(rows, packing));
    require(again.has_value() && *again == rows);
  }
}

/// Flags, rows and length by the first octets; the rest is the content.
std::string framed(std::string_view input) {
  base::ByteReader in(input);
  base::ByteWriter out;
  out.put(std::uint8_t{1});
  out.put(in.get<std::uint8_t>());
  const auto rows = in.get<std::uint16_t>();
  out.put(rows);
  out.put(std::uint64_t{412'000'001});
  out.put(std::uint16_t{0});
  out.put(in.get<std::uint32_t>());
  out.put_raw(in.get_raw(in.left()));
  out.put(base::crc32c(out.bytes()));
  return out.take();
}

void as_columns(std::string_view input) {
  if (input.empty()) return;
  const std::size_t rows = 1 + static_cast<unsigned char>(input.front());
  const auto decoded = picture::decode_columns(input.substr(1), {{412'000'001}, 0}, rows);
  if (!decoded) return;
  require(decoded->size() == rows);
  check_rows(*decoded);
}

/// Counts of a square degree, with a right version and check sum.
void as_tile(std::string_view input) {
  std::string bytes(1, '\1');
  bytes += input;
  store::seal(bytes);
  const auto counts = picture::detail::decode_tile(bytes);
  if (!counts) return;
  const auto again = picture::detail::decode_tile(picture::detail::encode_tile(*counts));
  require(again.has_value() && *again == *counts);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 2:
      as_columns(input);
      return 0;
    case 3:
      as_tile(input);
      return 0;
    default:
      break;
  }
  const auto rows = picture::decode_chunk(data[0] % 4 == 0 ? std::string(input) : framed(input));
  if (rows) check_rows(*rows);
  return 0;
}
