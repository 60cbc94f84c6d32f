// SPDX-License-Identifier: Apache-2.0
// BasicSessions: programs that read maps (QGIS, ogr2ogr) sign in with name and password in every
// request (RFC 7617). The first one signs in as on the page, with the same limits and the same
// audit line; the others go on in that session until it ends. Passwords are not kept: the session
// is found by a hash of name, password and address under a key of this process.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "access/access.hpp"
#include "serve/api/request.hpp"

namespace jinglue::serve {

class BasicSessions {
 public:
  BasicSessions();
  /// Absent without the header; kUnauthorised or kTooMany as Access::sign_in().
  base::Result<std::optional<access::SignedIn>> session(const Request& request,
                                                        access::Access& access);

 private:
  const std::string m_key;
  std::mutex m_mutex;
  std::unordered_map<std::string, std::string> m_tokens;
};

/// "Basic " + base64 of "name:password"; absent when it is not that.
std::optional<std::pair<std::string, std::string>> read_basic(std::string_view header);

}  // namespace jinglue::serve
