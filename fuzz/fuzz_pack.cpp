// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the check of an evidence folder: the input is its manifest, beside two files that
// stay the same. Whatever the manifest: the check refuses, or every file in the folder is named in
// it with its true hash; it never leads outside.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "act/cases/pack_folder.hpp"
#include "base/hash.hpp"
#include "fuzz/require.hpp"

namespace {

namespace fs = std::filesystem;
using namespace jinglue;
using fuzz::require;

void write(const fs::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), std::streamsize(bytes.size()));
}

constexpr std::string_view kTrack = "time,lat,lon\n";

const fs::path& folder() {
  static const fs::path path = [] {
    const fs::path root = fs::is_directory("/dev/shm") ? "/dev/shm" : fs::temp_directory_path();
    const fs::path made = root / ("jinglue_fuzz_pack_" + std::to_string(getpid()));
    fs::create_directories(made / "track");
    write(made / "track" / "t.csv", kTrack);
    write(made / "outside.txt", "");
    fs::create_directories(made / "pack" / "track");
    write(made / "pack" / "track" / "t.csv", kTrack);
    write(made / "pack" / "SHA256SUMS", base::sha256_hex(kTrack) + "  track/t.csv\n");
    return made;
  }();
  return path;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string manifest(reinterpret_cast<const char*>(data), size);
  write(folder() / "pack" / "manifest.json", manifest);
  const auto checked = act::cases::check_pack(folder() / "pack");
  if (!checked) return 0;
  require(*checked == 2);
  require(manifest.find(base::sha256_hex(kTrack)) != std::string::npos);
  return 0;
}
