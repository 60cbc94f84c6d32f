// SPDX-License-Identifier: Apache-2.0
// Services: what the resources of the API may use. app makes it; serve never includes app.
// Everything here may be called from any serving thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/instant.hpp"
#include "base/json.hpp"

namespace jinglue::access {
class Access;
}
namespace jinglue::registry {
class Registry;
}
namespace jinglue::findings {
class Findings;
}
namespace jinglue::picture {
class Archive;
class LiveSnapshot;
}  // namespace jinglue::picture
namespace jinglue::detect {
class RulePack;
}
namespace jinglue::act::alert {
class AlertDesk;
}
namespace jinglue::act::cases {
class CaseDesk;
}

namespace jinglue::serve {

struct Clock {
  base::Instant now;
  bool feed{false};  ///< feed time (drill, replay), else wall
  bool drill{false};
  double speed{1};
  bool scenario_ended{false};
  base::Instant last_arrival;
};

struct Services {
  access::Access* access{nullptr};
  registry::Registry* registry{nullptr};
  findings::Findings* findings{nullptr};
  picture::Archive* archive{nullptr};
  act::alert::AlertDesk* alerts{nullptr};
  act::cases::CaseDesk* cases{nullptr};
  std::function<std::shared_ptr<const picture::LiveSnapshot>()> live;
  std::function<std::shared_ptr<const detect::RulePack>()> rules;
  std::function<Clock()> clock;
  std::function<base::Json()>
      inputs;  ///< per input: counters, durable_lines, rejects by cause, state
  std::function<base::Json()>
      health;  ///< {"state":"ok|degraded|failed","problems":[{code,text,hint}]}
  std::function<base::Json()> metrics;  ///< flat name -> number
  std::function<base::Status(const std::string& action, double value)>
      drill_control;  ///< speed, pause
  std::string version;
};

}  // namespace jinglue::serve
