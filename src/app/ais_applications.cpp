// SPDX-License-Identifier: Apache-2.0
#include "app/ais_applications.hpp"

#include <algorithm>
#include <vector>

#include "base/config.hpp"
#include "observe/ais/message_reader.hpp"
#include "observe/ais/message_writer.hpp"

namespace jinglue::app {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> tables_of(const fs::path& share) {
  std::error_code none;
  std::vector<fs::path> places = {share};
  if (share.empty()) {
    const auto program = fs::read_symlink("/proc/self/exe", none);
    places = {program.parent_path().parent_path() / "share" / "jinglue", fs::current_path(none)};
  }
  std::vector<fs::path> files;
  for (const auto& place : places) {
    for (const auto& entry : fs::directory_iterator(place / "data" / "ais", none)) {
      if (entry.path().extension() == ".toml") files.push_back(entry.path());
    }
    if (!files.empty()) break;
  }
  std::sort(files.begin(), files.end());
  return files;
}

base::Json head_of(const observe::ais::Application& one) {
  return base::Json::object(
      {{"id", one.id},
       {"title", base::Json::object({{"zh", one.title.zh}, {"en", one.title.en}})}});
}

}  // namespace

base::Json application_json(const observe::ais::Applications& tables,
                            const model::VesselMessage& message) {
  namespace ais = observe::ais;
  // A reader looks at words of eight octets: room behind the last bit.
  std::string octets = message.octets + std::string(ais::BitReader::kSlack, '\0');
  ais::Decoded decoded;
  decoded.bits = {reinterpret_cast<const std::uint8_t*>(octets.data()), message.bits};
  if (ais::read_message(decoded.bits, decoded.message) != ais::Cause::kNone) return {};
  ais::MessageWriter writer({false, &tables});
  const auto whole = base::parse_json(writer.json(decoded));
  if (!whole || !whole->has("application")) return {};
  for (const auto& one : tables.all()) {
    if (one.id != (*whole)["application"].as_string()) continue;
    auto out = head_of(one);
    out.set("data", (*whole)["application_data"]);
    return out;
  }
  return {};
}

base::Json application_title(const observe::ais::Applications& tables, const std::string& name) {
  for (const auto& one : tables.all()) {
    if (std::to_string(one.dac) + '/' + std::to_string(one.fi) == name) return head_of(one);
  }
  return {};
}

observe::ais::Applications read_ais_applications(const std::filesystem::path& share) {
  observe::ais::Applications out;
  for (const auto& file : tables_of(share)) {
    const auto config = base::read_config(file);
    const auto added = config ? out.add(*config) : base::Status(tl::unexpected(config.error()));
    if (!added) {
      throw base::WorldError("a table of AIS application data cannot be used",
                             added.error().text());
    }
  }
  return out;
}

}  // namespace jinglue::app
