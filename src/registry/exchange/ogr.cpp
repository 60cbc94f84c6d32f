// SPDX-License-Identifier: Apache-2.0
#include "registry/exchange/ogr.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>

#include "base/json.hpp"
#include "base/limited_child.hpp"
#include "base/private_folder.hpp"
#include "base/text.hpp"
#include "registry/exchange/zip_parts.hpp"
#include "registry/exchange/zip_writer.hpp"

namespace jinglue::registry {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::Json;

constexpr const char* kProgram = "ogr2ogr";
constexpr std::uintmax_t kMostGeoJson = 512U << 20;

struct Driver {
  const char* name;
  const char* file;
};
Driver driver_of(OgrFormat format) {
  switch (format) {
    case OgrFormat::kGeoPackage:
      return {"GPKG", "layer.gpkg"};
    case OgrFormat::kShapefile:
      return {"ESRI Shapefile", "layer.shp"};
    case OgrFormat::kKml:
      return {"LIBKML", "layer.kml"};
  }
  return {"GPKG", "layer.gpkg"};
}

void write_file(const fs::path& file, std::string_view bytes) {
  std::ofstream out(file, std::ios::binary);
  out.write(bytes.data(), std::streamsize(bytes.size()));
  out.close();
  if (!out) {
    throw base::WorldError("a temporary file could not be written", file.string(),
                           "free space in the temporary folder");
  }
}

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

base::Status convert(const fs::path& folder, const std::vector<std::string>& arguments) {
  const auto program = base::find_program(kProgram);
  if (program.empty()) {
    return base::fail(Code::kMissing, "the program ogr2ogr is not installed on this machine",
                      kProgram, "install the package gdal-bin, or use CSV, XLSX or GeoJSON");
  }
  // Drivers that fetch from a network or read other files because a file says so are left out.
  std::vector<std::string> all = {
      "--config",
      "OGR_SKIP",
      "OGR_VRT,VRT,GML,GMLAS,WFS,OAPIF,CSW,HTTP,Elasticsearch,PostgreSQL",
      "--config",
      "GDAL_SKIP",
      "VRT HTTP WMS WCS WMTS",
      "--config",
      "OGR_GEOJSON_MAX_OBJ_SIZE",
      "200"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const auto end = base::run_limited(program, all, folder);
  if (!end) return tl::unexpected(end.error());
  if (end->exit_code == 0) return {};
  if (end->out_of_time) {
    return base::fail(Code::kTooLarge, "reading the file took too long", kProgram,
                      "split the file");
  }
  const std::string said = end->said.substr(0, 500);
  return base::fail(
      Code::kMalformed,
      "the file cannot be converted: " +
          (said.empty() ? "ogr2ogr was ended, perhaps it needed too much memory" : said),
      kProgram,
      said.find("coordinate system") == std::string::npos
          ? "check the file in the program that wrote it"
          : "the file must say its coordinate system (.prj)");
}

base::Result<std::string> read_layer(const fs::path& folder, const std::string& file) {
  const auto out = folder / "read.geojson";
  fs::remove(out);
  const auto done =
      convert(folder, {"-f", "GeoJSON", "read.geojson", file, "-t_srs", "EPSG:4326", "-dim", "XY",
                       "-lco", "RFC7946=NO", "-lco", "COORDINATE_PRECISION=15"});
  if (!done) return tl::unexpected(done.error());
  if (fs::file_size(out) > kMostGeoJson) {
    return base::fail(Code::kTooLarge, "the file holds more than 512 MB as GeoJSON", {},
                      "split it");
  }
  return read_file(out);
}

/// The files of each layer of a zipped shapefile, under names of our own.
base::Result<std::vector<std::string>> unpack_shapefiles(std::string_view bytes,
                                                         const fs::path& folder) {
  static constexpr std::array<std::string_view, 5> kKinds = {".shp", ".shx", ".dbf", ".prj",
                                                             ".cpg"};
  const auto kind_of = [](std::string_view path) {
    return path.size() < 5 ? std::string() : base::to_lower_ascii(path.substr(path.size() - 4));
  };
  const auto parts = read_zip_parts(bytes,
                                    [&](std::string_view path) {
                                      return std::find(kKinds.begin(), kKinds.end(),
                                                       kind_of(path)) != kKinds.end();
                                    },
                                    {.part = 256U << 20, .total = 512U << 20});
  if (!parts) return tl::unexpected(parts.error());
  std::map<std::string, std::string> layers;  // path without its ending -> our name
  std::vector<std::string> out;
  for (const auto& [path, content] : *parts) {
    const std::string stem = path.substr(0, path.size() - 4);
    auto [it, fresh] = layers.try_emplace(stem, "part" + std::to_string(layers.size()));
    write_file(folder / (it->second + kind_of(path)), content);
    if (kind_of(path) == ".shp") out.push_back(it->second + ".shp");
  }
  if (out.empty()) {
    return base::fail(Code::kMissing, "the zip file holds no shapefile (.shp)", {},
                      "zip .shp, .shx, .dbf and .prj together");
  }
  return out;
}

base::Result<std::string> read_shapefiles(std::string_view bytes, const fs::path& folder) {
  const auto files = unpack_shapefiles(bytes, folder);
  if (!files) return tl::unexpected(files.error());
  Json features = Json::array();
  for (const auto& file : *files) {
    const auto layer = read_layer(folder, file);
    if (!layer) return layer;
    const auto json = base::parse_json(*layer, kMostGeoJson);
    if (!json) return tl::unexpected(json.error());
    for (const auto& feature : (*json)["features"].items()) features.push(feature);
  }
  return Json::object({{"type", "FeatureCollection"}, {"features", std::move(features)}}).dump();
}

base::Result<std::string> write_shapefiles(const fs::path& folder, const std::string& layer) {
  struct Kind {
    const char *name, *geometry, *where;
  };
  static constexpr std::array<Kind, 3> kKinds = {
      Kind{"points", "POINT", "OGR_GEOMETRY = 'POINT'"},
      Kind{"lines", "LINESTRING", "OGR_GEOMETRY = 'LINESTRING'"},
      Kind{"areas", "POLYGON", "OGR_GEOMETRY = 'POLYGON' OR OGR_GEOMETRY = 'MULTIPOLYGON'"}};
  ZipWriter zip;
  for (const auto& kind : kKinds) {
    const std::string stem = layer + "_" + kind.name;
    const auto done = convert(folder, {"-f", "ESRI Shapefile", stem + ".shp", "given.geojson",
                                       "-oo", "DATE_AS_STRING=YES", "-nlt", kind.geometry, "-where",
                                       kind.where, "-lco", "ENCODING=UTF-8"});
    if (!done) return tl::unexpected(done.error());
    for (const char* ending : {".shp", ".shx", ".dbf", ".prj", ".cpg"}) {
      const auto file = folder / (stem + ending);
      if (fs::exists(file)) zip.add(stem + ending, read_file(file));
    }
  }
  return zip.take();
}

}  // namespace

namespace {

/// So that no other driver takes the file.
bool looks_like(std::string_view bytes, OgrFormat format) {
  if (format == OgrFormat::kGeoPackage) return bytes.starts_with("SQLite format 3");
  return bytes.substr(0, 4096).find("<kml") != std::string_view::npos;
}

}  // namespace

bool ogr_is_installed() {
  return !base::find_program(kProgram).empty();
}

base::Result<std::string> ogr_to_geojson(std::string_view bytes, OgrFormat format) {
  const base::PrivateFolder folder;
  if (format == OgrFormat::kShapefile) return read_shapefiles(bytes, folder.path());
  const auto driver = driver_of(format);
  if (!looks_like(bytes, format)) {
    return base::fail(Code::kMalformed, std::string("this is no file of the kind ") + driver.name);
  }
  write_file(folder.path() / driver.file, bytes);
  return read_layer(folder.path(), driver.file);
}

base::Result<std::string> ogr_from_geojson(std::string_view geojson, OgrFormat format,
                                           const std::string& layer) {
  const base::PrivateFolder folder;
  write_file(folder.path() / "given.geojson", geojson);
  if (format == OgrFormat::kShapefile) return write_shapefiles(folder.path(), layer);
  const auto driver = driver_of(format);
  std::vector<std::string> arguments = {"-f",  driver.name,          driver.file, "given.geojson",
                                        "-oo", "DATE_AS_STRING=YES", "-nln",      layer};
  if (format == OgrFormat::kGeoPackage) {
    // "fid" and "geom" may be keys of fields.
    for (const char* option :
         {"-lco", "FID=gpkg_fid", "-lco", "GEOMETRY_NAME=gpkg_geometry", "-nlt", "GEOMETRY"}) {
      arguments.emplace_back(option);
    }
  }
  if (auto done = convert(folder.path(), arguments); !done) return tl::unexpected(done.error());
  return read_file(folder.path() / driver.file);
}

}  // namespace jinglue::registry
