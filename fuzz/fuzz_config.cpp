// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the program's other TOML files: the settings (first octet even) and the script of
// an exercise (odd). Whatever the text, reading gives a value or an error that names the file.
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "app/settings.hpp"
#include "base/config.hpp"
#include "drill/script/scenario.hpp"
#include "fuzz/require.hpp"

namespace {

namespace fs = std::filesystem;
using namespace jinglue;
using fuzz::require;

void check_error(const base::Error& error) {
  require(error.where.find("fuzz") != std::string::npos);
}

void read_as_settings(std::string_view text) {
  const auto document = base::parse_config(text, "fuzz.toml");
  if (!document) return check_error(document.error());
  app::Settings settings;
  if (const auto done = app::read_settings(*document, settings); !done) {
    return check_error(done.error());
  }
  require(settings.silent_after.count() > 0 && settings.keep_journal.count() > 0);
  require(!settings.host.empty());
  for (const auto& input : settings.inputs) {
    require(!input.name.empty() && input.max_line >= 82 && input.queue_lines > 0);
    require(std::isfinite(input.speed) && input.speed >= 0);
  }
}

void read_as_scenario(std::string_view text) {
  static const fs::path file = [] {
    const fs::path root = fs::is_directory("/dev/shm") ? "/dev/shm" : fs::temp_directory_path();
    return root / ("jinglue_fuzz_config_" + std::to_string(getpid()) + ".toml");
  }();
  std::ofstream(file, std::ios::binary).write(text.data(), std::streamsize(text.size()));
  const auto scenario = drill::script::read_scenario(file);
  fs::remove(file);
  if (!scenario) return check_error(scenario.error());
  require(scenario->begin < scenario->end && scenario->speed > 0);
  for (const auto& group : scenario->groups) require(group.count > 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    read_as_settings(text);
  } else {
    read_as_scenario(text);
  }
  return 0;
}
