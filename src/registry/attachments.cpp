// SPDX-License-Identifier: Apache-2.0
// Registry's attachments: taking, giving out, and removing what nobody holds.
#include <algorithm>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "registry/detail/file_kind.hpp"
#include "registry/detail/files.hpp"
#include "registry/detail/impl.hpp"
#include "registry/detail/rights.hpp"
#include "registry/detail/table.hpp"
#include "registry/detail/value_kinds.hpp"
#include "registry/sight.hpp"
#include "store/disk.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using base::Json;
using base::Result;

constexpr std::size_t kMegabyte = 1u << 20;
constexpr std::size_t kMostMegabytes = 20;
constexpr std::int64_t kAtOnce = 50;  // looks through the registers in one write of the database
constexpr base::Duration kNotTaken = std::chrono::hours(24);

std::string ending_of(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string() : base::to_lower_ascii(name.substr(dot + 1));
}

/// Endings that name the same kind of bytes.
bool ending_fits(const detail::FileKind& kind, const std::string& ending) {
  if (ending.empty() || ending == kind.ending) return true;
  const auto one_of = [&](std::initializer_list<std::string_view> endings) {
    return std::find(endings.begin(), endings.end(), ending) != endings.end();
  };
  if (kind.ending == "jpg") return one_of({"jpeg", "jpe"});
  if (kind.ending == "tif") return ending == "tiff";
  if (kind.ending == "doc") return one_of({"xls", "ppt", "wps", "et", "dps", "msg"});
  if (kind.ending == "mp4") return one_of({"mov", "m4v", "heic"});
  if (kind.ending == "zip") return one_of({"kmz", "ofd"});
  if (kind.ending == "txt") return one_of({"csv", "md", "log", "json", "geojson", "eml"});
  return false;
}

base::Status check_kind(const Field& f, const std::string& name,
                        const std::optional<detail::FileKind>& kind) {
  std::string accepted;
  for (const auto& one : f.accept) accepted += (accepted.empty() ? "" : ", ") + one;
  if (accepted.empty()) accepted = detail::file_groups();
  const bool taken = kind && (f.accept.empty() || std::find(f.accept.begin(), f.accept.end(),
                                                            kind->group) != f.accept.end());
  if (!taken) {
    return base::fail(Code::kMalformed,
                      "the file '" + name + "' is of a kind that is not taken here", f.key,
                      "taken are: " + accepted);
  }
  if (ending_fits(*kind, ending_of(name))) return {};
  return base::fail(Code::kMalformed,
                    "the file '" + name + "' is by its content a " + std::string(kind->ending) +
                        ", its name says another kind",
                    f.key, "give it its right name");
}

/// What a field's value says of one of its files; null when it is not among them.
Json file_in(const Json& value, const std::string& hash) {
  for (const auto& file : value.items()) {
    if (file["sha256"].as_string() == hash) return file;
  }
  return {};
}

}  // namespace

Result<Json> Registry::add_file(const std::string& register_id, const std::string& field,
                                const std::string& name, std::string_view bytes,
                                const Write& write) {
  const auto known = m_impl->need_enabled(register_id);
  if (!known) return tl::unexpected(known.error());
  const Definition& d = **known;
  const Field* f = d.field(field);
  const bool none = f == nullptr || f->type != FieldType::kFile;
  if (none || sight_of(*f, write.actor) == Sight::kNone) {
    return base::fail(Code::kUnknown, "the register '" + d.id + "' takes no files there", field);
  }
  base::Status may = detail::may_edit(d, write.actor, write.actor.district);
  if (may && sight_of(*f, write.actor) == Sight::kWithheld) {
    may = base::fail(Code::kForbidden, "the field is confidential and not for your roles", field);
  }
  if (!may) return tl::unexpected(may.error());
  if (m_impl->files.empty()) {
    return base::fail(Code::kUnavailable, "this program has no folder for files", field);
  }
  if (!detail::is_file_name(name)) {
    return base::fail(Code::kMalformed, "not the name of a file", "name",
                      "no folders, no control characters, at most 120 characters");
  }
  const std::size_t most = f->max_mb > 0 ? f->max_mb : kMostMegabytes;
  if (bytes.size() > most * kMegabyte) {
    return base::fail(Code::kTooLarge, "the file is larger than " + std::to_string(most) + " MiB",
                      field);
  }
  const auto kind = detail::file_kind(bytes);
  if (auto good = check_kind(*f, name, kind); !good) return tl::unexpected(good.error());
  const std::string hash = base::sha256_hex(bytes);
  {
    // Two who bring the same file at once write the same name.
    const std::lock_guard lock(m_impl->files_mutex);
    std::filesystem::create_directories(m_impl->files);
    if (!std::filesystem::exists(m_impl->files / hash)) {
      store::put_file(*store::real_disk(), m_impl->files / hash, {bytes});
    }
  }
  m_impl->db.write([&](store::Db& rows) {
    auto s = rows.prepare(
        "INSERT INTO record_file(sha256, uploaded_by, at, size, media) VALUES(?, ?, ?, ?, ?) "
        "ON CONFLICT(sha256, uploaded_by) DO UPDATE SET at = excluded.at");
    s.bind(1, std::string_view(hash)).bind(2, std::string_view(write.actor.user));
    s.bind(3, write.now.ms).bind(4, std::int64_t(bytes.size())).bind(5, kind->media).run();
    m_impl->access.audit(write.actor, "file.upload", d.id + "/" + hash,
                         Json::object({{"field", field},
                                       {"name", name},
                                       {"size", std::uint64_t{bytes.size()}},
                                       {"media", kind->media}}),
                         write.now);
  });
  return Json::object({{"sha256", hash},
                       {"name", name},
                       {"size", std::uint64_t{bytes.size()}},
                       {"media", kind->media}});
}

