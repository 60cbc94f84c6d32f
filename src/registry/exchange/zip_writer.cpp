// SPDX-License-Identifier: Apache-2.0
#include "registry/exchange/zip_writer.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <memory>

#include "base/result.hpp"

namespace jinglue::registry {

std::string ZipWriter::take() const {
  std::string out;
  const std::unique_ptr<archive, int (*)(archive*)> zip(archive_write_new(), archive_write_free);
  archive_write_set_format_zip(zip.get());
  archive_write_set_bytes_in_last_block(zip.get(), 1);
  const auto append = [](archive*, void* to, const void* bytes, std::size_t size) -> la_ssize_t {
    static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), size);
    return la_ssize_t(size);
  };
  int status = archive_write_open(zip.get(), &out, nullptr, append, nullptr);
  for (const auto& [name, bytes] : m_parts) {
    const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(),
                                                                         archive_entry_free);
    archive_entry_set_pathname_utf8(entry.get(), name.c_str());
    archive_entry_set_size(entry.get(), la_int64_t(bytes.size()));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    if (status == ARCHIVE_OK) status = archive_write_header(zip.get(), entry.get());
    if (archive_write_data(zip.get(), bytes.data(), bytes.size()) < 0) status = ARCHIVE_FATAL;
  }
  if (status == ARCHIVE_OK) status = archive_write_close(zip.get());
  if (status != ARCHIVE_OK) {
    throw base::WorldError("a zip file could not be made", archive_error_string(zip.get()),
                           "try again");
  }
  return out;
}

}  // namespace jinglue::registry
