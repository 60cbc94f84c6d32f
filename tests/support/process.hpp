// SPDX-License-Identifier: Apache-2.0
// Process: a program started by a test, its output in a file; killed at the latest when it goes out
// of scope. free_port(): a TCP and UDP port of loopback that was free a moment ago.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace jinglue::test {

inline std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::bind(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at);
  socklen_t size = sizeof at;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&at), &size);
  ::close(socket);
  return ntohs(at.sin_port);
}

class Process {
 public:
  /// `input` is written to its standard input.
  Process(const std::vector<std::string>& arguments, const std::filesystem::path& output,
          const std::string& input = {})
      : m_output(output) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    m_pid = ::fork();
    if (m_pid == 0) run(arguments, output, ends[0]);
    ::close(ends[0]);
    if (::write(ends[1], input.data(), input.size()) < 0) m_input_failed = true;
    ::close(ends[1]);
  }
  ~Process() { kill(SIGKILL); }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return m_pid; }
  /// Sends the signal and waits. Returns the exit code, 128 + signal when it was killed.
  int kill(int signal) {
    if (m_pid <= 0) return m_code;
    ::kill(m_pid, signal);
    return wait();
  }
  int wait() {
    if (m_pid <= 0) return m_code;
    int status = 0;
    ::waitpid(m_pid, &status, 0);
    return ended(status);
  }
  /// False when it still runs after `patience`.
  bool wait_for(std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (m_pid > 0 && std::chrono::steady_clock::now() < until) {
      if (!running()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return m_pid <= 0;
  }
  bool running() {
    if (m_pid <= 0) return false;
    int status = 0;
    if (::waitpid(m_pid, &status, WNOHANG) != m_pid) return true;
    ended(status);
    return false;
  }
  int code() const { return m_code; }
  std::string output() const {
    std::ifstream file(m_output);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  [[noreturn]] static void run(const std::vector<std::string>& arguments,
                               const std::filesystem::path& output, int input) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // an aborted test leaves nothing running
    const int out = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    ::dup2(input, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    std::vector<char*> argv;
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  int ended(int status) {
    m_pid = -1;
    m_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return m_code;
  }

  pid_t m_pid{-1};
  int m_code{-1};
  bool m_input_failed{false};
  std::filesystem::path m_output;
};

}  // namespace jinglue::test
