// SPDX-License-Identifier: Apache-2.0
// The functions of the VFS. Locks and shared memory go to the system's VFS unchanged; the wal-index
// in shared memory is never durable, so it is no part of the record.
#include "support/power_cut_vfs.hpp"

#include <atomic>
#include <filesystem>

namespace jinglue::test {

namespace {

struct File {
  sqlite3_file base;
  PowerCut* record;
  int number;         // -1 = a temporary file
  bool tells_folder;  // SQLite's unix VFS syncs the folder at the first sync of a new journal
  char folder[512];
};

sqlite3_file* real_of(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(File));
}

File& mine(sqlite3_file* file) {
  return *reinterpret_cast<File*>(file);
}

int file_close(sqlite3_file* f) {
  return real_of(f)->pMethods->xClose(real_of(f));
}

int file_read(sqlite3_file* f, void* to, int amount, sqlite3_int64 at) {
  return real_of(f)->pMethods->xRead(real_of(f), to, amount, at);
}

int file_write(sqlite3_file* f, const void* from, int amount, sqlite3_int64 at) {
  const int code = real_of(f)->pMethods->xWrite(real_of(f), from, amount, at);
  File& file = mine(f);
  if (code == SQLITE_OK && file.number >= 0) {
    file.record->wrote(file.number, static_cast<std::uint64_t>(at),
                       {static_cast<const char*>(from), static_cast<std::size_t>(amount)});
  }
  return code;
}

int file_truncate(sqlite3_file* f, sqlite3_int64 size) {
  const int code = real_of(f)->pMethods->xTruncate(real_of(f), size);
  File& file = mine(f);
  if (code == SQLITE_OK && file.number >= 0) {
    file.record->truncated(file.number, static_cast<std::uint64_t>(size));
  }
  return code;
}

int file_sync(sqlite3_file* f, int) {
  File& file = mine(f);
  if (file.number < 0) return SQLITE_OK;
  file.record->synced(file.number);
  if (file.tells_folder) file.record->folder_synced(file.folder);
  file.tells_folder = false;
  return SQLITE_OK;
}

int file_size(sqlite3_file* f, sqlite3_int64* size) {
  return real_of(f)->pMethods->xFileSize(real_of(f), size);
}
int file_lock(sqlite3_file* f, int how) {
  return real_of(f)->pMethods->xLock(real_of(f), how);
}
int file_unlock(sqlite3_file* f, int how) {
  return real_of(f)->pMethods->xUnlock(real_of(f), how);
}
int file_reserved(sqlite3_file* f, int* out) {
  return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}
int file_control(sqlite3_file* f, int op, void* arg) {
  return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}
int file_sector(sqlite3_file*) {
  return 512;
}
int file_traits(sqlite3_file* f) {
  return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
  return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, out);
}
int shm_lock(sqlite3_file* f, int offset, int n, int flags) {
  return real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags);
}
void shm_barrier(sqlite3_file* f) {
  real_of(f)->pMethods->xShmBarrier(real_of(f));
}
int shm_unmap(sqlite3_file* f, int remove) {
  return real_of(f)->pMethods->xShmUnmap(real_of(f), remove);
}

constexpr sqlite3_io_methods kMethods = {
    2,         file_close,  file_read,     file_write,   file_truncate, file_sync,   file_size,
    file_lock, file_unlock, file_reserved, file_control, file_sector,   file_traits, shm_map,
    shm_lock,  shm_barrier, shm_unmap,     nullptr,      nullptr};

PowerCut::Vfs& vfs_of(sqlite3_vfs* vfs) {
  return *static_cast<PowerCut::Vfs*>(vfs->pAppData);
}

int vfs_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* f, int flags, int* out_flags) {
  auto& own = vfs_of(vfs);
  File& file = mine(f);
  file.base.pMethods = nullptr;
  file.record = &own.record;
  file.number = -1;
  const bool there = name != nullptr && std::filesystem::exists(name);
  const int code = own.real->xOpen(own.real, name, real_of(f), flags, out_flags);
  if (code != SQLITE_OK) return code;
  if (name != nullptr) file.number = own.record.opened(name);
  const int journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
  file.tells_folder = !there && (flags & journals) != 0;
  if (name != nullptr) {
    const std::string folder = std::filesystem::path(name).parent_path().string();
    folder.copy(file.folder, sizeof file.folder - 1);
    file.folder[std::min(folder.size(), sizeof file.folder - 1)] = '\0';
  }
  file.base.pMethods = &kMethods;
  return SQLITE_OK;
}

int vfs_delete(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  auto& own = vfs_of(vfs);
  const int code = own.real->xDelete(own.real, name, 0);
  if (code != SQLITE_OK) return code;
  own.record.removed(name);
  if (sync_folder != 0) own.record.folder_synced(std::filesystem::path(name).parent_path());
  return SQLITE_OK;
}

int vfs_access(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
  auto* real = vfs_of(vfs).real;
  return real->xAccess(real, name, flags, out);
}

int vfs_full_name(sqlite3_vfs* vfs, const char* name, int size, char* out) {
  auto* real = vfs_of(vfs).real;
  return real->xFullPathname(real, name, size, out);
}

std::string next_name() {
  static std::atomic<int> count{0};
  return "power_cut_" + std::to_string(++count);
}

}  // namespace

PowerCut::Vfs::Vfs(PowerCut& of)
    : record(of), real(sqlite3_vfs_find(nullptr)), m_name(next_name()), m_vfs(*real) {
  m_vfs.szOsFile = static_cast<int>(sizeof(File)) + real->szOsFile;
  m_vfs.pNext = nullptr;
  m_vfs.zName = m_name.c_str();
  m_vfs.pAppData = this;
  m_vfs.xOpen = vfs_open;
  m_vfs.xDelete = vfs_delete;
  m_vfs.xAccess = vfs_access;
  m_vfs.xFullPathname = vfs_full_name;
  sqlite3_vfs_register(&m_vfs, 0);
}

PowerCut::Vfs::~Vfs() {
  sqlite3_vfs_unregister(&m_vfs);
}

}  // namespace jinglue::test
