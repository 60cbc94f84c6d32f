// SPDX-License-Identifier: Apache-2.0
// Heard: a journaled line with what the pipeline found out about it. Parcel: one AIS message that
// may be sent, with what filters ask of it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "geo/point.hpp"
#include "model/vessel.hpp"
#include "observe/ais/decoder.hpp"

namespace jinglue::output {

struct Heard {
  std::string text;  ///< the line as it came, without its end
  std::string input;
  std::string station;  ///< address it came from
  base::Instant arrival;
  bool message{false};   ///< the line completed an AIS message, or a copy of one
  bool copy{false};      ///< that another station had brought
  bool withheld{false};  ///< its position is not shown (picture/gate)
  /// Who carries the sender's number by the register; null when nobody does. Shared with the
  /// pipeline's register, never changed.
  std::shared_ptr<const model::VesselFacts> vessel;
  /// It is for, or speaks of, an official vessel of the register.
  bool names_official{false};
};

/// What the filters of all destinations ask of one message. Views are valid while it is handled.
struct Subject {
  std::string_view input;
  base::Instant arrival;
  std::uint8_t type{0};
  std::uint32_t mmsi{0};
  bool copy{false};
  bool withheld{false};
  bool position{false};              ///< says where the sender is
  std::optional<geo::LatLon> place;  ///< where it is, or was at its last position of late
  bool class_a{false};               ///< what the sender sent last that tells its class
  bool distress{false};              ///< a beacon, or the status of an active one
  const model::VesselFacts* vessel{nullptr};
  std::vector<std::uint32_t> named;  ///< whom it is for or speaks of (ais/addressees.hpp)
  bool names_official{false};
};

struct Parcel {
  Subject subject;
  const Heard* last{nullptr};                     ///< the line that completed it
  std::vector<std::string_view> lines;            ///< of its parts, in their order
  const observe::ais::Decoded* decoded{nullptr};  ///< with a message; source empty when unnamed
};

}  // namespace jinglue::output
