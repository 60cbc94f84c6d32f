// SPDX-License-Identifier: Apache-2.0
// Collects the content of an evidence folder: everything that is held about one case, as of one
// revision of its record.
#pragma once

#include <filesystem>
#include <string>

#include "act/cases/case_desk.hpp"
#include "act/cases/pack_folder.hpp"

namespace jinglue::act::cases {

struct EvidenceSources {
  const registry::Registry& registry;
  const findings::Findings& findings;
  const picture::Archive& archive;
  Sources other;
  std::filesystem::path attachments;  ///< files by their SHA-256
};

/// kMissing when an attachment that the record names is not there or has another hash: a pack is
/// whole or not at all.
base::Result<Evidence> collect_evidence(const EvidenceSources& from, const std::string& case_id);

}  // namespace jinglue::act::cases
