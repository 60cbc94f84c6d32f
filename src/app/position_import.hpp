// SPDX-License-Identifier: Apache-2.0
// PositionImport: positions of files into the archive of a data folder on which no station runs.
// They take the way of everything: a journal entry with up to 65,536 rows is made durable, then the
// archive takes them. A row that the archive holds already (same track, time, place, speed, course,
// heading, status and source) is not added again. How far a file was taken stands in the data
// folder (imports/HASH.json, by the file's SHA-256), so that a stopped import goes on there; what
// was journaled just before a crash is met again and known. docs/format/exchange.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "picture/exchange/format.hpp"
#include "picture/exchange/reader.hpp"

namespace jinglue::app {

struct ImportWish {
  picture::exchange::ReadOptions read;
  std::optional<picture::exchange::Format> format;  ///< absent: by the file's content
  bool again{false};                                ///< read a file once more that was taken whole
};

/// Of one file, all runs together.
struct ImportCounts {
  std::uint64_t added{0}, duplicates{0}, bad{0};
  std::uint64_t skipped{0};  ///< rows that are no position, by the mapping
  /// Of the bad rows: "out_of_range latitude".
  std::map<std::string, std::uint64_t> causes;
  std::uint64_t resumed_at{0};  ///< byte at which this run went on
  bool whole{false};            ///< to the end
  bool before{false};           ///< it had been taken whole by an earlier run
};

struct ImportHooks {
  std::function<void(std::uint64_t line, const base::Error&)> bad_row;
  std::function<void(const ImportCounts&, std::uint64_t position)>
      progress;                ///< a few times a second at most
  std::function<bool()> stop;  ///< true: finish the rows in hand and return
};

class PositionImport {
 public:
  /// Takes the folder's lock and brings picture and archive up to the journal. Throws WorldError
  /// when a station (or another import) owns the folder, or it holds a drill.
  PositionImport(const std::filesystem::path& data, const std::filesystem::path& share);
  ~PositionImport();

  /// Throws WorldError for a file that cannot be read as a whole; the rows before stay.
  ImportCounts take(const std::filesystem::path& file, const ImportWish& wish,
                    const ImportHooks& hooks);
  /// Waits until the archive has everything on the disk.
  void settle();

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::app
