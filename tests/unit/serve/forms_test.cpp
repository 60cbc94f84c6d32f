// SPDX-License-Identifier: Apache-2.0
// Typed positions, zip archives, the web bundle: parts that need no server.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "serve/form/typed_position.hpp"
#include "serve/form/zip.hpp"
#include "serve/page/bundle.hpp"
#include "serve/page/content_type.hpp"
#include "support/temp_folder.hpp"

namespace jinglue::serve {
namespace {

void expect_position(const std::string& text, double lat, double lon) {
  const auto found = parse_typed_position(text);
  ASSERT_TRUE(found) << text;
  EXPECT_NEAR(found->lat_deg, lat, 1e-9) << text;
  EXPECT_NEAR(found->lon_deg, lon, 1e-9) << text;
}

TEST(TypedPositionTest, reads_what_people_type) {
  expect_position("37°30.0′N 122°45.0′E", 37.5, 122.75);
  expect_position("37 30.0 N, 122 45.0 E", 37.5, 122.75);
  expect_position("37°30'00\"N 122°45'00\"E", 37.5, 122.75);
  expect_position("N37.5 E122.75", 37.5, 122.75);
  expect_position("122.75E 37.5N", 37.5, 122.75);
  expect_position("北纬37度30分 东经122度45分", 37.5, 122.75);
  expect_position("37.5, 122.75", 37.5, 122.75);
  expect_position("37.5 122.75", 37.5, 122.75);
  expect_position("122.75，37.5", 37.5, 122.75);
  expect_position("37 30, 122 45", 37.5, 122.75);
  expect_position("33.5S 70.25W", -33.5, -70.25);
  expect_position("-33.5,-70.25", -33.5, -70.25);
}

TEST(TypedPositionTest, leaves_names_and_numbers_alone) {
  for (const char* text :
       {"412345678", "鲁荣渔50001", "37", "37 122", "37°75′N 122°E", "95N 122E", "37.5N", "N E",
        "37N 38N", "1.2.3, 4", "AJ-2024-0001", "", "37.5 N 122.75 X", "37.5.1N 122E"}) {
    EXPECT_FALSE(parse_typed_position(text)) << text;
  }
}

RC_GTEST_PROP(TypedPositionTest, any_text_is_a_position_in_range_or_none,
              (const std::string& text)) {
  const auto found = parse_typed_position(text);
  if (!found) return;
  RC_ASSERT(std::abs(found->lat_deg) <= 90);
  RC_ASSERT(std::abs(found->lon_deg) <= 180);
}

RC_GTEST_PROP(TypedPositionTest, degrees_and_minutes_come_back, ()) {
  const int lat = *rc::gen::inRange(0, 90), lon = *rc::gen::inRange(0, 180);
  const int tenths = *rc::gen::inRange(0, 600);
  const double minutes = tenths / 10.0;
  std::ostringstream text;
  text << lat << "°" << minutes << "′S " << lon << "°" << minutes << "′W";
  const auto found = parse_typed_position(text.str());
  RC_ASSERT(found.has_value());
  RC_ASSERT(std::abs(found->lat_deg + lat + minutes / 60) < 1e-9);
  RC_ASSERT(std::abs(found->lon_deg + lon + minutes / 60) < 1e-9);
}

TEST(ZipTest, the_archive_is_the_same_for_the_same_files) {
  const auto make = [] {
    Zip zip;
    zip.add("a/manifest.json", "{}");
    zip.add("a/航迹.csv", std::string(1000, 'x'));
    return zip.take();
  };
  const std::string bytes = make();
  EXPECT_EQ(bytes, make());
  EXPECT_EQ(bytes.substr(0, 4), "PK\x03\x04");
  // End record: 22 bytes, two entries.
  const std::string end = bytes.substr(bytes.size() - 22);
  EXPECT_EQ(end.substr(0, 4), "PK\x05\x06");
  EXPECT_EQ(end[10], 2);
}

class BundleTest : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((m_folder / name).parent_path());
    std::ofstream(m_folder / name) << text;
  }
  Response get(const Bundle& bundle, const std::string& path, Pairs headers = {}) {
    Request request;
    EXPECT_TRUE(request.set_target(path));
    request.headers = std::move(headers);
    return bundle.answer(request).value_or(Response{404, "", {}, nullptr, false});
  }
  static std::string header(const Response& response, std::string_view name) {
    for (const auto& [known, value] : response.headers) {
      if (known == name) return value;
    }
    return {};
  }
  test::TempFolder m_folder;
};

