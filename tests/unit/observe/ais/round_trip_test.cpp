// SPDX-License-Identifier: Apache-2.0
// What the encoder writes the decoder reads: every type, every value, absent ones included; and
// what it reads does not depend on how the line is wrapped.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "observe/ais/decoder.hpp"
#include "observe/ais/message_reader.hpp"
#include "unit/observe/ais/generators.hpp"

using namespace jinglue;
using namespace jinglue::tests;

namespace {

constexpr base::Instant kNow{1'714'536'000'000};

std::optional<Message> decode_lines(Decoder& decoder, const std::vector<std::string>& lines) {
  std::optional<Message> out;
  for (const auto& line : lines) {
    RC_ASSERT(!out.has_value());
    out = decoder.decode(line, "test", "here", kNow).message;
  }
  return out;
}

void round_trip(const Message& message) {
  Decoder decoder;
  Envelope envelope;
  envelope.channel = *rc::gen::element('A', 'B', '\0');
  envelope.sequence = *rc::gen::inRange<std::uint8_t>(0, 10);
  envelope.own_ship = *rc::gen::arbitrary<bool>();
  const auto back = decode_lines(decoder, encode(message, envelope));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == message);
}

bool has_one_length(const Message& message) {
  const auto type = type_of(message);
  return type <= 5 || type == 9 || type == 10 || type == 11 || type == 18 || type == 19 ||
         type == 22 || type == 23 || type == 24 || type == 27;
}

}  // namespace

RC_GTEST_PROP(RoundTrip, ClassAPositions, ()) {
  round_trip(any_position(*rc::gen::element<std::uint8_t>(1, 2, 3)));
}
RC_GTEST_PROP(RoundTrip, ClassBPositions, ()) {
  round_trip(any_position(18));
}
RC_GTEST_PROP(RoundTrip, ClassBExtendedReports, ()) {
  round_trip(any_position(19));
}
RC_GTEST_PROP(RoundTrip, SearchAircraft, ()) {
  round_trip(any_position(9));
}
RC_GTEST_PROP(RoundTrip, LongRangeReports, ()) {
  round_trip(any_position(27));
}
RC_GTEST_PROP(RoundTrip, BaseStations, ()) {
  round_trip(any_base_station());
}
RC_GTEST_PROP(RoundTrip, StaticAndVoyageData, ()) {
  round_trip(any_voyage());
}
RC_GTEST_PROP(RoundTrip, ClassBStaticDataInTwoParts, ()) {
  round_trip(any_class_b_static(*rc::gen::element<std::uint8_t>(0, 1)));
}
RC_GTEST_PROP(RoundTrip, AidsToNavigation, ()) {
  round_trip(any_aton());
}

RC_GTEST_PROP(RoundTrip, BinaryMessages, ()) {
  round_trip(any_binary());
}
RC_GTEST_PROP(RoundTrip, SafetyTexts, ()) {
  round_trip(any_text());
}
RC_GTEST_PROP(RoundTrip, MessagesThatRunTheChannel, ()) {
  round_trip(any_control());
}

RC_GTEST_PROP(RoundTrip, SourceAndTimeOfTheTagBlockComeBack, ()) {
  Envelope envelope;
  envelope.source = *rc::gen::nonEmpty(rc::gen::container<std::string>(
      rc::gen::oneOf(rc::gen::inRange('a', '{'), rc::gen::inRange('0', ':'))));
  envelope.at_in_ms = *rc::gen::arbitrary<bool>();
  const auto second = *rc::gen::inRange<std::int64_t>(1'000'000'000, 2'000'000'000);
  envelope.at = base::Instant{second * 1000 + (envelope.at_in_ms ? 125 : 0)};
  envelope.group = *maybe<std::uint32_t>(0, 99'999);
  const Message message = any_message();
  Decoder decoder;
  Decoded last;
  for (const auto& line : encode(message, envelope)) {
    last = decoder.decode(line, "test", "here", kNow);
    if (last.message) {
      RC_ASSERT(last.source == envelope.source);
    }
  }
  RC_ASSERT(last.message.has_value());
  RC_ASSERT(*last.message == message);
  RC_ASSERT(last.stated_time == envelope.at);
}

RC_GTEST_PROP(RoundTrip, BitsPastTheEndOfALongerMessageChangeNothing, ()) {
  const Message message = any_message();
  BitWriter bits = to_bits(message);
  // What is read by length is left alone: texts, data, lists and an aid's name.
  RC_PRE(has_one_length(message));
  bits.put(*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::inRange(1u, 49u));
  Decoder decoder;
  const auto back = decode_lines(decoder, to_lines(bits, {}));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == message);
}

RC_GTEST_PROP(RoundTrip, ACutMessageGivesNothingAndIsCounted, ()) {
  const Message message = any_message();
  RC_PRE(has_one_length(message) || std::holds_alternative<AtonReport>(message));
  const BitWriter whole = to_bits(message);
  const std::string payload = whole.armoured();
  const auto keep = *rc::gen::inRange<std::size_t>(1, payload.size() - 2);
  const std::string between = "AIVDM,1,1,,A," + payload.substr(0, keep) + ",0";
  const std::string line = "!" + between + fmt::format("*{:02X}", nmea_checksum(between));
  Decoder decoder;
  const auto cut = decoder.decode(line, "test", "here", kNow);
  // An aid without its extension is whole again, as is a part A of type 24 without its spare bits.
  if (cut.message) {
    RC_ASSERT(keep * 6 >= least_bits(type_of(message)));
  } else {
    RC_ASSERT(cut.cause == Cause::kTooShort);
    RC_ASSERT(decoder.counts()[std::size_t(Cause::kTooShort)] == 1u);
  }
}
