// SPDX-License-Identifier: Apache-2.0
#include "serve/api/compress.hpp"

#include <brotli/encode.h>
#define ZLIB_CONST  // input is const
#include <zlib.h>

#include <cassert>
#include <cstdint>
#include <cstdlib>

#include "base/text.hpp"

namespace jinglue::serve {

std::string gzip(std::string_view bytes, int level) {
  z_stream stream{};
  constexpr int kGzipHeader = 16;
  const int ready =
      deflateInit2(&stream, level, Z_DEFLATED, MAX_WBITS + kGzipHeader, 8, Z_DEFAULT_STRATEGY);
  assert(ready == Z_OK);
  static_cast<void>(ready);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<const Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int done = deflate(&stream, Z_FINISH);
  assert(done == Z_STREAM_END);
  static_cast<void>(done);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string brotli(std::string_view bytes, int quality) {
  std::size_t size = BrotliEncoderMaxCompressedSize(bytes.size());
  std::string out(size, '\0');
  const auto done =
      BrotliEncoderCompress(quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, bytes.size(),
                            reinterpret_cast<const std::uint8_t*>(bytes.data()), &size,
                            reinterpret_cast<std::uint8_t*>(out.data()));
  assert(done == BROTLI_TRUE);
  static_cast<void>(done);
  out.resize(size);
  return out;
}

bool accepts(std::string_view header, std::string_view coding) {
  for (const auto part : base::split(header, ',')) {
    const auto fields = base::split(part, ';');
    if (base::trim(fields.front()) != coding) continue;
    for (std::size_t i = 1; i < fields.size(); ++i) {
      const auto parameter = base::trim(fields[i]);
      if (parameter.starts_with("q=")) {
        return std::strtod(std::string(parameter.substr(2)).c_str(), nullptr) > 0;
      }
    }
    return true;
  }
  return false;
}

bool is_compressible(std::string_view content_type) {
  return content_type.starts_with("text/") || content_type.find("json") != std::string_view::npos ||
         content_type.find("javascript") != std::string_view::npos ||
         content_type.find("xml") != std::string_view::npos ||
         content_type.starts_with("application/wasm") ||
         content_type.starts_with("application/x-protobuf");
}

}  // namespace jinglue::serve
