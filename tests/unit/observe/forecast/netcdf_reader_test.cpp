// SPDX-License-Identifier: Apache-2.0
#include "observe/forecast/netcdf_reader.hpp"

#include <gtest/gtest.h>
#include <netcdf.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "support/temp_folder.hpp"

using namespace jinglue;

namespace {

using V = model::ForecastVariable;

/// A file of two times, three latitudes and four longitudes, as a test wants it.
struct Made {
  std::string time_units{"hours since 2024-02-28 00:00:00"};
  std::string calendar{"standard"};
  std::string wind_units{"m s-1"};
  std::string x_standard{"longitude"}, x_units{"degrees_east"}, y_units{"degrees_north"};
  std::string mapping{};  ///< its name; empty: none
  std::vector<double> lat{36, 37, 38}, lon{121, 122, 123, 124};
  bool packed{false};
  std::function<void(int file)> more{};

  std::filesystem::path write(const std::filesystem::path& folder) const;
};

void text(int file, int variable, const char* name, const std::string& value) {
  ASSERT_EQ(nc_put_att_text(file, variable, name, value.size(), value.c_str()), NC_NOERR);
}

/// x wind: time * 100 + row * 10 + column; of the last place of all, nothing.
std::filesystem::path Made::write(const std::filesystem::path& folder) const {
  const auto path = folder / "made.nc";
  int file = 0, t = 0, y = 0, x = 0;
  nc_create(path.c_str(), NC_CLOBBER | NC_NETCDF4, &file);
  nc_def_dim(file, "time", 2, &t);
  nc_def_dim(file, "y", lat.size(), &y);
  nc_def_dim(file, "x", lon.size(), &x);
  int time = 0, ys = 0, xs = 0;
  nc_def_var(file, "time", NC_DOUBLE, 1, &t, &time);
  nc_def_var(file, "y", NC_DOUBLE, 1, &y, &ys);
  nc_def_var(file, "x", NC_DOUBLE, 1, &x, &xs);
  text(file, time, "units", time_units);
  text(file, time, "calendar", calendar);
  text(file, ys, "units", y_units);
  text(file, xs, "units", x_units);
  const int dimensions[] = {t, y, x};
  int wind[2] = {};
  for (int i = 0; i < 2; ++i) {
    nc_def_var(file, i == 0 ? "u" : "v", packed ? NC_SHORT : NC_FLOAT, 3, dimensions, &wind[i]);
    const bool plane = !mapping.empty();
    text(file, wind[i], "standard_name",
         i == 0 ? (plane ? "x_wind" : "eastward_wind") : (plane ? "y_wind" : "northward_wind"));
    text(file, wind[i], "units", wind_units);
    if (plane) text(file, wind[i], "grid_mapping", mapping);
    const float fill = -9999;
    const short short_fill = -9999;
    if (packed) {
      const double scale = 0.5, offset = 10;
      nc_put_att_double(file, wind[i], "scale_factor", NC_DOUBLE, 1, &scale);
      nc_put_att_double(file, wind[i], "add_offset", NC_DOUBLE, 1, &offset);
      nc_put_att_short(file, wind[i], "_FillValue", NC_SHORT, 1, &short_fill);
    } else {
      nc_put_att_float(file, wind[i], "_FillValue", NC_FLOAT, 1, &fill);
    }
  }
  if (more) more(file);
  nc_enddef(file);
  const double times[] = {0, 6};
  nc_put_var_double(file, time, times);
  nc_put_var_double(file, ys, lat.data());
  nc_put_var_double(file, xs, lon.data());
  std::vector<float> values;
  for (int i = 0; i < 2; ++i) {
    for (std::size_t row = 0; row < lat.size(); ++row) {
      for (std::size_t column = 0; column < lon.size(); ++column) {
        values.push_back(float(i * 100 + int(row) * 10 + int(column)));
      }
    }
  }
  values.back() = -9999;
  for (const int variable : wind) nc_put_var_float(file, variable, values.data());
  nc_close(file);
  return path;
}

class NetcdfReader : public ::testing::Test {
 protected:
  base::Result<std::vector<model::Forecast>> read(const Made& made) {
    return observe::forecast::read_netcdf(made.write(m_folder.path()));
  }
  base::Error refused(const Made& made) {
    const auto out = read(made);
    EXPECT_FALSE(out);
    return out ? base::Error{} : out.error();
  }
  test::TempFolder m_folder;
};

}  // namespace

TEST_F(NetcdfReader, ReadsAxesTimesAndValues) {
  const auto read_ = read({});
  ASSERT_TRUE(read_) << read_.error().text();
  ASSERT_EQ(read_->size(), 1u);
  const auto& forecast = read_->front();
  EXPECT_EQ(forecast.name, "made.nc");
  EXPECT_TRUE(forecast.grid.projection.empty());
  EXPECT_EQ(forecast.grid.x, (std::vector<double>{121, 122, 123, 124}));
  EXPECT_EQ(base::to_iso(forecast.times[1]), "2024-02-28T06:00:00.000Z");
  const auto* wind = forecast.find(V::kWindX);
  ASSERT_NE(wind, nullptr);
  EXPECT_EQ(wind->values[1 * 12 + 2 * 4 + 1], 121);
  EXPECT_TRUE(std::isnan(wind->values.back()));
  EXPECT_TRUE(forecast.warnings.empty());
}

