// SPDX-License-Identifier: Apache-2.0
// CaseDesk: from a verified finding to a lead (案件线索), from a lead to a filed case (立案) and
// its evidence folder. Fields and states are in registers/case.toml; here is what TOML cannot say:
// jurisdiction, the track in evidence, the pack.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "base/instant.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "findings/findings.hpp"
#include "geo/area.hpp"
#include "model/zone.hpp"

namespace jinglue::registry {
class Registry;
struct Record;
}  // namespace jinglue::registry
namespace jinglue::picture {
class Archive;
}

namespace jinglue::act::cases {

/// Who may file: fishery authority inside the motor-trawl line, coast guard outside, undetermined
/// when no line is loaded (管辖未判定).
enum class Jurisdiction { kUndetermined, kFishery, kCoastGuard };
std::string_view to_key(Jurisdiction j);

/// What the desk shows of rooms that act may not include; app sets them. Each may be empty.
struct Sources {
  /// Text of the file that held this version of the rule; empty = not held any more.
  std::function<std::string(const std::string& rule_id, std::int64_t version)> rule_text;
  /// As it was when the input of that journal offset was judged.
  std::function<std::shared_ptr<const model::Zone>(const std::string& zone_id,
                                                   std::uint64_t offset)>
      zone;
  /// Outer rings of land that meet the box.
  std::function<std::vector<geo::Ring>(const geo::Box&)> coast;
};

struct PackResult {
  std::filesystem::path folder;
  std::size_t files{0};
  std::string manifest_sha256;
};

class CaseDesk {
 public:
  CaseDesk(registry::Registry& registry, findings::Findings& findings, picture::Archive& archive,
           access::Access& access, std::filesystem::path files);
  /// The motor-trawl prohibited line as the area landward of it; null = none loaded.
  void set_fishery_waters(std::shared_ptr<const model::Zone> waters);
  void set_sources(Sources sources);
  Jurisdiction jurisdiction_at(geo::LatLon p) const;
  /// Of a whole track: undetermined too when it lies on both sides of the line.
  Jurisdiction jurisdiction_of(const std::vector<geo::Position>& positions) const;

  /// Called inside the review's transaction. Returns the record id of the lead (one per finding).
  base::Result<std::string> make_lead(const findings::Finding& finding, const access::Actor& actor,
                                      base::Instant now);
  /// Writes the evidence folder: record, history, finding and steps, reviews, rule text and
  /// version, track as CSV and GeoJSON, map as SVG, manifest.json with SHA-256 of each file, README
  /// in both languages that says "pending legal and technical review". Deterministic for equal
  /// content; who packed it and when stands in the audit log with the manifest's hash. The folder
  /// is `into`/NUMBER-rREVISION; an older pack of that name is replaced.
  base::Result<PackResult> pack(const std::string& case_id, const std::filesystem::path& into,
                                const access::Actor& actor, base::Instant now);
  /// Checks every hash of a pack; the error names the first file that differs, is absent or extra.
  static base::Result<std::size_t> verify_pack(const std::filesystem::path& folder);

 private:
  base::Status may_file(const registry::Record& record, base::Instant now) const;
  base::Result<std::string> find_or_make(const findings::Finding& finding,
                                         const access::Actor& actor, base::Instant now);
  Sources sources() const;

  registry::Registry& m_registry;
  findings::Findings& m_findings;
  picture::Archive& m_archive;
  access::Access& m_access;
  std::filesystem::path m_files;
  mutable std::mutex m_mutex;  // of what follows: rule packs change while requests are served
  std::shared_ptr<const model::Zone> m_waters;  // shared with the rule pack
  Sources m_sources;
};

}  // namespace jinglue::act::cases
