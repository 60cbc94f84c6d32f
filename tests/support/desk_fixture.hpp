// SPDX-License-Identifier: Apache-2.0
// DeskFixture: the desks of act over real databases, with a finding of a trawler off Chengshantou
// and its track in the archive.
#pragma once

#include <memory>
#include <string>

#include "act/alert/alert_desk.hpp"
#include "act/cases/case_desk.hpp"
#include "findings/findings.hpp"
#include "picture/archive/archive.hpp"
#include "support/records_fixture.hpp"

namespace jinglue::test {

inline geo::Position place(double lat_deg, double lon_deg) {
  return geo::to_position({lat_deg, lon_deg});
}

inline std::shared_ptr<const model::Zone> box_zone(const std::string& id, const geo::Box& b) {
  auto zone = std::make_shared<model::Zone>();
  zone->id = id;
  zone->kind = "legal";
  zone->name = {"测试区域", "test zone"};
  zone->source = "test";
  geo::Ring ring = {{b.south_deg, b.west_deg},
                    {b.south_deg, b.east_deg},
                    {b.north_deg, b.east_deg},
                    {b.north_deg, b.west_deg},
                    {b.south_deg, b.west_deg}};
  zone->area = std::make_shared<geo::Area>(*geo::Area::from_polygons({{ring}}));
  return zone;
}

class DeskFixture : public RecordsFixture {
 public:
  DeskFixture() { open_desks(); }

  void open_desks() {
    std::filesystem::create_directories(folder / "files");
    m_findings = std::make_unique<findings::Findings>(database());
    picture::Archive::Options options;
    options.file = folder / "tracks.db";
    m_archive = std::make_unique<picture::Archive>(options);
    m_cases = std::make_unique<act::cases::CaseDesk>(registry(), *m_findings, *m_archive, access(),
                                                     folder / "files");
    m_alerts = std::make_unique<act::alert::AlertDesk>(*m_findings, registry(), access(), *m_cases);
  }

  findings::Findings& findings() { return *m_findings; }
  picture::Archive& archive() { return *m_archive; }
  act::cases::CaseDesk& cases() { return *m_cases; }
  act::alert::AlertDesk& alerts() { return *m_alerts; }

  /// A fix a minute, at 4 knots to the east.
  void sail(const std::string& track, int minutes) {
    for (int i = 0; i < minutes; ++i) {
      model::Fix fix;
      fix.track = *model::parse_track(track);
      fix.time = begin + base::Duration(60'000 * i);
      fix.arrival = fix.time + base::Duration(500);
      fix.quality = model::TimeQuality::kDerived;
      fix.source = model::FixSource::kAisB;
      fix.position = place(37.35, 122.75 + 0.001 * i);
      fix.sog_ckn = 400;
      fix.cog_cdeg = 9000;
      fix.offset = std::uint64_t(++m_offset);
      m_archive->append(fix);
    }
    m_archive->advance(std::uint64_t(m_offset), true);
  }

  model::FindingStep step(std::uint64_t id, std::uint32_t number = 0,
                          model::StepKind kind = model::StepKind::kOpened) {
    model::FindingStep s;
    s.finding.value = id;
    s.number = number;
    s.kind = kind;
    s.offset = std::uint64_t(++m_offset);
    s.at = begin + base::Duration(700);
    s.rule_id = "moratorium.sea";
    s.rule_version = 3;
    s.severity = model::Severity::kHigh;
    s.title = {"疑似休渔期离港", "Suspected departure in the moratorium"};
    s.reason = {"2024年5月1日12时起，拖网渔船不得离港。",
                "No trawler leaves port from 1 May 2024 12:00."};
    s.article = "农业农村部通告〔2023〕1号";
    s.zone = "north_of_35N";
    s.subjects.push_back({model::SubjectKind::kTrack, "mmsi:412000001", "main", "演练渔0001"});
    s.begin = begin;
    s.last = begin + base::Duration(60'000 * 5);
    for (int i = 0; i < 6; ++i) {
      s.positions.push_back({begin + base::Duration(60'000 * i), place(37.35, 122.75 + 0.001 * i),
                             std::uint16_t{400}, std::uint16_t{9000}, "mmsi:412000001",
                             std::uint64_t(i + 1)});
    }
    s.values = base::Json::object({{"district", "rongcheng"}, {"speed_kn", 4}});
    return s;
  }
  model::FindingId raise(const model::FindingStep& s) {
    m_findings->append({&s, 1}, s.offset);
    return s.finding;
  }

  base::Instant begin{1714536600000};  // 2024-05-01T04:10:00Z

 private:
  std::int64_t m_offset{0};
  std::unique_ptr<findings::Findings> m_findings;
  std::unique_ptr<picture::Archive> m_archive;
  std::unique_ptr<act::cases::CaseDesk> m_cases;
  std::unique_ptr<act::alert::AlertDesk> m_alerts;
};

}  // namespace jinglue::test
