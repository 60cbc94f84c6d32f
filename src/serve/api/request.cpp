// SPDX-License-Identifier: Apache-2.0
#include "serve/api/request.hpp"

#include <array>

#include "base/text.hpp"

namespace jinglue::serve {
namespace {

constexpr std::array<std::pair<std::string_view, Method>, 6> kMethods = {{
    {"GET", Method::kGet},
    {"HEAD", Method::kHead},
    {"POST", Method::kPost},
    {"PUT", Method::kPut},
    {"PATCH", Method::kPatch},
    {"DELETE", Method::kDelete},
}};

constexpr std::size_t kMaxQueryPairs = 100;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool has_control(std::string_view text) {
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7F) return true;
  }
  return false;
}

}  // namespace

std::string_view to_text(Method method) {
  for (const auto& [text, known] : kMethods) {
    if (known == method) return text;
  }
  return "OTHER";
}

Method method_from(std::string_view text) {
  for (const auto& [known, method] : kMethods) {
    if (known == text) return method;
  }
  return Method::kOther;
}

bool is_write(Method method) {
  return method == Method::kPost || method == Method::kPut || method == Method::kPatch ||
         method == Method::kDelete;
}

base::Result<std::string> decode_percent(std::string_view text, bool form) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && form) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return base::fail(base::Code::kMalformed, "a % is not followed by two hexadecimal digits");
      }
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  if (has_control(out)) {
    return base::fail(base::Code::kMalformed, "a control character in the address");
  }
  if (!base::is_utf8(out)) {
    return base::fail(base::Code::kMalformed, "the address is not UTF-8");
  }
  return out;
}

base::Result<Pairs> parse_query(std::string_view text) {
  Pairs out;
  for (const auto part : base::split(text, '&')) {
    if (part.empty()) continue;
    if (out.size() >= kMaxQueryPairs) {
      return base::fail(base::Code::kTooMany, "more than 100 query parameters");
    }
    const auto equals = part.find('=');
    auto name = decode_percent(part.substr(0, equals), true);
    if (!name) return tl::unexpected(name.error());
    std::string value;
    if (equals != std::string_view::npos) {
      auto decoded = decode_percent(part.substr(equals + 1), true);
      if (!decoded) return tl::unexpected(decoded.error());
      value = std::move(*decoded);
    }
    out.emplace_back(std::move(*name), std::move(value));
  }
  return out;
}

base::Status Request::set_target(std::string_view text) {
  target = text;
  segments.clear();
  query.clear();
  if (text.empty() || text.front() != '/') {
    return base::fail(base::Code::kMalformed, "the request target does not begin with /");
  }
  const auto mark = text.find('?');
  const auto path = text.substr(1, mark == std::string_view::npos ? mark : mark - 1);
  if (mark != std::string_view::npos) {
    auto pairs = parse_query(text.substr(mark + 1));
    if (!pairs) return tl::unexpected(pairs.error());
    query = std::move(*pairs);
  }
  for (const auto part : base::split(path, '/')) {
    auto segment = decode_percent(part, false);
    if (!segment) return tl::unexpected(segment.error());
    if (*segment == "." || *segment == "..") {
      return base::fail(base::Code::kMalformed, "a path segment is . or ..");
    }
    segments.push_back(std::move(*segment));
  }
  // "/a/" names the same as "/a"; "/" is the empty path.
  if (!segments.empty() && segments.back().empty()) segments.pop_back();
  return {};
}

std::string_view Request::header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (known == name) return value;
  }
  return {};
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  for (const auto& [known, value] : query) {
    if (known == name) return value;
  }
  return std::nullopt;
}

std::string_view Request::cookie(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (known != "cookie") continue;
    for (const auto part : base::split(value, ';')) {
      const auto pair = base::trim(part);
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
        return pair.substr(equals + 1);
      }
    }
  }
  return {};
}

std::string Request::path() const {
  std::string out;
  for (const auto& segment : segments) out += "/" + segment;
  return out.empty() ? "/" : out;
}

}  // namespace jinglue::serve
