// SPDX-License-Identifier: Apache-2.0
// Disk: the few file operations whose durability matters, behind an interface so that tests can cut
// the power: the shim drops every byte that was not synced. Throws WorldError (full, read-only,
// I/O).
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string_view>

namespace jinglue::store {

inline constexpr std::string_view kUnfinished = ".unfinished";

class DiskFile {
 public:
  virtual ~DiskFile() = default;
  virtual void write_at(std::uint64_t at, std::string_view bytes) = 0;
  virtual void truncate(std::uint64_t size) = 0;
  virtual void sync() = 0;
  virtual std::uint64_t size() const = 0;
};

class Disk {
 public:
  virtual ~Disk() = default;
  virtual std::unique_ptr<DiskFile> open(
      const std::filesystem::path& path) = 0;  ///< made if absent
  virtual void sync_folder(const std::filesystem::path& folder) = 0;
  virtual void rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  virtual void remove(const std::filesystem::path& path) = 0;
};

std::shared_ptr<Disk> real_disk();

/// Makes `path` hold the pieces one after the other, as a whole or not at all, durable on return: a
/// file beside it, named PATH.unfinished, is written, synced and renamed. It is removed on failure.
void put_file(Disk& disk, const std::filesystem::path& path,
              std::initializer_list<std::string_view> pieces);

}  // namespace jinglue::store
