// SPDX-License-Identifier: Apache-2.0
// A view as a step of a finding: title, reason in words, measured values, positions. Everything in
// the words is also in the values.
#pragma once

#include <optional>

#include "detect/episode/view.hpp"
#include "detect/rule/pack.hpp"
#include "model/finding.hpp"
#include "picture/coverage/silence.hpp"

namespace jinglue::detect {

/// All of the step but what the publisher gives: finding, number, kind, offset, at.
model::FindingStep step_of(const View& view, const model::Subject& subject, const RulePack& pack);

/// The positions stopped: adds that our own receivers there were silent meanwhile, when they were
/// for ten minutes or more, so that nobody takes the boat for having stopped sending.
void say_silence(const std::optional<picture::Silence>& silence, model::FindingStep& step);

/// Name of a place key from the zones of the pack; the key itself when no zone carries it.
base::Words place_words(const RulePack& pack, const std::string& place);
base::Words gear_words(std::string_view gear);
base::Words kind_words(model::VesselKind kind);

}  // namespace jinglue::detect
