// SPDX-License-Identifier: Apache-2.0
#include "observe/beidou/encoder.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "observe/beidou/decoder.hpp"
#include "observe/nmea/sentence.hpp"

namespace jinglue::observe::beidou {
namespace {

constexpr std::int64_t kDay_ms = 86'400'000;

std::int64_t clock_of(base::Instant t) {
  const std::int64_t second = ((t.ms % kDay_ms) + kDay_ms) % kDay_ms / 1000;
  return second / 3600 * 10'000 + second / 60 % 60 * 100 + second % 60;
}

/// "3730.12340": whole degrees, then minutes with five decimals.
std::string angle(std::int32_t units, int degree_digits) {
  const std::int64_t size = std::llabs(std::int64_t{units});
  const std::int64_t minutes = size % geo::Position::kUnitsPerDegree;
  return fmt::format("{:0{}}{:02}.{:05}", size / geo::Position::kUnitsPerDegree, degree_digits,
                     minutes / 100'000, minutes % 100'000);
}

}  // namespace

std::string card_text(std::uint64_t card) {
  return fmt::format("{:07}", card);
}

std::string txr(std::uint64_t card, std::string_view octets) {
  return nmea::framed(fmt::format("BDTXR,1,{},2,,A4{}", card_text(card), to_hex_digits(octets)));
}

std::string tci(std::uint64_t card, std::uint64_t receiver, base::Instant time,
                std::string_view octets) {
  return nmea::framed(fmt::format("BDTCI,{},{},2,{:06},3,0,A4{}", card_text(card),
                                  card_text(receiver), clock_of(time), to_hex_digits(octets)));
}

std::string waa(std::uint64_t card, base::Instant time, geo::Position position) {
  const std::int64_t hundredths = ((time.ms % 1000) + 1000) % 1000 / 10;
  return nmea::framed(fmt::format("BDWAA,0,,{},{:06}.{:02},{},{},{},{},0,M", card_text(card),
                                  clock_of(time), hundredths, angle(position.lat, 2),
                                  position.lat < 0 ? 'S' : 'N', angle(position.lon, 3),
                                  position.lon < 0 ? 'W' : 'E'));
}

std::string txa(std::uint64_t receiver, std::string_view octets) {
  return nmea::framed(fmt::format("CCTXA,{},1,2,A4{}", card_text(receiver), to_hex_digits(octets)));
}

}  // namespace jinglue::observe::beidou
