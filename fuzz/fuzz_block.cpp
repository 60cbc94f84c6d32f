// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the archive's bytes: the first octet chooses block, reception or pool, the rest is
// its body, sealed with a right version and check sum so that the fuzzer gets past them. Whatever
// the bytes: an error or rows, and both decoders of a block agree.
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "store/block/block.hpp"
#include "store/block/pool.hpp"
#include "store/block/reception.hpp"
#include "store/block/sealed.hpp"

namespace {

using namespace jinglue;

void require(bool holds) {
  if (!holds) std::abort();
}

std::string sealed(std::uint8_t version, std::string_view body) {
  std::string out(1, static_cast<char>(version));
  out += body;
  store::seal(out);
  return out;
}

void fuzz_block(std::string_view body) {
  const auto bytes = sealed(store::kBlockVersion, body);
  store::BlockColumns plain, best;
  const bool good = store::decode_block(bytes, plain, store::Speed::kPortable).has_value();
  for (const auto speed : {store::Speed::kEight, store::Speed::kBest}) {
    require(store::decode_block(bytes, best, speed).has_value() == good);
    for (std::size_t i = 0; good && i < plain.rows; ++i) require(plain.fix_at(i) == best.fix_at(i));
  }
}

void fuzz_reception(std::string_view body) {
  std::vector<model::Fix> rows(body.empty() ? 1 : std::size_t{1} + (body[0] & 0xFF));
  (void)store::decode_reception(sealed(1, body), rows);
}

void fuzz_pool(std::string_view body) {
  const auto pool = store::Pool::open(sealed(store::kPoolVersion, body));
  store::BlockColumns columns;
  for (std::size_t i = 0; pool && i < pool->runs(); ++i) pool->get(i, columns);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 3 == 0) fuzz_block(body);
  if (data[0] % 3 == 1) fuzz_reception(body);
  if (data[0] % 3 == 2) fuzz_pool(body);
  return 0;
}
