// SPDX-License-Identifier: Apache-2.0
// WrittenRegisters: a folder with definitions that a test writes, and code lists beside it.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "support/temp_folder.hpp"

namespace jinglue::test {

class WrittenRegisters {
 public:
  WrittenRegisters() { std::filesystem::create_directories(codes()); }

  std::filesystem::path folder() const {
    std::filesystem::create_directories(*m_folder / "share" / "registers");
    return *m_folder / "share" / "registers";
  }
  std::filesystem::path codes() const { return *m_folder / "share" / "data" / "codes"; }

  /// `rest` follows the head of a definition whose title is `name`.
  WrittenRegisters& put(const std::string& id, const std::string& rest) {
    std::ofstream(folder() / (id + ".toml"))
        << "id = \"" << id << "\"\nschema = 1\nzh = \"甲\"\nen = \"A\"\n"
        << rest;
    return *this;
  }
  WrittenRegisters& put_codes(const std::string& file, const std::string& text) {
    std::ofstream(codes() / file) << text;
    return *this;
  }
  void copy_shipped(const std::string& id) const {
    std::filesystem::copy_file(
        std::filesystem::path(JINGLUE_SOURCE_DIR) / "registers" / (id + ".toml"),
        folder() / (id + ".toml"), std::filesystem::copy_options::overwrite_existing);
  }

 private:
  std::unique_ptr<TempFolder> m_folder = std::make_unique<TempFolder>();
};

/// A field in TOML: field("length", "number", "unit = \"m\"").
inline std::string field(const std::string& key, const std::string& type,
                         const std::string& more = {}) {
  return "\n[[fields]]\nkey = \"" + key + "\"\nzh = \"字段" + key + "\"\nen = \"Field " + key +
         "\"\ntype = \"" + type + "\"\n" + more + "\n";
}

}  // namespace jinglue::test
