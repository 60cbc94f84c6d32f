// SPDX-License-Identifier: Apache-2.0
// jinglue user add|set|passwd|disable|enable|list: local accounts. Passwords come from the terminal
// (not shown) or from standard input, never from the command line.
#include <termios.h>
#include <unistd.h>

#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "app/settings.hpp"
#include "cli/command.hpp"
#include "cli/open_folder.hpp"
#include "cli/verb.hpp"

namespace jinglue::cli {

namespace {

struct Options {
  std::string data{"var"}, share, name, display, district;
  std::vector<std::string> roles;
  bool whole{false};
};

/// Turns the echo of a terminal off while it lives.
class Quiet {
 public:
  Quiet() : m_terminal(isatty(STDIN_FILENO) != 0 && tcgetattr(STDIN_FILENO, &m_before) == 0) {
    if (!m_terminal) return;
    termios quiet = m_before;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
  }
  ~Quiet() {
    if (m_terminal) tcsetattr(STDIN_FILENO, TCSANOW, &m_before);
  }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
  bool terminal() const { return m_terminal; }

 private:
  termios m_before{};
  bool m_terminal;
};

std::string ask_once(const char* prompt, bool terminal) {
  if (terminal) std::cerr << prompt << std::flush;
  std::string line;
  std::getline(std::cin, line);
  if (terminal) std::cerr << '\n';
  return line;
}

std::string ask_password() {
  const Quiet quiet;
  const std::string first = ask_once("Password: ", quiet.terminal());
  if (quiet.terminal() && ask_once("Again: ", true) != first) {
    throw base::WorldError("the two passwords differ", "nothing was changed");
  }
  return first;
}

/// Who runs this command has the files of the data folder: they act as the system, and are named.
access::Actor local_actor() {
  access::Actor actor = access::Actor::system();
  // NOLINTBEGIN(concurrency-mt-unsafe): nothing here sets the environment
  const char* login = std::getenv("SUDO_USER");
  if (login == nullptr) login = std::getenv("USER");
  // NOLINTEND(concurrency-mt-unsafe)
  actor.address = std::string("local:") + (login != nullptr ? login : "unknown");
  return actor;
}

int said(const base::Status& status, const std::string& done) {
  if (!status) {
    std::cerr << "jinglue: " << status.error().text() << '\n';
    return 1;
  }
  std::cout << done << '\n';
  return 0;
}

OpenFolder open(const Options& options, bool make) {
  return OpenFolder(options.data, app::find_share(options.share), make);
}

std::vector<access::Role> roles_of(const Options& options) {
  std::vector<access::Role> out;
  for (const auto& key : options.roles) {
    const auto role = access::role_from(key);
    if (!role || *role == access::Role::kSystem) {
      throw base::WorldError("there is no such role", key,
                             "duty_officer, duty_leader, liaison, enforcement, rescue, clerk, "
                             "economist, leader or administrator");
    }
    out.push_back(*role);
  }
  return out;
}

int set(const Options& options) {
  access::UserChange change;
  if (!options.display.empty()) change.display_name = options.display;
  if (!options.roles.empty()) change.roles = roles_of(options);
  if (!options.district.empty()) change.district = options.district;
  if (options.whole) change.district = "";
  if (!change.display_name && !change.roles && !change.district) {
    throw base::WorldError("nothing is to be changed", options.name,
                           "name --role, --district, --whole-authority or --display");
  }
  auto folder = open(options, false);
  return said(folder.access().change(options.name, change, local_actor(), base::wall_now()),
              options.name + " is changed");
}

int add(const Options& options) {
  access::User user;
  user.name = options.name;
  user.display_name = options.display.empty() ? options.name : options.display;
  user.district = options.district;
  user.roles = roles_of(options);
  auto folder = open(options, true);
  const auto now = base::wall_now();
  user.created = now;
  return said(folder.access().add_user(user, ask_password(), local_actor(), now),
              "added " + user.name);
}

int passwd(const Options& options) {
  auto folder = open(options, false);
  return said(
      folder.access().set_password(options.name, ask_password(), local_actor(), base::wall_now()),
      "the password of " + options.name + " is changed");
}

int set_disabled(const Options& options, bool disabled) {
  auto folder = open(options, false);
  return said(folder.access().set_disabled(options.name, disabled, local_actor(), base::wall_now()),
              options.name + (disabled ? " is disabled" : " is enabled"));
}

int list(const Options& options) {
  auto folder = open(options, false);
  for (const auto& user : folder.access().users()) {
    std::string roles;
    for (const auto role : user.roles) {
      roles += (roles.empty() ? "" : ",") + std::string(access::to_key(role));
    }
    std::cout << fmt::format("{:20} {:30} {:12} {}{}\n", user.name, roles, user.district,
                             user.display_name, user.disabled ? "  (disabled)" : "");
  }
  return 0;
}

}  // namespace

void add_user(const Verb& root) {
  auto options = std::make_shared<Options>();  // shared: the parser's and the work's
  const auto user = root.verb("user", "Local accounts");
  const auto verb = [&](const char* name, const char* text) {
    const auto out = user.verb(name, text);
    out.option("--data", options->data, "Data folder (default var)")
        .option("--share", options->share, "Folder with registers/");
    return out;
  };
  const auto named = [&](const char* name, const char* text) {
    const auto out = verb(name, text);
    out.option("NAME", options->name, "Sign-in name").required();
    return out;
  };
  named("add", "Add an account; asks for its password")
      .option("--role", options->roles, "Role; may be repeated")
      .required()
      .option("--display", options->display, "Name as shown")
      .option("--district", options->district, "Sees this district only")
      .runs([options] { return add(*options); });
  named("set", "Give an account other roles, another district or another name")
      .option("--role", options->roles, "All roles that it has then; may be repeated")
      .option("--display", options->display, "Name as shown")
      .option("--district", options->district, "Sees this district only")
      .flag("--whole-authority", options->whole, "Sees all districts")
      .runs([options] { return set(*options); });
  named("passwd", "Change a password").runs([options] { return passwd(*options); });
  named("disable", "End an account's sessions and refuse it").runs([options] {
    return set_disabled(*options, true);
  });
  named("enable", "Let an account in again").runs([options] {
    return set_disabled(*options, false);
  });
  verb("list", "List the accounts").runs([options] { return list(*options); });
}

}  // namespace jinglue::cli
