// SPDX-License-Identifier: Apache-2.0
// The list of present problems.
#include "app/health.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/log.hpp"

namespace jinglue::app {

namespace {

base::Json to_json(const base::Words& words) {
  return base::Json::object({{"zh", words.zh}, {"en", words.en}});
}

}  // namespace

Problem problem_of(const picture::SilentStation& station, base::Instant now) {
  const auto minutes = (now - station.since).count() / 60'000;
  const auto unheard = station.cells - std::min(station.cells, station.elsewhere);
  const auto share = station.cells == 0 ? 0 : unheard * 100 / station.cells;
  const auto& at = station.middle;
  const auto place =
      fmt::format("{:.1f}°{} {:.1f}°{}", std::abs(at.lat_deg), at.lat_deg < 0 ? 'S' : 'N',
                  std::abs(at.lon_deg), at.lon_deg < 0 ? 'W' : 'E');
  return {
      Gravity::kDegraded,
      {fmt::format("接收台站“{}”（{}）已静默{}分钟：是我方接收中断，不代表船舶停发；"
                   "其覆盖水域（中心{}）的{}%当前没有其他台站收到",
                   station.name, station.input, minutes, place, share),
       fmt::format("station \"{}\" ({}) has been silent for {} min: our receiver, not the fleet; "
                   "{}% of its waters (around {}) are heard by no other station now",
                   station.name, station.input, minutes, share, place)},
      {"请检查该台站的接收机、天线与网络", "check receiver, antenna and network of this station"},
      station.since};
}

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
