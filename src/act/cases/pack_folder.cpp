// SPDX-License-Identifier: Apache-2.0
#include "act/cases/pack_folder.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "base/hash.hpp"
#include "base/json.hpp"

namespace jinglue::act::cases {
namespace {

using base::Code;
using base::Json;
namespace fs = std::filesystem;

constexpr const char* kManifest = "manifest.json";
constexpr const char* kSums = "SHA256SUMS";
constexpr const char* kFormat = "jinglue.evidence";

[[noreturn]] void disk_failed(const fs::path& path, const std::string& why) {
  throw base::WorldError("the evidence folder cannot be written", path.string() + ": " + why,
                         "check space and rights, then pack again");
}

void write_file(const fs::path& path, const std::string& bytes) {
  std::error_code failure;
  fs::create_directories(path.parent_path(), failure);
  if (failure) disk_failed(path.parent_path(), failure.message());
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), std::streamsize(bytes.size()));
  out.close();
  if (!out) disk_failed(path, "write failed");
}

/// Number and revision as the name of a folder.
std::string folder_name(const Evidence& e) {
  std::string out = e.number.empty() ? e.case_id : e.number;
  for (char& c : out) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_';
    if (!plain) c = '_';
  }
  return out + "-r" + std::to_string(e.revision);
}

std::string sums_of(const Evidence& e) {
  std::string out;
  for (const auto& [path, bytes] : e.files) out += base::sha256_hex(bytes) + "  " + path + "\n";
  return out;
}

std::string manifest_of(const Evidence& e, const std::string& sums) {
  Json files = Json::array();
  const auto add = [&](const std::string& path, const std::string& bytes) {
    files.push(Json::object({{"path", path},
                             {"size", std::uint64_t{bytes.size()}},
                             {"sha256", base::sha256_hex(bytes)}}));
  };
  for (const auto& [path, bytes] : e.files) add(path, bytes);
  add(kSums, sums);
  return Json::object({{"format", kFormat},
                       {"version", 1},
                       {"case", e.case_id},
                       {"number", e.number},
                       {"revision", e.revision},
                       {"status", Json::object({{"zh", "待法制审核和技术审核"},
                                                {"en", "pending legal and technical review"}})},
                       {"files", std::move(files)}})
             .dump() +
         "\n";
}

/// Below the folder, in plain parts: a manifest cannot lead outside, nor name a file in two ways.
bool is_inside(const std::string& path) {
  const fs::path p(path);
  return !path.empty() && path.find('\0') == std::string::npos && p.is_relative() &&
         p.lexically_normal().native() == path &&
         std::none_of(p.begin(), p.end(), [](const fs::path& part) { return part == ".."; });
}

base::Status check_listed(const fs::path& folder, const Json& item) {
  const std::string& path = item["path"].as_string();
  if (!is_inside(path)) {
    return base::fail(Code::kMalformed, "the manifest names a path outside the folder", path);
  }
  const fs::path file = folder / path;
  std::error_code failure;
  if (!fs::is_regular_file(fs::symlink_status(file, failure))) {
    return base::fail(Code::kMissing, "the file is absent", path,
                      "this is not the pack as written");
  }
  if (fs::file_size(file) != std::uintmax_t(item["size"].as_int(-1)) ||
      base::sha256_hex_file(file) != item["sha256"].as_string()) {
    return base::fail(Code::kConflict, "the file was changed", path,
                      "this is not the pack as written");
  }
  return {};
}

base::Status check_extra(const fs::path& folder, const std::set<std::string>& listed) {
  std::set<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_directory() && !entry.is_symlink()) continue;
    found.insert(entry.path().lexically_relative(folder).generic_string());
  }
  for (const auto& path : found) {
    if (!listed.contains(path) && path != kManifest) {
      return base::fail(Code::kUnknown, "the file is not of this pack", path,
                        "this is not the pack as written");
    }
  }
  return {};
}

/// Takes the place of an older pack; something else of that name is left alone.
base::Status put_in_place(const fs::path& part, const fs::path& folder) {
  if (fs::exists(folder)) {
    if (!fs::is_regular_file(folder / kManifest)) {
      fs::remove_all(part);
      return base::fail(Code::kConflict, "a folder of that name is there and is no pack",
                        folder.string(), "move it away or pack into another folder");
    }
    fs::remove_all(folder);
  }
  fs::rename(part, folder);
  return {};
}

}  // namespace

base::Result<PackResult> write_pack(const Evidence& e, const fs::path& into) {
  PackResult out;
  out.folder = into / folder_name(e);
  const fs::path part = into / ("." + folder_name(e) + ".part");
  const std::string sums = sums_of(e);
  const std::string manifest = manifest_of(e, sums);
  try {
    fs::remove_all(part);
    for (const auto& [path, bytes] : e.files) write_file(part / path, bytes);
    write_file(part / kSums, sums);
    write_file(part / kManifest, manifest);
    if (auto placed = put_in_place(part, out.folder); !placed) {
      return tl::unexpected(placed.error());
    }
  } catch (const fs::filesystem_error& error) {
    disk_failed(out.folder, error.code().message());
  }
  out.files = e.files.size() + 1;
  out.manifest_sha256 = base::sha256_hex(manifest);
  return out;
}

base::Result<std::size_t> check_pack(const fs::path& folder) {
  std::ifstream in(folder / kManifest, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) return base::fail(Code::kMissing, "the file is absent", kManifest);
  const auto manifest = base::parse_json(text.str());
  if (!manifest || (*manifest)["format"].as_string() != kFormat) {
    return base::fail(Code::kMalformed, "not the manifest of an evidence folder", kManifest);
  }
  try {
    std::set<std::string> listed;
    for (const auto& item : (*manifest)["files"].items()) {
      if (auto good = check_listed(folder, item); !good) return tl::unexpected(good.error());
      listed.insert(item["path"].as_string());
    }
    if (auto good = check_extra(folder, listed); !good) return tl::unexpected(good.error());
    return listed.size();
  } catch (const fs::filesystem_error& error) {
    throw base::WorldError("the evidence folder cannot be read", folder.string(),
                           error.code().message());
  }
}

}  // namespace jinglue::act::cases
