// SPDX-License-Identifier: Apache-2.0
// PowerCut: records everything that is written below a folder through its Disk (the journal) and
// its SQLite VFS (databases), and lays out the disk as a power cut at any moment could have left
// it: what was synced is there, what was not may be there, in part, or in other order. Names follow
// the same rule: a new, renamed or removed file is certain only after its folder was synced.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "store/disk.hpp"

namespace jinglue::test {

class PowerCut {
 public:
  /// What lies in `root` already counts as durable. Registers a SQLite VFS.
  explicit PowerCut(std::filesystem::path root);
  ~PowerCut();
  PowerCut(const PowerCut&) = delete;
  PowerCut& operator=(const PowerCut&) = delete;

  std::shared_ptr<store::Disk> disk();
  const std::string& vfs() const { return m_vfs; }  ///< for OpenOptions::vfs

  /// The program told someone that `what` is safe. Any thread.
  void acknowledge(const std::string& what);
  std::size_t moments() const;
  /// Fills the empty folder `target` as the disk may be after a cut just before `moment`; `seed`
  /// chooses among the possible ones. Returns what had been acknowledged by then.
  std::vector<std::string> cut(std::size_t moment, std::uint32_t seed,
                               const std::filesystem::path& target) const;

  // Recording; used by the Disk and the VFS. A file is its number, names may change.
  int opened(const std::filesystem::path& path);
  void wrote(int file, std::uint64_t at, std::string_view bytes);
  void truncated(int file, std::uint64_t size);
  void synced(int file);
  void folder_synced(const std::filesystem::path& folder);
  void renamed(const std::filesystem::path& from, const std::filesystem::path& to);
  void removed(const std::filesystem::path& path);
  struct Vfs;

 private:
  enum class Kind { kLink, kUnlink, kRename, kWrite, kTruncate, kSync, kSyncFolder, kAcknowledge };
  struct Event {
    Kind kind{};
    int file{-1};
    std::uint64_t at{0};
    std::string bytes;  // written, or the name, or what was acknowledged
    std::string to;
  };
  using Names = std::map<std::string, int>;
  struct State;
  std::string name_of(const std::filesystem::path& path) const;
  void add(Event event);
  static void apply_name(Names& names, const Event& event);
  static void apply_bytes(std::string& content, const Event& event);
  static std::string torn(const std::string& durable, const std::vector<const Event*>& pending,
                          std::mt19937& random);

  std::filesystem::path m_root;
  std::string m_vfs;
  std::unique_ptr<Vfs> m_registered;
  mutable std::mutex m_mutex;
  Names m_names;                      // as a running program sees them
  Names m_first_names;                // when recording began
  std::vector<std::string> m_before;  // content of the first files
  int m_files{0};
  std::vector<Event> m_events;
};

}  // namespace jinglue::test
