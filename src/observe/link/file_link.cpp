// SPDX-License-Identifier: Apache-2.0
// File replay: a recorded log, plain or gzip, at a chosen speed. While the queue is full it waits.
#include <fmt/format.h>
#include <zlib.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <vector>

#include "base/text.hpp"
#include "observe/link/link_base.hpp"
#include "observe/link/replay_pace.hpp"

namespace jinglue::observe::link {
namespace {

constexpr std::size_t kLinesLookedAt = 2'000;  // for a stated time
constexpr unsigned kBlock = 65'536;
constexpr base::Duration kLongestWait{3'600'000};

/// gzread() reads plain files too.
class LogFile {
 public:
  explicit LogFile(const std::string& name) : m_name(name), m_file(gzopen(name.c_str(), "rbe")) {}
  ~LogFile() {
    if (m_file != nullptr) gzclose(m_file);
  }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  explicit operator bool() const { return m_file != nullptr; }
  void rewind() { gzrewind(m_file); }
  /// Empty at the end; then problem() is empty when the file was whole.
  std::string_view read() {
    const int n = gzread(m_file, m_bytes.data(), kBlock);
    return {m_bytes.data(), n > 0 ? static_cast<std::size_t>(n) : 0};
  }
  std::string problem() const {
    int code = Z_OK;
    const char* text = gzerror(m_file, &code);
    if (code == Z_OK || code == Z_STREAM_END) return {};
    return code == Z_ERRNO ? m_name + ": " + base::errno_text(errno)
                           : text;  // zlib's names the file
  }

 private:
  std::string m_name;
  gzFile m_file;
  std::vector<char> m_bytes = std::vector<char>(kBlock);
};

class FileLink final : public LinkBase {
 public:
  FileLink(const Settings& settings, Clock clock)
      : LinkBase(settings, std::move(clock)),
        m_file(settings.file),
        m_station(std::filesystem::path(settings.file).filename().string()) {
    const bool is_folder = std::filesystem::is_directory(settings.file);
    if (m_file && !is_folder) return;
    throw base::WorldError(fmt::format("input '{}' cannot read {}", settings.name, settings.file),
                           base::errno_text(is_folder ? EISDIR : errno),
                           "check `file` of the input and the rights of the file");
  }
  ~FileLink() override { stop(); }

  std::uint16_t port() const override { return 0; }

 private:
  void run() override {
    m_counters.connected = true;
    ReplayPace pace(m_settings.speed > 0 && states_times());
    m_begin = std::chrono::steady_clock::now();
    const bool whole = for_each_line([&](std::string_view line) {
      if (m_settings.speed > 0 && !wait_until_due(pace.next(stated_time(line)))) return false;
      return deliver_waiting(line, m_station, m_clock());
    });
    m_counters.connected = false;
    const std::string problem = m_file.problem();
    if (!problem.empty()) return set_problem(problem);
    m_counters.finished = whole;
  }

  bool states_times() {
    bool found = false;
    std::size_t lines = 0;
    for_each_line([&](std::string_view line) {
      found = stated_time(line).has_value();
      return !found && ++lines < kLinesLookedAt;
    });
    m_file.rewind();
    m_counters.too_long = 0;
    m_counters.bytes = 0;
    return found;
  }

  /// False when `emit` or the link said stop.
  template <class Emit>
  bool for_each_line(Emit emit) {
    LineSplitter splitter(m_settings.max_line);
    bool wanted = true;
    const auto give = [&](std::string_view line) { return wanted = emit(line); };
    while (wanted && !m_wake.raised()) {
      const std::string_view bytes = m_file.read();
      if (bytes.empty()) {
        splitter.finish(give);
        return wanted;
      }
      m_counters.bytes += bytes.size();
      m_counters.too_long += splitter.feed(bytes, give);
    }
    return false;
  }

  bool wait_until_due(base::Duration recorded) {
    using namespace std::chrono;
    const milliseconds due(
        static_cast<std::int64_t>(static_cast<double>(recorded.count()) / m_settings.speed));
    while (!m_wake.raised()) {
      const auto since = duration_cast<milliseconds>(steady_clock::now() - m_begin);
      if (due <= since) return true;
      m_wake.wait(std::min(due - since, kLongestWait));
    }
    return false;
  }

  LogFile m_file;
  std::string m_station;
  std::chrono::steady_clock::time_point m_begin;
};

}  // namespace

std::unique_ptr<Link> open_file(const Settings& settings, Clock clock) {
  return std::make_unique<FileLink>(settings, std::move(clock));
}

}  // namespace jinglue::observe::link
