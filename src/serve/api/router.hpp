// SPDX-License-Identifier: Apache-2.0
// Router: which handler answers a method and a path. Patterns are those of openapi.yaml
// ("/registers/{register}/records"); where a literal and a parameter both fit, the literal wins.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "serve/api/request.hpp"
#include "serve/api/response.hpp"

namespace jinglue::serve {

struct Call;
using Handler = std::function<Answer(Call&)>;

/// What the body of a request may be. kBytes: a file as application/octet-stream, or text/plain;
/// kTable: a table in any format of registry/table_file.hpp.
enum class Body { kNone, kJson, kTable, kBytes };

struct Route {
  Method method{Method::kGet};
  std::string pattern;
  Handler handler{};
  Body body{Body::kNone};
  bool open{false};      ///< no session needed
  bool slow{false};      ///< hashes a password: runs apart from the others
  bool large{false};     ///< the body may have the size of an import
  bool basic{false};     ///< name and password in each request will do (api/basic_sessions.hpp)
  bool question{false};  ///< may read the archive for seconds: few at a time, apart from the others
};

struct Match {
  const Route* route{nullptr};  ///< null: no such path, or not with this method
  Pairs parameters;             ///< name of the pattern -> decoded segment
  std::vector<Method> allowed;  ///< of this path; empty = no such path
};

class Router {
 public:
  /// Asserts that the route is not there yet.
  void add(Route route);
  /// HEAD is answered by GET.
  Match match(Method method, const std::vector<std::string>& segments) const;
  const std::vector<Route>& routes() const { return m_routes; }

 private:
  std::vector<Route> m_routes;
  std::vector<std::vector<std::string>> m_patterns;  ///< segments of each route's pattern
};

}  // namespace jinglue::serve
