// SPDX-License-Identifier: Apache-2.0
// UnpackedFile: the bytes of a file, unpacked when it is gzip, zstd or xz (told by its first bytes,
// not by its name). xz is unpacked by the program xz in a process of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

namespace jinglue::app {

class UnpackedFile {
 public:
  /// Throws WorldError when the file cannot be read.
  explicit UnpackedFile(const std::filesystem::path& file);
  ~UnpackedFile();
  UnpackedFile(const UnpackedFile&) = delete;
  UnpackedFile& operator=(const UnpackedFile&) = delete;

  /// The next piece, at most 1 MiB; empty at the end. Throws WorldError when the file is damaged or
  /// cut off. Good until the next call.
  std::string_view read();
  /// Passes over so many unpacked bytes; false when the file ends before.
  bool skip(std::uint64_t bytes);

  struct Source;

 private:
  std::unique_ptr<Source> m_source;
  std::string_view m_left;  ///< of a piece that skip() used in part
};

}  // namespace jinglue::app
