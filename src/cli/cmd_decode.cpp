// SPDX-License-Identifier: Apache-2.0
// jinglue decode: AIS sentences of a file or of standard input as JSON lines, CSV or text, with an
// account of every line that gave nothing. Formats: docs/format/decode.md.
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <iostream>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "app/ais_applications.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/reception_lists.hpp"
#include "cli/verb.hpp"
#include "observe/ais/decoder.hpp"
#include "observe/ais/message_writer.hpp"
#include "observe/link/line_splitter.hpp"

namespace jinglue::cli {

namespace {

using observe::ais::Cause;
using observe::ais::Decoded;
using observe::ais::Decoder;
using observe::ais::MessageWriter;

constexpr std::size_t kPiece = 1U << 20;

struct Options {
  std::string file{"-"}, format{"ndjson"}, share;
  bool stats{false}, strict{false}, raw{false}, receptions{false};
};

/// A file or standard input; gzip is seen by its first bytes, plain bytes pass.
class Source {
 public:
  explicit Source(const std::string& file)
      : m_name(file == "-" ? "standard input" : file),
        m_file(file == "-" ? gzdopen(0, "rb") : gzopen(file.c_str(), "rbe")) {
    if (m_file == nullptr) refuse(base::errno_text(errno));
    gzbuffer(m_file, 1U << 18);
  }
  ~Source() { gzclose(m_file); }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  std::string_view read() {
    const int n = gzread(m_file, m_bytes.data(), static_cast<unsigned>(m_bytes.size()));
    int code = Z_OK;
    const char* text = gzerror(m_file, &code);
    if (code == Z_ERRNO) refuse(base::errno_text(errno));
    if (n < 0 || (code != Z_OK && code != Z_STREAM_END)) refuse(text);
    return {m_bytes.data(), static_cast<std::size_t>(n)};
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw base::WorldError("the file cannot be read", m_name + ": " + why, "check path and rights");
  }
  std::string m_name;
  gzFile m_file;
  std::vector<char> m_bytes = std::vector<char>(kPiece);
};

/// Standard output in large pieces. A reader that went away (head) ends the work without a fuss.
class Output {
 public:
  void add(std::string_view bytes) {
    m_bytes += bytes;
    if (m_bytes.size() >= kPiece) flush();
  }
  void add(char c) { m_bytes += c; }
  void flush() {
    m_good = m_good && std::fwrite(m_bytes.data(), 1, m_bytes.size(), stdout) == m_bytes.size() &&
             std::fflush(stdout) == 0;
    m_bytes.clear();
  }
  bool good() const { return m_good; }

 private:
  std::string m_bytes;
  bool m_good{true};
};

class Work {
 public:
  Work(const Options& options, const observe::ais::Applications& applications)
      : m_format(options.format),
        m_decoder(options.strict ? Decoder::Rigour::kStrict : Decoder::Rigour::kLenient,
                  &applications),
        m_writer({options.raw, &applications}) {
    if (m_format == "csv") m_out.add(m_writer.csv_header());
    if (!options.receptions) return;
    m_lists = std::make_unique<ReceptionLists>([this](std::string_view object) {
      m_out.add(object);
      m_out.add('\n');
    });
  }

  bool line(std::string_view line) {
    ++m_lines;
    // A file has no arrivals: the time that it states goes on, a millisecond for each line beside.
    m_clock = m_clock + base::Duration(1);
    const Decoded decoded = m_decoder.decode(line, "file", "", m_clock);
    if (decoded.stated_time) m_clock = std::max(m_clock, *decoded.stated_time);
    if (!decoded.message) return m_out.good();
    ++m_types[type_of(*decoded.message)];
    if (decoded.parts > 1) m_joined += decoded.parts - 1U;
    if (m_lists) {
      m_lists->take(decoded, m_writer.json(decoded), m_clock);
    } else if (m_format == "csv") {
      m_out.add(m_writer.csv(decoded));
    } else if (m_format == "text") {
      m_out.add(m_writer.text(decoded));
    } else {
      m_out.add(m_writer.json(decoded));
      m_out.add('\n');
    }
    return m_out.good();
  }
  void too_long(std::uint64_t lines) {
    m_lines += lines;
    m_too_long += lines;
  }
  void finish() {
    if (m_lists) m_lists->finish();
    m_out.flush();
  }
  std::uint64_t rejects() const;
  void print_stats() const;

 private:
  std::uint64_t of(Cause cause) const {
    return m_decoder.counts()[std::size_t(cause)] + (cause == Cause::kTooLong ? m_too_long : 0);
  }

