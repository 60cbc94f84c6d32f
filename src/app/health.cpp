// SPDX-License-Identifier: Apache-2.0
// The list of present problems.
#include "app/health.hpp"

#include <utility>

#include "base/log.hpp"

namespace jinglue::app {

namespace {

base::Json to_json(const base::Words& words) {
  return base::Json::object({{"zh", words.zh}, {"en", words.en}});
}

}  // namespace

void Health::raise(const std::string& code, Problem problem) {
  const std::lock_guard lock(m_mutex);
  const auto found = m_problems.find(code);
  if (found == m_problems.end()) {
    base::log_warn("health", "{}: {} ({})", code, problem.text.en, problem.hint.en);
  } else {
    problem.since = found->second.since;
  }
  m_problems.insert_or_assign(code, std::move(problem));
}

void Health::clear(const std::string& code) {
  const std::lock_guard lock(m_mutex);
  if (m_problems.erase(code) > 0) base::log_info("health", "{}: over", code);
}

bool Health::sound() const {
  const std::lock_guard lock(m_mutex);
  return m_problems.empty();
}

base::Json Health::to_json() const {
  const std::lock_guard lock(m_mutex);
  bool failed = false;
  auto problems = base::Json::array();
  for (const auto& [code, problem] : m_problems) {
    const bool is_failed = problem.gravity == Gravity::kFailed;
    failed = failed || is_failed;
    problems.push(base::Json::object({{"code", code},
                                      {"gravity", is_failed ? "failed" : "degraded"},
                                      {"text", app::to_json(problem.text)},
                                      {"hint", app::to_json(problem.hint)},
                                      {"since", base::to_iso(problem.since)}}));
  }
  return base::Json::object(
      {{"state", failed ? "failed" : (m_problems.empty() ? "ok" : "degraded")},
       {"problems", std::move(problems)}});
}

}  // namespace jinglue::app
