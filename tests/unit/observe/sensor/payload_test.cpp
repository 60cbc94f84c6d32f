// SPDX-License-Identifier: Apache-2.0
// Payloads of buoys by the shipped mapping and by small ones: values, units, causes; properties.
#include "observe/sensor/payload.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

using namespace jinglue;
using namespace jinglue::observe::sensor;
using model::Quantity;

namespace {

constexpr base::Instant kNow{1'714'536'000'000};  // 2024-05-01T04:00:00Z

const Mapping& shipped() {
  static const Mapping out = [] {
    const auto document = base::read_config(JINGLUE_SOURCE_DIR "/data/sensors/weihai.toml");
    if (!document) throw std::runtime_error(document.error().text());
    auto mapping = Mapping::read(*document);
    if (!mapping) throw std::runtime_error(mapping.error().text());
    return std::move(*mapping);
  }();
  return out;
}

Mapping mapping_of(const std::string& text) {
  const auto document = base::parse_config(text, "m.toml");
  auto mapping = document ? Mapping::read(*document) : tl::unexpected(document.error());
  if (!mapping) throw std::runtime_error(mapping.error().text());
  return std::move(*mapping);
}

std::string one_value(const std::string& quantity, const std::string& unit) {
  return "name = \"m\"\n[[message]]\ntopic = \"t\"\nstation = \"S\"\n[message.quantity." +
         quantity + "]\nat = \"/v\"\nunit = \"" + unit + "\"\nmissing = [-999, \"-\"]\n";
}

Payload read(const Mapping& mapping, const std::string& topic, const std::string& bytes) {
  Payload out;
  read_payload(mapping, topic, bytes, kNow, 7, out);
  return out;
}

/// Thousandths of the quantity's unit; -1 when it was left out.
std::int64_t converted(const std::string& quantity, const std::string& unit,
                       const std::string& number) {
  const auto out = read(mapping_of(one_value(quantity, unit)), "t", "{\"v\":" + number + "}");
  return out.reports.empty() ? -1 : out.reports.at(0).values.at(0).milli;
}

constexpr const char* kWave =
    R"({"time":"2024-05-01T11:58:00+08:00","pos":[37.52,122.27],"wave":{"hs":0.8,"hmax":"1.3",)"
    R"("tz":4.2,"dir":360},"wind":{"kn":11.5,"gust":-999,"dir":120},"air":{"t":14.2,"p":1013.25},)"
    R"("water":{"t":11.8,"s":31.6},"bat":12.7})";

}  // namespace

TEST(SensorPayload, OfABuoyGivesStationTimePlaceAndValuesInOurUnits) {
  const auto out = read(shipped(), "buoys/weihai/W01/obs", kWave);
  ASSERT_EQ(out.cause, Cause::kNone);
  ASSERT_EQ(out.reports.size(), 1u);
  const auto& report = out.reports[0];
  EXPECT_EQ(report.station, "W01");
  EXPECT_EQ(base::to_iso(report.time), "2024-05-01T03:58:00.000Z");
  EXPECT_TRUE(report.stated_time);
  EXPECT_EQ(report.arrival, kNow);
  EXPECT_EQ(report.offset, 7u);
  EXPECT_EQ(report.position, geo::to_position({37.52, 122.27}));
  const std::vector<model::SensorValue> expected = {
      {Quantity::kWaveHeight, 800},       {Quantity::kWaveHeightMax, 1300},
      {Quantity::kWavePeriod, 4200},      {Quantity::kWaveDirection, 0},
      {Quantity::kWindSpeed, 5916},  // 11.5 * 1852 / 3600 = 5.91611
      {Quantity::kWindDirection, 120000}, {Quantity::kAirTemperature, 14200},
      {Quantity::kAirPressure, 1013250},  {Quantity::kSeaTemperature, 11800},
      {Quantity::kSalinity, 31600},       {Quantity::kBattery, 12700}};
  EXPECT_EQ(report.values, expected);
  EXPECT_TRUE(out.refused.empty());
}

TEST(SensorPayload, OfSeveralReadingsGivesAReportEachAndLeavesBadValuesOut) {
  const auto out = read(shipped(), "ranch/rongcheng/water",
                        R"({"readings":[
    {"node":"R01","t":"2024-05-01 11:00:00","temp":"11.2","ph":8.1,"do":"-","sal":"?"},
    {"node":"R01","t":"2024-05-01 11:30:00.5","temp":"11.3","ph":2},
    {"node":"R01","t":"2024-02-30 11:30:00","temp":"11.3"}]})");
  ASSERT_EQ(out.cause, Cause::kNone);
  ASSERT_EQ(out.reports.size(), 2u);
  EXPECT_EQ(base::to_iso(out.reports[1].time), "2024-05-01T03:30:00.500Z");
  EXPECT_EQ(out.reports[0].values.size(), 2u);
  EXPECT_EQ(out.refused, (std::vector<Refused>{Refused::kNotANumber, Refused::kOutOfRange}));
}

