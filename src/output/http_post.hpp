// SPDX-License-Identifier: Apache-2.0
// http_post: one HTTP/1.1 POST to another program, over TLS unless it is on this machine. No
// redirect is followed and the answer's body is not read: it may come from anywhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace jinglue::output {

struct HttpAddress {
  bool tls{false};
  std::string host;
  std::uint16_t port{0};
  std::string target;  ///< path and query
};
/// "https://HOST[:PORT]/PATH"; "http://" only for 127.0.0.1, [::1] and localhost. No user, no
/// fragment.
base::Result<HttpAddress> parse_http_address(std::string_view text);

struct HttpPost {
  HttpAddress to;
  std::string type{"application/json"};
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::filesystem::path ca_file;  ///< PEM; empty = those of the system
  std::chrono::milliseconds patience{10'000};
};
struct HttpAnswer {
  int status{0};
  std::chrono::seconds retry_after{0};  ///< what the other side asked for; 0 = nothing
};
/// kUnavailable when there was no answer: why.
base::Result<HttpAnswer> http_post(const HttpPost& post);

/// Lower-case hexadecimal HMAC-SHA256 (RFC 2104, FIPS 180-4).
std::string hmac_sha256_hex(std::string_view key, std::string_view bytes);

}  // namespace jinglue::output
