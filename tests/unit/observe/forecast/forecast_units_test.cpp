// SPDX-License-Identifier: Apache-2.0
#include "observe/forecast/forecast_units.hpp"

#include <gtest/gtest.h>

using namespace jinglue;
using namespace jinglue::observe::forecast;

TEST(ForecastUnits, TimesSinceADate) {
  const auto from = [](const char* text) {
    const auto unit = read_time_unit(text);
    return unit ? base::to_iso(unit->from) + " " + std::to_string(int(unit->ms)) : "none";
  };
  EXPECT_EQ(from("seconds since 1970-01-01"), "1970-01-01T00:00:00.000Z 1000");
  EXPECT_EQ(from("hours since 2024-02-28 06:30:15"), "2024-02-28T06:30:15.000Z 3600000");
  EXPECT_EQ(from("days since 1900-1-1T00:00:00Z"), "1900-01-01T00:00:00.000Z 86400000");
  EXPECT_EQ(from("hours since 2024-02-28 06:30"), "2024-02-28T06:30:00.000Z 3600000");
  for (const char* text : {"", "hours", "fortnights since 2024-01-01", "hours since today",
                           "hours since 2024-13-01", "hours since 2024-02-30"}) {
    EXPECT_EQ(from(text), "none") << text;
  }
}

TEST(ForecastUnits, StandardNamesComeBeforeNames) {
  EXPECT_EQ(meaning_of("eastward_wind", "anything")->variable, model::ForecastVariable::kWindX);
  EXPECT_TRUE(meaning_of("x_sea_water_velocity", "")->along_axes);
  EXPECT_EQ(meaning_of("", "u10")->variable, model::ForecastVariable::kWindX);
  EXPECT_FALSE(meaning_of("air_pressure", "u10"));
}
