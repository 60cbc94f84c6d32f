// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/files.hpp"

#include <algorithm>

#include "registry/detail/impl.hpp"

namespace jinglue::registry::detail {
bool is_hash(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::vector<std::string> hashes_of(const Definition& d, const Record& record) {
  std::vector<std::string> out;
  for (const auto& f : d.fields) {
    if (f.type != FieldType::kFile) continue;
    for (const auto& file : record.fields[f.key].items()) {
      out.push_back(file["sha256"].as_string());
    }
  }
  return out;
}

void note_files(store::Db& db, const Definition& d, const Record* before, const Record& after,
                base::Instant now) {
  auto hashes = hashes_of(d, after);
  if (before != nullptr) {
    for (auto& hash : hashes_of(d, *before)) hashes.push_back(std::move(hash));
  }
  if (hashes.empty()) return;
  auto s = db.prepare("UPDATE record_file SET held_at = ? WHERE sha256 = ?");
  for (const auto& hash : hashes) s.bind(1, now.ms).bind(2, std::string_view(hash)).run();
}

}  // namespace jinglue::registry::detail

namespace jinglue::registry {

base::Status Registry::Impl::check_files(store::Db& rows, const Field& f, const base::Json& before,
                                         const base::Json& after,
                                         const access::Actor& actor) const {
  for (const auto& file : after.items()) {
    const auto& held = before.items();
    if (std::find(held.begin(), held.end(), file) != held.end()) continue;
    const std::string& hash = file["sha256"].as_string();
    // Who knows a hash has not seen the file: only what oneself brought is taken.
    auto s =
        rows.prepare("SELECT size, media FROM record_file WHERE sha256 = ? AND uploaded_by = ?");
    s.bind(1, std::string_view(hash)).bind(2, std::string_view(actor.user));
    if (!s.step()) {
      return base::fail(
          base::Code::kMissing,
          "the file '" + file["name"].as_string() + "' was not uploaded by " + actor.user, f.key,
          "upload it again");
    }
    if (s.integer(0) != file["size"].as_int() || s.text(1) != file["media"].as_string()) {
      return base::fail(base::Code::kMalformed,
                        "the file '" + file["name"].as_string() + "' is not what was uploaded",
                        f.key, "send what the upload answered");
    }
  }
  return {};
}

}  // namespace jinglue::registry
