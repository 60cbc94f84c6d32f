// SPDX-License-Identifier: Apache-2.0
#include "serve/page/bundle.hpp"

#include <chrono>
#include <fstream>
#include <regex>
#include <sstream>
#include <thread>

#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "serve/api/compress.hpp"
#include "serve/page/content_type.hpp"

namespace jinglue::serve {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWorthCompressing = 1024;
/// Quality 11 takes seconds per megabyte; 9 is within 3 % of its size for scripts.
constexpr int kBrotliQuality = 9;
constexpr std::size_t kLarge = 1u << 20;
constexpr int kBrotliQualityLarge = 5;

/// A build replaces the whole folder within seconds: what vanishes is looked for again.
constexpr int kTries = 10;
constexpr auto kBetweenTries = std::chrono::milliseconds(300);

/// Absent when the file has gone since it was listed.
std::optional<std::string> read_whole(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream all;
  if (in.peek() != std::ifstream::traits_type::eof()) all << in.rdbuf();
  std::error_code unknown;
  if (!in.is_open() && !fs::exists(file, unknown)) return std::nullopt;
  if (!in.is_open() || in.bad()) {
    throw base::WorldError("cannot read a file of the web client", file.string(),
                           "check its permissions");
  }
  return std::move(all).str();
}

/// A build empties the folder first and writes the page last.
bool just_changed(const fs::path& folder) {
  std::error_code unknown;
  const auto last = fs::last_write_time(folder, unknown);
  return !unknown && fs::file_time_type::clock::now() - last < std::chrono::seconds(5);
}

bool has_hash_in_name(const std::string& name) {
  static const std::regex form(R"(.*[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$)");
  return name.starts_with("/assets/") && std::regex_match(name, form);
}

bool etag_matches(std::string_view header, const std::string& hash) {
  return header == "*" || header.find(hash) != std::string_view::npos;
}

}  // namespace

Bundle::Bundle(const fs::path& folder) {
  std::error_code unknown;
  if (!fs::is_directory(folder, unknown)) {
    throw base::WorldError("the folder of the web client is not there", folder.string(),
                           "build it with ./dev build, or start without --web");
  }
  for (int tries = 1; !read(folder); ++tries) {
    if (tries == kTries && m_files.empty()) break;
    if (tries == kTries) {
      throw base::WorldError("the files of the web client change while they are read",
                             folder.string(), "wait until its build has ended, then start again");
    }
    if (tries == 1) {
      base::log_info("serve", "{}: files of the web client change, reading them again",
                     folder.string());
    }
    std::this_thread::sleep_for(kBetweenTries);
  }
  if (!m_files.contains("/index.html")) {
    throw base::WorldError("the web client is not there", (folder / "index.html").string(),
                           "build it with ./dev build, or start without --web");
  }
}

/// False when a file vanished between listing and opening, or the page is still to be written.
bool Bundle::read(const fs::path& folder) {
  m_files.clear();
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code gone;
    const bool regular = entry->is_regular_file(gone);
    if (gone == std::errc::no_such_file_or_directory) return false;
    if (!regular) continue;
    const auto name = "/" + entry->path().lexically_relative(folder).generic_string();
    if (!load(entry->path(), name)) return false;
  }
  if (!error) return m_files.contains("/index.html") || !just_changed(folder);
  if (error == std::errc::no_such_file_or_directory) return false;
  throw base::WorldError("cannot list the files of the web client",
                         folder.string() + ": " + error.message(), "check its permissions");
}

bool Bundle::load(const fs::path& file, const std::string& name) {
  const auto found = read_whole(file);
  if (!found) return false;
  const std::string& raw = *found;
  File out;
  out.type = content_type(name);
  out.hash = base::sha256_hex(raw).substr(0, 32);
  out.for_ever = has_hash_in_name(name);
  out.raw = std::make_shared<const std::string>(raw);
  if (raw.size() >= kWorthCompressing && is_compressible(out.type)) {
    const int quality = raw.size() > kLarge ? kBrotliQualityLarge : kBrotliQuality;
    out.gzip = std::make_shared<const std::string>(gzip(raw, 6));
    out.brotli = std::make_shared<const std::string>(brotli(raw, quality));
  }
  m_files.emplace(name, std::move(out));
  return true;
}

std::size_t Bundle::bytes() const {
  std::size_t out = 0;
  for (const auto& [_, file] : m_files) {
    for (const auto& form : {file.raw, file.gzip, file.brotli}) out += form ? form->size() : 0;
  }
  return out;
}

std::optional<Response> Bundle::answer(const Request& request) const {
  const std::string path = request.path();
  auto found = m_files.find(path == "/" ? "/index.html" : path);
  if (found == m_files.end()) {
    const bool file_name =
        !request.segments.empty() && request.segments.back().find('.') != std::string::npos;
    if (file_name) return std::nullopt;
    found = m_files.find("/index.html");
  }
  const File& file = found->second;
  Response out;
  out.type = file.type;
  out.headers.emplace_back("Cache-Control",
                           file.for_ever ? "public, max-age=31536000, immutable" : "no-cache");
  if (file.gzip) out.headers.emplace_back("Vary", "Accept-Encoding");
  out.headers.emplace_back("ETag", '"' + file.hash + '"');
  if (etag_matches(request.header("if-none-match"), file.hash)) {
    out.status = 304;
    out.type.clear();
    return out;
  }
  const auto accepted = request.header("accept-encoding");
  out.body = file.raw;
  if (file.brotli && accepts(accepted, "br")) {
    out.body = file.brotli;
    out.headers.emplace_back("Content-Encoding", "br");
  } else if (file.gzip && accepts(accepted, "gzip")) {
    out.body = file.gzip;
    out.headers.emplace_back("Content-Encoding", "gzip");
  }
  return out;
}

}  // namespace jinglue::serve
