// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/number.hpp"

#include <fmt/format.h>

#include "base/local_time.hpp"

namespace jinglue::registry::detail {
namespace {

base::Status check_token(std::string_view token) {
  if (token == "year" || token == "month") return {};
  return base::fail(base::Code::kUnknown, "unknown part '{" + std::string(token) + "}'", {},
                    "known parts: {year}, {month}, {n:WIDTH}");
}

void replace_all(std::string& text, std::string_view from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

base::Result<NumberPattern> parse_number_pattern(std::string_view text) {
  NumberPattern out;
  bool counted = false;
  std::string* part = &out.before;
  while (!text.empty()) {
    const auto open = text.find('{');
    part->append(text.substr(0, open));
    if (open == std::string_view::npos) break;
    const auto close = text.find('}', open);
    if (close == std::string_view::npos) {
      return base::fail(base::Code::kMalformed, "'{' without '}'");
    }
    const auto token = text.substr(open + 1, close - open - 1);
    text.remove_prefix(close + 1);
    if (token.size() == 3 && token.substr(0, 2) == "n:" && token[2] >= '1' && token[2] <= '9') {
      if (counted) return base::fail(base::Code::kMalformed, "has more than one counter");
      counted = true;
      out.width = token[2] - '0';
      part = &out.after;
      continue;
    }
    if (auto known = check_token(token); !known) return tl::unexpected(known.error());
    out.dated = true;
    part->append("{").append(token).append("}");
  }
  if (!counted) {
    return base::fail(base::Code::kMissing, "has no counter", {}, "for example {n:4}");
  }
  return out;
}

std::string fill_dates(const std::string& text, base::Instant now, const std::string& zone) {
  if (text.find('{') == std::string::npos) return text;
  const auto local = base::to_civil(now, zone);
  const base::CivilTime t = local ? *local : base::CivilTime{};  // the zone was checked on reading
  std::string out = text;
  replace_all(out, "{year}", std::to_string(t.year));
  replace_all(out, "{month}", fmt::format("{:02}", t.month));
  return out;
}

std::string number_text(const NumberPattern& pattern, const std::string& before, std::int64_t n,
                        const std::string& after) {
  return before + fmt::format("{:0{}}", n, pattern.width) + after;
}

}  // namespace jinglue::registry::detail