  std::string m_format;
  Decoder m_decoder;
  MessageWriter m_writer;
  Output m_out;
  std::unique_ptr<ReceptionLists> m_lists;  ///< only when asked for
  base::Instant m_clock{0};
  std::uint64_t m_lines{0}, m_too_long{0}, m_joined{0};
  std::array<std::uint64_t, 28> m_types{};
};

bool is_beside(Cause cause) {
  return cause == Cause::kTagBlock || cause == Cause::kPartLost || cause == Cause::kPartTimeout;
}

bool is_reject(Cause cause) {
  return cause != Cause::kNone && cause != Cause::kPart && cause != Cause::kNotAis &&
         !is_beside(cause);
}

std::uint64_t Work::rejects() const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < std::size_t(Cause::kCount); ++i) {
    if (is_reject(Cause(i))) sum += of(Cause(i));
  }
  return sum;
}

/// lines = messages + parts + not_ais + rejects, and nothing else.
void Work::print_stats() const {
  const auto print = [](std::string_view indent, std::string_view key, std::uint64_t number) {
    std::cerr << fmt::format("{}{}: {}\n", indent, key, number);
  };
  print("", "lines", m_lines);
  print("", "messages", of(Cause::kNone));
  for (std::size_t type = 1; type < m_types.size(); ++type) {
    if (m_types[type] != 0) print("  ", fmt::format("type {}", type), m_types[type]);
  }
  if (m_lists) {
    print("  ", "distinct", m_lists->messages());
    print("  ", "copies", m_lists->copies());
  }
  print("", "parts", of(Cause::kPart));
  const std::uint64_t open = of(Cause::kPart) - std::min(of(Cause::kPart), m_joined);
  print("  ", "joined with a later one", of(Cause::kPart) - open);
  print("  ", "left over", open);
  print("", "not_ais", of(Cause::kNotAis));
  print("", "rejects", rejects());
  for (std::size_t i = 0; i < std::size_t(Cause::kCount); ++i) {
    if (is_reject(Cause(i)) && of(Cause(i)) != 0) print("  ", to_key(Cause(i)), of(Cause(i)));
  }
  std::cerr << "beside these\n";
  for (const Cause cause : {Cause::kTagBlock, Cause::kPartLost, Cause::kPartTimeout}) {
    print("  ", to_key(cause), of(cause));
  }
}

int run(const Options& options) {
  if (options.format != "ndjson" && options.format != "csv" && options.format != "text") {
    std::cerr << "jinglue: --format is ndjson, csv or text, not " << options.format << '\n';
    return 2;
  }
  if (options.receptions && options.format != "ndjson") {
    std::cerr << "jinglue: --receptions goes with --format ndjson\n";
    return 2;
  }
  const auto applications = app::read_ais_applications(options.share);
  if (applications.all().empty()) {
    std::cerr << "jinglue: no tables in data/ais: application data are shown as hexadecimal; name "
                 "the folder with --share\n";
  }
  Source source(options.file);
  Work work(options, applications);
  observe::link::LineSplitter splitter(Decoder::kMaxLine);
  bool wanted = true;
  const auto give = [&](std::string_view line) { return wanted = work.line(line); };
  for (auto piece = source.read(); !piece.empty() && wanted; piece = source.read()) {
    work.too_long(splitter.feed(piece, give));
  }
  if (wanted) splitter.finish(give);
  work.finish();
  if (options.stats) work.print_stats();
  return options.strict && work.rejects() > 0 ? 1 : 0;
}

}  // namespace

void add_decode(const Verb& root) {
  auto options = std::make_shared<Options>();  // shared: the parser's and the work's
  root.verb("decode",
            "AIS sentences as JSON lines, CSV or text. Any wrapper, gzip too; every line is "
            "accounted for (--stats). Exit code 0; with --strict 1 when a line was refused")
      .option("FILE", options->file, "Log of sentences, - for standard input (default)")
      .option("--format", options->format, "ndjson (default), csv or text")
      .flag("--raw", options->raw,
            "Integers as sent, with the codes for 'not available' and spare bits")
      .flag("--stats", options->stats,
            "At the end, on standard error: lines in, messages by type, rejects by cause")
      .flag("--strict", options->strict,
            "Refuse messages of a length that the standard does not have")
      .flag("--receptions", options->receptions,
            "Each message once, with the list of who heard it: station, time, signal")
      .option("--share", options->share, "Folder with data/ais/ (tables of application data)")
      .runs([options] { return run(*options); });
}

}  // namespace jinglue::cli
