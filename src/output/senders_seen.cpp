// SPDX-License-Identifier: Apache-2.0
#include "output/senders_seen.hpp"

#include <algorithm>

namespace jinglue::output {
namespace {

namespace ais = observe::ais;

constexpr std::uint8_t kActiveBeacon = 14;  // navigational status, M.1371-5 table 45

/// Whether the type tells the class of its sender: 1 to 3 and 5 are class A's, 18, 19 and 24 class
/// B's; base stations, aircraft and aids to navigation are neither.
std::optional<bool> class_a_of(std::uint8_t type) {
  switch (type) {
    case 1:
    case 2:
    case 3:
    case 5:
      return true;
    case 4:
    case 9:
    case 18:
    case 19:
    case 21:
    case 24:
      return false;
    default:
      return std::nullopt;
  }
}

/// AIS-SART, man overboard, EPIRB: ITU-R M.585-9 annex 2.
bool is_beacon(std::uint32_t mmsi) {
  const auto head = mmsi / 1'000'000;
  return head == 970 || head == 972 || head == 974;
}

}  // namespace

void SendersSeen::judge(const ais::Message& message, std::size_t payload, Subject& subject) {
  if (m_senders.size() >= kMost) forget_old(subject.arrival);
  const auto report = ais::to_report(message, subject.arrival, subject.arrival, 0);
  Sender& sender = m_senders[subject.mmsi];
  sender.heard = subject.arrival;
  if (const auto told = class_a_of(subject.type)) sender.class_a = *told;
  subject.position = report.fix.has_value();
  if (subject.copy && sender.withheld == payload) subject.withheld = true;
  if (subject.withheld) sender.withheld = payload;
  if (report.fix) {
    subject.place = report.fix->position.degrees();
    if (!subject.withheld) {
      sender.place = *subject.place;
      sender.placed = subject.arrival;
    }
  } else if (subject.arrival - sender.placed <= kPlaceHolds) {
    subject.place = sender.place;
  }
  subject.class_a = sender.class_a;
  subject.distress =
      is_beacon(subject.mmsi) || (report.fix && report.fix->nav_status == kActiveBeacon);
}

/// The half that was not heard for longest goes, so that this is done rarely.
void SendersSeen::forget_old(base::Instant now) {
  std::vector<base::Instant> heard;
  heard.reserve(m_senders.size());
  for (const auto& [mmsi, sender] : m_senders) heard.push_back(sender.heard);
  const auto middle = heard.begin() + static_cast<std::ptrdiff_t>(heard.size() / 2);
  std::nth_element(heard.begin(), middle, heard.end());
  const base::Instant oldest = std::max(*middle, now - kPlaceHolds);
  std::erase_if(m_senders, [&](const auto& one) { return one.second.heard <= oldest; });
}

}  // namespace jinglue::output
