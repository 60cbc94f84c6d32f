// SPDX-License-Identifier: Apache-2.0
#include "base/limited_child.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "base/text.hpp"

namespace jinglue::base {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr int kCannotStart = 127;
constexpr std::size_t kMostSaid = 4000;
constexpr milliseconds kFirstLook{2}, kLongestLook{50};

void limit(int what, std::uint64_t most) {
  const rlimit both{most, most};
  ::setrlimit(static_cast<__rlimit_resource>(what), &both);
}

/// After fork(), in a program of many threads: system calls only.
[[noreturn]] void become(const char* program, char* const* arguments, char* const* environment,
                         const char* folder, int errors, const ChildLimits& limits) {
  ::setpgid(0, 0);
  const int nothing = ::open("/dev/null", O_RDWR);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(nothing, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  // SIGXCPU at the first, which says why it ended; SIGKILL a second later.
  const auto processor = rlim_t(limits.processor.count());
  const rlimit time{processor, processor + 1};
  ::setrlimit(RLIMIT_CPU, &time);
  limit(RLIMIT_AS, limits.memory);
  limit(RLIMIT_FSIZE, limits.file);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, limits.open_files);
  if (::chdir(folder) == 0) ::execve(program, arguments, environment);
  ::_exit(kCannotStart);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

ChildEnd wait_for(pid_t child, milliseconds clock, const std::function<bool()>& gone) {
  ChildEnd out;
  const auto end = std::chrono::steady_clock::now() + clock;
  int status = 0;
  for (auto look = kFirstLook; ::waitpid(child, &status, WNOHANG) != child;
       look = std::min(look * 2, kLongestLook)) {
    out.left = gone && gone();
    out.out_of_time = !out.left && std::chrono::steady_clock::now() >= end;
    if (out.left || out.out_of_time) {
      ::kill(-child, SIGKILL);  // and what it has started
      ::kill(child, SIGKILL);   // when it had no time to make a group of its own
      ::waitpid(child, &status, 0);
      return out;
    }
    std::this_thread::sleep_for(look);
  }
  if (WIFEXITED(status)) out.exit_code = WEXITSTATUS(status);
  out.out_of_time = WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU;
  return out;
}

std::string read_said(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string out(kMostSaid, '\0');
  in.read(out.data(), std::streamsize(kMostSaid));
  out.resize(std::size_t(in.gcount()));
  return replace_invalid_utf8(trim(out));
}

}  // namespace

fs::path find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  for (const auto folder : split(path == nullptr ? "/usr/bin:/bin" : path, ':')) {
    const auto file = fs::path(folder) / name;
    if (file.is_absolute() && ::access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

Result<ChildEnd> run_limited(const fs::path& program, const std::vector<std::string>& arguments,
                             const fs::path& folder, const ChildLimits& limits,
                             const std::function<bool()>& gone) {
  const std::string program_text = program.string(), folder_text = folder.string();
  std::vector<std::string> words = {program_text};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> settings = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8",
                                       "TMPDIR=" + folder_text, "HOME=" + folder_text};
  const auto argv = pointers(words), envp = pointers(settings);
  const auto said = folder / "errors.txt";
  const int errors = ::open(said.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (errors < 0) return fail(Code::kUnavailable, errno_text(errno), said.string());
  const pid_t child = ::fork();
  if (child == 0) {
    become(program_text.c_str(), argv.data(), envp.data(), folder_text.c_str(), errors, limits);
  }
  const int failure = errno;
  ::close(errors);
  if (child < 0) return fail(Code::kUnavailable, errno_text(failure), program_text);
  ChildEnd out = wait_for(child, limits.clock, gone);
  out.said = read_said(said);
  return out;
}

}  // namespace jinglue::base
