// SPDX-License-Identifier: Apache-2.0
// Response: what a resource answers. Bodies are shared, so that a static file is sent by every
// connection without a copy.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "serve/api/request.hpp"

namespace jinglue::serve {

class BodyPipe;

struct Response {
  int status{200};
  std::string type;  ///< Content-Type; empty = no body
  Pairs headers;
  std::shared_ptr<const std::string> body;  // shared between connections that send it
  bool close{false};                        ///< end the connection after it
  /// Instead of a body: makes it piece by piece, on a worker of the questions, after the head has
  /// gone; calls finish(). What it uses it owns.
  std::function<void(BodyPipe&)> produce{};

  std::size_t size() const { return body ? body->size() : 0; }
  std::string_view text() const { return body ? std::string_view(*body) : std::string_view(); }
  void set_body(std::string bytes) { body = std::make_shared<const std::string>(std::move(bytes)); }
};

/// A handler's answer: a Response, or an Error that becomes a problem (serve/api/problem.hpp).
using Answer = base::Result<Response>;

Response json_response(const base::Json& json, int status = 200);
/// `json` is the finished text.
Response json_text_response(std::string json);
Response text_response(std::string text, int status = 200);
Response bytes_response(std::string bytes, std::string type);
Response no_content();

/// Reason phrase of RFC 9110; "Unknown" for what we never send.
std::string_view reason_phrase(int status);

}  // namespace jinglue::serve
