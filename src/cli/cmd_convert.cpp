// SPDX-License-Identifier: Apache-2.0
// jinglue convert: a table of positions as a log of timed sentences, AIS or BeiDou, that `jinglue
// replay` and the input kind `file` take like any receiver's.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <vector>

#include "app/position_sentences.hpp"
#include "app/settings.hpp"
#include "app/unpacked_file.hpp"
#include "cli/command.hpp"
#include "cli/verb.hpp"
#include "picture/exchange/reader.hpp"

namespace jinglue::cli {

namespace {

namespace exchange = picture::exchange;

constexpr std::uint64_t kMostShown = 50;

struct Options {
  std::string file, into, to{"beidou"}, layout, mapping, share, from_time, to_time;
  std::uint64_t year{0}, mmsi_from{0};
};

/// Bad rows are shown (the first of them) and counted.
class Bad {
 public:
  explicit Bad(std::string file) : m_file(std::move(file)) {}
  void add(std::uint64_t line, const base::Error& error) {
    if (error.where == "skipped") {
      ++m_skipped;
      return;
    }
    if (m_count++ < kMostShown) {
      std::cerr << fmt::format("{}:{}: {}\n", m_file, line, error.text());
    }
  }
  std::uint64_t count() const { return m_count; }
  std::uint64_t skipped() const { return m_skipped; }

 private:
  std::string m_file;
  std::uint64_t m_count{0}, m_skipped{0};
};

struct Row {
  model::Fix fix;
  std::uint64_t line{0};
};

base::Instant instant_or(const std::string& text, base::Instant otherwise) {
  if (text.empty()) return otherwise;
  const auto t = base::parse_iso(text);
  if (!t) throw base::WorldError("a time cannot be read", t.error().text());
  return *t;
}

/// In order of time; rows of one instant keep the order of the file.
std::vector<Row> rows_of(const Options& options, const std::filesystem::path& share, Bad& bad) {
  exchange::ReadOptions how;
  if (!options.mapping.empty()) {
    how.described =
        exchange::Mapping::open(options.mapping, share / "data" / "mappings", options.year);
  }
  const auto from = instant_or(options.from_time, base::kDistantPast);
  const auto to = instant_or(options.to_time, base::kDistantFuture);
  const auto reader = exchange::make_csv_reader(how, {});
  std::vector<Row> out;
  const auto take = [&](std::uint64_t line, base::Result<model::Fix> row) {
    if (!row) return bad.add(line, row.error());
    if (row->time >= from && row->time < to) out.push_back({*row, line});
  };
  const auto check = [&](const base::Status& good) {
    if (!good)
      throw base::WorldError("the table cannot be read", options.file + ": " + good.error().text());
  };
  app::UnpackedFile bytes(options.file);
  for (auto piece = bytes.read(); !piece.empty(); piece = bytes.read()) {
    check(reader->feed(piece, take));
  }
  check(reader->finish(take));
  std::stable_sort(out.begin(), out.end(),
                   [](const Row& a, const Row& b) { return a.fix.time < b.fix.time; });
  return out;
}

app::SentenceKind kind_of(const std::string& name) {
  if (name == "ais") return app::SentenceKind::kAis;
  if (name == "beidou") return app::SentenceKind::kTxr;
  if (name == "beidou_waa") return app::SentenceKind::kWaa;
  throw base::WorldError("--to", name, "it is ais, beidou or beidou_waa");
}

const observe::beidou::Layout* layout_of(const observe::feed::Setup& feeds,
                                         const std::string& name) {
  const auto* layout = feeds.layouts().find(name.empty() ? "drill_position" : name);
  if (layout == nullptr || layout->field(observe::beidou::Role::kLatitude) == nullptr) {
    throw base::WorldError("there is no such content with a place", name,
                           "name one of data/beidou with --layout");
  }
  return layout;
}

int run(const Options& options) {
  const auto share = app::find_share(options.share);
  const auto feeds = app::feeds_of(share, {});
  app::PositionSentences::Wish wish;
  wish.kind = kind_of(options.to);
  wish.mmsi_from = options.mmsi_from;
  const auto* layout =
      wish.kind == app::SentenceKind::kTxr ? layout_of(feeds, options.layout) : nullptr;
  Bad bad(options.file);
  const auto rows = rows_of(options, share, bad);
  std::ofstream file;
  if (!options.into.empty()) {
    file.open(options.into, std::ios::binary | std::ios::trunc);
    if (!file) throw base::WorldError("cannot write", options.into);
  }
  std::ostream& out = options.into.empty() ? std::cout : file;
  app::PositionSentences sentences(wish, layout);
  std::uint64_t written = 0;
  for (const auto& row : rows) {
    const auto line = sentences.line(row.fix);
    if (!line) {
      bad.add(row.line, line.error());
      continue;
    }
    out << *line << "\r\n";
    ++written;
  }
  if (!out.flush()) throw base::WorldError("cannot write", options.into);
  std::cerr << fmt::format("{} sentences, {} bad rows, {} no positions\n", written, bad.count(),
                           bad.skipped());
  return bad.count() > 0 ? 1 : 0;
}

}  // namespace

void add_convert(const Verb& root) {
  auto options = std::make_shared<Options>();  // shared: the parser's and the work's
  root.verb("convert", "A table of positions (CSV) as a log of timed AIS or BeiDou sentences")
      .option("FILE", options->file, "CSV (also gz, zst, xz)")
      .required()
      .option("--to", options->to,
              "beidou (short messages, default), beidou_waa (reports of position) or ais")
      .option("--mapping", options->mapping,
              "What the columns mean: a TOML file, or a name of data/mappings")
      .option("--year", options->year, "Of times without a year (with --mapping)")
      .option("--layout", options->layout, "Content of the short messages (default drill_position)")
      .option("--mmsi-from", options->mmsi_from,
              "With --to ais: added to the numbers of terminals that have no MMSI")
      .option("--from", options->from_time, "From this time on (ISO with offset)")
      .option("--until", options->to_time, "Before this time (ISO with offset)")
      .option("-o,--into", options->into, "File (default: standard output)")
      .option("--share", options->share, "Folder with data/")
      .runs([options] { return run(*options); });
}

}  // namespace jinglue::cli
