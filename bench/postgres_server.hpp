// SPDX-License-Identifier: Apache-2.0
// A private PostgreSQL server in the bench's folder, reached by a local socket only, stopped at the
// end. It keeps to one process per question. libpq is loaded at run time.
#pragma once

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/result.hpp"

namespace jinglue::bench {

class PostgresServer {
 public:
  /// `as`: puts a command into the account that may run a server.
  PostgresServer(void* libpq, std::filesystem::path bin, std::filesystem::path folder,
                 std::string as)
      : m_libpq(libpq), m_bin(std::move(bin)), m_folder(std::move(folder)), m_as(std::move(as)) {
    shell(program("initdb") + " -A trust -U bench -D " + data() + " > /dev/null");
    shell(program("pg_ctl") + " -s -w -D " + data() + " -l " + (m_folder / "log").string() +
          " -o \"-c listen_addresses='' -k " + m_folder.string() +
          " -c shared_buffers=512MB -c work_mem=256MB -c max_wal_size=4GB"
          " -c max_parallel_workers_per_gather=0 -c max_parallel_maintenance_workers=0\" start");
    m_started = true;
  }
  ~PostgresServer() {
    if (!m_started) return;
    (void)std::system((m_as + program("pg_ctl") + " -s -D " + data() + " -m fast stop").c_str());
  }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  void* libpq() const { return m_libpq; }
  std::string where(const std::string& database) const {
    return "host=" + m_folder.string() + " user=bench dbname=" + database;
  }
  /// Whether its package is installed.
  bool has_extension(const std::string& name) const {
    std::error_code failed;
    const auto below = std::filesystem::path("/usr/share/postgresql") /
                       m_bin.parent_path().filename() / "extension" / (name + ".control");
    return std::filesystem::exists(below, failed);
  }
  void create(const std::string& database) const {
    shell(program("createdb") + " -h " + m_folder.string() + " -U bench " + database);
  }

 private:
  std::string program(const std::string& name) const { return (m_bin / name).string(); }
  std::string data() const { return (m_folder / "data").string(); }
  void shell(const std::string& command) const {
    if (std::system((m_as + command).c_str()) != 0) {
      throw base::WorldError("PostgreSQL does not start", command);
    }
  }

  void* m_libpq;
  std::filesystem::path m_bin, m_folder;
  std::string m_as;
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

/// Null with a line on the output when it is not here.
inline std::shared_ptr<PostgresServer> start_postgres(const std::filesystem::path& folder) {
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
  return std::make_shared<PostgresServer>(library, bin, folder / "pg", as);
}

}  // namespace jinglue::bench
