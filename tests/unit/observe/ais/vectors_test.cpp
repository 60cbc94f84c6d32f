// SPDX-License-Identifier: Apache-2.0
// The decoder against the decodes of other programs. A field counts when two peers agree on it:
// gpsdecode's raw integers and pyais (which gives the scaled value), else it is left out.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "base/json.hpp"
#include "observe/ais/decoder.hpp"
#include "unit/observe/shared_data.hpp"

using namespace jinglue;
using namespace jinglue::observe::ais;
using base::Json;

namespace {

struct Vector {
  std::string id, kind, why;
  std::vector<std::string> lines;
  Json gpsd, pyais;
};

std::vector<Vector> read_vectors(const std::filesystem::path& file) {
  std::vector<Vector> out;
  for (const auto& line : tests::read_lines(file)) {
    const auto json = base::parse_json(line);
    if (!json) continue;
    Vector v{(*json)["id"].as_string(),  (*json)["kind"].as_string(),
             (*json)["why"].as_string(), {},
             (*json)["gpsd_unscaled"],   (*json)["pyais"]};
    for (const auto& text : (*json)["lines"].items()) v.lines.push_back(text.as_string());
    out.push_back(std::move(v));
  }
  return out;
}

struct Result {
  std::vector<Message> messages;
  std::vector<Cause> causes;
};

Result decode_all(const std::vector<std::string>& lines,
                  Decoder::Rigour rigour = Decoder::Rigour::kLenient) {
  Decoder decoder(rigour);
  Result out;
  for (const auto& line : lines) {
    Decoded d = decoder.decode(line, "test", "", base::Instant{1'700'000'000'000});
    out.causes.push_back(d.cause);
    EXPECT_EQ(d.cause == Cause::kNone, d.message.has_value());
    if (d.message) out.messages.push_back(std::move(*d.message));
  }
  return out;
}

/// Compares fields and keeps count of how many were compared.
class Comparison {
 public:
  Comparison(const Vector& v, const Json& raw) : m_vector(v), m_raw(raw), m_pyais(v.pyais) {}

  /// `value` in raw units (absent = `none` in the message); pyais holds raw * `scale`.
  template <class T>
  void number(const char* field, const std::optional<T>& value, std::int64_t none, double scale,
              const char* pyais_field = nullptr) {
    const auto expected = raw_of(field, scale, pyais_field);
    if (!expected) return;
    ++fields;
    const bool is_none = *expected >= none;
    EXPECT_EQ(value.has_value(), !is_none) << m_vector.id << " " << field << " " << *expected;
    if (value && !is_none) {
      EXPECT_EQ(std::int64_t{*value}, *expected) << m_vector.id << " " << field;
    }
  }
  template <class T>
  void unless_zero(const char* field, const std::optional<T>& value, double scale = 1,
                   const char* pyais_field = nullptr) {
    const auto expected = raw_of(field, scale, pyais_field);
    if (!expected) return;
    ++fields;
    EXPECT_EQ(std::int64_t{value.value_or(0)}, *expected) << m_vector.id << " " << field;
  }
  void text(const char* field, std::string_view value, const char* pyais_field = nullptr) {
    const Json& a = m_raw[field];
    const Json& b = m_pyais[pyais_field ? pyais_field : field];
    const Json& expected = a.is_null() ? b : a;
    if (!expected.is_string() || (b.is_string() && !(a.is_null()) && !(a == b))) return;
    ++fields;
    EXPECT_EQ(value, clean(expected.as_string())) << m_vector.id << " " << field;
  }
  void dimensions(const std::optional<model::Dimensions>& d) {
    const model::Dimensions size = d.value_or(model::Dimensions{});
    unless_zero<int>("to_bow", size.to_bow_m);
    unless_zero<int>("to_stern", size.to_stern_m);
    unless_zero<int>("to_port", size.to_port_m);
    unless_zero<int>("to_starboard", size.to_starboard_m);
  }
  std::size_t fields{0};

