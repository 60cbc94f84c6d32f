// SPDX-License-Identifier: Apache-2.0
#include "app/folder_options.hpp"

#include <algorithm>

namespace jinglue::app {

store::OpenOptions records_options(const store::DataFolder& folder) {
  store::OpenOptions options;
  options.path = folder.records_db();
  options.sync_full = true;
  return options;
}

store::Journal::Options journal_options(const store::DataFolder& folder,
                                        const picture::Archive& archive,
                                        const findings::Findings& findings) {
  store::Journal::Options options;
  options.folder = folder.journal();
  options.floor = std::max(archive.applied_offset(), findings.applied_offset());
  return options;
}

}  // namespace jinglue::app
