// SPDX-License-Identifier: Apache-2.0
#include "app/position_import.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/drill_feed.hpp"
#include "app/folder_options.hpp"
#include "app/runner.hpp"
#include "app/settings.hpp"
#include "app/unpacked_file.hpp"
#include "base/hash.hpp"
#include "picture/exchange/positions_entry.hpp"
#include "store/database.hpp"
#include "store/disk.hpp"

namespace jinglue::app {

namespace fs = std::filesystem;
namespace exchange = picture::exchange;
using model::Fix;

namespace {

constexpr std::size_t kBatch = 65'536;
constexpr auto kProgressEvery = std::chrono::milliseconds(500);
/// A clock that is wrong by less is believed. Newer rows are refused: they would stand at the end
/// of every question for the last positions.
constexpr base::Duration kMostAhead{std::chrono::hours(24)};
constexpr base::Duration kPatience{std::chrono::minutes(10)};

/// What makes two rows the same; how well the time is known does not.
struct SameRow {
  static auto key(const Fix& f) {
    return std::tie(f.track, f.time, f.position, f.sog_ckn, f.cog_cdeg, f.heading_deg, f.nav_status,
                    f.source);
  }
  bool operator()(const Fix& a, const Fix& b) const { return key(a) == key(b); }
  std::size_t operator()(const Fix& fix) const {
    std::uint64_t out = std::hash<model::TrackId>{}(fix.track);
    const auto mix = [&out](std::uint64_t v) {
      out = (out ^ v) * 0x9E3779B97F4A7C15ULL;
      out ^= out >> 32;
    };
    mix(static_cast<std::uint64_t>(fix.time.ms));
    mix(static_cast<std::uint32_t>(fix.position.lat));
    mix(static_cast<std::uint32_t>(fix.position.lon));
    mix(fix.sog_ckn.value_or(UINT16_MAX) | std::uint64_t{fix.cog_cdeg.value_or(UINT16_MAX)} << 16);
    return out;
  }
};

/// Takes out what the archive holds and what comes twice. `rows`: by track and time.
std::uint64_t remove_known(const picture::Archive& archive, std::vector<Fix>& rows) {
  std::unordered_map<Fix, std::size_t, SameRow, SameRow> places;
  std::vector<bool> known(rows.size());
  places.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) known[i] = !places.emplace(rows[i], i).second;
  for (std::size_t begin = 0; begin < rows.size();) {
    std::size_t end = begin;
    while (end < rows.size() && rows[end].track == rows[begin].track) ++end;
    archive.track(rows[begin].track, rows[begin].time, rows[end - 1].time + base::Duration(1),
                  [&](const Fix& held) {
                    const auto found = places.find(held);
                    if (found != places.end()) known[found->second] = true;
                    return true;
                  });
    begin = end;
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!known[i]) rows[kept++] = rows[i];
  }
  const auto removed = rows.size() - kept;
  rows.resize(kept);
  return removed;
}

Runner::Options runner_options(const fs::path& share) {
  Runner::Options out;
  out.flags = read_flags(share);
  return out;
}

fs::path no_drill(const fs::path& data) {
  if (is_drill_folder(data)) {
    throw base::WorldError("this folder holds a drill", data.string(),
                           "name another folder with --data: a drill takes no other positions");
  }
  return data;
}

/// How far a file was taken, kept in the data folder.
struct Kept {
  ImportCounts counts;
  exchange::Place place;
};

/// The same file read in another way is another import.
std::string name_of(const fs::path& file, const ImportWish& wish) {
  if (wish.read.described) {
    return base::sha256_hex_file(file) + '-' + wish.read.described->fingerprint() + ".json";
  }
  std::string how = wish.read.zone + '\n' + std::to_string(int(wish.read.terminal));
  for (const auto& [ours, theirs] : wish.read.mapping) {
    how.append(1, '\n').append(ours).append(1, '=').append(theirs);
  }
  return base::sha256_hex_file(file) + '-' + base::to_hex(base::stable_hash(how)) + ".json";
}

