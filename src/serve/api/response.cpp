// SPDX-License-Identifier: Apache-2.0
#include "serve/api/response.hpp"

namespace jinglue::serve {

Response bytes_response(std::string bytes, std::string type) {
  Response out;
  out.type = std::move(type);
  out.set_body(std::move(bytes));
  return out;
}

Response json_text_response(std::string json) {
  Response out = bytes_response(std::move(json), "application/json");
  out.headers.emplace_back("Cache-Control", "no-store");
  return out;
}

Response json_response(const base::Json& json, int status) {
  Response out = json_text_response(json.dump());
  out.status = status;
  return out;
}

Response text_response(std::string text, int status) {
  Response out = bytes_response(std::move(text), "text/plain; charset=utf-8");
  out.headers.emplace_back("Cache-Control", "no-store");
  out.status = status;
  return out;
}

Response no_content() {
  Response out;
  out.status = 204;
  return out;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "Unknown";
  }
}

}  // namespace jinglue::serve
