// SPDX-License-Identifier: Apache-2.0
// jinglue export: positions of the archive as a file of another program; a running station is not
// disturbed. jinglue import: positions of files into the archive; no station may run.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>

#include "app/position_import.hpp"
#include "app/settings.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/interrupt.hpp"
#include "cli/open_folder.hpp"
#include "cli/positions.hpp"
#include "cli/verb.hpp"
#include "picture/exchange/export.hpp"
#include "picture/identity/register_vessels.hpp"

namespace jinglue::cli {

namespace {

namespace fs = std::filesystem;
namespace exchange = picture::exchange;

struct Options {
  std::string data{"var"}, share, format, from, to, box, vessel, into, terminal{"mmsi"}, zone,
      mapping;
  std::uint64_t year{0};
  std::vector<std::string> tracks, files, maps;
  std::uint64_t limit{UINT64_MAX};
  bool again{false};
};

exchange::Format format_named(const std::string& name) {
  if (const auto format = exchange::format_from(name)) return *format;
  std::string known;
  for (const auto format : exchange::kFormats) {
    known += (known.empty() ? "" : ", ") + std::string(to_key(format));
  }
  throw base::WorldError("there is no such format", name, "use one of " + known);
}

exchange::Format format_for(const Options& options) {
  if (!options.format.empty()) return format_named(options.format);
  if (const auto format = exchange::format_of_file(options.into)) return *format;
  if (options.into.empty()) return exchange::Format::kCsv;
  throw base::WorldError("the name does not say the format", options.into, "add --format");
}

/// The vessel of a record id, side number or name.
model::VesselFacts vessel_named(const registry::Registry& registry, const std::string& name) {
  auto record = registry.find("vessel", name);
  for (const char* field : {"side_number", "name"}) {
    if (record) break;
    registry::Query query;
    query.equals = {{field, name}};
    const auto page = registry.list("vessel", query);
    if (!page || page->items.empty()) continue;
    if (page->items.size() > 1) {
      throw base::WorldError("several vessels are called so", name, "give the record id");
    }
    record = page->items.front();
  }
  if (!record) {
    throw base::WorldError("there is no such vessel", name,
                           "give its record id, side number or name");
  }
  const auto facts = picture::facts_of(*record);
  if (!facts) throw base::WorldError("the vessel's record cannot be read", facts.error().text());
  return *facts;
}

exchange::ExportWish wish_of(const Options& options, const picture::Archive& archive) {
  const auto period = period_of(options.from, options.to, archive);
  exchange::ExportWish wish{period.from, period.to, std::nullopt, std::nullopt, options.limit};
  if (!options.box.empty()) wish.box = box_of(options.box);
  if (options.tracks.empty() && options.vessel.empty()) return wish;
  auto& spans = wish.tracks.emplace();
  for (const auto& name : options.tracks) {
    const auto track = model::parse_track(name);
    if (!track) throw base::WorldError("the track cannot be read", track.error().text());
    spans.push_back({*track, period.from, period.to});
  }
  if (options.vessel.empty()) return wish;
  OpenFolder folder(options.data, app::find_share(options.share));
  const auto vessel = vessel_named(folder.registry(), options.vessel);
  const auto carried = picture::spans_of(archive, vessel, period.from, period.to);
  spans.insert(spans.end(), carried.begin(), carried.end());
  return wish;
}

/// The file is there when it is whole; until then it is called NAME.unfinished.
class OutFile {
 public:
  explicit OutFile(const std::string& path) : m_path(path), m_unfinished(path + ".unfinished") {
    if (path.empty()) return;
    m_fd = ::open(m_unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (m_fd < 0) refuse();
  }
  ~OutFile() {
    if (m_path.empty() || m_fd < 0) return;
    ::close(m_fd);
    ::unlink(m_unfinished.c_str());
  }
  OutFile(const OutFile&) = delete;
  OutFile& operator=(const OutFile&) = delete;

  void write(std::string_view bytes) {
    m_bytes += bytes.size();
    while (!bytes.empty()) {
      const auto n = ::write(m_fd, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) refuse();
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  void finish() {
    if (m_path.empty()) return;
    const bool good = ::fsync(m_fd) == 0;
    if (!good || ::rename(m_unfinished.c_str(), m_path.c_str()) != 0) refuse();
    ::close(std::exchange(m_fd, -1));
  }
  std::uint64_t bytes() const { return m_bytes; }

 private:
  [[noreturn]] void refuse() const {
    throw base::WorldError("cannot write", (m_path.empty() ? "standard output" : m_path) + ": " +
                                               base::errno_text(errno));
  }

  std::string m_path, m_unfinished;
  int m_fd{STDOUT_FILENO};
  std::uint64_t m_bytes{0};
};

/// True every two seconds.
class Pace {
 public:
  bool due() {
    const auto now = std::chrono::steady_clock::now();
    if (now - m_last < std::chrono::seconds(2)) return false;
    m_last = now;
    return true;
  }

 private:
  std::chrono::steady_clock::time_point m_last{std::chrono::steady_clock::now()};
};

int run_export(const Options& options) {
  const auto format = format_for(options);
  const picture::Archive archive({archive_file(options.data), {}});
  const auto wish = wish_of(options, archive);
  const Interrupt interrupt;
  OutFile out(options.into);
  const auto writer = make_writer(format, [&](std::string_view bytes) { out.write(bytes); });
  Pace pace;
  const auto done = export_rows(archive, wish, *writer, [&](std::uint64_t rows) {
    if (rows % 65'536 == 0 && rows > 0 && pace.due()) {
      std::cerr << fmt::format("{} positions, {:.1f} MB\n", rows, double(out.bytes()) / 1e6);
    }
    return !Interrupt::asked();
  });
  if (done.stopped) {
    std::cerr << fmt::format("jinglue: stopped after {} positions; no file was made\n", done.rows);
    return Interrupt::kExitCode;
  }
  out.finish();
  std::cerr << fmt::format("{} positions\n", done.rows);
  if (done.cut) std::cerr << "jinglue: there is more; ask for less or raise --limit\n";
  return 0;
}

app::ImportWish import_wish(const Options& options) {
  app::ImportWish wish;
  wish.again = options.again;
  wish.read.zone = options.zone;
  if (!options.format.empty()) wish.format = format_named(options.format);
  if (!options.mapping.empty()) {
    const auto folder = app::find_share(options.share) / "data" / "mappings";
    wish.read.described = exchange::Mapping::open(options.mapping, folder, options.year);
    return wish;
  }
  if (options.terminal == "beidou") {
    wish.read.terminal = model::TerminalKind::kBeidou;
  } else if (options.terminal != "mmsi") {
    throw base::WorldError("--terminal", options.terminal, "it is mmsi or beidou");
  }
  for (const auto& map : options.maps) {
    const auto at = map.find('=');
    if (at == std::string::npos) {
      throw base::WorldError("--map", map, "write OURS=THEIRS, e.g. time_utc=reported_at");
    }
    wish.read.mapping.emplace_back(map.substr(0, at), map.substr(at + 1));
  }
  return wish;
}

std::string counted(const app::ImportCounts& counts) {
  auto out = fmt::format("{} added, {} already there, {} bad", counts.added, counts.duplicates,
                         counts.bad);
  if (counts.skipped > 0) out += fmt::format(", {} no positions", counts.skipped);
  return out;
}

int run_import(const Options& options) {
  const auto wish = import_wish(options);
  const Interrupt interrupt;
  app::PositionImport import(options.data, app::find_share(options.share));
  bool bad = false;
  for (const auto& file : options.files) {
    constexpr std::uint64_t kMostShown = 50;
    std::uint64_t shown = 0;
    Pace pace;
    app::ImportHooks hooks;
    hooks.stop = [] { return Interrupt::asked(); };
    hooks.bad_row = [&](std::uint64_t line, const base::Error& error) {
      if (shown++ < kMostShown) std::cerr << fmt::format("{}:{}: {}\n", file, line, error.text());
      if (shown == kMostShown) std::cerr << file << ": further bad rows are only counted\n";
    };
    hooks.progress = [&](const app::ImportCounts& counts, std::uint64_t position) {
      if (!pace.due()) return;
      std::cerr << fmt::format("{}: {:.1f} MB read, {}\n", file, double(position) / 1e6,
                               counted(counts));
    };
    const auto counts = import.take(file, wish, hooks);
    bad = bad || counts.bad > 0;
    if (counts.resumed_at > 0) {
      std::cerr << fmt::format("{}: went on at byte {}\n", file, counts.resumed_at);
    }
    std::cout << fmt::format("{}: {}{}\n", file, counts.before ? "imported before: " : "",
                             counted(counts));
    for (const auto& [cause, number] : counts.causes) {
      std::cout << fmt::format("  {}: {}\n", cause, number);
    }
    if (!counts.whole) break;
  }
  import.settle();
  if (!Interrupt::asked()) return bad ? 1 : 0;
  std::cerr << "jinglue: stopped; the same command goes on from here\n";
  return Interrupt::kExitCode;
}

}  // namespace

void add_exchange(const Verb& root) {
  auto options = std::make_shared<Options>();  // shared: the parser's and the work's
  root.verb("export", "Positions as CSV, GeoJSON, GPX, KML, Parquet or Moving Features JSON")
      .option("--format", options->format,
              "csv, geojson, geojsonseq, ndjson, gpx, kml, parquet, mfjson (default: by the "
              "ending of FILE)")
      .option("-o,--into", options->into, "File (default: standard output)")
      .option("--from", options->from, "From this time on (ISO with offset; default: the first)")
      .option("--to", options->to, "Before this time (default: to the last)")
      .option("--track", options->tracks, "Only this track, e.g. mmsi:412345678; several times")
      .option("--vessel", options->vessel,
              "Only the tracks of this vessel's terminals while it carried them: record id, side "
              "number or name")
      .option("--box", options->box, kBoxText)
      .option("--limit", options->limit, "Positions at most")
      .option("--data", options->data, "Data folder (default var)")
      .option("--share", options->share, "Folder with registers/")
      .runs([options] { return run_export(*options); });
  root.verb("import", "Positions of the past from CSV or GeoJSON files (also gz, zst, xz)")
      .option("FILE", options->files, "Files; a stopped import goes on where it was")
      .required()
      .option("--format", options->format, "csv or geojson (default: by the content)")
      .option("--mapping", options->mapping,
              "What the columns mean: a TOML file, or a name of data/mappings (noaa, denmark, ...)")
      .option("--year", options->year, "Of times without a year (with --mapping)")
      .option("--map", options->maps, "OURS=THEIRS: a column by its heading; several times")
      .option("--terminal", options->terminal, "What plain numbers name: mmsi (default) or beidou")
      .option("--zone", options->zone, "Zone of times without an offset, e.g. Asia/Shanghai")
      .flag("--again", options->again, "Read a file again that was imported before")
      .option("--data", options->data, "Data folder (default var); no station may run on it")
      .option("--share", options->share, "Folder with rules/ and registers/")
      .runs([options] { return run_import(*options); });
}

}  // namespace jinglue::cli
