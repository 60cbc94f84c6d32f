// SPDX-License-Identifier: Apache-2.0
// Request: one HTTP request as the resources see it, free of the socket library. The target is
// split and percent-decoded once, here, and refused when it is not clean: a path segment is never
// "." or "..", and nothing holds a control character or bad UTF-8.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace jinglue::serve {

enum class Method { kGet, kHead, kPost, kPut, kPatch, kDelete, kOther };
std::string_view to_text(Method method);
Method method_from(std::string_view text);
/// POST, PUT, PATCH, DELETE.
bool is_write(Method method);

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Request {
  Method method{Method::kGet};
  std::string target;                 ///< as received
  std::vector<std::string> segments;  ///< of the path, decoded
  Pairs query;                        ///< in order, decoded
  Pairs headers;                      ///< names in lower case
  std::string body;
  std::string address;  ///< of the client, without port
  bool secure{false};   ///< came over TLS
  bool upgrade{false};  ///< asks for a WebSocket
  /// Whether the client has ended the connection: long work then stops. May be empty.
  std::function<bool()> gone{};

  /// Sets target, segments and query.
  base::Status set_target(std::string_view text);
  /// Value of the first header of that (lower case) name; empty when absent.
  std::string_view header(std::string_view name) const;
  std::optional<std::string_view> query_value(std::string_view name) const;
  std::string_view cookie(std::string_view name) const;
  /// The path as text, decoded, for logs.
  std::string path() const;
};

/// "%41" -> "A"; '+' becomes a space when `form` (query strings). Error kMalformed on a bad escape,
/// a control character or bad UTF-8.
base::Result<std::string> decode_percent(std::string_view text, bool form);
base::Result<Pairs> parse_query(std::string_view text);

}  // namespace jinglue::serve
