// SPDX-License-Identifier: Apache-2.0
#include "store/snapshot.hpp"

#include <fmt/format.h>
#include <zstd.h>
#include <algorithm>
#include <charconv>
#include <fstream>
#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/result.hpp"

namespace jinglue::store {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "JLSNAPS1";
constexpr std::string_view kSuffix = ".snapshot";
constexpr std::size_t kNameDigits = 20;
constexpr std::size_t kHeaderBytes = 8 + 8 + 8 + 8 + 4 + 4;
constexpr std::size_t kKept = 2;
constexpr int kZstdLevel = 1;  // the pipeline waits for it
constexpr std::uint64_t kMostState = 8ULL << 30;

struct SnapshotFile {
  std::uint64_t offset{0};
  fs::path path;
};

/// Newest first.
std::vector<SnapshotFile> list(const fs::path& folder) {
  std::vector<SnapshotFile> out;
  std::error_code error;
  for (const auto& item : fs::directory_iterator(folder, error)) {
    const std::string name = item.path().filename().string();
    if (name.size() != kNameDigits + kSuffix.size() || !name.ends_with(kSuffix)) continue;
    std::uint64_t offset = 0;
    const char* end = name.data() + kNameDigits;
    const auto [stop, bad] = std::from_chars(name.data(), end, offset);
    if (bad == std::errc{} && stop == end) out.push_back({offset, item.path()});
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    throw base::WorldError(fmt::format("{}: cannot read the folder", folder.string()),
                           error.message(), "make it readable for the user that runs the program");
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return a.offset > b.offset; });
  return out;
}

/// In pieces: room for the worst case would be as large as the state again.
std::string compress(const std::string& state) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                     &ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kZstdLevel);
  ZSTD_CCtx_setPledgedSrcSize(context.get(), state.size());
  ZSTD_inBuffer in{state.data(), state.size(), 0};
  std::string piece(ZSTD_CStreamOutSize(), '\0');
  std::string out;
  for (std::size_t left = 1; left != 0;) {
    ZSTD_outBuffer to{piece.data(), piece.size(), 0};
    left = ZSTD_compressStream2(context.get(), &to, &in, ZSTD_e_end);
    if (ZSTD_isError(left) != 0) {
      throw base::WorldError("cannot compress a snapshot", ZSTD_getErrorName(left));
    }
    out.append(piece, 0, to.pos);
  }
  return out;
}

std::string header_for(const Snapshot& snapshot, const std::string& stored) {
  base::ByteWriter out;
  out.put_raw(kMagic);
  out.put(snapshot.offset);
  out.put(static_cast<std::uint64_t>(snapshot.state.size()));
  out.put(static_cast<std::uint64_t>(stored.size()));
  out.put(base::crc32c(stored));
  out.put(base::crc32c(out.bytes()));
  return out.take();
}

base::Result<Snapshot> read(const SnapshotFile& file) {
  const auto bad = [&](std::string why) {
    return base::fail(base::Code::kMalformed, std::move(why), file.path.string());
  };
  std::ifstream in(file.path, std::ios::binary);
  std::string head(kHeaderBytes, '\0');
  if (!in.read(head.data(), static_cast<std::streamsize>(head.size()))) return bad("too short");
  base::ByteReader fields(head);
  const bool ours = fields.get_raw(kMagic.size()) == kMagic;
  Snapshot out;
  out.offset = fields.get<std::uint64_t>();
  const auto raw = fields.get<std::uint64_t>();
  const auto size = fields.get<std::uint64_t>();
  const auto stored_crc = fields.get<std::uint32_t>();
  const auto head_crc = fields.get<std::uint32_t>();
  if (!ours || head_crc != base::crc32c(std::string_view(head).substr(0, kHeaderBytes - 4))) {
    return bad("the header is damaged");
  }
  if (out.offset != file.offset) return bad("it was renamed");
  std::error_code error;
  if (size + kHeaderBytes != fs::file_size(file.path, error) || raw > kMostState) {
    return bad("its length is wrong");
  }
  std::string stored(size, '\0');
  if (!in.read(stored.data(), static_cast<std::streamsize>(size)) ||
      base::crc32c(stored) != stored_crc) {
    return bad("its content is damaged");
  }
  out.state.resize(raw);
  const std::size_t got =
      ZSTD_decompress(out.state.data(), out.state.size(), stored.data(), stored.size());
  if (ZSTD_isError(got) != 0 || got != raw) return bad("its content does not unpack");
  return out;
}

void remove_old(const fs::path& folder, Disk& disk) {
  const auto files = list(folder);
  for (std::size_t i = kKept; i < files.size(); ++i) disk.remove(files[i].path);
  for (const auto& item : fs::directory_iterator(folder)) {
    if (item.path().extension() == kUnfinished) disk.remove(item.path());
  }
}

}  // namespace

void save_snapshot(const fs::path& folder, const Snapshot& snapshot, std::shared_ptr<Disk> disk) {
  if (!disk) disk = real_disk();
  fs::create_directories(folder);
  const fs::path path = folder / fmt::format("{:0{}}{}", snapshot.offset, kNameDigits, kSuffix);
  const std::string stored = compress(snapshot.state);
  put_file(*disk, path, {header_for(snapshot, stored), stored});
  remove_old(folder, *disk);
}

std::optional<Snapshot> load_snapshot(const fs::path& folder, std::uint64_t at_most) {
  for (const auto& file : list(folder)) {
    if (file.offset > at_most) continue;
    auto found = read(file);
    if (found) return std::move(*found);
    base::log_warn("store", "snapshot passed over: {}", found.error().text());
  }
  return std::nullopt;
}

}  // namespace jinglue::store
