// SPDX-License-Identifier: Apache-2.0
// The real disk: POSIX calls, each failure told with the file, what failed and what to do.
#include "store/disk.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>

#include "base/result.hpp"
#include "base/text.hpp"

namespace jinglue::store {

namespace {

std::string hint_for(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return "free space on this disk or raise the limit; nothing that was acknowledged is lost";
    case EACCES:
    case EPERM:
    case EROFS:
      return "make the folder writable for the user that runs the program";
    case ENOENT:
    case ENOTDIR:
      return "make the folder, or correct its path in the settings";
    case EMFILE:
    case ENFILE:
      return "raise the limit of open files (ulimit -n)";
    default:
      return "check the disk (dmesg, smartctl); stop writing to it until it is sound";
  }
}

[[noreturn]] void fail(const std::filesystem::path& path, const char* what, int error) {
  throw base::WorldError(fmt::format("{}: {}", path.string(), what), base::errno_text(error),
                         hint_for(error));
}

class RealFile : public DiskFile {
 public:
  explicit RealFile(const std::filesystem::path& path)
      : m_path(path), m_fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640)) {
    if (m_fd < 0) fail(path, "cannot open for writing", errno);
  }
  ~RealFile() override { ::close(m_fd); }
  RealFile(const RealFile&) = delete;
  RealFile& operator=(const RealFile&) = delete;

  void write_at(std::uint64_t at, std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t done = ::pwrite(m_fd, bytes.data(), bytes.size(), static_cast<off_t>(at));
      if (done < 0 && errno == EINTR) continue;
      if (done <= 0) fail(m_path, "cannot write", done < 0 ? errno : ENOSPC);
      bytes.remove_prefix(static_cast<std::size_t>(done));
      at += static_cast<std::uint64_t>(done);
    }
  }
  void truncate(std::uint64_t size) override {
    if (::ftruncate(m_fd, static_cast<off_t>(size)) != 0) fail(m_path, "cannot truncate", errno);
    m_truncated = true;
  }
  void sync() override {
    // Never repeated: after a failure the kernel may have dropped the pages that it could not
    // write.
    // fdatasync need not make a smaller size durable, fsync must.
    const int code = m_truncated ? ::fsync(m_fd) : ::fdatasync(m_fd);
    if (code != 0) fail(m_path, "cannot sync", errno);
    m_truncated = false;
  }
  std::uint64_t size() const override {
    struct stat info{};
    if (::fstat(m_fd, &info) != 0) fail(m_path, "cannot read the size", errno);
    return static_cast<std::uint64_t>(info.st_size);
  }

 private:
  std::filesystem::path m_path;
  int m_fd;
  bool m_truncated{false};
};

class RealDisk : public Disk {
 public:
  std::unique_ptr<DiskFile> open(const std::filesystem::path& path) override {
    return std::make_unique<RealFile>(path);
  }
  void sync_folder(const std::filesystem::path& folder) override {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) fail(folder, "cannot open the folder", errno);
    const int error = ::fsync(fd) == 0 ? 0 : errno;
    ::close(fd);
    if (error != 0) fail(folder, "cannot sync the folder", error);
  }
  void rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) fail(from, "cannot rename", errno);
  }
  void remove(const std::filesystem::path& path) override {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail(path, "cannot remove", errno);
  }
};

}  // namespace

std::shared_ptr<Disk> real_disk() {
  static const auto disk = std::make_shared<RealDisk>();
  return disk;
}

void put_file(Disk& disk, const std::filesystem::path& path,
              std::initializer_list<std::string_view> pieces) {
  const std::filesystem::path unfinished = path.string() + std::string(kUnfinished);
  try {
    auto file = disk.open(unfinished);
    if (file->size() > 0) file->truncate(0);  // left by an attempt that failed
    std::uint64_t at = 0;
    for (const auto piece : pieces) {
      file->write_at(at, piece);
      at += piece.size();
    }
    file->sync();
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(unfinished, ignored);  // its room is needed
    throw;
  }
  disk.rename(unfinished, path);
  disk.sync_folder(path.parent_path());
}

}  // namespace jinglue::store