TEST_F(BundleTest, files_are_served_compressed_and_hashed_ones_for_ever) {
  write("index.html", "<!doctype html><title>x</title>");
  write("assets/index-Ab3dEf9_.js", std::string(5000, 'a'));
  write("assets/icon-12345678.png", std::string(5000, 'p'));
  const Bundle bundle(m_folder.path());
  EXPECT_EQ(bundle.files(), 3u);
  auto reply = get(bundle, "/assets/index-Ab3dEf9_.js", {{"accept-encoding", "gzip, br"}});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.type, "text/javascript; charset=utf-8");
  EXPECT_EQ(header(reply, "Content-Encoding"), "br");
  EXPECT_EQ(header(reply, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_LT(reply.size(), 100u);
  reply = get(bundle, "/assets/index-Ab3dEf9_.js", {{"accept-encoding", "gzip"}});
  EXPECT_EQ(header(reply, "Content-Encoding"), "gzip");
  EXPECT_EQ(reply.text().substr(0, 2), "\x1F\x8B");
  reply = get(bundle, "/assets/index-Ab3dEf9_.js");
  EXPECT_EQ(header(reply, "Content-Encoding"), "");
  EXPECT_EQ(reply.text(), std::string(5000, 'a'));
  reply = get(bundle, "/assets/icon-12345678.png", {{"accept-encoding", "gzip, br"}});
  EXPECT_EQ(header(reply, "Content-Encoding"), "");
  EXPECT_EQ(reply.type, "image/png");
}

TEST_F(BundleTest, pages_of_the_client_get_index_and_missing_files_do_not) {
  write("index.html", "<!doctype html><title>x</title>");
  const Bundle bundle(m_folder.path());
  for (const char* path : {"/", "/index.html", "/findings/0123456789abcdef", "/cases?q=1"}) {
    const auto reply = get(bundle, path);
    EXPECT_EQ(reply.status, 200) << path;
    EXPECT_EQ(reply.type, "text/html; charset=utf-8");
    EXPECT_EQ(header(reply, "Cache-Control"), "no-cache");
  }
  EXPECT_EQ(get(bundle, "/assets/gone-12345678.js").status, 404);
  EXPECT_EQ(get(bundle, "/favicon.ico").status, 404);
}

TEST_F(BundleTest, an_unchanged_file_is_not_sent_again) {
  write("index.html", "<!doctype html><title>x</title>");
  const Bundle bundle(m_folder.path());
  const auto first = get(bundle, "/");
  const auto again = get(bundle, "/", {{"if-none-match", header(first, "ETag")}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.size(), 0u);
  EXPECT_EQ(get(bundle, "/", {{"if-none-match", "\"other\""}}).status, 200);
}

TEST_F(BundleTest, a_folder_without_a_page_is_refused_with_what_to_do) {
  try {
    const Bundle bundle(m_folder.path());
    FAIL() << "no error";
  } catch (const base::WorldError& error) {
    EXPECT_NE(std::string(error.what()).find("./dev build"), std::string::npos);
  }
}

TEST_F(BundleTest, files_that_a_build_replaces_meanwhile_are_read_again) {
  write("index.html", "<!doctype html><title>old</title>");
  for (int i = 0; i < 40; ++i) write("assets/old-" + std::to_string(i) + ".js", "old");
  std::thread build([&] {
    for (int round = 0; round < 20; ++round) {
      std::filesystem::remove_all(m_folder / "assets");
      std::filesystem::remove(m_folder / "index.html");
      for (int i = 0; i < 40; ++i) write("assets/new-" + std::to_string(i) + ".js", "new");
      write("index.html", "<!doctype html><title>new</title>");
    }
  });
  EXPECT_NO_THROW({
    const Bundle bundle(m_folder.path());
    EXPECT_EQ(get(bundle, "/").status, 200);
  });
  build.join();
  const Bundle bundle(m_folder.path());
  EXPECT_EQ(bundle.files(), 41u);
  EXPECT_EQ(get(bundle, "/assets/new-7.js").text(), "new");
}

TEST_F(BundleTest, a_file_that_stays_away_is_said_with_its_folder_and_what_to_do) {
  write("index.html", "<!doctype html><title>x</title>");
  std::filesystem::create_symlink("nowhere.js", m_folder / "listed.js");
  try {
    const Bundle bundle(m_folder.path());
    FAIL() << "no error";
  } catch (const base::WorldError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find(m_folder.path().string()), std::string::npos) << text;
    EXPECT_NE(text.find("wait until its build has ended"), std::string::npos) << text;
  }
}

TEST_F(BundleTest, a_folder_that_is_not_there_is_refused_with_what_to_do) {
  try {
    const Bundle bundle(m_folder / "dist");
    FAIL() << "no error";
  } catch (const base::WorldError& error) {
    EXPECT_NE(std::string(error.what()).find("./dev build"), std::string::npos);
  }
}

TEST(ContentTypeTest, goes_by_the_suffix) {
  EXPECT_EQ(content_type("x/track.geojson"), "application/geo+json");
  EXPECT_EQ(content_type("map.svg"), "image/svg+xml");
  EXPECT_EQ(content_type("README"), "application/octet-stream");
}

}  // namespace
}  // namespace jinglue::serve
