// SPDX-License-Identifier: Apache-2.0
// Health: what is wrong now and what to do about it, in both languages. A problem is raised and
// cleared by the part that sees it; the System page, the banner and /healthz read it.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "base/instant.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "picture/coverage/silence.hpp"

namespace jinglue::app {

enum class Gravity { kDegraded, kFailed };

struct Problem {
  Gravity gravity{Gravity::kDegraded};
  base::Words text;
  base::Words hint;
  base::Instant since;
};

/// "Our receiver is silent": which waters nobody hears meanwhile, and what to check.
Problem problem_of(const picture::SilentStation& station, base::Instant now);

class Health {
 public:
  /// `code` is stable: "disk_full", "input_silent.ais-weihai". Raising it again keeps `since`.
  void raise(const std::string& code, Problem problem);
  void clear(const std::string& code);
  bool sound() const;
  /// {"state":"ok|degraded|failed","problems":[{code,gravity,text:{zh,en},hint:{zh,en},since}]}
  base::Json to_json() const;

 private:
  mutable std::mutex m_mutex;
  std::map<std::string, Problem> m_problems;
};

}  // namespace jinglue::app
