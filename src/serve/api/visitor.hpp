// SPDX-License-Identifier: Apache-2.0
// Who asks, from which page and in which language: read from a request's cookies and headers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "access/access.hpp"
#include "serve/api/request.hpp"
#include "serve/api/services.hpp"

namespace jinglue::serve {

inline constexpr std::string_view kSessionCookie = "jinglue_session";
inline constexpr std::string_view kLanguageCookie = "jinglue_language";

/// The session of a request's cookie, as of the wall clock (sessions of a drill do not run at the
/// drill's speed).
std::optional<access::SignedIn> session_of(const Request& request, const Services& services);
/// Whether the Origin header, when there is one, names this host.
bool same_origin(const Request& request);
/// zh or en: the cookie jinglue_language, else Accept-Language, else zh.
std::string language_of(const Request& request);

}  // namespace jinglue::serve
