// SPDX-License-Identifier: Apache-2.0
// Sender: what was known of a subject from one journal offset on, and which rules of the pack its
// facts meet. Worked out once per change of facts, so that a fix costs no comparison of texts.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "detect/judge/subject_view.hpp"
#include "detect/rule/pack.hpp"
#include "model/terminal.hpp"

namespace jinglue::detect {

/// One bit per rule of a pack.
class RuleBits {
 public:
  RuleBits() = default;
  explicit RuleBits(std::size_t rules) : m_words((rules + 63) / 64, 0) {}
  void set(std::size_t rule) { m_words[rule / 64] |= std::uint64_t{1} << (rule % 64); }
  bool has(std::size_t rule) const {
    return rule / 64 < m_words.size() && ((m_words[rule / 64] >> (rule % 64)) & 1) != 0;
  }

 private:
  std::vector<std::uint64_t> m_words;
};

struct Sender {
  SubjectView view;
  model::TerminalId terminal;
  std::uint64_t since{0};          ///< journal offset from which it holds
  std::vector<std::string> gears;  ///< effective, see effective_gears()
  RuleBits concerned;              ///< rules whose criteria and gears it meets
  RuleBits lifts;                  ///< rules that, as overriding ones, cover all of its gears

  const std::string& vessel_id() const;  ///< empty when no record claims it
  std::string label() const;             ///< register's name, else stated, else the terminal
  std::string district() const;
};

std::shared_ptr<const Sender> make_sender(const SubjectView& view, model::TerminalId terminal,
                                          std::uint64_t since, const RulePack* pack);
/// Whether `view` tells nothing new about a sender.
bool tells_the_same(const Sender& sender, const SubjectView& view);

}  // namespace jinglue::detect
