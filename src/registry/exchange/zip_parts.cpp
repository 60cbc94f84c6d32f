// SPDX-License-Identifier: Apache-2.0
#include "registry/exchange/zip_parts.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <memory>

namespace jinglue::registry {
namespace {

using base::Code;

base::Result<std::string> read_entry(archive* from, const std::string& path, std::size_t most) {
  std::string out;
  std::array<char, 65536> piece{};
  for (;;) {
    const auto size = archive_read_data(from, piece.data(), piece.size());
    if (size == 0) return out;
    if (size < 0) {
      return base::fail(Code::kMalformed, "a part of the file is damaged", path,
                        "open and save it again");
    }
    if (out.size() + std::size_t(size) > most) {
      return base::fail(Code::kTooLarge,
                        "a part of the file is larger than " + std::to_string(most >> 20U) +
                            " MB when it is unpacked",
                        path, "split it, or save it as CSV");
    }
    out.append(piece.data(), std::size_t(size));
  }
}

}  // namespace

base::Result<std::map<std::string, std::string>> read_zip_parts(
    std::string_view bytes, const std::function<bool(std::string_view path)>& wanted,
    const ZipLimits& limits) {
  const std::unique_ptr<archive, int (*)(archive*)> zip(archive_read_new(), archive_read_free);
  archive_read_support_format_zip(zip.get());
  if (archive_read_open_memory(zip.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
    return base::fail(Code::kMalformed, "this is no zip file");
  }
  std::map<std::string, std::string> out;
  std::size_t total = 0, entries = 0;
  archive_entry* entry = nullptr;
  int status = ARCHIVE_OK;
  while ((status = archive_read_next_header(zip.get(), &entry)) == ARCHIVE_OK) {
    if (++entries > limits.entries) {
      return base::fail(Code::kTooLarge,
                        "the file has more than " + std::to_string(limits.entries) + " parts");
    }
    const char* name = archive_entry_pathname_utf8(entry);
    const std::string path = name == nullptr ? "" : name;
    if (!wanted(path)) continue;
    auto text = read_entry(zip.get(), path, std::min(limits.part, limits.total - total));
    if (!text) return tl::unexpected(text.error());
    total += text->size();
    out[path] = std::move(*text);
  }
  if (status != ARCHIVE_EOF) {
    return base::fail(Code::kMalformed, "the file is damaged", {}, "open and save it again");
  }
  return out;
}

}  // namespace jinglue::registry
