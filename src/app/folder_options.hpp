// SPDX-License-Identifier: Apache-2.0
// How the databases and the journal of a data folder are opened by their owner: a station, an
// import.
#pragma once

#include "findings/findings.hpp"
#include "picture/archive/archive.hpp"
#include "store/data_folder.hpp"
#include "store/db.hpp"
#include "store/journal.hpp"

namespace jinglue::app {

store::OpenOptions records_options(const store::DataFolder& folder);
/// What the databases hold already is never numbered again.
store::Journal::Options journal_options(const store::DataFolder& folder,
                                        const picture::Archive& archive,
                                        const findings::Findings& findings);

}  // namespace jinglue::app