std::uint64_t number(const base::Json& json, std::string_view key) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, json[key].as_int()));
}

Kept load(const fs::path& path) {
  Kept out;
  std::ifstream in(path, std::ios::binary);
  if (!in) return out;
  const auto json = base::parse_json(std::string{std::istreambuf_iterator<char>(in), {}});
  if (!json || !(*json)["position"].is_int()) {
    throw base::WorldError("how far the import had come cannot be read", path.string(),
                           "remove this file: rows that are there already will be known");
  }
  out.counts.added = number(*json, "added");
  out.counts.duplicates = number(*json, "duplicates");
  out.counts.bad = number(*json, "bad");
  out.counts.skipped = number(*json, "skipped");
  for (const auto& [cause, count] : (*json)["causes"].members()) {
    out.counts.causes[cause] =
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, count.as_int()));
  }
  out.counts.whole = (*json)["whole"].as_bool();
  out.place = {number(*json, "position"), std::max<std::uint64_t>(1, number(*json, "line")),
               (*json)["context"].as_string()};
  return out;
}

void save(const fs::path& path, const fs::path& file, const Kept& kept) {
  auto causes = base::Json::object();
  for (const auto& [cause, count] : kept.counts.causes) causes.set(cause, count);
  const auto json = base::Json::object({{"file", file.filename().string()},
                                        {"position", kept.place.position},
                                        {"line", kept.place.line},
                                        {"context", kept.place.context},
                                        {"added", kept.counts.added},
                                        {"duplicates", kept.counts.duplicates},
                                        {"bad", kept.counts.bad},
                                        {"skipped", kept.counts.skipped},
                                        {"causes", std::move(causes)},
                                        {"whole", kept.counts.whole}});
  store::put_file(*store::real_disk(), path, {json.dump()});
}

/// Closed by the codes of errors and our columns.
std::string cause_of(const base::Error& error) {
  return error.where.empty() ? std::string(to_text(error.code))
                             : std::string(to_text(error.code)) + ' ' + error.where;
}

/// GeoJSON begins with a brace or a record separator.
exchange::Format format_of(const fs::path& file, const ImportWish& wish) {
  if (wish.format) return *wish.format;
  if (wish.read.described) return exchange::Format::kCsv;
  UnpackedFile bytes(file);
  for (const char c : bytes.read()) {
    if (c == '{' || c == 0x1E) return exchange::Format::kGeoJson;
    if (std::string_view("\xEF\xBB\xBF \t\r\n").find(c) == std::string_view::npos) break;
  }
  return exchange::Format::kCsv;
}

std::unique_ptr<exchange::Reader> reader_of(exchange::Format format, const ImportWish& wish,
                                            const exchange::Place& from) {
  switch (format) {
    case exchange::Format::kCsv:
      return exchange::make_csv_reader(wish.read, from);
    case exchange::Format::kGeoJson:
    case exchange::Format::kGeoJsonSeq:
    case exchange::Format::kNdjson:
      return exchange::make_geojson_reader(wish.read, from);
    default:
      throw base::WorldError("this format cannot be imported", std::string(to_key(format)),
                             "CSV and GeoJSON can");
  }
}

}  // namespace

struct PositionImport::Impl {
  Impl(const fs::path& data, const fs::path& share)
      : folder(no_drill(data)),
        records(records_options(folder)),
        findings(records),
        archive({folder.tracks_db(), {}}),
        journal(journal_options(folder, archive, findings)),
        clock(DataClock::Mode::kWall),
        runner(journal, folder, archive, findings, clock, health, runner_options(share)) {
    runner.recover();
    clock.not_before(runner.pipeline().clock());
    std::error_code error;
    fs::create_directories(states(), error);
    if (error) throw base::WorldError("cannot make a folder", states().string(), error.message());
  }
  fs::path states() const { return folder.root() / "imports"; }

