// SPDX-License-Identifier: Apache-2.0
// Kept rule packs and the coast, read when first asked for.
#include "app/evidence_sources.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/log.hpp"
#include "store/disk.hpp"

namespace jinglue::app {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kInForce = "in_force";

base::Result<base::Json> read_json(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return base::fail(base::Code::kMissing, "cannot be read", path.string());
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return base::parse_json(text);
}

geo::Ring ring_of(const base::Json& coordinates, geo::Box& box) {
  geo::Ring ring;
  for (const auto& point : coordinates.items()) {
    if (point.items().size() < 2) continue;
    ring.push_back({point.items()[1].as_double(), point.items()[0].as_double()});
    box.include(ring.back());
  }
  return ring;
}

}  // namespace

EvidenceSources::EvidenceSources(const fs::path& files, fs::path coast)
    : m_folder(files / "rules"), m_coast_file(std::move(coast)) {}

std::vector<EvidenceSources::InForce> EvidenceSources::read_in_force() const {
  std::vector<InForce> out;
  std::ifstream in(m_folder / kInForce);
  for (InForce one; in >> one.after_offset >> one.revision;) out.push_back(one);
  return out;
}

void EvidenceSources::note_in_force(const std::string& revision, std::uint64_t after_offset) {
  const auto so_far = read_in_force();
  if (!so_far.empty() && so_far.back().revision == revision) return;
  std::string text;
  for (const auto& one : so_far) text += fmt::format("{} {}\n", one.after_offset, one.revision);
  text += fmt::format("{} {}\n", after_offset, revision);
  store::put_file(*store::real_disk(), m_folder / kInForce, {text});
}

void EvidenceSources::keep(const detect::RuleFiles& files, std::uint64_t after_offset) {
  const auto path = m_folder / (files.revision + ".json");
  const std::lock_guard lock(m_mutex);
  if (fs::exists(path)) {
    note_in_force(files.revision, after_offset);
    return;
  }
  std::error_code error;
  fs::create_directories(m_folder, error);
  if (error) {
    throw base::WorldError("the rule pack cannot be kept", path.string() + ": " + error.message(),
                           "check the rights and the free space of the data folder");
  }
  const auto disk = store::real_disk();
  disk->sync_folder(m_folder.parent_path());
  store::put_file(*disk, path, {files.to_json().dump()});
  note_in_force(files.revision, after_offset);
  m_kept_loaded = false;
}

std::vector<EvidenceSources::Kept> EvidenceSources::load_kept() const {
  std::vector<std::pair<fs::file_time_type, fs::path>> paths;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(m_folder, error)) {
    if (entry.path().extension() == ".json") {
      paths.emplace_back(entry.last_write_time(), entry.path());
    }
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    base::log_warn("app", "kept rule packs cannot be read: {}: {}", m_folder.string(),
                   error.message());
  }
  std::sort(paths.rbegin(), paths.rend());
  std::vector<Kept> out;
  for (const auto& [time, path] : paths) {
    const auto json = read_json(path);
    const auto files = json ? detect::RuleFiles::from_json(*json)
                            : base::Result<detect::RuleFiles>(tl::unexpected(json.error()));
    if (!files) {
      base::log_warn("app", "{}: {}", path.string(), files.error().text());
      continue;
    }
    out.push_back({*files, detect::load_pack(*files).pack});
  }
  return out;
}

const std::vector<EvidenceSources::Kept>& EvidenceSources::kept() const {
  if (!m_kept_loaded) m_kept = load_kept();
  m_kept_loaded = true;
  return m_kept;
}

std::string EvidenceSources::rule_text(const std::string& rule_id, std::int64_t version) const {
  const std::lock_guard lock(m_mutex);
  for (const auto& [files, pack] : kept()) {
    if (!pack) continue;
    const auto rule = std::find_if(pack->rules().begin(), pack->rules().end(), [&](const auto& r) {
      return r.id == rule_id && r.version == version;
    });
    if (rule == pack->rules().end()) continue;
    const std::string name = rule->where.substr(0, rule->where.rfind(':'));
    for (const auto& [path, text] : files.files) {
      if (path == name) return text;
    }
  }
  return {};
}

std::optional<std::string> EvidenceSources::file_text(const std::string& revision,
                                                      const std::string& path) const {
  const std::lock_guard lock(m_mutex);
  for (const auto& [files, pack] : kept()) {
    if (files.revision != revision) continue;
    for (const auto& [name, text] : files.files) {
      if (name == path) return text;
    }
  }
  return std::nullopt;
}

std::shared_ptr<const model::Zone> EvidenceSources::zone(const std::string& zone_id,
                                                         std::uint64_t offset) const {
  const std::lock_guard lock(m_mutex);
  std::string revision;
  for (const auto& one : read_in_force()) {
    if (one.after_offset < offset) revision = one.revision;
  }
  auto order = kept();
  std::stable_partition(order.begin(), order.end(),
                        [&](const Kept& one) { return one.files.revision == revision; });
  for (const auto& [files, pack] : order) {
    if (!pack) continue;
    const auto index = pack->zone_index(zone_id);
    if (index != SIZE_MAX) return pack->zones()[index];
  }
  return nullptr;
}

void EvidenceSources::load_coast() const {
  m_coast_loaded = true;
  const auto json = read_json(m_coast_file);
  if (!json) {
    base::log_warn("app", "no coast for evidence maps: {}", json.error().text());
    return;
  }
  for (const auto& feature : (*json)["features"].items()) {
    const auto& geometry = feature["geometry"];
    const bool many = geometry["type"].as_string() == "MultiPolygon";
    const auto polygons =
        many ? geometry["coordinates"].items() : base::Json::Array{geometry["coordinates"]};
    for (const auto& polygon : polygons) {
      if (polygon.items().empty()) continue;
      Land land;
      land.ring = ring_of(polygon.items().front(), land.box);
      m_land.push_back(std::move(land));
    }
  }
}

std::vector<geo::Ring> EvidenceSources::coast(const geo::Box& box) const {
  const std::lock_guard lock(m_mutex);
  if (!m_coast_loaded) load_coast();
  std::vector<geo::Ring> out;
  for (const auto& land : m_land) {
    if (land.box.meets(box)) out.push_back(land.ring);
  }
  return out;
}

act::cases::Sources EvidenceSources::sources() const {
  return {[this](const std::string& id, std::int64_t version) { return rule_text(id, version); },
          [this](const std::string& id, std::uint64_t offset) { return zone(id, offset); },
          [this](const geo::Box& box) { return coast(box); }};
}

}  // namespace jinglue::app
