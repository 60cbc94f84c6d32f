// SPDX-License-Identifier: Apache-2.0
// PostgreSQL as a peer: a private server in the bench's folder, reached by a local socket only,
// stopped at the end. One process per question; a row per position with a B-tree over (track, t), a
// BRIN over t. libpq is loaded at run time.
#pragma once

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "bench/figures.hpp"
#include "bench/peer.hpp"

namespace jinglue::bench {

class Postgres final : public Peer {
 public:
  /// `as_user`: puts a command into the account that may run a server.
  Postgres(void* library, std::filesystem::path bin, std::filesystem::path folder, std::string as)
      : m_library(library),
        m_bin(std::move(bin)),
        m_folder(std::move(folder)),
        m_as(std::move(as)) {
    shell(program("initdb") + " -A trust -U bench -D " + data() + " > /dev/null");
    shell(program("pg_ctl") + " -s -w -D " + data() + " -l " + (m_folder / "log").string() +
          " -o \"-c listen_addresses='' -k " + m_folder.string() +
          " -c shared_buffers=512MB -c work_mem=256MB -c max_wal_size=4GB"
          " -c max_parallel_workers_per_gather=0 -c max_parallel_maintenance_workers=0\" start");
    m_started = true;
    const std::string where = "host=" + m_folder.string() + " user=bench dbname=postgres";
    m_connection = call<void* (*)(const char*)>("PQconnectdb")(where.c_str());
    if (call<int (*)(void*)>("PQstatus")(m_connection) != 0) fail("cannot connect");
  }
  ~Postgres() override {
    if (m_connection != nullptr) call<void (*)(void*)>("PQfinish")(m_connection);
    if (!m_started) return;
    (void)std::system((m_as + program("pg_ctl") + " -s -D " + data() + " -m fast stop").c_str());
  }
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;

  std::string name() const override { return "postgres"; }
  double load(std::span<const model::Fix> rows) override {
    make("p");
    copy("p", rows);
    run("CREATE INDEX ON p (track, t)");
    run("CREATE INDEX ON p USING brin (t)");
    run("VACUUM ANALYZE p");
    return double(numbers("SELECT pg_total_relation_size('p')").front());
  }
  double ingest(std::span<const model::Fix> rows, std::size_t commit) override {
    make("q");
    run("CREATE INDEX ON q (track, t)");
    const Stopwatch watch;
    for (std::size_t i = 0; i < rows.size(); i += commit) {
      copy("q", rows.subspan(i, std::min(commit, rows.size() - i)));
    }
    return watch.seconds();
  }

 protected:
  Answer numbers(const std::string& sql) override {
    const Result result = run(sql);
    Answer out;
    for (int c = 0; c < result.columns; ++c) out.push_back(std::atoll(text(result, 0, c)));
    return out;
  }
  std::vector<Together> together(const std::string& sql) override {
    const Result result = run(sql);
    const int rows = call<int (*)(void*)>("PQntuples")(result.raw.get());
    std::vector<Together> out;
    for (int r = 0; r < rows; ++r) {
      const auto real = [&](int c) { return std::strtof(text(result, r, c), nullptr); };
      out.push_back({std::atoll(text(result, r, 0)), std::atoll(text(result, r, 1)),
                     std::atoll(text(result, r, 2)), real(3), real(4), real(5), real(6)});
    }
    return out;
  }
  std::string divide() const override { return "/"; }
  std::string nearest(const std::string& steps) const override {
    return "SELECT DISTINCT ON (track, step) * FROM (" + steps +
           ") s ORDER BY track, step, abs(mid), t";
  }

 private:
  struct Result {
    std::unique_ptr<void, void (*)(void*)> raw;
    int columns{0};
  };

