// SPDX-License-Identifier: Apache-2.0
// PostgreSQL as a peer: a row per position with a B-tree over (track, t), a BRIN over t.
#pragma once

#include <dlfcn.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "bench/figures.hpp"
#include "bench/peer.hpp"
#include "bench/postgres_server.hpp"

namespace jinglue::bench {

class Postgres : public Peer {
 public:
  explicit Postgres(std::shared_ptr<PostgresServer> server, const std::string& database)
      : m_server(std::move(server)) {
    m_connection = call<void* (*)(const char*)>("PQconnectdb")(m_server->where(database).c_str());
    if (call<int (*)(void*)>("PQstatus")(m_connection) != 0) fail("cannot connect");
  }
  ~Postgres() override {
    if (m_connection != nullptr) call<void (*)(void*)>("PQfinish")(m_connection);
  }
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;

  std::string name() const override { return "postgres"; }
  double load(std::span<const model::Fix> rows) override {
    fill(rows);
    return finish();
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
  void fill(std::span<const model::Fix> rows) const {
    make("p");
    copy("p", rows);
  }
  /// Bytes with all indexes.
  double finish() {
    run("CREATE INDEX ON p (track, t)");
    run("CREATE INDEX ON p USING brin (t)");
    run("VACUUM ANALYZE p");
    return double(numbers("SELECT pg_total_relation_size('p')").front());
  }
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

  struct Result {
    std::unique_ptr<void, void (*)(void*)> raw;
    int columns{0};
  };
  Result run(const std::string& sql) const {
    Result out{{call<void* (*)(void*, const char*)>("PQexec")(m_connection, sql.c_str()),
                call<void (*)(void*)>("PQclear")}};
    const int status = call<int (*)(void*)>("PQresultStatus")(out.raw.get());
    if (status < 1 || status > 4) fail(sql.substr(0, 80));  // COMMAND_OK, TUPLES_OK, COPY_*
    out.columns = call<int (*)(void*)>("PQnfields")(out.raw.get());
    return out;
  }

 private:
  template <class F>
  F call(const char* symbol) const {
    auto* found = dlsym(m_server->libpq(), symbol);
    if (found == nullptr) throw base::WorldError("libpq has no such function", symbol);
    return reinterpret_cast<F>(found);
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw base::WorldError("PostgreSQL: " + what,
                           call<const char* (*)(void*)>("PQerrorMessage")(m_connection));
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

  std::shared_ptr<PostgresServer> m_server;
  void* m_connection{nullptr};
};

}  // namespace jinglue::bench
