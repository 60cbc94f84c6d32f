// SPDX-License-Identifier: Apache-2.0
// /registers/case/records/{record}/pack and packs: evidence folders, written by the case desk into
// PACKS/CASE_ID/NUMBER-rREVISION, listed from the disk and given out file by file or as one zip
// archive.
#include <algorithm>
#include <fstream>
#include <sstream>

#include "act/cases/case_desk.hpp"
#include "base/hash.hpp"
#include "serve/api/call.hpp"
#include "serve/form/find_record.hpp"
#include "serve/form/zip.hpp"
#include "serve/page/content_type.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

namespace fs = std::filesystem;
using base::Json;

constexpr std::string_view kManifest = "manifest.json";

/// The case of the path, for a person who may take evidence out of the house.
base::Result<registry::Record> find_case(const Call& call) {
  auto record = find_record(call, "case");
  if (!record) return record;
  const auto* definition = call.services.registry->definition("case");
  const std::string district = definition->district_field.empty()
                                   ? std::string()
                                   : record->fields[definition->district_field].as_string();
  const auto may =
      access::authorise(call.actor(), access::Action::kExportEvidence, {"case", district});
  if (!may) return tl::unexpected(may.error());
  return record;
}

std::string read_whole(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  if (!in) throw base::WorldError("cannot read a file of an evidence folder", file.string());
  return std::move(all).str();
}

/// Relative names in order, so that listing and archive are the same each time.
std::vector<std::string> files_of(const fs::path& folder) {
  std::vector<std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) out.push_back(fs::relative(entry, folder).generic_string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// A folder that is whole: one under way has another suffix.
bool is_pack(const fs::path& folder) {
  return folder.extension() != ".part" && fs::exists(folder / kManifest);
}

base::Instant written_at(const fs::path& file) {
  const auto time = std::chrono::file_clock::to_sys(fs::last_write_time(file));
  return {std::chrono::duration_cast<base::Duration>(time.time_since_epoch()).count()};
}

Json pack_json(const fs::path& folder, const std::string& case_id) {
  const std::string name = folder.filename().string();
  Json files = Json::array();
  std::string manifest;
  for (const auto& file : files_of(folder)) {
    const std::string hash = base::sha256_hex_file(folder / file);
    if (file == kManifest) manifest = hash;
    files.push(Json::object(
        {{"name", file}, {"size", std::uint64_t{fs::file_size(folder / file)}}, {"sha256", hash}}));
  }
  return Json::object(
      {{"pack", name},
       {"created", base::to_iso(written_at(folder / kManifest))},
       {"files", std::move(files)},
       {"manifest_sha256", manifest},
       {"download", "/api/v1/registers/case/records/" + case_id + "/packs/" + name + "/zip"}});
}

Answer make_pack(Call& call) {
  const auto record = find_case(call);
  if (!record) return tl::unexpected(record.error());
  const fs::path into = call.services.packs / record->id;
  fs::create_directories(into);
  const auto done = call.services.cases->pack(record->id, into, call.actor(), call.now);
  if (!done) return call.refused(done.error());
  return json_response(pack_json(done->folder, record->id), 201);
}

Answer list_packs(Call& call) {
  const auto record = find_case(call);
  if (!record) return tl::unexpected(record.error());
  std::vector<std::pair<base::Instant, fs::path>> folders;
  const fs::path all = call.services.packs / record->id;
  if (fs::is_directory(all)) {
    for (const auto& entry : fs::directory_iterator(all)) {
      if (!is_pack(entry.path())) continue;
      folders.emplace_back(written_at(entry.path() / kManifest), entry.path());
    }
  }
  std::sort(folders.rbegin(), folders.rend());  // the newest first
  Json items = Json::array();
  for (const auto& [written, folder] : folders) items.push(pack_json(folder, record->id));
  return json_response(Json::object({{"items", std::move(items)}}));
}

base::Result<fs::path> find_pack(const Call& call) {
  const auto record = find_case(call);
  if (!record) return tl::unexpected(record.error());
  const std::string& name = call.part("pack");
  fs::path folder = call.services.packs / record->id / name;
  if (name.find('/') != std::string::npos || !is_pack(folder)) {
    return base::fail(base::Code::kMissing, "there is no such pack: " + name);
  }
  return folder;
}

Response download(std::string bytes, std::string type, const std::string& name) {
  Response out = bytes_response(std::move(bytes), std::move(type));
  out.headers.emplace_back("Cache-Control", "no-store");
  out.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + "\"");
  return out;
}

Answer download_pack(Call& call) {
  const auto folder = find_pack(call);
  if (!folder) return tl::unexpected(folder.error());
  const std::string name = folder->filename().string();
  const std::string prefix = name + "/";
  Zip zip;
  for (const auto& file : files_of(*folder)) zip.add(prefix + file, read_whole(*folder / file));
  call.services.access->audit(call.actor(), "case.pack_download", "case/" + call.part("record"),
                              Json::object({{"pack", name}}), call.now);
  return download(zip.take(), "application/zip", name + ".zip");
}

/// Only a name that the folder's own listing has: no way out of it.
Answer get_pack_file(Call& call) {
  const auto folder = find_pack(call);
  if (!folder) return tl::unexpected(folder.error());
  const std::string& name = call.part("file");
  const auto files = files_of(*folder);
  if (!std::binary_search(files.begin(), files.end(), name)) {
    return call.problem({404, "missing", "there is no such file in the pack: " + name});
  }
  Response out = bytes_response(read_whole(*folder / name), content_type(name));
  out.headers.emplace_back("Cache-Control", "no-store");
  return out;
}

}  // namespace

void add_packs(Router& router) {
  const std::string one = "/registers/case/records/{record}";
  router.add({Method::kPost, one + "/pack", make_pack});
  router.add({Method::kGet, one + "/packs", list_packs});
  router.add({Method::kGet, one + "/packs/{pack}/zip", download_pack});
  router.add({Method::kGet, one + "/packs/{pack}/files/{file}", get_pack_file});
}

}  // namespace jinglue::serve
