// SPDX-License-Identifier: Apache-2.0
// jinglue sql: plain SQL over the archive of positions of a data folder (the table `positions`), on
// standard output as CSV. Only reads; a running station is not disturbed.
#include <fmt/format.h>
#include <iostream>
#include <memory>

#include "base/result.hpp"
#include "cli/command.hpp"
#include "cli/positions.hpp"
#include "cli/verb.hpp"
#include "picture/archive/archive.hpp"
#include "picture/archive/positions_sql.hpp"
#include "registry/csv.hpp"
#include "store/sqlite/sql_console.hpp"

namespace jinglue::cli {

namespace {

struct Options {
  std::string data{"var"}, statement;
  std::uint64_t limit{1'000'000}, seconds{60};
};

/// Text that a spreadsheet would run is guarded; numbers are not text.
std::string cell_of(const store::SqlValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&value)) return fmt::format("{}", *real);
  if (const auto* text = std::get_if<std::string>(&value)) return registry::guarded(*text);
  return {};
}

void print(const std::vector<std::string>& cells) {
  std::string line;
  registry::append_csv_row(line, cells);
  std::cout << line;
}

int run(const Options& options) {
  const picture::Archive archive({archive_file(options.data), {}, {}});
  const picture::PositionsSql positions(archive);
  store::SqlConsole console;
  console.add("positions", positions);
  const store::SqlConsole::Limits limits{options.limit, std::chrono::seconds(options.seconds)};
  const auto done = console.run(
      options.statement, limits,
      [](std::span<const std::string> names) { print({names.begin(), names.end()}); },
      [](std::span<const store::SqlValue> values) {
        std::vector<std::string> cells;
        cells.reserve(values.size());
        for (const auto& value : values) cells.push_back(cell_of(value));
        print(cells);
        return std::cout.good();
      });
  if (!done) throw base::WorldError("the statement was not run", done.error().text());
  if (*done == store::SqlConsole::End::kRowLimit) {
    std::cerr << "jinglue: there is more; ask for less or raise --limit\n";
  }
  return 0;
}

}  // namespace

void add_sql(const Verb& root) {
  auto options = std::make_shared<Options>();  // shared: the parser's and the work's
  root.verb("sql", "SQL over the table positions of the archive")
      .option("STATEMENT", options->statement, "One SELECT over positions")
      .required()
      .option("--data", options->data, "Data folder (default var)")
      .option("--limit", options->limit, "Rows at most (default 1000000)")
      .option("--seconds", options->seconds, "Time at most (default 60)")
      .runs([options] { return run(*options); });
}

}  // namespace jinglue::cli
