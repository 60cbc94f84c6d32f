// SPDX-License-Identifier: Apache-2.0
// Engine: rules over fixes. Live, replay and back-test call the same functions in journal order;
// it returns steps and opaque state, app persists both. It reads no clock and no database.
// A subject is the vessel that claims the track, else the track. A fix that is late for its subject
// re-evaluates the subject from the last checkpoint before it, through `history`, and yields
// corrected, retracted or extended steps.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/instant.hpp"
#include "base/json.hpp"
#include "model/finding.hpp"
#include "model/fix.hpp"
#include "model/record_change.hpp"
#include "model/vessel.hpp"
#include "model/zone.hpp"
#include "picture/berth/berth_watch.hpp"

namespace jinglue::detect {

/// What the picture knows of the sender of a fix, at that moment.
struct SubjectView {
  std::shared_ptr<const model::VesselFacts> vessel;  // shared with Identity; null = 未匹配登记
  model::VesselKind kind{model::VesselKind::kUnknown};
  std::string name;  ///< register's, else stated
  std::optional<double> length_m;
  std::string flag;  ///< register's, else from the MID
};

/// Fixes of a terminal's track in event-time order in [from, to), those just given included.
using History = std::function<void(model::TrackId, base::Instant from, base::Instant to,
                                   const std::function<bool(const model::Fix&)>&)>;

/// The files of rules/ as text, by path relative to rules/ ("summer_moratorium.toml",
/// "zones/berths.geojson"): exactly what a kRulePack journal entry carries.
struct RuleFiles {
  std::string revision;  ///< hash over all files
  std::vector<std::pair<std::string, std::string>> files;
  base::Json to_json() const;
  static base::Result<RuleFiles> from_json(const base::Json& json);
};
/// Reads a folder. Error with the file when it cannot be read.
base::Result<RuleFiles> read_rule_files(const std::string& folder);

class RulePack;  ///< detect/rule/pack.hpp
/// All mistakes, each with file, line and key; empty when the pack is good.
struct PackResult {
  std::shared_ptr<const RulePack> pack;  // shared: engine, API and back-test; null when refused
  std::vector<base::Error> errors;
};
PackResult load_pack(const RuleFiles& files);

class Engine {
 public:
  explicit Engine(History history);
  ~Engine();

  void set_pack(std::shared_ptr<const RulePack> pack, std::uint64_t offset, base::Instant now,
                std::vector<model::FindingStep>& out);
  std::shared_ptr<const RulePack> pack() const;
  std::shared_ptr<const picture::BerthMap> berths() const;

  void on_fix(const model::Fix& fix, const SubjectView& sender,
              std::vector<model::FindingStep>& out);
  /// Once a second of the data folder's clock: closes episodes that ended by silence, seasons.
  void on_tick(base::Instant now, std::uint64_t offset, std::vector<model::FindingStep>& out);
  /// Changes of `exemption`, `vessel` (subject facts) and others that rules use.
  void on_change(const model::RecordChange& change, std::uint64_t offset,
                 std::vector<model::FindingStep>& out);

  void save(base::ByteWriter& out) const;
  bool load(base::ByteReader& in);
  /// Counters for the System page: subjects, episodes open, late fixes, re-evaluations, ...
  base::Json counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::detect
