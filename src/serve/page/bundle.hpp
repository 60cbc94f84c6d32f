// SPDX-License-Identifier: Apache-2.0
// Bundle: the web client's files in memory, each also compressed (Brotli, gzip) once at start.
// Files whose name holds their hash ("index-BxQ2k3_a.js") are cached for ever, others are asked for
// with their ETag. A path without a file name ("/findings/0123") is the client's own: it gets
// index.html.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "serve/api/request.hpp"
#include "serve/api/response.hpp"

namespace jinglue::serve {

class Bundle {
 public:
  /// Throws WorldError when the folder has no index.html, a file cannot be read, or files still
  /// vanish after three seconds of trying again (a build that does not end).
  explicit Bundle(const std::filesystem::path& folder);

  /// Absent when there is no such file. GET and HEAD only; the caller has looked.
  std::optional<Response> answer(const Request& request) const;
  std::size_t files() const { return m_files.size(); }
  std::size_t bytes() const;  ///< held in memory, all forms

 private:
  struct File {
    std::string type;
    std::string hash;  ///< for the ETag
    bool for_ever{false};
    std::shared_ptr<const std::string> raw, gzip, brotli;  // shared with responses under way
  };
  bool read(const std::filesystem::path& folder);
  bool load(const std::filesystem::path& file, const std::string& name);
  std::map<std::string, File> m_files;  ///< "/assets/x.js" -> file
};

}  // namespace jinglue::serve