TEST(SensorPayload, HasOneCauseWhenItGivesNothing) {
  const std::string topic = "buoys/weihai/W01/obs";
  const auto cause = [&](const std::string& bytes) { return read(shipped(), topic, bytes).cause; };
  EXPECT_EQ(read(shipped(), "buoys/weihai/W01", "{}").cause, Cause::kUnknownTopic);
  EXPECT_EQ(cause("{\"time\""), Cause::kNotJson);
  EXPECT_EQ(cause(""), Cause::kNotJson);
  EXPECT_EQ(cause("\xff\xfe"), Cause::kNotJson);
  EXPECT_EQ(cause("12"), Cause::kNoRecord);
  EXPECT_EQ(cause("{\"bat\":12}"), Cause::kBadTime);
  EXPECT_EQ(cause("{\"time\":\"yesterday\",\"bat\":12}"), Cause::kBadTime);
  EXPECT_EQ(cause("{\"time\":\"2024-05-01T04:10:01Z\",\"bat\":12}"), Cause::kFutureTime);
  EXPECT_EQ(cause("{\"time\":\"2024-05-01T04:00:00Z\",\"wave\":{\"hs\":-999}}"), Cause::kNoValues);
  EXPECT_EQ(cause("{\"time\":\"2024-05-01T04:00:00Z\",\"wave\":{\"hs\":99}}"),
            Cause::kValuesRefused);
  EXPECT_EQ(
      read(shipped(), "ranch/a/water", "{\"readings\":[{\"t\":\"2024-05-01 11:00:00\"}]}").cause,
      Cause::kNoStation);
  EXPECT_EQ(read(shipped(), "ranch/a/water", "{\"readings\":{}}").cause, Cause::kNoRecord);
  // 0, 0 is no place.
  const auto zero =
      read(shipped(), topic, "{\"time\":\"2024-05-01T04:00:00Z\",\"pos\":[0,0],\"bat\":12}");
  EXPECT_FALSE(zero.reports.at(0).position);
  EXPECT_EQ(zero.refused, std::vector<Refused>{Refused::kOutOfRange});
}

TEST(SensorPayload, ConvertsEachUnitExactly) {
  EXPECT_EQ(converted("wind_speed", "kn", "10"), 5144);  // 5.14444
  EXPECT_EQ(converted("wind_speed", "km/h", "36"), 10'000);
  EXPECT_EQ(converted("wind_speed", "cm/s", "125"), 1'250);
  EXPECT_EQ(converted("wave_height", "ft", "10"), 3'048);
  EXPECT_EQ(converted("wave_height", "cm", "83"), 830);
  EXPECT_EQ(converted("water_level", "mm", "-1204"), -1'204);
  EXPECT_EQ(converted("air_temperature", "K", "273.15"), 0);
  EXPECT_EQ(converted("air_temperature", "degF", "212"), -1);  // 100 degrees is no air
  EXPECT_EQ(converted("air_temperature", "degF", "50"), 10'000);
  EXPECT_EQ(converted("air_pressure", "Pa", "101325"), 1'013'250);
  EXPECT_EQ(converted("air_pressure", "kPa", "101.325"), 1'013'250);
  EXPECT_EQ(converted("air_pressure", "mmHg", "760"), 1'013'250);
  EXPECT_EQ(converted("air_pressure", "inHg", "29.92"), 1'013'207);  // 1013.20748
  EXPECT_EQ(converted("visibility", "nmi", "5"), 9'260'000);
  EXPECT_EQ(converted("dissolved_oxygen", "umol/L", "250"), 8'000);  // 7.9997
  EXPECT_EQ(converted("dissolved_oxygen", "ml/L", "5.6"), 8'003);    // 8.00268
  EXPECT_EQ(converted("battery", "mV", "12650"), 12'650);
  EXPECT_EQ(converted("humidity", "1", "0.815"), 81'500);
  EXPECT_EQ(converted("wave_period", "ms", "4200"), 4'200);
}

RC_GTEST_PROP(SensorPayload, AValueReadsBackFromItsDecimalTextToTheThousandth, ()) {
  const auto milli = *rc::gen::inRange<std::int64_t>(0, 25'001);
  const std::string text =
      std::to_string(milli / 1000) + "." + std::to_string(1000 + milli % 1000).substr(1);
  RC_ASSERT(converted("wave_height", "m", text) == milli);
  RC_ASSERT(converted("wave_height", "m", "\"" + text + "\"") == milli);
}

RC_GTEST_PROP(SensorPayload, MarkersInAnySpellingAreNoValueAndNothingIsOutOfRange, ()) {
  static const auto mapping = mapping_of(one_value("salinity", "psu"));
  for (const char* marker : {"-999", "-999.0", "-9.99e2", "\"-999\"", "\"-\"", "null"}) {
    RC_ASSERT(read(mapping, "t", std::string("{\"v\":") + marker + "}").cause == Cause::kNoValues);
  }
  const auto number = *rc::gen::arbitrary<double>();
  RC_PRE(std::isfinite(number) && number != -999);
  const auto out = read(mapping, "t", base::Json::object({{"v", number}}).dump());
  for (const auto& report : out.reports) {
    RC_ASSERT(report.values.at(0).milli >= 0 && report.values.at(0).milli <= 50'000);
  }
  RC_ASSERT(out.reports.size() + out.refused.size() == 1);
}

RC_GTEST_PROP(SensorPayload, AnyBytesHaveACause, (const std::string& bytes)) {
  for (const char* topic : {"buoys/weihai/W01/obs", "ranch/x/water", "other"}) {
    const auto out = read(shipped(), topic, bytes);
    RC_ASSERT(!to_key(out.cause).empty());
    RC_ASSERT((out.cause == Cause::kNone) == !out.reports.empty());
  }
}
