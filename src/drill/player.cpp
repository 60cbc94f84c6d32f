// SPDX-License-Identifier: Apache-2.0
#include "drill/player.hpp"

#include "drill/cast/fleet.hpp"
#include "drill/records.hpp"
#include "drill/traffic/emitter.hpp"

namespace jinglue::drill {

struct Player::Impl {
  cast::Fleet fleet;
  traffic::Emitter emitter;
  base::Json records;
  base::Json truth;
  std::vector<traffic::Emitted> given;  ///< reused between calls

  explicit Impl(cast::Fleet f)
      : fleet(std::move(f)), emitter(fleet, fleet.scenario().begin, fleet.scenario().end) {}
};

Player::Player(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Player::~Player() = default;

base::Result<std::unique_ptr<Player>> Player::open(const std::filesystem::path& scenario,
                                                   std::uint64_t seed) {
  auto script = script::read_scenario(scenario);
  if (!script) return tl::unexpected(script.error());
  auto fleet = cast::Fleet::make(std::move(*script), seed);
  if (!fleet) return tl::unexpected(fleet.error());
  auto records = make_records(*fleet);
  if (!records) return tl::unexpected(records.error());
  auto truth = make_truth(*fleet, seed);
  if (!truth) return tl::unexpected(truth.error());
  auto impl = std::make_unique<Impl>(std::move(*fleet));
  impl->records = std::move(*records);
  impl->truth = std::move(*truth);
  return std::make_unique<Player>(std::move(impl));
}

base::Instant Player::begin() const {
  return m_impl->fleet.scenario().begin;
}
base::Instant Player::end() const {
  return m_impl->fleet.scenario().end;
}
base::Instant Player::opens() const {
  return m_impl->fleet.scenario().opens;
}
double Player::speed() const {
  return m_impl->fleet.scenario().speed;
}

void Player::until(base::Instant to, std::vector<Sentence>& out) {
  auto& given = m_impl->given;
  given.clear();
  m_impl->emitter.until(to, given);
  for (auto& e : given) out.push_back({e.time, std::move(e.line)});
}

base::Json Player::records() const {
  return m_impl->records;
}
base::Json Player::truth() const {
  return m_impl->truth;
}

}  // namespace jinglue::drill
