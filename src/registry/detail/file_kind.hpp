// SPDX-License-Identifier: Apache-2.0
// FileKind: what a file is by its bytes, whatever its name says. Source: the signatures that the
// formats' own specifications give (PDF 32000-1, PNG, JFIF, RIFF, ECMA-376, MS-CFB, GB/T 33190 OFD,
// ISO/IEC 14496-12).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace jinglue::registry::detail {

struct FileKind {
  std::string_view group;   ///< of `accept` in a definition
  std::string_view media;   ///< for Content-Type
  std::string_view ending;  ///< that a name of such a file has, without the dot
  bool shown{false};        ///< browsers show it as an image
};

/// Nothing for bytes that are none of the kinds known, programs among them.
std::optional<FileKind> file_kind(std::string_view bytes);
/// By the media type that file_kind() gave.
std::optional<FileKind> kind_of_media(std::string_view media);

bool is_file_group(std::string_view name);
std::string file_groups();

}  // namespace jinglue::registry::detail
