// SPDX-License-Identifier: Apache-2.0
#include "serve/http/write_head.hpp"

#include <array>
#include <cassert>
#include <ctime>

#include "base/instant.hpp"

namespace jinglue::serve::http {
namespace {

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value) {
    if (c != '\r' && c != '\n' && c != '\0') out += c;
  }
  out += "\r\n";
}

}  // namespace

std::string http_date() {
  const std::time_t seconds = base::wall_now().ms / 1000;
  std::tm parts{};
  const std::tm* utc = gmtime_r(&seconds, &parts);
  assert(utc != nullptr);  // only years beyond an int fail
  std::array<char, 40> text{};
  const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", utc);
  return {text.data(), size};
}

std::string response_head(const Response& response, bool keep_alive) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " ";
  out += reason_phrase(response.status);
  out += "\r\n";
  append_field(out, "Date", http_date());
  if (!response.type.empty()) append_field(out, "Content-Type", response.type);
  if (response.produce) {
    append_field(out, "Transfer-Encoding", "chunked");
  } else if (response.status != 204 && response.status != 304) {
    append_field(out, "Content-Length", std::to_string(response.size()));
  }
  for (const auto& [name, value] : response.headers) append_field(out, name, value);
  append_field(out, "Connection", keep_alive ? "keep-alive" : "close");
  out += "\r\n";
  return out;
}

}  // namespace jinglue::serve::http
