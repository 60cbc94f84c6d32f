// SPDX-License-Identifier: Apache-2.0
// The record of events, and what a cut may leave of them.
#include "support/power_cut.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "support/power_cut_vfs.hpp"

namespace jinglue::test {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kSector = 512;  // what a disk writes whole or not at all

std::string read_all(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::size_t below(std::mt19937& random, std::size_t end) {
  return end == 0 ? 0 : random() % end;
}

}  // namespace

PowerCut::PowerCut(fs::path root) : m_root(std::move(root)) {
  for (const auto& item : fs::recursive_directory_iterator(m_root)) {
    if (!item.is_regular_file()) continue;
    m_first_names[name_of(item.path())] = m_files++;
    m_before.push_back(read_all(item.path()));
  }
  m_names = m_first_names;
  m_registered = std::make_unique<Vfs>(*this);
  m_vfs = m_registered->name();
}
PowerCut::~PowerCut() = default;

std::string PowerCut::name_of(const fs::path& path) const {
  return path.lexically_relative(m_root).generic_string();
}

void PowerCut::add(Event event) {
  m_events.push_back(std::move(event));
}

void PowerCut::acknowledge(const std::string& what) {
  const std::lock_guard lock(m_mutex);
  add({Kind::kAcknowledge, -1, 0, what, {}});
}

std::size_t PowerCut::moments() const {
  const std::lock_guard lock(m_mutex);
  return m_events.size() + 1;
}

int PowerCut::opened(const fs::path& path) {
  const std::lock_guard lock(m_mutex);
  const std::string name = name_of(path);
  if (const auto found = m_names.find(name); found != m_names.end()) return found->second;
  m_names[name] = m_files;
  add({Kind::kLink, m_files, 0, name, {}});
  return m_files++;
}

void PowerCut::wrote(int file, std::uint64_t at, std::string_view bytes) {
  const std::lock_guard lock(m_mutex);
  add({Kind::kWrite, file, at, std::string(bytes), {}});
}

void PowerCut::truncated(int file, std::uint64_t size) {
  const std::lock_guard lock(m_mutex);
  add({Kind::kTruncate, file, size, {}, {}});
}

void PowerCut::synced(int file) {
  const std::lock_guard lock(m_mutex);
  add({Kind::kSync, file, 0, {}, {}});
}

void PowerCut::folder_synced(const fs::path& folder) {
  const std::lock_guard lock(m_mutex);
  const std::string name = name_of(folder);
  add({Kind::kSyncFolder, -1, 0, name == "." ? "" : name, {}});
}

void PowerCut::renamed(const fs::path& from, const fs::path& to) {
  const std::lock_guard lock(m_mutex);
  add({Kind::kRename, -1, 0, name_of(from), name_of(to)});
  apply_name(m_names, m_events.back());
}

void PowerCut::removed(const fs::path& path) {
  const std::lock_guard lock(m_mutex);
  add({Kind::kUnlink, -1, 0, name_of(path), {}});
  apply_name(m_names, m_events.back());
}

void PowerCut::apply_name(Names& names, const Event& event) {
  if (event.kind == Kind::kLink) names[event.bytes] = event.file;
  if (event.kind == Kind::kUnlink) names.erase(event.bytes);
  if (event.kind != Kind::kRename) return;
  const auto found = names.find(event.bytes);
  if (found == names.end()) return;
  names[event.to] = found->second;
  names.erase(event.bytes);
}

void PowerCut::apply_bytes(std::string& content, const Event& event) {
  if (event.kind == Kind::kTruncate) {
    content.resize(event.at, '\0');
    return;
  }
  if (content.size() < event.at + event.bytes.size()) {
    content.resize(event.at + event.bytes.size(), '\0');
  }
  std::copy(event.bytes.begin(), event.bytes.end(),
            content.begin() + static_cast<std::ptrdiff_t>(event.at));
}

/// One of the contents that a file with unsynced writes may have: none of them, all, the first few
/// with the last one cut short, or any of their sectors.
std::string PowerCut::torn(const std::string& durable, const std::vector<const Event*>& pending,
                           std::mt19937& random) {
  std::string out = durable;
  const std::size_t mode = below(random, 4);
  if (mode == 0) return out;
  const std::size_t whole = mode == 2 ? below(random, pending.size() + 1) : pending.size();
  for (std::size_t i = 0; i < whole && mode != 3; ++i) apply_bytes(out, *pending[i]);
  if (mode == 2 && whole < pending.size()) {
    Event part = *pending[whole];
    part.bytes.resize(below(random, part.bytes.size() + 1));
    if (part.kind == Kind::kWrite) apply_bytes(out, part);
  }
  if (mode != 3) return out;
  for (const Event* event : pending) {
    if (event->kind == Kind::kTruncate) {
      if (below(random, 2) == 0) apply_bytes(out, *event);
      continue;
    }
    const std::uint64_t end = event->at + event->bytes.size();
    for (std::uint64_t at = event->at; at < end;) {
      const std::uint64_t next = std::min(end, (at / kSector + 1) * kSector);
      const Event sector{Kind::kWrite, 0, at, event->bytes.substr(at - event->at, next - at), {}};
      if (below(random, 2) == 0) apply_bytes(out, sector);
      at = next;
    }
  }
  return out;
}

struct PowerCut::State {
  std::vector<std::string> durable;
  std::vector<std::vector<const Event*>> pending;
  Names names;                              // durable
  std::vector<const Event*> pending_names;  // in order
  std::vector<std::string> acknowledged;

