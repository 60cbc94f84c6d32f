// SPDX-License-Identifier: Apache-2.0
#include "serve/api/visitor.hpp"

#include "base/text.hpp"

namespace jinglue::serve {

std::optional<access::SignedIn> session_of(const Request& request, const Services& services) {
  const auto token = request.cookie(kSessionCookie);
  if (token.empty()) return std::nullopt;
  auto found = services.access->session(token, base::wall_now());
  // The address of this request, for the audit log; the session knows only where it began.
  if (found) found->actor.address = request.address;
  return found;
}

bool same_origin(const Request& request) {
  const auto origin = request.header("origin");
  if (origin.empty()) return true;
  const auto mark = origin.find("://");
  return mark != std::string_view::npos && base::to_lower_ascii(origin.substr(mark + 3)) ==
                                               base::to_lower_ascii(request.header("host"));
}

std::string language_of(const Request& request) {
  const auto chosen = request.cookie(kLanguageCookie);
  if (chosen == "zh" || chosen == "en") return std::string(chosen);
  // In order of appearance: browsers send their list by falling quality.
  for (const auto part : base::split(request.header("accept-language"), ',')) {
    const auto tag = base::to_lower_ascii(base::trim(part)).substr(0, 2);
    if (tag == "zh" || tag == "en") return tag;
  }
  return "zh";
}

}  // namespace jinglue::serve