 private:
  /// pyais and libais leave trailing spaces; what follows '@' is no text.
  static std::string clean(std::string text) {
    text = text.substr(0, text.find('@'));
    return text.substr(0, text.find_last_not_of(' ') + 1);
  }
  std::optional<std::int64_t> raw_of(const char* field, double scale, const char* pyais_field) {
    const Json& a = m_raw[field];
    const Json& b = m_pyais[pyais_field ? pyais_field : field];
    std::optional<std::int64_t> from_b;
    if (b.is_number()) from_b = std::llround(b.as_double() / scale);
    if (b.is_bool()) from_b = b.as_bool();
    if (a.is_null()) return from_b;
    const std::int64_t from_a = a.is_bool() ? a.as_bool() : a.as_int();
    // pyais rounds degrees to six decimals, which is coarser than 1/10,000 minute.
    if (from_b && std::abs(*from_b - from_a) > 1) return std::nullopt;
    return from_a;
  }
  const Vector& m_vector;
  const Json& m_raw;
  const Json& m_pyais;
};

constexpr double kMinute4 = 1.0 / 600'000;
constexpr std::int64_t kNever = INT64_MAX;

void compare(const PositionReport& m, Comparison& c) {
  const bool coarse = m.type == 27;
  const double speed_unit = coarse || m.type == 9 ? 1 : 0.1;
  c.number("lon", m.lon, coarse ? 181 * 600 : 181 * 600'000, coarse ? 1.0 / 600 : kMinute4);
  c.number("lat", m.lat, coarse ? 91 * 600 : 91 * 600'000, coarse ? 1.0 / 600 : kMinute4);
  c.number("speed", m.sog, coarse ? 63 : 1023, speed_unit);
  c.number("course", m.cog, coarse ? 360 : 3600, coarse ? 1 : 0.1);
  c.number("accuracy", std::optional<int>(m.accurate), kNever, 1);
  c.number("raim", std::optional<int>(m.raim), kNever, 1);
  if (!coarse) c.number("second", m.utc_second, 60, 1);
  if (m.type <= 3 || coarse) c.number("status", m.nav_status, kNever, 1);
  if (m.type <= 3 || m.type >= 18) {
    if (!coarse) c.number("heading", m.heading, 360, 1);
  }
  if (m.type == 9) c.number("alt", m.altitude_m, 4095, 1);
  if (m.type == 19) {
    c.text("shipname", m.name);
    c.unless_zero("shiptype", m.ship_type, 1, "ship_type");
    c.dimensions(m.dimensions);
  }
}

void compare(const BaseStationReport& m, Comparison& c) {
  c.number("lon", m.lon, 181 * 600'000, kMinute4);
  c.number("lat", m.lat, 91 * 600'000, kMinute4);
  if (m.utc) c.text("timestamp", base::to_iso(*m.utc).substr(0, 19) + "Z");
}

template <std::size_t kMost>
std::string_view text_or_none(const std::optional<FixedText<kMost>>& text) {
  return text ? text->view() : std::string_view{};
}

void compare(const StaticData& m, Comparison& c) {
  if (m.type == 5 || m.part == 0) c.text("shipname", text_or_none(m.name));
  if (m.part == 0) return;
  c.text("callsign", text_or_none(m.call_sign));
  c.unless_zero("shiptype", m.ship_type, 1, "ship_type");
  if (!m.mothership_mmsi) c.dimensions(m.dimensions);
  if (m.type != 5) return;
  c.unless_zero("imo", m.imo);
  c.unless_zero("draught", m.draught_dm, 0.1);
  c.text("destination", text_or_none(m.destination));
  if (m.eta) {
    const std::uint32_t e = *m.eta;
    c.unless_zero("month", std::optional<int>(e >> 16));
    c.unless_zero("day", std::optional<int>((e >> 11) & 31));
    c.unless_zero("hour", std::optional<int>((e >> 6) & 31));
    c.unless_zero("minute", std::optional<int>(e & 63));
  }
}

/// The fields of the other types are compared in fields_test.cpp.
template <class M>
void compare(const M&, Comparison&) {}

void compare(const AtonReport& m, Comparison& c) {
  c.number("lon", m.lon, 181 * 600'000, kMinute4);
  c.number("lat", m.lat, 91 * 600'000, kMinute4);
  c.unless_zero("aid_type", std::optional<int>(m.aton_type));
  c.text("name", m.name);
  c.dimensions(m.dimensions);
  c.number("second", m.utc_second, 60, 1);
  c.number("off_position", std::optional<int>(m.off_position), kNever, 1);
  c.number("virtual_aid", std::optional<int>(m.is_virtual), kNever, 1);
}

bool is_ours(std::int64_t type) {
  for (const int t : {1, 2, 3, 4, 5, 9, 18, 19, 21, 24, 27}) {
    if (t == type) return true;
  }
  return false;
}

const std::filesystem::path kFile = tests::shared_ais() / "vectors/ais_vectors.jsonl.gz";

}  // namespace

TEST(AisVectors, EveryValidMessageEqualsWhatTheOthersRead) {
  JINGLUE_NEEDS_SHARED(kFile);
  std::map<std::int64_t, std::size_t> messages;
  std::size_t fields = 0;
  for (const auto& v : read_vectors(kFile)) {
    if (v.kind != "valid" && v.kind != "peer-test") continue;
    const Json& gpsd = v.gpsd.items().empty() ? Json() : v.gpsd.items()[0];
    const std::int64_t type = gpsd.is_null() ? v.pyais["msg_type"].as_int() : gpsd["type"].as_int();
    const Result result = decode_all(v.lines);
    if (type == 0) continue;
    if (type > 27) continue;
    ASSERT_EQ(result.messages.size(), 1u)
        << v.id << " " << v.lines[0] << " " << to_key(result.causes.back());
    ++messages[type];
    Comparison comparison(v, gpsd);
    const auto mmsi = v.pyais["mmsi"].is_int() ? v.pyais["mmsi"].as_int() : gpsd["mmsi"].as_int();
    EXPECT_EQ(mmsi_of(result.messages[0]), mmsi) << v.id;
    std::visit([&](const auto& m) { compare(m, comparison); }, result.messages[0]);
    fields += comparison.fields;
  }
  for (const int type : {1, 2, 3, 4, 5, 9, 18, 19, 21, 24, 27})
    EXPECT_GE(messages[type], 50u) << type;
  EXPECT_GT(fields, 6500u);
  RecordProperty("fields", std::to_string(fields));
}

TEST(AisVectors, MalformedSentencesGiveNoMessageAndTheRightCause) {
  JINGLUE_NEEDS_SHARED(kFile);
  const std::map<std::string, std::vector<Cause>> expected = {
      {"checksum one digit", {Cause::kNoChecksum}},
      {"lower case sentence", {Cause::kForm, Cause::kChecksum}},
      {"truncated", {Cause::kNoChecksum}},
      {"payload cut, checksum valid", {Cause::kTooShort, Cause::kLength}},
      {"character outside armour alphabet", {Cause::kPayload}},
      {"fill bits >5", {Cause::kForm}},
      {"fragment count 0", {Cause::kForm}},
      {"fragment number > count", {Cause::kForm}},
      {"extra empty field", {Cause::kForm}},
      {"one bit flipped, checksum stale", {Cause::kChecksum, Cause::kForm}},
      {"lone fragment", {Cause::kPart}},
      {"bad checksum", {Cause::kChecksum}},
      {"empty payload", {Cause::kTooShort, Cause::kChecksum}},
      {"unknown type 28", {Cause::kTypeUnknown}},
      {"unknown type 30", {Cause::kTypeUnknown}},
      {"unknown type 31", {Cause::kTypeUnknown}},
      {"unknown type 37", {Cause::kTypeUnknown}},
      {"unknown type 45", {Cause::kTypeUnknown}},
  };
  std::size_t seen = 0;
  for (const auto& v : read_vectors(kFile)) {
    const auto want = expected.find(v.why);
    if (v.kind.substr(0, 9) != "malformed" || want == expected.end()) continue;
    ++seen;
    const Result result = decode_all(v.lines, Decoder::Rigour::kStrict);
    EXPECT_TRUE(result.messages.empty()) << v.id << " " << v.why << " " << v.lines[0];
    bool found = false;
    for (const Cause cause : want->second) found = found || result.causes.back() == cause;
    EXPECT_TRUE(found) << v.id << " " << v.why << ": " << to_key(result.causes.back()) << " "
                       << v.lines[0];
  }
  EXPECT_GT(seen, 170u);
}

TEST(AisVectors, PositionReportsLongerThanTheStandardAreReadAsFarAsItGoes) {
  JINGLUE_NEEDS_SHARED(kFile);
  std::size_t seen = 0;
  for (const auto& v : read_vectors(kFile)) {
    if (v.why.find("with 186 bits") == std::string::npos) continue;
    const Result result = decode_all(v.lines);
    ASSERT_EQ(result.messages.size(), 1u) << v.lines[0];
    Comparison comparison(v, v.gpsd.items().at(0));
    compare(std::get<PositionReport>(result.messages[0]), comparison);
    EXPECT_GE(comparison.fields, 9u);
    ++seen;
  }
  EXPECT_EQ(seen, 9u);
}

TEST(AisVectors, MessagesInPartsAreJoinedAsTheOthersJoinThem) {
  JINGLUE_NEEDS_SHARED(kFile);
  for (const auto& v : read_vectors(kFile)) {
    if (v.kind != "peer-test-multi") continue;
    const Result result = decode_all(v.lines);
    for (const auto& gpsd : v.gpsd.items()) {
      if (!is_ours(gpsd["type"].as_int())) continue;
      bool found = false;
      for (const auto& m : result.messages) found = found || mmsi_of(m) == gpsd["mmsi"].as_int();
      EXPECT_TRUE(found) << v.id << " " << gpsd.dump();
    }
  }
}