  void take(const Event& event) {
    const auto file = static_cast<std::size_t>(event.file);
    switch (event.kind) {
      case Kind::kWrite:
      case Kind::kTruncate:
        pending[file].push_back(&event);
        break;
      case Kind::kSync:
        for (const Event* e : pending[file]) apply_bytes(durable[file], *e);
        pending[file].clear();
        break;
      case Kind::kSyncFolder:
        std::erase_if(pending_names, [&](const Event* e) {
          if (fs::path(e->bytes).parent_path().generic_string() != event.bytes) return false;
          apply_name(names, *e);
          return true;
        });
        break;
      case Kind::kAcknowledge:
        acknowledged.push_back(event.bytes);
        break;
      default:
        pending_names.push_back(&event);
    }
  }
};

std::vector<std::string> PowerCut::cut(std::size_t moment, std::uint32_t seed,
                                       const fs::path& target) const {
  const std::lock_guard lock(m_mutex);
  State state;
  state.durable = m_before;
  state.durable.resize(static_cast<std::size_t>(m_files));
  state.pending.resize(static_cast<std::size_t>(m_files));
  state.names = m_first_names;
  for (std::size_t i = 0; i < moment && i < m_events.size(); ++i) state.take(m_events[i]);
  std::mt19937 random(seed);
  // File systems write names in order, so some first part of the unsynced ones may be there.
  const std::size_t names = below(random, state.pending_names.size() + 1);
  for (std::size_t i = 0; i < names; ++i) apply_name(state.names, *state.pending_names[i]);
  for (const auto& [name, file] : state.names) {
    const auto f = static_cast<std::size_t>(file);
    fs::create_directories((target / name).parent_path());
    std::ofstream(target / name, std::ios::binary)
        << torn(state.durable[f], state.pending[f], random);
  }
  return state.acknowledged;
}

namespace {

class RecordingFile : public store::DiskFile {
 public:
  RecordingFile(PowerCut& record, const fs::path& path)
      : m_record(record), m_real(store::real_disk()->open(path)), m_file(record.opened(path)) {}
  void write_at(std::uint64_t at, std::string_view bytes) override {
    m_real->write_at(at, bytes);
    m_record.wrote(m_file, at, bytes);
  }
  void truncate(std::uint64_t size) override {
    m_real->truncate(size);
    m_record.truncated(m_file, size);
  }
  void sync() override { m_record.synced(m_file); }  // the real one has nothing to add
  std::uint64_t size() const override { return m_real->size(); }

 private:
  PowerCut& m_record;
  std::unique_ptr<store::DiskFile> m_real;
  int m_file;
};

class RecordingDisk : public store::Disk {
 public:
  explicit RecordingDisk(PowerCut& record) : m_record(record) {}
  std::unique_ptr<store::DiskFile> open(const fs::path& path) override {
    return std::make_unique<RecordingFile>(m_record, path);
  }
  void sync_folder(const fs::path& folder) override { m_record.folder_synced(folder); }
  void rename(const fs::path& from, const fs::path& to) override {
    store::real_disk()->rename(from, to);
    m_record.renamed(from, to);
  }
  void remove(const fs::path& path) override {
    store::real_disk()->remove(path);
    m_record.removed(path);
  }

 private:
  PowerCut& m_record;
};

}  // namespace

std::shared_ptr<store::Disk> PowerCut::disk() {
  return std::make_shared<RecordingDisk>(*this);
}

}  // namespace jinglue::test
