// SPDX-License-Identifier: Apache-2.0
// DataFolder: the layout of var/ and the lock that makes one process its owner.
#pragma once

#include <filesystem>

namespace jinglue::store {

class DataFolder {
 public:
  /// Makes the folder if absent and takes the lock. Throws WorldError: not writable, or owned by
  /// another process (its id is named).
  explicit DataFolder(std::filesystem::path root);
  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  const std::filesystem::path& root() const { return m_root; }
  std::filesystem::path journal() const { return m_root / "journal"; }
  std::filesystem::path snapshots() const { return m_root / "snapshots"; }
  std::filesystem::path tracks_db() const { return m_root / "tracks.db"; }
  std::filesystem::path measurements_db() const { return m_root / "measurements.db"; }
  std::filesystem::path messages_db() const { return m_root / "messages.db"; }
  std::filesystem::path records_db() const { return m_root / "records.db"; }
  std::filesystem::path files() const { return m_root / "files"; }
  std::filesystem::path backups() const { return m_root / "backups"; }

 private:
  std::filesystem::path m_root;
  int m_lock{-1};
};

}  // namespace jinglue::store