  /// Journals and takes what is new of the rows, then keeps how far that was.
  void take(std::vector<Fix>& rows, const fs::path& file, const fs::path& state, Kept& kept) {
    std::stable_sort(rows.begin(), rows.end(), [](const Fix& a, const Fix& b) {
      return std::tie(a.track, a.time) < std::tie(b.track, b.time);
    });
    kept.counts.duplicates += remove_known(archive, rows);
    kept.counts.added += rows.size();
    if (!rows.empty()) {
      model::JournalEntry entry;
      entry.kind = model::EntryKind::kPositions;
      entry.arrival = clock.now();
      entry.input = "import";
      entry.station = file.filename().string().substr(0, 200);
      entry.payload = exchange::encode_positions(rows);
      std::vector<model::JournalEntry> entries;
      entries.push_back(std::move(entry));
      runner.prime(std::move(entries));
    }
    rows.clear();
    save(state, file, kept);
  }

  store::DataFolder folder;
  store::Database records;
  findings::Findings findings;
  picture::Archive archive;
  store::Journal journal;
  DataClock clock;
  Health health;
  Runner runner;
};

PositionImport::PositionImport(const fs::path& data, const fs::path& share)
    : m_impl(std::make_unique<Impl>(data, share)) {}

PositionImport::~PositionImport() = default;

ImportCounts PositionImport::take(const fs::path& file, const ImportWish& wish,
                                  const ImportHooks& hooks) {
  UnpackedFile bytes(file);
  const auto state = m_impl->states() / name_of(file, wish);
  Kept kept = load(state);
  if (kept.counts.whole && !wish.again) {
    kept.counts.before = true;
    return kept.counts;
  }
  if (kept.counts.whole) kept = {};
  kept.counts.resumed_at = kept.place.position;
  if (!bytes.skip(kept.place.position)) {
    throw base::WorldError("the file is shorter than what was taken of it", file.string());
  }
  const auto reader = reader_of(format_of(file, wish), wish, kept.place);
  std::vector<Fix> rows;
  const auto newest = m_impl->clock.now() + kMostAhead;
  const auto row = [&](std::uint64_t line, base::Result<Fix> fix) {
    if (fix && fix->time > newest) {
      fix = base::fail(base::Code::kOutOfRange,
                       "the time " + base::to_iso(fix->time) + " lies in the future", "time");
    }
    if (fix) {
      rows.push_back(*fix);
      return;
    }
    if (fix.error().where == "skipped") {
      ++kept.counts.skipped;
      return;
    }
    ++kept.counts.bad;
    ++kept.counts.causes[cause_of(fix.error())];
    hooks.bad_row(line, fix.error());
  };
  const auto check = [&](const base::Status& good) {
    if (good) return;
    kept.place = reader->place();
    m_impl->take(rows, file, state, kept);
    throw base::WorldError("the import ends here", file.string() + ": " + good.error().text());
  };
  auto told = std::chrono::steady_clock::now();
  bool stopped = false;
  while (!stopped) {
    const auto piece = bytes.read();
    if (piece.empty()) break;
    check(reader->feed(piece, row));
    stopped = hooks.stop();
    if (rows.size() < kBatch && !stopped) continue;
    kept.place = reader->place();
    m_impl->take(rows, file, state, kept);
    const auto now = std::chrono::steady_clock::now();
    if (now - told < kProgressEvery) continue;
    told = now;
    hooks.progress(kept.counts, kept.place.position);
  }
  if (!stopped) check(reader->finish(row));
  kept.counts.whole = !stopped;
  kept.place = reader->place();
  m_impl->take(rows, file, state, kept);
  return kept.counts;
}

void PositionImport::settle() {
  const auto offset = m_impl->runner.pipeline().offset();
  m_impl->archive.advance(offset, true);
  if (!m_impl->archive.wait_applied(offset, kPatience)) {
    throw base::WorldError("the archive does not come after", m_impl->archive.counts().problem,
                           "nothing is lost: the next start takes the rest from the journal");
  }
}

}  // namespace jinglue::app
