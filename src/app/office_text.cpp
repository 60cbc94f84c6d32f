// SPDX-License-Identifier: Apache-2.0
#include "app/office_text.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "base/ids.hpp"
#include "base/text.hpp"

namespace jinglue::app {
namespace {

namespace fs = std::filesystem;
using base::Code;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{50};  ///< from one look at the program to the next

class Folder {
 public:
  Folder() : m_path(fs::temp_directory_path() / ("jinglue-office-" + base::random_token(12))) {
    fs::create_directory(m_path);
    fs::permissions(m_path, fs::perms::owner_all);
  }
  ~Folder() {
    std::error_code gone;
    fs::remove_all(m_path, gone);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const fs::path& path() const { return m_path; }

 private:
  fs::path m_path;
};

void limit(int what, std::size_t most) {
  const rlimit both{most, most};
  ::setrlimit(static_cast<__rlimit_resource>(what), &both);
}

/// After fork(), in a program of many threads: system calls only.
[[noreturn]] void become(char* const* arguments, char* const* environment,
                         const OfficeLimits& limits) {
  ::setpgid(0, 0);
  limit(RLIMIT_AS, limits.memory);
  limit(RLIMIT_FSIZE, limits.output);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, std::size_t(limits.time.count() / 1000) + 1);
  const int nothing = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; ++fd) ::dup2(nothing, fd);
  ::close_range(3, ~0U, 0);
  ::execve(arguments[0], arguments, environment);
  ::_exit(127);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

pid_t start(const fs::path& program, const fs::path& folder, const fs::path& file,
            const OfficeLimits& limits) {
  std::vector<std::string> arguments = {
      program.string(), "--headless",
      "--norestore",    "--nolockcheck",
      "--nodefault",    "-env:UserInstallation=file://" + (folder / "me").string(),
      "--convert-to",   "txt:Text (encoded):UTF8",
      "--outdir",       (folder / "out").string(),
      file.string()};
  std::vector<std::string> environment = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8",
                                          "HOME=" + folder.string(), "TMPDIR=" + folder.string()};
  const auto argv = pointers(arguments), envp = pointers(environment);
  const pid_t child = ::fork();
  if (child == 0) become(argv.data(), envp.data(), limits);
  if (child < 0) throw base::WorldError("no program can be started", base::errno_text(errno));
  return child;
}

enum class End { kDone, kFailed, kTime, kGone };

End wait_for(pid_t child, std::chrono::milliseconds time, const std::function<bool()>& gone) {
  const auto end = steady_clock::now() + time;
  for (;;) {
    int status = 0;
    if (::waitpid(child, &status, WNOHANG) == child)
      return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? End::kDone : End::kFailed;
    const bool left = gone && gone();
    if (left || steady_clock::now() >= end) {
      ::kill(-child, SIGKILL);  // and what it has started
      ::kill(child, SIGKILL);
      ::waitpid(child, &status, 0);
      return left ? End::kGone : End::kTime;
    }
    std::this_thread::sleep_for(kLook);
  }
}

std::string read_whole(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

base::Result<std::string> text_of(End end, const fs::path& file, const std::string& name,
                                  const OfficeLimits& limits) {
  constexpr const char* kHint = "save it as .docx, or paste its text";
  if (end == End::kGone) return base::fail(Code::kTooLarge, "nobody waits for it any more", name);
  if (end == End::kTime)
    return base::fail(
        Code::kTooLarge,
        fmt::format("LibreOffice did not read it within {} seconds", limits.time.count() / 1000),
        name, kHint);
  if (end == End::kDone && fs::exists(file)) return read_whole(file);
  return base::fail(Code::kMalformed, "LibreOffice cannot read this document", name, kHint);
}

}  // namespace

fs::path find_office() {
  const char* path = std::getenv("PATH");
  for (const auto folder : base::split(path == nullptr ? "/usr/bin" : path, ':')) {
    for (const char* program : {"soffice", "libreoffice"}) {
      const fs::path file = fs::path(folder) / program;
      if (file.is_absolute() && ::access(file.c_str(), X_OK) == 0) return file;
    }
  }
  return {};
}

base::Result<std::string> office_text(std::string_view bytes, const std::string& name,
                                      const fs::path& program, const OfficeLimits& limits,
                                      const std::function<bool()>& gone) {
  if (program.empty())
    return base::fail(Code::kUnavailable,
                      "this is the old form of Word or WPS, and LibreOffice is not installed", name,
                      "save it as .docx, or paste its text");
  const Folder folder;
  fs::create_directory(folder.path() / "out");
  const fs::path file = folder.path() / "document.doc";
  {
    std::ofstream out(file, std::ios::binary);
    out.write(bytes.data(), std::streamsize(bytes.size()));
    if (!out.flush()) throw base::WorldError("a document cannot be kept", file.string());
  }
  const End end = wait_for(start(program, folder.path(), file, limits), limits.time, gone);
  return text_of(end, folder.path() / "out" / "document.txt", name, limits);
}

}  // namespace jinglue::app
