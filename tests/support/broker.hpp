// SPDX-License-Identifier: Apache-2.0
// Broker: a real mosquitto on a free port of the loopback, in a folder of its own: plain, with TLS
// (an authority and certificates that openssl makes here), with a password; it can be stopped and
// started again and keeps its sessions. available() is false where mosquitto is not installed:
// such tests are skipped with kNoBroker.
#pragma once

#include <pwd.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "support/process.hpp"
#include "support/temp_folder.hpp"

namespace jinglue::test {

inline constexpr const char* kNoBroker =
    "mosquitto is not installed (./dev test installs it): nothing was tested with a broker";

/// An authority, and a certificate for localhost and 127.0.0.1 that it signed; one more for a
/// client.
class Authority {
 public:
  explicit Authority(const std::filesystem::path& folder) : m_folder(folder) {
    std::filesystem::create_directories(folder);
    openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "
        "/CN=test-authority -keyout ca.key -out ca.pem");
    sign("server", "subjectAltName=DNS:localhost,IP:127.0.0.1");
    sign("client", "extendedKeyUsage=clientAuth");
  }
  std::filesystem::path ca() const { return m_folder / "ca.pem"; }
  std::filesystem::path certificate(const std::string& of) const {
    return m_folder / (of + ".pem");
  }
  std::filesystem::path key(const std::string& of) const { return m_folder / (of + ".key"); }

 private:
  void sign(const std::string& name, const std::string& extension) {
    std::ofstream(m_folder / (name + ".ext")) << extension << '\n';
    openssl("req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=" + name +
            " -keyout " + name + ".key -out " + name + ".csr");
    openssl("x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 " +
            "-extfile " + name + ".ext -out " + name + ".pem");
  }
  void openssl(const std::string& arguments) {
    const auto log = m_folder / "openssl.log";
    Process run({"/bin/sh", "-c", "cd '" + m_folder.string() + "' && exec openssl " + arguments},
                log);
    if (run.wait() != 0) throw std::runtime_error("openssl " + arguments + ": " + run.output());
  }
  std::filesystem::path m_folder;
};

class Broker {
 public:
  struct Options {
    bool tls{false};
    bool client_certificate{false};  ///< a client without one of the authority is refused
    std::string user, password;
    std::string more;  ///< lines of mosquitto.conf
  };

  static bool available() { return ::access(kProgram, X_OK) == 0; }

  Broker() : Broker(Options{}) {}
  explicit Broker(Options options) : m_options(std::move(options)), m_port(free_port()) {
    if (m_options.tls) m_authority = std::make_unique<Authority>(folder() / "tls");
    write_settings();
    start();
  }
  ~Broker() { stop(); }
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  void start() {
    std::filesystem::remove(folder() / "mosquitto.log");  // "running" is of this start
    m_process = std::make_unique<Process>(
        std::vector<std::string>{kProgram, "-c", (folder() / "mosquitto.conf").string(), "-v"},
        folder() / "mosquitto.log");
    for (int i = 0; i < 500; ++i) {
      if (m_process->output().find("running") != std::string::npos) return;
      if (!m_process->running()) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    throw std::runtime_error("mosquitto did not start: " + m_process->output());
  }
  /// It writes its sessions and what it keeps for them to its folder first.
  void stop() {
    // A signal between its word "running" and its loop is forgotten: it is told again.
    while (m_process && m_process->running()) {
      ::kill(m_process->pid(), SIGTERM);
      m_process->wait_for(std::chrono::milliseconds(500));
    }
    m_process.reset();
  }

  std::uint16_t port() const { return m_port; }
  const std::filesystem::path& folder() const { return m_folder.path(); }
  const Authority& authority() const { return *m_authority; }
  std::string log() const { return m_process ? m_process->output() : std::string(); }
  /// A message by mosquitto's own client, QoS 1.
  void publish(const std::string& topic, const std::string& payload, bool retained = false) {
    std::vector<std::string> arguments = {"/usr/bin/mosquitto_pub",
                                          "-h",
                                          "127.0.0.1",
                                          "-p",
                                          std::to_string(m_port),
                                          "-V",
                                          "mqttv311",
                                          "-q",
                                          "1",
                                          "-t",
                                          topic,
                                          "-s"};
    if (retained) arguments.emplace_back("-r");
    if (!m_options.user.empty()) {
      arguments.insert(arguments.end(), {"-u", m_options.user, "-P", m_options.password});
    }
    if (m_options.tls) {
      arguments.insert(arguments.end(), {"--cafile", m_authority->ca().string(), "--cert",
                                         m_authority->certificate("client").string(), "--key",
                                         m_authority->key("client").string()});
    }
    if (payload.empty()) arguments[11] = "-n";
    Process run(arguments, folder() / "pub.log", payload);
    if (run.wait() != 0) throw std::runtime_error("mosquitto_pub: " + run.output());
  }

 private:
  static constexpr const char* kProgram = "/usr/sbin/mosquitto";

  void write_settings() {
    const std::string at = folder().string() + "/";
    std::ofstream out(folder() / "mosquitto.conf");
    const auto* me = ::getpwuid(::getuid());
    out << "user " << (me != nullptr ? me->pw_name : "root") << "\npersistence true\n"
        << "persistence_location " << at << "\nlistener " << m_port << " 127.0.0.1\n"
        << m_options.more;
    if (m_options.tls) {
      out << "cafile " << m_authority->ca().string() << "\ncertfile "
          << m_authority->certificate("server").string() << "\nkeyfile "
          << m_authority->key("server").string() << "\nrequire_certificate "
          << (m_options.client_certificate ? "true" : "false") << '\n';
    }
    if (m_options.user.empty()) {
      out << "allow_anonymous true\n";
      return;
    }
    out << "allow_anonymous false\npassword_file " << at << "passwords\n";
    Process run({"/usr/bin/mosquitto_passwd", "-b", "-c", at + "passwords", m_options.user,
                 m_options.password},
                folder() / "passwd.log");
    if (run.wait() != 0) throw std::runtime_error("mosquitto_passwd: " + run.output());
  }

  TempFolder m_folder;
  Options m_options;
  std::uint16_t m_port;
  std::unique_ptr<Authority> m_authority;
  std::unique_ptr<Process> m_process;
};

}  // namespace jinglue::test
