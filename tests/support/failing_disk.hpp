// SPDX-License-Identifier: Apache-2.0
// FailingDisk: the real disk, of which chosen operations fail, as on a full or dying disk. A write
// that fails has written its first half. Nothing is really synced, so that tests are fast.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "store/disk.hpp"

namespace jinglue::test {

enum class DiskOp { kOpen, kWrite, kTruncate, kSync, kSyncFolder, kRename, kRemove };

class FailingDisk : public store::Disk {
 public:
  /// Asked before each operation; true makes it fail.
  std::function<bool(DiskOp)> fails = [](DiskOp) { return false; };

  std::unique_ptr<store::DiskFile> open(const std::filesystem::path& path) override;
  void sync_folder(const std::filesystem::path& folder) override {
    check(DiskOp::kSyncFolder);
    if (!std::filesystem::is_directory(folder)) throw base::WorldError("no such folder", folder);
  }
  void rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    check(DiskOp::kRename);
    store::real_disk()->rename(from, to);
  }
  void remove(const std::filesystem::path& path) override {
    check(DiskOp::kRemove);
    store::real_disk()->remove(path);
  }
  void check(DiskOp op) const {
    if (fails(op)) throw base::WorldError("the disk failed", "as the test wants it");
  }
};

class FailingFile : public store::DiskFile {
 public:
  FailingFile(const FailingDisk& disk, const std::filesystem::path& path)
      : m_disk(disk), m_real(store::real_disk()->open(path)) {}
  void write_at(std::uint64_t at, std::string_view bytes) override {
    if (m_disk.fails(DiskOp::kWrite)) {
      m_real->write_at(at, bytes.substr(0, bytes.size() / 2));
      throw base::WorldError("the disk failed", "half of it was written");
    }
    m_real->write_at(at, bytes);
  }
  void truncate(std::uint64_t size) override {
    m_disk.check(DiskOp::kTruncate);
    m_real->truncate(size);
  }
  void sync() override { m_disk.check(DiskOp::kSync); }
  std::uint64_t size() const override { return m_real->size(); }

 private:
  const FailingDisk& m_disk;
  std::unique_ptr<store::DiskFile> m_real;
};

inline std::unique_ptr<store::DiskFile> FailingDisk::open(const std::filesystem::path& path) {
  check(DiskOp::kOpen);
  return std::make_unique<FailingFile>(*this, path);
}

}  // namespace jinglue::test
