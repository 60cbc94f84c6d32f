// SPDX-License-Identifier: Apache-2.0
// Services: what the resources of the API may use. app makes it; serve never includes app.
// Everything here may be called from any serving thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/json.hpp"
#include "model/terminal.hpp"
#include "model/vessel_message.hpp"

namespace jinglue::access {
class Access;
}
namespace jinglue::registry {
class Registry;
}
namespace jinglue::findings {
class Findings;
}
namespace jinglue::output {
class BoatMessages;
class DestinationBook;
struct Entry;
}  // namespace jinglue::output
namespace jinglue::picture {
class Archive;
class Coverage;
class LiveSnapshot;
class FlagTable;
class Measurements;
class MessageLog;
struct SensorState;
}  // namespace jinglue::picture
namespace jinglue::detect {
class RulePack;
}
namespace jinglue::act::alert {
class AlertDesk;
}
namespace jinglue::act::sea_use {
class SeaUseDesk;
}
namespace jinglue::act::cases {
class CaseDesk;
}
namespace jinglue::act::task {
class DraftBook;
struct NewDraft;
}  // namespace jinglue::act::task

namespace jinglue::serve {

struct Clock {
  base::Instant now;
  bool feed{false};  ///< feed time (drill, replay), else wall
  bool drill{false};
  double speed{1};  ///< of the drill; what it was when paused
  bool paused{false};
  bool scenario_ended{false};
  base::Instant last_arrival;
};

struct Services {
  access::Access* access{nullptr};
  registry::Registry* registry{nullptr};
  findings::Findings* findings{nullptr};
  picture::Archive* archive{nullptr};
  const picture::Coverage* coverage{nullptr};  ///< who heard what; absent = nothing is said of it
  act::alert::AlertDesk* alerts{nullptr};
  act::cases::CaseDesk* cases{nullptr};
  act::sea_use::SeaUseDesk* sea_use{nullptr};
  act::task::DraftBook* plans{nullptr};
  /// A work document as it was handed in (`name` is empty for pasted text), read into a tree.
  /// `gone`: whether the one who asked has left. May take a minute for an old form of Word.
  std::function<base::Result<act::task::NewDraft>(const std::string& bytes, const std::string& name,
                                                  const std::function<bool()>& gone)>
      read_plan;
  output::DestinationBook* outputs{nullptr};
  output::BoatMessages* boats{nullptr};
  /// {connection{}, counts{}} of a destination: openapi.yaml, schema Output.
  std::function<base::Json(const output::Entry&)> output_state;
  /// Array, one object per webhook of the settings: schema Webhook. May be empty.
  std::function<base::Json()> webhooks;
  std::function<std::shared_ptr<const picture::LiveSnapshot>()> live;
  std::function<std::shared_ptr<const detect::RulePack>()> rules;
  /// Text of a file of the pack in force, by its path in the pack; absent when there is none.
  std::function<std::optional<std::string>(const std::string& file)> rule_text;
  std::function<Clock()> clock;
  /// Array, one object per input as in openapi.yaml, schema Input.
  std::function<base::Json()> inputs;
  /// Array, one object per receiving station of an input: schema Station. May be empty.
  std::function<base::Json()> stations;
  /// What buoys and sensors said last, shared with the picture. May be empty, and may give null.
  std::function<std::shared_ptr<const std::vector<picture::SensorState>>()> sensors;
  picture::Measurements* measurements{nullptr};
  picture::MessageLog* messages{nullptr};
  /// Of a message of kind application: {id, title{zh, en}, data{}} by the tables of today; {} when
  /// no table speaks of it. May be empty.
  std::function<base::Json(const model::VesselMessage&)> application;
  /// openapi.yaml, schema Health: {"state":"ok|no_input|degraded|failed",
  /// "problems":[{"code","text":{zh,en},"hint":{zh,en}}]}
  std::function<base::Json()> health;
  /// Flat object name -> number; becomes /metrics. Names without the prefix "jinglue_"; those that
  /// end in "_total" are counters, others gauges.
  std::function<base::Json()> metrics;
  /// For the stream's counters frame, once a second: flat object name -> integer
  /// (docs/format/stream.md, kind 5). May be empty.
  std::function<base::Json()> counters;
  /// action: "pause", "resume", "speed" (value = times real time). Empty when there is no drill.
  std::function<base::Status(const std::string& action, double value)> drill_control;
  const picture::FlagTable* flags{nullptr};
  std::filesystem::path packs;  ///< folder of the evidence packs: PACKS/CASE_ID/PACK
  std::string version;
};

}  // namespace jinglue::serve
