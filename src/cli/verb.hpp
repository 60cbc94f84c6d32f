// SPDX-License-Identifier: Apache-2.0
// Verb: a command of the program with its options; Program: all of them. Only verb.cpp includes
// CLI11, which takes twelve seconds to compile wherever it is.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace jinglue::cli {

/// A handle: cheap to copy, good as long as its Program. Values are written while the command line
/// is read, so what they stand in must live until the work is done.
class Verb {
 public:
  /// A command below this one. A verb that has some runs nothing itself.
  Verb verb(const std::string& name, const std::string& text) const;

  /// Names: "--data", "-o,--into", or "FILE" for a value that stands alone.
  const Verb& option(const std::string& name, std::string& value, const std::string& text) const;
  const Verb& option(const std::string& name, std::uint16_t& value, const std::string& text) const;
  const Verb& option(const std::string& name, std::uint64_t& value, const std::string& text) const;
  const Verb& option(const std::string& name, double& value, const std::string& text) const;
  /// May be given several times.
  const Verb& option(const std::string& name, std::vector<std::string>& values,
                     const std::string& text) const;
  /// Takes two values.
  const Verb& pair(const std::string& name, std::vector<std::string>& values,
                   const std::string& text) const;
  const Verb& flag(const std::string& name, bool& value, const std::string& text) const;
  /// The option named last must be there.
  const Verb& required() const;

  /// What the command does; returns the exit code.
  void runs(std::function<int()> work) const;

 private:
  friend class Program;
  Verb(CLI::App* app, std::function<int()>* chosen) : m_app(app), m_chosen(chosen) {}
  CLI::App* m_app;
  std::function<int()>* m_chosen;
  mutable CLI::Option* m_last{nullptr};
};

class Program {
 public:
  Program(const std::string& text, const std::string& version);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  Verb root() const;
  /// Reads the command line and runs what it names. 2 when the line is wrong.
  int run(int argc, char** argv);

 private:
  std::unique_ptr<CLI::App> m_app;
  std::unique_ptr<std::function<int()>> m_chosen;
};

}  // namespace jinglue::cli