TEST_F(NetcdfReader, RowsFromNorthToSouthAreTurnedOver) {
  const auto read_ = read({.lat = {38, 37, 36}});
  ASSERT_TRUE(read_);
  const auto& forecast = read_->front();
  EXPECT_EQ(forecast.grid.y, (std::vector<double>{36, 37, 38}));
  EXPECT_EQ(forecast.find(V::kWindX)->values[0], 20);  // of 36 degrees, the file's last row
}

TEST_F(NetcdfReader, UnitsAndPackingBecomeMetresASecond) {
  const auto knots = read({.wind_units = "knots"});
  ASSERT_TRUE(knots);
  EXPECT_NEAR(knots->front().find(V::kWindX)->values[2], 2 * 1852.0 / 3600, 1e-5);
  const auto packed = read({.packed = true});
  ASSERT_TRUE(packed);
  EXPECT_FLOAT_EQ(packed->front().find(V::kWindX)->values[2], 2 * 0.5f + 10);
  EXPECT_TRUE(std::isnan(packed->front().find(V::kWindX)->values.back()));
}

TEST_F(NetcdfReader, AGridMappingBecomesAProjection) {
  Made made{.x_units = "m", .y_units = "m", .mapping = "crs"};
  made.lat = {-2'000'000, -1'900'000, -1'800'000};
  made.lon = {0, 100'000, 200'000, 300'000};
  made.more = [](int file) {
    int crs = 0;
    nc_def_var(file, "crs", NC_INT, 0, nullptr, &crs);
    text(file, crs, "grid_mapping_name", "polar_stereographic");
    const auto put = [&](const char* name, double value) {
      nc_put_att_double(file, crs, name, NC_DOUBLE, 1, &value);
    };
    put("latitude_of_projection_origin", 90);
    put("standard_parallel", 60);
    put("straight_vertical_longitude_from_pole", 58);
    put("earth_radius", 6371000);
  };
  const auto read_ = read(made);
  ASSERT_TRUE(read_) << read_.error().text();
  EXPECT_EQ(read_->front().grid.projection,
            "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=58 +x_0=0 +y_0=0 +R=6371000");
  EXPECT_TRUE(read_->front().grid.along_axes);
}

TEST_F(NetcdfReader, LongitudesThatDisagreeWithTheProjectionAreAWarning) {
  Made made{.x_units = "m", .y_units = "m", .mapping = "crs"};
  made.lat = {-2'000'000, -1'900'000, -1'800'000};
  made.lon = {0, 100'000, 200'000, 300'000};
  made.more = [](int file) {
    int crs = 0, lon = 0, lat = 0;
    nc_def_var(file, "crs", NC_INT, 0, nullptr, &crs);
    text(file, crs, "grid_mapping_name", "mercator");
    const double zero = 0;
    nc_put_att_double(file, crs, "longitude_of_projection_origin", NC_DOUBLE, 1, &zero);
    const int dimensions[] = {1, 2};
    nc_def_var(file, "lon", NC_DOUBLE, 2, dimensions, &lon);
    nc_def_var(file, "lat", NC_DOUBLE, 2, dimensions, &lat);
    text(file, lon, "standard_name", "longitude");
    text(file, lat, "standard_name", "latitude");
    nc_enddef(file);
    const std::vector<double> none(12, 1);  // all at one place
    nc_put_var_double(file, lon, none.data());
    nc_put_var_double(file, lat, none.data());
    nc_redef(file);
  };
  const auto read_ = read(made);
  ASSERT_TRUE(read_) << read_.error().text();
  ASSERT_EQ(read_->front().warnings.size(), 2u);
  EXPECT_NE(read_->front().warnings[0].find("no figure of the Earth"), std::string::npos);
  EXPECT_NE(read_->front().warnings[1].find("km from what its projection says"), std::string::npos);
}

TEST_F(NetcdfReader, WhatIsNoForecastIsRefusedWithFileAndVariable) {
  EXPECT_EQ(refused({.wind_units = "furlongs"}).where, "made.nc u");
  EXPECT_EQ(refused({.time_units = "yesterday"}).where, "made.nc time");
  EXPECT_EQ(refused({.calendar = "360_day"}).code, base::Code::kUnknown);
  EXPECT_EQ(refused({.x_units = "m", .y_units = "m"}).code, base::Code::kMissing);
  EXPECT_EQ(refused({.mapping = "crs"}).code, base::Code::kMissing);
  EXPECT_EQ(refused({.lon = {121, NAN, 123, 124}}).where, "made.nc x");
}

TEST_F(NetcdfReader, WhatIsNoNetcdfIsRefused) {
  const auto path = m_folder.path() / "text.nc";
  std::ofstream(path) << "no such thing";
  EXPECT_EQ(observe::forecast::read_netcdf(path).error().code, base::Code::kMalformed);
  EXPECT_EQ(observe::forecast::read_netcdf(m_folder.path() / "none.nc").error().where, "none.nc");
}

TEST_F(NetcdfReader, AFileWithoutWindOrCurrentIsRefused) {
  const auto path = m_folder.path() / "empty.nc";
  int file = 0;
  nc_create(path.c_str(), NC_CLOBBER, &file);
  nc_close(file);
  const auto out = observe::forecast::read_netcdf(path);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, base::Code::kMissing);
}

TEST_F(NetcdfReader, ATruncatedFileIsRefused) {
  const auto path = Made{}.write(m_folder.path());
  const auto size = std::filesystem::file_size(path);
  for (const auto part : {size / 4, size / 2, size - 10}) {
    std::filesystem::resize_file(path, part);
    const auto out = observe::forecast::read_netcdf(path);
    EXPECT_FALSE(out) << part;
    Made{}.write(m_folder.path());
  }
}
