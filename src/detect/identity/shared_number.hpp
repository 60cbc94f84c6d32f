// SPDX-License-Identifier: Apache-2.0
// SharedNumberWatch: two hulls that send under one MMSI. The gate (picture/gate) gives each hull a
// segment of its own; when two segments of a number are heard within a short time of each other and
// far apart, one finding says so: where both are, when, and how fast one ship would have to be. It
// is extended while both go on and closed when only one is left. The rule is data of the pack
// ([[shared_number]], docs/format/rules.md). Positions are looked at in the order of arrival.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/instant.hpp"
#include "detect/judge/subject_view.hpp"
#include "detect/rule/shared_number_rule.hpp"
#include "model/finding.hpp"
#include "model/fix.hpp"

namespace jinglue::detect {

class SharedNumberWatch {
 public:
  static constexpr std::size_t kMostNumbers = 4096;  ///< the one silent longest gives way
  static constexpr std::size_t kMostHulls = 8;       ///< of one number; the oldest gives way
  static constexpr std::size_t kMostPositions = 32;
  static constexpr base::Duration kForgetAfter{24LL * 3'600'000};

  /// `rule`: the version in force at the time of the fix; null = none, nothing opens.
  void on_fix(const model::Fix& fix, const SubjectView& sender, const SharedNumberRule* rule,
              std::vector<model::FindingStep>& out);
  /// Closes what only one hull goes on with, or what no rule asks for any more.
  void on_tick(base::Instant now, std::uint64_t offset, const SharedNumberRule* rule,
               std::vector<model::FindingStep>& out);
  std::size_t open() const;

  void save(base::ByteWriter& out) const;
  bool load(base::ByteReader& in);

 private:
  struct Hull {
    std::uint16_t segment{0};
    model::UsedFix last;
    base::Instant arrival;
    model::Subject subject;
  };
  struct Episode {
    /// Defined apart: clang asks std::optional whether it can make one before the initialisers
    /// below are known.
    Episode();
    model::FindingId id;
    std::uint32_t steps{0};
    model::Subject main, partner;
    base::Instant begin, last;  ///< event times at which both were there
    base::Instant heard, told;  ///< arrival of the last that showed it, and that made a step
    std::uint32_t hulls{2};
    std::string rule_id;
    std::int64_t rule_version{0};
    base::Duration silence{0};
    model::UsedFix a, b;  ///< as they stood when both were seen last
    std::vector<model::UsedFix> positions;
  };
  struct Number {
    std::vector<Hull> hulls;  ///< by segment
    std::optional<Episode> episode;
    base::Instant arrival() const;
  };
  using Steps = std::vector<model::FindingStep>;

  static Hull& learn(Number& number, const model::Fix& fix, const SubjectView& sender);
  static const Hull* other_of(const Number& number, const Hull& hull, const SharedNumberRule& rule);
  static void meet(Number& number, const Hull& hull, const Hull& other, const model::Fix& fix,
                   const SharedNumberRule& rule, Steps& out);
  static void emit(Episode& episode, model::StepKind kind, const SharedNumberRule* rule,
                   std::uint64_t offset, base::Instant at, Steps& out);
  void make_room();

  std::map<model::TerminalId, Number> m_numbers;
};

}  // namespace jinglue::detect
