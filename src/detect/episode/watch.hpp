// SPDX-License-Identifier: Apache-2.0
// Watch: one subject under the rules: its tracks, what was known of it, its state, checkpoints of
// the state over the last 24 hours, and what was published. A fix in order moves the state on; a
// late one repeats the fixes since the last checkpoint before it and publishes the differences.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "detect/episode/history.hpp"
#include "detect/episode/receivers.hpp"
#include "detect/episode/reduce.hpp"
#include "detect/episode/state.hpp"

namespace jinglue::detect {

/// How late a fix may be to be judged still.
inline constexpr base::Duration kMostLate = std::chrono::hours(24);

/// The input that is being taken, and what the watch works with.
struct Context {
  Reducer& reducer;
  const RulePack& pack;
  const History& history;
  base::Instant now;  ///< clock of the data folder, as far as ticks told
  std::uint64_t offset{0};
  base::Instant at;  ///< arrival of the input
  const Receivers& receivers;
};

/// A finding as published.
struct Published {
  model::FindingId id;
  model::Subject subject;
  std::uint32_t steps{0};
  bool retracted{false};
  std::uint64_t touched{0};  ///< State::count when the view was made
  ViewPtr view;              // shared with the tracker
};

/// A track of the subject, while it was attributed to it.
struct TrackSpan {
  model::TrackId track;
  base::Instant from{base::kDistantFuture};  ///< of its first fix here
  base::Instant newest{base::kDistantPast};
  bool left{false};  ///< it belongs to another subject since `newest`
};

/// Base stations, aids to navigation and aircraft are no subjects; neither is a fix whose clock is
/// wrong by being in the future, for it would make all that follow look late.
bool is_judged(const model::Fix& fix);

enum class Taken : std::uint8_t { kInOrder, kDuplicate, kLate, kTooLate };

class Watch {
 public:
  explicit Watch(model::Subject subject) : m_subject(std::move(subject)) {
    m_checkpoints.emplace_back();
  }

  const model::Subject& subject() const { return m_subject; }
  void rename(model::Subject subject) { m_subject = std::move(subject); }
  const std::vector<TrackSpan>& tracks() const { return m_tracks; }
  TrackSpan& track(model::TrackId track);
  const State& state() const { return m_state; }
  const std::vector<Published>& published() const { return m_published; }
  std::size_t checkpoints() const { return m_checkpoints.size(); }

  /// What is known of the subject from this journal offset on.
  void know(const SubjectView& view, model::TerminalId terminal, std::uint64_t offset,
            const RulePack& pack);
  Taken take(const Context& c, const model::Fix& fix, std::vector<model::FindingStep>& out);
  /// Publishes what time alone has done by c.now.
  void settle(const Context& c, std::vector<model::FindingStep>& out);
  /// The next instant at which settle() publishes something; distant future when never.
  base::Instant deadline() const { return m_deadline; }
  /// Ends every open episode: another subject has taken over the tracks.
  void abandon(const Context& c, Cause cause, std::vector<model::FindingStep>& out);
  /// Carries the open episodes over to another rule pack; c still has the old one.
  void change_pack(const Context& c, const RulePack& fresh, std::vector<model::FindingStep>& out);
  std::uint64_t repeated() const { return m_repeated; }  ///< fixes evaluated again

  void save(class ShareWriter& out) const;
  bool load(class ShareReader& in);

 private:
  using Key = std::pair<std::uint32_t, std::uint64_t>;  ///< group, View::key
  struct Target {
    ViewPtr view;
    std::uint64_t touched{0};
  };
  using Targets = std::map<Key, Target>;

  const std::shared_ptr<const Sender>& sender_at(std::uint64_t offset) const;
  bool is_repeat(const Context& c, const model::Fix& fix) const;
  void in_order(const Context& c, const model::Fix& fix, std::vector<model::FindingStep>& out);
  bool repeat_from(const Context& c, const model::Fix& late, std::vector<model::FindingStep>& out);
  std::vector<model::Fix> fixes_after(const Context& c, const State& from,
                                      const model::Fix& late) const;
  void reconcile(const Context& c, const State& from, const Targets& targets,
                 std::vector<model::FindingStep>& out);
  Published* find(Key key);
  Published* overlapping(const View& view, const std::vector<char>& free);
  void publish(const Context& c, const ViewPtr& view, std::uint64_t touched, bool late,
               std::vector<model::FindingStep>& out);
  void update(const Context& c, Published& p, const Target& target, bool late,
              std::vector<model::FindingStep>& out);
  void open(const Context& c, const Target& target, std::vector<model::FindingStep>& out);
  void emit(const Context& c, Published& p, model::StepKind kind, const View& view,
            std::vector<model::FindingStep>& out) const;
  model::FindingId fresh_id(const Context& c, const View& view) const;
  void checkpoint(const State& state);
  void forget_old();

  model::Subject m_subject;
  std::vector<TrackSpan> m_tracks;
  std::vector<std::shared_ptr<const Sender>> m_senders;  // shared with trackers and views
  State m_state;
  std::vector<State> m_checkpoints;  ///< ascending; the first may be the empty state
  std::vector<Published> m_published;
  base::Instant m_deadline{base::kDistantFuture};
  std::uint64_t m_repeated{0};
  std::vector<ViewPtr> m_due;
};

}  // namespace jinglue::detect
