// SPDX-License-Identifier: Apache-2.0
#include "drill/player.hpp"

#include "drill/cast/fleet.hpp"
#include "drill/records.hpp"
#include "drill/traffic/emitter.hpp"

namespace jinglue::drill {

struct Player::Impl {
  cast::Fleet fleet;
  observe::beidou::Layouts layouts;
  traffic::Emitter emitter;
  Buoys buoys;
  base::Json records;
  base::Json truth;
  std::vector<traffic::Emitted> given;  ///< reused between calls

  Impl(cast::Fleet f, observe::beidou::Layouts l, std::uint64_t seed)
      : fleet(std::move(f)),
        layouts(std::move(l)),
        emitter(fleet, position_layout(layouts), fleet.scenario().begin, fleet.scenario().end),
        // Their memories hold nearly two days when the exercise begins, and are sent first.
        buoys(fleet.scenario().buoys, fleet.scenario().begin - std::chrono::hours(42), seed) {}

  static const observe::beidou::Layout* position_layout(const observe::beidou::Layouts& all) {
    for (const auto& layout : all.all()) {
      if (layout.field(observe::beidou::Role::kLatitude) != nullptr) return &layout;
    }
    return nullptr;
  }
};

namespace {

base::Result<observe::beidou::Layouts> read_layouts(const std::filesystem::path& file) {
  observe::beidou::Layouts out;
  if (file.empty()) return out;
  const auto document = base::read_config(file);
  if (!document) return tl::unexpected(document.error());
  if (auto ok = out.add(*document); !ok) return tl::unexpected(ok.error());
  return out;
}

}  // namespace

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
  auto layouts = read_layouts(fleet->scenario().beidou_file);
  if (!layouts) return tl::unexpected(layouts.error());
  auto impl = std::make_unique<Impl>(std::move(*fleet), std::move(*layouts), seed);
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

void Player::observed_until(base::Instant to, std::vector<Observation>& out) {
  m_impl->buoys.until(to, out);
}

const std::string& Player::sensor_mapping() const {
  return m_impl->fleet.scenario().sensor_mapping;
}

base::Json Player::records() const {
  return m_impl->records;
}
base::Json Player::truth() const {
  return m_impl->truth;
}

}  // namespace jinglue::drill
