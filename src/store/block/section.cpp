// SPDX-License-Identifier: Apache-2.0
#include "store/block/section.hpp"

#include <zstd.h>

#include <memory>

namespace jinglue::store {
namespace {

/// One per thread: making a context costs more than compressing a section.
ZSTD_CCtx* compressor() {
  struct Free {
    void operator()(ZSTD_CCtx* c) const { ZSTD_freeCCtx(c); }
  };
  thread_local const std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
  return context.get();
}

ZSTD_DCtx* decompressor() {
  struct Free {
    void operator()(ZSTD_DCtx* c) const { ZSTD_freeDCtx(c); }
  };
  thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  return context.get();
}

/// Without frame header fields that the section itself holds.
std::string compressed(std::string_view bytes, int level) {
  auto* context = compressor();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const auto size = ZSTD_compress2(context, out.data(), out.size(), bytes.data(), bytes.size());
  out.resize(ZSTD_isError(size) != 0 ? 0 : size);
  return out;
}

}  // namespace

// Kinds by the packed size: 0 = all octets are 0, the full size = as it is, else a zstd frame.
void put_section(std::string& out, std::string_view bytes, int level) {
  put_varint(out, bytes.size());
  if (bytes.find_first_not_of('\0') == std::string_view::npos) return put_varint(out, 0);
  const auto packed = compressed(bytes, level);
  const bool smaller = !packed.empty() && packed.size() < bytes.size();
  const auto stored = smaller ? std::string_view(packed) : bytes;
  put_varint(out, stored.size());
  out += stored;
}

bool append_section(VarintReader& in, std::size_t size, std::string& bytes, bool& zeros) {
  const auto stated = in.get_up_to(size);
  const auto stored = in.raw(in.get_up_to(stated));
  if (!in.ok() || stated != size) return false;
  zeros = stored.empty();
  if (zeros) return true;
  if (stored.size() == size) {
    bytes += stored;
    return true;
  }
  const auto begin = bytes.size();
  bytes.resize(begin + size);
  const auto got =
      ZSTD_decompressDCtx(decompressor(), bytes.data() + begin, size, stored.data(), stored.size());
  return ZSTD_isError(got) == 0 && got == size;
}

bool get_section(VarintReader& in, std::size_t most, std::string& bytes) {
  bytes.clear();
  VarintReader ahead = in;
  const auto size = ahead.get_up_to(most);
  bool zeros = false;
  if (!ahead.ok() || !append_section(in, size, bytes, zeros)) return false;
  if (zeros) bytes.assign(size, '\0');
  return true;
}

}  // namespace jinglue::store