  template <class F>
  F call(const char* symbol) const {
    auto* found = dlsym(m_library, symbol);
    if (found == nullptr) throw base::WorldError("libpq has no such function", symbol);
    return reinterpret_cast<F>(found);
  }
  std::string program(const std::string& name) const { return (m_bin / name).string(); }
  std::string data() const { return (m_folder / "data").string(); }
  void shell(const std::string& command) const {
    if (std::system((m_as + command).c_str()) != 0) {
      throw base::WorldError("PostgreSQL does not start", command);
    }
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw base::WorldError("PostgreSQL: " + what,
                           call<const char* (*)(void*)>("PQerrorMessage")(m_connection));
  }
  Result run(const std::string& sql) const {
    Result out{{call<void* (*)(void*, const char*)>("PQexec")(m_connection, sql.c_str()),
                call<void (*)(void*)>("PQclear")}};
    const int status = call<int (*)(void*)>("PQresultStatus")(out.raw.get());
    if (status < 1 || status > 4) fail(sql.substr(0, 80));  // COMMAND_OK, TUPLES_OK, COPY_*
    out.columns = call<int (*)(void*)>("PQnfields")(out.raw.get());
    return out;
  }
  const char* text(const Result& result, int row, int column) const {
    return call<const char* (*)(void*, int, int)>("PQgetvalue")(result.raw.get(), row, column);
  }
  void make(const std::string& table) const {
    run("CREATE TABLE " + table +
        " (t bigint, track int, lat int, lon int, cog int, sog smallint, heading smallint,"
        " status smallint, source smallint, quality smallint)");
  }
  void copy(const std::string& table, std::span<const model::Fix> rows) const {
    run("COPY " + table + " FROM STDIN");
    const auto put = call<int (*)(void*, const char*, int)>("PQputCopyData");
    std::string lines;
    const auto number = [&](const auto& v) {
      v ? fmt::format_to(std::back_inserter(lines), "\t{}", *v)
        : fmt::format_to(std::back_inserter(lines), "\t\\N");
    };
    const auto send = [&] {
      if (put(m_connection, lines.data(), int(lines.size())) != 1) fail("COPY");
      lines.clear();
    };
    for (const auto& f : rows) {
      fmt::format_to(std::back_inserter(lines), "{}\t{}\t{}\t{}", f.time.ms,
                     f.track.terminal.number(), f.position.lat, f.position.lon);
      number(f.cog_cdeg);
      number(f.sog_ckn);
      number(f.heading_deg);
      number(f.nav_status);
      fmt::format_to(std::back_inserter(lines), "\t{}\t{}\n", int(f.source), int(f.quality));
      if (lines.size() > 60'000) send();
    }
    send();
    call<int (*)(void*, const char*)>("PQputCopyEnd")(m_connection, nullptr);
    while (void* result = call<void* (*)(void*)>("PQgetResult")(m_connection)) {
      const int status = call<int (*)(void*)>("PQresultStatus")(result);
      call<void (*)(void*)>("PQclear")(result);
      if (status != 1) fail("COPY");
    }
  }

  void* m_library;
  std::filesystem::path m_bin, m_folder;
  std::string m_as;
  void* m_connection{nullptr};
  bool m_started{false};
};

/// The newest server of Debian's packages.
inline std::filesystem::path postgres_programs() {
  std::filesystem::path best;
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", absent)) {
    if (std::filesystem::exists(entry.path() / "bin" / "initdb")) best = entry.path() / "bin";
  }
  return best;
}

inline std::unique_ptr<Peer> open_postgres(const std::filesystem::path& folder) {
  const auto bin = postgres_programs();
  void* library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
  if (bin.empty() || library == nullptr) {
    fmt::print("PostgreSQL is not here, left out: apt-get install postgresql libpq5\n");
    return nullptr;
  }
  std::string as;
  if (geteuid() == 0) {  // a server refuses to run as root
    as = "runuser -u nobody -- ";
    if (std::system(("chmod 755 " + folder.string() + " && install -d -o nobody " +
                     (folder / "pg").string())
                        .c_str()) != 0) {
      fmt::print("PostgreSQL cannot have a folder of its own, left out\n");
      return nullptr;
    }
  } else {
    std::filesystem::create_directories(folder / "pg");
  }
  return std::make_unique<Postgres>(library, bin, folder / "pg", as);
}

}  // namespace jinglue::bench
