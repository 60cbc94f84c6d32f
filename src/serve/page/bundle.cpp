// SPDX-License-Identifier: Apache-2.0
#include "serve/page/bundle.hpp"

#include <fstream>
#include <regex>
#include <sstream>

#include "base/hash.hpp"
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

std::string read_whole(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  if (!in) {
    throw base::WorldError("cannot read a file of the web client", file.string(),
                           "check its permissions");
  }
  return std::move(all).str();
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
  if (!fs::is_regular_file(folder / "index.html")) {
    throw base::WorldError("the web client is not there", (folder / "index.html").string(),
                           "build it with ./dev build, or start without --web");
  }
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    load(entry.path(), "/" + fs::relative(entry.path(), folder).generic_string());
  }
}

void Bundle::load(const fs::path& file, const std::string& name) {
  File out;
  out.type = content_type(name);
  const std::string raw = read_whole(file);
  out.hash = base::sha256_hex(raw).substr(0, 32);
  out.for_ever = has_hash_in_name(name);
  out.raw = std::make_shared<const std::string>(raw);
  if (raw.size() >= kWorthCompressing && is_compressible(out.type)) {
    const int quality = raw.size() > kLarge ? kBrotliQualityLarge : kBrotliQuality;
    out.gzip = std::make_shared<const std::string>(gzip(raw, 6));
    out.brotli = std::make_shared<const std::string>(brotli(raw, quality));
  }
  m_files.emplace(name, std::move(out));
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