Result<StoredFile> Registry::file_for(const access::Actor& actor, const std::string& register_id,
                                      const std::string& id, const std::string& sha256) const {
  const auto missing = base::fail(Code::kMissing, "there is no such file");
  const auto record = find_for(actor, register_id, id);
  if (!record || !detail::is_hash(sha256)) return missing;
  Json found;
  const Definition& d = *m_impl->find(register_id);
  for (const auto& f : d.fields) {
    if (f.type != FieldType::kFile || !found.is_null()) continue;
    found = file_in(record->fields[f.key], sha256);
  }
  if (found.is_null()) {
    for (const auto& line : history_for(actor, register_id, id)) {
      const Field* f = d.field(line.field);
      if (f == nullptr || f->type != FieldType::kFile || !found.is_null()) continue;
      found = file_in(line.before, sha256);
    }
  }
  const auto kind = detail::kind_of_media(found["media"].as_string());
  const auto path = m_impl->files / sha256;
  std::error_code failure;
  if (found.is_null() || !kind) return missing;
  if (!std::filesystem::is_regular_file(path, failure)) {
    return base::fail(Code::kMissing, "the file is kept no longer", "",
                      "its retention is over; the record still says what it was");
  }
  return StoredFile{path, found["name"].as_string(), std::string(kind->media),
                    found["size"].as_int(), kind->shown};
}

std::size_t Registry::drop_unused_files(base::Instant now, std::optional<base::Duration> keep) {
  std::size_t dropped = 0;
  m_impl->db.write([&](store::Db& rows) {
    std::vector<std::string> old;
    {
      auto s = rows.prepare(
          "SELECT sha256 FROM record_file GROUP BY sha256 HAVING MAX(at) < ? AND "
          "(MAX(held_at) IS NULL OR MAX(held_at) < ?) LIMIT ?");
      s.bind(1, (now - kNotTaken).ms).bind(2, keep ? (now - *keep).ms : INT64_MIN);
      s.bind(3, kAtOnce);
      while (s.step()) old.push_back(s.text(0));
    }
    for (const auto& hash : old) {
      if (m_impl->holds_file(rows, hash)) {
        // Looked at again when it may be over: each look goes through all registers.
        rows.prepare("UPDATE record_file SET held_at = ? WHERE sha256 = ?")
            .bind(1, now.ms)
            .bind(2, hash)
            .run();
        continue;
      }
      rows.prepare("DELETE FROM record_file WHERE sha256 = ?").bind(1, hash).run();
      m_impl->db.after_commit([file = m_impl->files / hash] {
        std::error_code failure;
        std::filesystem::remove(file, failure);
      });
      ++dropped;
    }
  });
  return dropped;
}

bool Registry::Impl::holds_file(store::Db& rows, const std::string& hash) const {
  for (const auto& d : definitions) {
    for (const auto& f : d.fields) {
      // Rows may name a file too: the evidence of a case does.
      if (f.type != FieldType::kFile && f.type != FieldType::kRows) continue;
      auto s = rows.prepare("SELECT 1 FROM " + detail::table_name(d) + " WHERE " +
                            detail::column_name(f) + " LIKE ? LIMIT 1");
      if (s.bind(1, "%" + hash + "%").step()) return true;
    }
  }
  return false;
}

}  // namespace jinglue::registry
