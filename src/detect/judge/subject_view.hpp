// SPDX-License-Identifier: Apache-2.0
// SubjectView: what the picture knows of the sender of a fix, at that moment.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "model/vessel.hpp"
#include "picture/identity/flag_table.hpp"

namespace jinglue::detect {

struct SubjectView {
  std::shared_ptr<const model::VesselFacts> vessel;  // shared with Identity; null = 未匹配登记
  model::VesselKind kind{model::VesselKind::kUnknown};
  std::string name;         ///< register's, else stated
  std::string side_number;  ///< likewise
  std::optional<double> length_m;
  std::string flag;  ///< register's, else stated, else from the MID
  picture::FlagSource flag_source{picture::FlagSource::kNone};
};

}  // namespace jinglue::detect
