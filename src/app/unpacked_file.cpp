// SPDX-License-Identifier: Apache-2.0
#include "app/unpacked_file.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/text.hpp"

extern char** environ;

namespace jinglue::app {

namespace fs = std::filesystem;

struct UnpackedFile::Source {
  virtual ~Source() = default;
  virtual std::string_view read() = 0;
};

namespace {

constexpr std::size_t kPiece = 1u << 20;

[[noreturn]] void refuse(const fs::path& file, const std::string& why) {
  throw base::WorldError("the file cannot be read", file.string() + ": " + why,
                         "check path and rights; fetch the file again when it is cut off");
}

class File {
 public:
  explicit File(const fs::path& file)
      : m_path(file), m_fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (m_fd < 0) refuse(file, base::errno_text(errno));
    if (fs::is_directory(file)) {
      ::close(m_fd);
      refuse(file, base::errno_text(EISDIR));
    }
  }
  ~File() { ::close(m_fd); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int fd() const { return m_fd; }
  const fs::path& path() const { return m_path; }
  std::size_t read(char* to, std::size_t size) {
    while (true) {
      const auto n = ::read(m_fd, to, size);
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno != EINTR) refuse(m_path, base::errno_text(errno));
    }
  }

 private:
  fs::path m_path;
  int m_fd;
};

/// Plain files too.
class GzSource final : public UnpackedFile::Source {
 public:
  explicit GzSource(const fs::path& file) : m_path(file), m_file(gzopen(file.c_str(), "rbe")) {
    if (m_file == nullptr) refuse(file, base::errno_text(errno));
    gzbuffer(m_file, 1u << 18);
  }
  ~GzSource() override { gzclose(m_file); }
  std::string_view read() override {
    const int n = gzread(m_file, m_bytes.data(), static_cast<unsigned>(m_bytes.size()));
    int code = Z_OK;
    const char* text = gzerror(m_file, &code);
    if (n < 0 || (code != Z_OK && code != Z_STREAM_END)) refuse(m_path, text);
    return {m_bytes.data(), static_cast<std::size_t>(n)};
  }

 private:
  fs::path m_path;
  gzFile m_file;
  std::vector<char> m_bytes = std::vector<char>(kPiece);
};

class ZstdSource final : public UnpackedFile::Source {
 public:
  explicit ZstdSource(const fs::path& file) : m_file(file), m_stream(ZSTD_createDStream()) {
    if (m_stream == nullptr) throw std::bad_alloc();
  }
  ~ZstdSource() override { ZSTD_freeDStream(m_stream); }
  std::string_view read() override {
    ZSTD_outBuffer out{m_bytes.data(), m_bytes.size(), 0};
    while (out.pos < out.size) {
      if (m_in.pos == m_in.size) {
        m_in = {m_packed.data(), m_file.read(m_packed.data(), m_packed.size()), 0};
        if (m_in.size == 0) {
          if (m_open) refuse(m_file.path(), "it is cut off");
          break;
        }
      }
      const auto wants = ZSTD_decompressStream(m_stream, &out, &m_in);
      if (ZSTD_isError(wants) != 0) refuse(m_file.path(), ZSTD_getErrorName(wants));
      m_open = wants != 0;
    }
    return {m_bytes.data(), out.pos};
  }

 private:
  File m_file;
  ZSTD_DStream* m_stream;
  ZSTD_inBuffer m_in{nullptr, 0, 0};
  bool m_open{false};
  std::vector<char> m_packed = std::vector<char>(kPiece / 4);
  std::vector<char> m_bytes = std::vector<char>(kPiece);
};

class XzSource final : public UnpackedFile::Source {
 public:
  explicit XzSource(const fs::path& file) : m_file(file) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) refuse(file, base::errno_text(errno));
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, m_file.fd(), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::string name = "xz", option = "-dc";
    std::array<char*, 3> argv = {name.data(), option.data(), nullptr};
    const int error = ::posix_spawnp(&m_child, "xz", &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    m_out = ends[0];
    if (error == 0) return;
    ::close(m_out);
    throw base::WorldError("the file cannot be unpacked",
                           file.string() + ": xz: " + base::errno_text(error),
                           "install the package xz-utils, or unpack the file by hand");
  }
  ~XzSource() override {
    ::close(m_out);
    if (m_child <= 0) return;
    ::kill(m_child, SIGTERM);
    ::waitpid(m_child, nullptr, 0);
  }
  std::string_view read() override {
    while (true) {
      const auto n = ::read(m_out, m_bytes.data(), m_bytes.size());
      if (n > 0) return {m_bytes.data(), static_cast<std::size_t>(n)};
      if (n == 0) break;
      if (errno != EINTR) refuse(m_file.path(), base::errno_text(errno));
    }
    int status = 0;
    if (m_child > 0) ::waitpid(m_child, &status, 0);
    m_child = 0;
    if (status != 0) refuse(m_file.path(), "xz says that it is damaged or cut off");
    return {};
  }

 private:
  File m_file;
  pid_t m_child{0};
  int m_out{-1};
  std::vector<char> m_bytes = std::vector<char>(kPiece);
};

std::unique_ptr<UnpackedFile::Source> source_of(const fs::path& path) {
  std::array<char, 6> begin{};
  const auto size = File(path).read(begin.data(), begin.size());
  const std::string_view bytes(begin.data(), size);
  if (bytes.starts_with("\x28\xB5\x2F\xFD")) return std::make_unique<ZstdSource>(path);
  if (bytes == std::string_view("\xFD"
                                "7zXZ\0",
                                6))
    return std::make_unique<XzSource>(path);
  return std::make_unique<GzSource>(path);
}

}  // namespace

UnpackedFile::UnpackedFile(const fs::path& file) : m_source(source_of(file)) {}
UnpackedFile::~UnpackedFile() = default;

std::string_view UnpackedFile::read() {
  if (!m_left.empty()) return std::exchange(m_left, {});
  return m_source->read();
}

bool UnpackedFile::skip(std::uint64_t bytes) {
  while (bytes > 0) {
    auto piece = read();
    if (piece.empty()) return false;
    const auto part = std::min<std::uint64_t>(bytes, piece.size());
    piece.remove_prefix(static_cast<std::size_t>(part));
    bytes -= part;
    m_left = piece;
  }
  return true;
}

}  // namespace jinglue::app
