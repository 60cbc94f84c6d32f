// SPDX-License-Identifier: Apache-2.0
// EvidenceSources: what an evidence folder shows of rules and coast. Every rule pack that was in
// force is kept by its revision in the data folder's files, so that a finding of last year is
// explained by the rules of last year even when its journal is gone.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "act/cases/case_desk.hpp"
#include "detect/engine.hpp"
#include "detect/rule/pack.hpp"
#include "geo/area.hpp"

namespace jinglue::app {

class EvidenceSources {
 public:
  /// `files` is the data folder's files/, `coast` a GeoJSON of land polygons (may be absent).
  EvidenceSources(const std::filesystem::path& files, std::filesystem::path coast);

  /// Keeps a pack and that it judges what comes after this journal offset, durable on return.
  /// Throws WorldError when it cannot. Lines received in the moment between this call and the
  /// pack's own entry are still judged by the pack before.
  void keep(const detect::RuleFiles& files, std::uint64_t after_offset);
  /// Text of the file that held this version of the rule; empty when no kept pack has it.
  std::string rule_text(const std::string& rule_id, std::int64_t version) const;
  /// A file of the kept pack of that revision, by its path below rules/.
  std::optional<std::string> file_text(const std::string& revision, const std::string& path) const;
  /// Of the pack that judged the input of that offset; of the newest that has the zone when that
  /// one has it not.
  std::shared_ptr<const model::Zone> zone(const std::string& zone_id, std::uint64_t offset) const;
  std::vector<geo::Ring> coast(const geo::Box& box) const;
  /// Bound to this; it must outlive the desk.
  act::cases::Sources sources() const;

 private:
  struct Kept {
    detect::RuleFiles files;
    std::shared_ptr<const detect::RulePack> pack;  // shared with whoever shows a zone of it
  };
  /// When a pack came into force; the file in_force holds one a line, in that order.
  struct InForce {
    std::uint64_t after_offset{0};
    std::string revision;
  };
  std::vector<InForce> read_in_force() const;
  void note_in_force(const std::string& revision, std::uint64_t after_offset);
  /// Newest first.
  std::vector<Kept> load_kept() const;
  const std::vector<Kept>& kept() const;
  struct Land {
    geo::Box box;
    geo::Ring ring;
  };
  void load_coast() const;

  const std::filesystem::path m_folder;
  const std::filesystem::path m_coast_file;
  mutable std::mutex m_mutex;
  mutable bool m_kept_loaded{false}, m_coast_loaded{false};
  mutable std::vector<Kept> m_kept;
  mutable std::vector<Land> m_land;
};

}  // namespace jinglue::app
