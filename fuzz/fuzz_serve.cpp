// SPDX-License-Identifier: Apache-2.0
// fuzz_serve: what strangers send before anyone knows them: request targets, query strings,
// headers, messages of the stream, typed positions. The first octet chooses the reader.
#include <cmath>
#include <cstdint>
#include <string_view>

#include "fuzz/require.hpp"
#include "serve/api/compress.hpp"
#include "serve/api/request.hpp"
#include "serve/form/typed_position.hpp"
#include "serve/stream/subscription.hpp"

namespace {

using jinglue::fuzz::require;

void read_target(std::string_view text) {
  jinglue::serve::Request request;
  if (!request.set_target(text)) return;
  for (const auto& segment : request.segments) {
    require(segment != ".." && segment != ".");
    for (const char c : segment) require(static_cast<unsigned char>(c) >= 0x20);
  }
  require(request.query.size() <= 100);
}

void read_headers(std::string_view text) {
  jinglue::serve::Request request;
  request.headers = {{"cookie", std::string(text)}};
  require(request.cookie("jinglue_session").size() <= text.size());
  jinglue::serve::accepts(text, "gzip");
}

void read_message(std::string_view text) {
  const auto message = jinglue::serve::parse_client_message(text);
  if (!message) return;
  const auto* wanted = std::get_if<jinglue::serve::Subscription>(&*message);
  if (wanted == nullptr) return;
  require(!wanted->box || !wanted->box->empty());
  require(!wanted->max_age || wanted->max_age->count() >= 0);
}

void read_position(std::string_view text) {
  const auto position = jinglue::serve::parse_typed_position(text);
  if (!position) return;
  require(std::abs(position->lat_deg) <= 90 && std::abs(position->lon_deg) <= 180);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      read_target(text);
      break;
    case 1:
      read_headers(text);
      break;
    case 2:
      read_message(text);
      break;
    default:
      read_position(text);
      break;
  }
  return 0;
}
