// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the tables of application data (TOML up to the first NUL) and of what they make of
// the bits behind it: a table is refused with the file's name, or any data of its messages give one
// line of JSON, whole and raw.
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/config.hpp"
#include "base/json.hpp"
#include "fuzz/require.hpp"
#include "observe/ais/applications.hpp"
#include "observe/ais/decoder.hpp"
#include "observe/ais/encoder.hpp"
#include "observe/ais/message_writer.hpp"

namespace {

using namespace jinglue;
using namespace jinglue::observe::ais;
using fuzz::require;

void write(const Application& application, std::string_view octets, const Applications& all) {
  BinaryMessage message;
  message.type = (application.types >> 8) % 2 != 0 ? 8 : 6;
  message.mmsi = 412345678;
  message.destination = message.type == 6 ? std::optional<std::uint32_t>(4122100) : std::nullopt;
  message.dac = application.dac;
  message.fi = application.fi;
  auto* to = message.data.resize(octets.size() * 8);
  for (std::size_t i = 0; i < message.data.octets(); ++i) {
    to[i] = static_cast<std::uint8_t>(octets[i]);
  }
  for (const bool raw : {false, true}) {
    Decoder decoder;
    MessageWriter writer({raw, &all});
    for (const auto& line : encode(message)) {
      const auto decoded = decoder.decode(line, "fuzz", "", base::Instant{1'714'536'000'000});
      if (decoded.message) require(base::parse_json(writer.json(decoded)).has_value());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto cut = std::min(text.find('\0'), text.size());
  const auto config = base::parse_config(text.substr(0, cut), "fuzz.toml");
  if (!config) return 0;
  Applications all;
  if (const auto added = all.add(*config); !added) {
    require(added.error().where.find("fuzz.toml") != std::string::npos);
    return 0;
  }
  const auto octets = text.substr(std::min(cut + 1, text.size())).substr(0, 110);
  for (const auto& application : all.all()) write(application, octets, all);
  return 0;
}
