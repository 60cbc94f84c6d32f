// SPDX-License-Identifier: Apache-2.0
#include "cli/verb.hpp"

#include <CLI/CLI.hpp>

namespace jinglue::cli {

Verb Verb::verb(const std::string& name, const std::string& text) const {
  m_app->require_subcommand(1);
  return {m_app->add_subcommand(name, text), m_chosen};
}

const Verb& Verb::option(const std::string& name, std::string& value,
                         const std::string& text) const {
  m_last = m_app->add_option(name, value, text);
  return *this;
}

const Verb& Verb::option(const std::string& name, std::uint16_t& value,
                         const std::string& text) const {
  m_last = m_app->add_option(name, value, text);
  return *this;
}

const Verb& Verb::option(const std::string& name, std::uint64_t& value,
                         const std::string& text) const {
  m_last = m_app->add_option(name, value, text);
  return *this;
}

const Verb& Verb::option(const std::string& name, double& value, const std::string& text) const {
  m_last = m_app->add_option(name, value, text);
  return *this;
}

const Verb& Verb::option(const std::string& name, std::vector<std::string>& values,
                         const std::string& text) const {
  m_last = m_app->add_option(name, values, text);
  return *this;
}

const Verb& Verb::pair(const std::string& name, std::vector<std::string>& values,
                       const std::string& text) const {
  m_last = m_app->add_option(name, values, text)->expected(2);
  return *this;
}

const Verb& Verb::flag(const std::string& name, bool& value, const std::string& text) const {
  m_last = m_app->add_flag(name, value, text);
  return *this;
}

const Verb& Verb::required() const {
  if (m_last != nullptr) m_last->required();
  return *this;
}

void Verb::runs(std::function<int()> work) const {
  m_app->callback([chosen = m_chosen, work = std::move(work)] { *chosen = work; });
}

Program::Program(const std::string& text, const std::string& version)
    : m_app(std::make_unique<CLI::App>(text)), m_chosen(std::make_unique<std::function<int()>>()) {
  m_app->set_version_flag("--version", version);
  m_app->fallthrough();
}

Program::~Program() = default;

Verb Program::root() const {
  return {m_app.get(), m_chosen.get()};
}

int Program::run(int argc, char** argv) {
  try {
    m_app->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return m_app->exit(error) == 0 ? 0 : 2;
  }
  return *m_chosen ? (*m_chosen)() : 2;
}

}  // namespace jinglue::cli
