// SPDX-License-Identifier: Apache-2.0
#include "store/data_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <cerrno>
#include <string>

#include "base/result.hpp"
#include "base/text.hpp"
#include "store/disk.hpp"

namespace jinglue::store {

namespace {

namespace fs = std::filesystem;

// Positions of vessels and records of people: not for other users of the machine.
constexpr auto kRights = fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec;

[[noreturn]] void refuse(const fs::path& path, const char* what, int error) {
  throw base::WorldError(
      fmt::format("data folder {}: {}", path.string(), what), base::errno_text(error),
      "make it writable for the user that runs the program, or choose another folder with --data");
}

/// Durable: a power cut must not take away the folder of a journal that was synced. What fails, at
/// whichever parent, is told of the folder that was wanted.
void make_folder(const fs::path& path, const fs::path& wanted) {
  std::error_code error;
  if (fs::is_directory(path, error)) return;
  const fs::path parent = fs::absolute(path).parent_path();
  if (parent != path) make_folder(parent, wanted);
  if (fs::create_directory(path, error)) fs::permissions(path, kRights, error);
  if (error) refuse(wanted, "cannot make it", error.value());
  real_disk()->sync_folder(parent);
}

std::string owner_of(int lock) {
  std::string text(32, '\0');
  const ssize_t size = ::pread(lock, text.data(), text.size(), 0);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  text = text.substr(0, text.find('\n'));
  return text.empty() ? "another process" : "process " + text;
}

/// Never unlinked: a second process could otherwise lock a file that has no name any more.
int take_lock(const fs::path& root) {
  const fs::path path = root / "lock";
  const int lock = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (lock < 0) refuse(root, "not writable", errno);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const std::string owner = owner_of(lock);
    ::close(lock);
    throw base::WorldError(
        fmt::format("data folder {}: in use by {}", root.string(), owner), "one process owns it",
        "stop that process (kill, or systemctl stop jinglue) or choose another folder with --data");
  }
  const std::string pid = fmt::format("{}\n", ::getpid());
  const bool written =
      ::ftruncate(lock, 0) == 0 && ::pwrite(lock, pid.data(), pid.size(), 0) == std::ssize(pid);
  if (!written) {
    const int error = errno;
    ::close(lock);
    refuse(root, "cannot write the lock file", error);
  }
  return lock;
}

}  // namespace

DataFolder::DataFolder(fs::path root) : m_root(std::move(root)) {
  make_folder(m_root, m_root);
  m_lock = take_lock(m_root);
  try {
    for (const auto& part : {journal(), snapshots(), files()}) make_folder(part, part);
  } catch (...) {
    ::close(m_lock);
    throw;
  }
}

DataFolder::~DataFolder() {
  ::close(m_lock);
}

}  // namespace jinglue::store
