// SPDX-License-Identifier: Apache-2.0
#include "registry/exchange/limited_child.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "base/text.hpp"

namespace jinglue::registry {
namespace {

namespace fs = std::filesystem;

constexpr int kCannotStart = 127;
constexpr std::size_t kMostSaid = 4000;

void limit(int what, rlim_t most) {
  const rlimit value{most, most};
  ::setrlimit(__rlimit_resource_t(what), &value);
}

/// Between fork() and exec(): only calls that are safe there.
[[noreturn]] void become(const char* program, char* const* arguments, char* const* environment,
                         const char* folder, int errors, const ChildLimits& limits) {
  ::setpgid(0, 0);
  const int nothing = ::open("/dev/null", O_RDWR);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(nothing, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  limit(RLIMIT_CPU, limits.cpu_s);
  limit(RLIMIT_AS, limits.memory);
  limit(RLIMIT_FSIZE, limits.file);
  limit(RLIMIT_CORE, 0);
  for (int fd = STDERR_FILENO + 1; fd < 1024; ++fd) ::close(fd);
  limit(RLIMIT_NOFILE, 64);
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

ChildEnd wait_for(pid_t child, unsigned clock_s) {
  ChildEnd out;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(clock_s);
  int status = 0;
  for (auto pause = std::chrono::milliseconds(2);;
       pause = std::min(pause * 2, {std::chrono::milliseconds(100)})) {
    const pid_t done = ::waitpid(child, &status, WNOHANG);
    if (done == child) break;
    if (std::chrono::steady_clock::now() > end) {
      out.out_of_time = true;
      ::kill(-child, SIGKILL);
      ::waitpid(child, &status, 0);
      break;
    }
    std::this_thread::sleep_for(pause);
  }
  if (WIFEXITED(status)) out.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) out.out_of_time = true;
  return out;
}

}  // namespace

fs::path find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  for (const auto folder : base::split(path == nullptr ? "/usr/bin:/bin" : path, ':')) {
    if (folder.empty()) continue;
    const auto file = fs::path(folder) / name;
    if (::access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

base::Result<ChildEnd> run_limited(const fs::path& program,
                                   const std::vector<std::string>& arguments,
                                   const fs::path& folder, const ChildLimits& limits) {
  std::vector<std::string> words = {program.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> settings = {"LC_ALL=C.UTF-8", "TMPDIR=" + folder.string(),
                                       "HOME=" + folder.string()};
  const auto argv = pointers(words);
  const auto envp = pointers(settings);
  const auto said = folder / "errors.txt";
  const int errors = ::open(said.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (errors < 0) {
    return base::fail(base::Code::kUnavailable, base::errno_text(errno), said.string());
  }
  const std::string program_text = program.string(), folder_text = folder.string();
  const pid_t child = ::fork();
  if (child == 0) {
    become(program_text.c_str(), argv.data(), envp.data(), folder_text.c_str(), errors, limits);
  }
  ::close(errors);
  if (child < 0) return base::fail(base::Code::kUnavailable, base::errno_text(errno), program_text);
  ChildEnd out = wait_for(child, limits.clock_s);
  std::ifstream in(said, std::ios::binary);
  out.said.resize(kMostSaid);
  in.read(out.said.data(), std::streamsize(kMostSaid));
  out.said.resize(std::size_t(in.gcount()));
  out.said = base::replace_invalid_utf8(base::trim(out.said));
  return out;
}

}  // namespace jinglue::registry
