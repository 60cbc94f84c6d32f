// SPDX-License-Identifier: Apache-2.0
#include "drift/run.hpp"

#include <algorithm>
#include <barrier>
#include <cmath>
#include <exception>
#include <limits>
#include <thread>

#include "drift/leeway.hpp"
#include "drift/random.hpp"
#include "geo/local_scale.hpp"

namespace jinglue::drift {
namespace {

constexpr auto kNever = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t kChunk = 4096;  // particles that one thread takes at once

struct Velocity {
  double east{0}, north{0};
};

base::Status check(const Case& what, const Forcing& forcing, std::size_t particles) {
  const auto& options = what.options;
  const auto out_of = [](const char* key, const char* text) {
    return base::fail(base::Code::kOutOfRange, text, key);
  };
  if (particles == 0) return out_of("particles", "no particle to follow");
  if (what.objects.empty()) return out_of("objects", "no object that drifts");
  if (what.steps <= 0 || what.steps_per_output <= 0) return out_of("hours", "no time to drift");
  if (what.step.count() < 1000 || what.step.count() > 3'600'000) {
    return out_of("step_seconds", "a step is 1 to 3600 s long");
  }
  for (const double p : {options.jibe_per_hour, options.refloat_per_hour}) {
    if (!(p >= 0 && p < 1)) return out_of("probability", "a probability is from 0 to below 1");
  }
  for (const double sd : {options.diffusion_m2_s, options.wind_sd_m_s, options.current_sd_m_s}) {
    if (!(sd >= 0 && sd <= 1000)) return out_of("uncertainty", "it is from 0 to 1000");
  }
  const bool waves = std::any_of(what.objects.begin(), what.objects.end(),
                                 [](const DriftObject& one) { return one.holds_waves(); });
  if (options.stokes && waves && !options.stokes_twice) {
    return base::fail(base::Code::kConflict,
                      "leeway was measured in waves and holds the Stokes drift already",
                      "options.stokes", "leave Stokes drift off for objects of kind leeway");
  }
  const auto from = std::min(what.time_of(0), what.time_of(what.steps));
  const auto to = std::max(what.time_of(0), what.time_of(what.steps));
  for (const auto pair : {Pair::kWind, Pair::kCurrent}) {
    if (auto good = forcing.covers(pair, from, to); !good) return good;
  }
  return options.stokes ? forcing.covers(Pair::kStokes, from, to) : base::Status{};
}

/// All that does not change while it runs.
class Engine {
 public:
  Engine(const Case& what, const Forcing& forcing, const Land& land,
         const std::vector<Seeded>& seeded, std::size_t threads)
      : m_case(what),
        m_land(land),
        m_seeded(seeded),
        m_begin(forcing, threads),
        m_middle(forcing, what.options.scheme == Scheme::kEuler ? 0 : threads),
        m_end(forcing, what.options.scheme == Scheme::kRungeKutta4 ? threads : 0),
        m_scale(geo::LocalScale::wgs84()),
        m_dt_s((what.backward ? -1.0 : 1.0) * static_cast<double>(what.step.count()) / 1000),
        m_sign(what.options.sign == CrosswindSign::kPositiveRight ? 1.0f : -1.0f),
        m_jibes(what.options.jibe_per_hour > 0) {
    const double hours = std::abs(m_dt_s) / 3600;
    m_log_stay = std::log1p(-what.options.jibe_per_hour) * hours;
    m_refloat = 1 - std::pow(1 - what.options.refloat_per_hour, hours);
    m_walk_m = std::sqrt(2 * what.options.diffusion_m2_s * std::abs(m_dt_s));
    make_particles();
  }

  const Particles& particles() const { return m_particles; }
  std::vector<Used> used() { return m_begin.used(); }

  /// Those that begin with this step are put into the sea.
  void begin(std::int32_t step, std::size_t from, std::size_t to) {
    auto& p = m_particles;
    for (std::size_t i = from; i < to; ++i) {
      if (p.state[i] != State::kWaiting || p.start_step[i] > step) continue;
      p.state[i] = State::kDrifting;
      if (!m_land.empty() && m_land.is_land(p.at(i))) stop(i, State::kStranded, step);
    }
  }
  void advance(std::int32_t step, std::size_t from, std::size_t to, std::size_t worker) {
    auto& p = m_particles;
    for (std::size_t i = from; i < to; ++i) {
      if (p.state[i] == State::kStranded && m_refloat > 0) refloat(step, i);
      if (p.state[i] == State::kDrifting) advance_one(step, i, worker);
    }
    begin(step + 1, from, to);
  }
  void prepare(std::int32_t step) {
    const auto& options = m_case.options;
    const auto at = m_case.time_of(step);
    const auto next = m_case.time_of(step + 1);
    m_begin.prepare(at, options.stokes);
    if (options.scheme != Scheme::kEuler) {
      m_middle.prepare({at.ms + (next.ms - at.ms) / 2}, options.stokes);
    }
    if (options.scheme == Scheme::kRungeKutta4) m_end.prepare(next, options.stokes);
  }

 private:
  void make_particles();
  void set_leeway(std::size_t i);
  std::int32_t next_jibe(std::size_t i, std::int32_t from) const;
  void advance_one(std::int32_t step, std::size_t i, std::size_t worker);
  void land_at(std::size_t i, std::int32_t step, geo::LatLon from, geo::LatLon to);
  struct Meeting {  ///< of a particle and a time
    std::size_t i, worker;
  };
  bool wind_at(Conditions& when, Meeting who, geo::LatLon at, EastNorth& wind) const;
  bool water_at(Conditions& when, Meeting who, geo::LatLon at, Velocity& water) const;
  Velocity leeway_in(std::size_t i, EastNorth wind) const;
  /// Leeway and water together.
  bool motion(Conditions& when, Meeting who, geo::LatLon at, Velocity& out) const;
  bool euler(Meeting who, std::int32_t step, geo::LatLon from, geo::LatLon& to);
  bool runge_kutta(Meeting who, geo::LatLon from, geo::LatLon& to);
  void capsize(std::int32_t step, std::size_t i, EastNorth wind);
  void refloat(std::int32_t step, std::size_t i);
  void stop(std::size_t i, State state, std::int32_t step) {
    m_particles.state[i] = state;
    m_particles.end_step[i] = step;
  }

  const Case& m_case;
  const Land& m_land;
  const std::vector<Seeded>& m_seeded;
  Particles m_particles;
  Conditions m_begin, m_middle, m_end;  ///< of a step
  const geo::LocalScale& m_scale;
  double m_dt_s;
  float m_sign;
  bool m_jibes;
  double m_log_stay{0};
  double m_refloat{0};
  double m_walk_m{0};
  std::vector<EastNorth> m_wind_off, m_current_off;  ///< empty when none is drawn
};

void Engine::make_particles() {
  auto& p = m_particles;
  const auto count = m_seeded.size();
  p.lat_deg.resize(count);
  p.lon_deg.resize(count);
  for (auto* one : {&p.down_slope, &p.down_offset, &p.cross_slope, &p.cross_offset}) {
    one->resize(count);
  }
  p.start_step.resize(count);
  p.jibe_step.assign(count, kNever);
  p.jibes.assign(count, 0);
  p.state.assign(count, State::kWaiting);
  p.object.resize(count);
  p.capsized.assign(count, 0);
  p.end_step.assign(count, -1);
  p.number.resize(count);
  const auto& options = m_case.options;
  if (options.wind_sd_m_s > 0) m_wind_off.resize(count);
  if (options.current_sd_m_s > 0) m_current_off.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& one = m_seeded[i];
    p.put(i, one.at);
    p.start_step[i] = one.start_step;
    p.object[i] = one.object;
    p.number[i] = one.number;
    set_leeway(i);
    if (m_jibes) p.jibe_step[i] = next_jibe(i, one.start_step);
    const Draw draw(m_case.seed, one.number);
    const auto drawn = [&](Purpose purpose, double sd) {
      const auto [a, b] = draw.normal(purpose);
      return EastNorth{static_cast<float>(a * sd), static_cast<float>(b * sd)};
    };
    if (!m_wind_off.empty()) m_wind_off[i] = drawn(Purpose::kWind, options.wind_sd_m_s);
    if (!m_current_off.empty()) m_current_off[i] = drawn(Purpose::kCurrent, options.current_sd_m_s);
  }
}

void Engine::set_leeway(std::size_t i) {
  auto& p = m_particles;
  const auto& one = m_seeded[i];
  const auto leeway = leeway_of(m_case.objects[one.object], one.side, one.downwind_e,
                                one.crosswind_e, p.jibes[i] % 2 == 1);
  constexpr float kCapsized = 0.4f;
  const float part = p.capsized[i] != 0 ? kCapsized : 1.0f;
  p.down_slope[i] = leeway.down_slope * part;
  p.down_offset[i] = leeway.down_offset * part;
  p.cross_slope[i] = leeway.cross_slope * part * m_sign;
  p.cross_offset[i] = leeway.cross_offset * part * m_sign;
}

/// How many steps until it jibes is drawn at once, not in each step whether it does: the same, for
/// a probability that does not change.
std::int32_t Engine::next_jibe(std::size_t i, std::int32_t from) const {
  const Draw draw(m_case.seed, m_particles.number[i]);
  const double u = draw.uniform(Purpose::kJibe, m_particles.jibes[i])[0];
  const double steps = std::floor(std::log(u) / m_log_stay);
  return steps >= double(kNever - from - 1) ? kNever : from + 1 + static_cast<std::int32_t>(steps);
}

bool Engine::wind_at(Conditions& when, Meeting who, geo::LatLon at, EastNorth& wind) const {
  if (!when.sample(Pair::kWind, at, who.worker, wind)) return false;
  if (!m_wind_off.empty()) {
    wind.east += m_wind_off[who.i].east;
    wind.north += m_wind_off[who.i].north;
  }
  return true;
}

bool Engine::water_at(Conditions& when, Meeting who, geo::LatLon at, Velocity& water) const {
  EastNorth current, waves;
  if (!when.sample(Pair::kCurrent, at, who.worker, current)) return false;
  if (!m_current_off.empty()) {
    current.east += m_current_off[who.i].east;
    current.north += m_current_off[who.i].north;
  }
  if (m_case.options.stokes) when.sample(Pair::kStokes, at, who.worker, waves);
  water = {double(current.east + waves.east), double(current.north + waves.north)};
  return true;
}

Velocity Engine::leeway_in(std::size_t i, EastNorth wind) const {
  const auto& p = m_particles;
  const float speed = std::sqrt(wind.east * wind.east + wind.north * wind.north);
  // Without wind it has no direction: an offset alone moves nothing.
  const float per_speed = speed > 0 ? 1 / speed : 0;
  const float east = wind.east * per_speed, north = wind.north * per_speed;
  const float down = p.down_slope[i] * speed + p.down_offset[i];
  const float cross = p.cross_slope[i] * speed + p.cross_offset[i];  // positive: to the right
  return {double(down * east + cross * north), double(down * north - cross * east)};
}

bool Engine::motion(Conditions& when, Meeting who, geo::LatLon at, Velocity& out) const {
  EastNorth wind;
  Velocity water;
  if (!wind_at(when, who, at, wind) || !water_at(when, who, at, water)) return false;
  const auto leeway = leeway_in(who.i, wind);
  out = {leeway.east + water.east, leeway.north + water.north};
  return true;
}

/// Leeway first, then the water from where that led, both as they are where the step begins.
bool Engine::euler(Meeting who, std::int32_t step, geo::LatLon from, geo::LatLon& to) {
  EastNorth wind;
  Velocity water;
  if (!wind_at(m_begin, who, from, wind) || !water_at(m_begin, who, from, water)) return false;
  if (m_case.options.capsizing) capsize(step, who.i, wind);
  const auto leeway = leeway_in(who.i, wind);
  to = m_scale.moved(from, leeway.east * m_dt_s, leeway.north * m_dt_s);
  to = m_scale.moved(to, water.east * m_dt_s, water.north * m_dt_s);
  return true;
}

bool Engine::runge_kutta(Meeting who, geo::LatLon from, geo::LatLon& to) {
  const auto moved = [&](Velocity v, double part) {
    return m_scale.moved(from, v.east * m_dt_s * part, v.north * m_dt_s * part);
  };
  Velocity first, second;
  if (!motion(m_begin, who, from, first)) return false;
  // Where nothing is known ahead, the last known motion goes on to the end of the step.
  if (!motion(m_middle, who, moved(first, 0.5), second)) second = first;
  if (m_case.options.scheme == Scheme::kRungeKutta2) {
    to = moved(second, 1);
    return true;
  }
  Velocity third, fourth;
  if (!motion(m_middle, who, moved(second, 0.5), third)) third = second;
  if (!motion(m_end, who, moved(third, 1), fourth)) fourth = third;
  to = moved({(first.east + 2 * second.east + 2 * third.east + fourth.east) / 6,
              (first.north + 2 * second.north + 2 * third.north + fourth.north) / 6},
             1);
  return true;
}

void Engine::capsize(std::int32_t step, std::size_t i, EastNorth wind) {
  auto& p = m_particles;
  if (p.capsized[i] != 0) return;
  const double speed = std::hypot(wind.east, wind.north);
  const double hourly = 0.5 + 0.5 * std::tanh((speed - 30) / 5);
  const double within = 1 - std::pow(1 - hourly, std::abs(m_dt_s) / 3600);
  const Draw draw(m_case.seed, p.number[i]);
  if (draw.uniform(Purpose::kCapsize, std::uint32_t(step))[0] >= within) return;
  p.capsized[i] = 1;
  set_leeway(i);
}

/// Off the shore again, from where it lies: the next step leads it on, or back to land.
void Engine::refloat(std::int32_t step, std::size_t i) {
  auto& p = m_particles;
  const Draw draw(m_case.seed, p.number[i]);
  if (draw.uniform(Purpose::kRefloat, std::uint32_t(step))[0] >= m_refloat) return;
  p.state[i] = State::kDrifting;
  p.end_step[i] = -1;
}

void Engine::advance_one(std::int32_t step, std::size_t i, std::size_t worker) {
  auto& p = m_particles;
  const auto from = p.at(i);
  if (step >= p.jibe_step[i]) {
    ++p.jibes[i];
    set_leeway(i);
    p.jibe_step[i] = next_jibe(i, step);
  }
  geo::LatLon to;
  const bool known = m_case.options.scheme == Scheme::kEuler ? euler({i, worker}, step, from, to)
                                                             : runge_kutta({i, worker}, from, to);
  if (!known) return stop(i, State::kNoForcing, step);
  if (m_walk_m > 0) {
    const auto [a, b] =
        Draw(m_case.seed, p.number[i]).normal(Purpose::kDiffusion, std::uint32_t(step));
    to = m_scale.moved(to, a * m_walk_m, b * m_walk_m);
  }
  if (m_land.empty()) return p.put(i, to);
  land_at(i, step, from, to);
}

void Engine::land_at(std::size_t i, std::int32_t step, geo::LatLon from, geo::LatLon to) {
  auto& p = m_particles;
  const bool only_end = m_case.options.stranding == Stranding::kStepEnd;
  if (only_end && !m_land.is_land(to)) return p.put(i, to);
  if (const auto way = m_land.crossing(from, to)) {
    to = {from.lat_deg + (to.lat_deg - from.lat_deg) * *way,
          from.lon_deg + (to.lon_deg - from.lon_deg) * *way};
    stop(i, State::kStranded, step + 1);
  }
  p.put(i, to);
}

/// All threads through all steps: the first one prepares the forcing and gives to the sink.
class Crew {
 public:
  Crew(Engine& engine, const Case& what, std::size_t threads, const Sink& sink)
      : m_engine(engine),
        m_case(what),
        m_threads(threads),
        m_sink(sink),
        m_barrier(static_cast<std::ptrdiff_t>(threads)) {}

  Outcome work() {
    const auto count = m_engine.particles().size();
    m_engine.begin(0, 0, count);
    m_stopped = !m_sink(0, m_case.time_of(0), m_engine.particles());
    std::vector<std::jthread> others;
    for (std::size_t worker = 1; worker < m_threads; ++worker) {
      others.emplace_back([this, worker] { steps(worker); });
    }
    steps(0);
    others.clear();
    if (m_thrown) std::rethrow_exception(m_thrown);
    return {m_engine.used(), m_done, m_stopped};
  }

 private:
  void steps(std::size_t worker) {
    for (std::int32_t step = 0; step < m_case.steps && !m_stopped; ++step) {
      if (worker == 0) m_engine.prepare(step);
      m_barrier.arrive_and_wait();
      const auto count = m_engine.particles().size();
      const auto chunks = (count + kChunk - 1) / kChunk;
      for (std::size_t chunk = worker; chunk < chunks; chunk += m_threads) {
        m_engine.advance(step, chunk * kChunk, std::min(count, (chunk + 1) * kChunk), worker);
      }
      m_barrier.arrive_and_wait();
      if (worker == 0) end(step + 1);
      m_barrier.arrive_and_wait();
    }
  }
  void end(std::int32_t done) {
    m_done = done;
    if (done % m_case.steps_per_output != 0 && done != m_case.steps) return;
    // The other threads wait: what the sink throws is thrown on when they have ended.
    try {
      m_stopped = !m_sink(done, m_case.time_of(done), m_engine.particles());
    } catch (...) {
      m_thrown = std::current_exception();
      m_stopped = true;
    }
  }

  Engine& m_engine;
  const Case& m_case;
  std::size_t m_threads;
  const Sink& m_sink;
  std::barrier<> m_barrier;
  std::int32_t m_done{0};
  bool m_stopped{false};  ///< written between barriers only
  std::exception_ptr m_thrown;
};

}  // namespace

base::Result<Outcome> run(const Case& what, const Forcing& forcing, const Land& land,
                          const std::vector<Seeded>& seeded, std::size_t threads,
                          const Sink& sink) {
  if (auto good = check(what, forcing, seeded.size()); !good) {
    return tl::unexpected(good.error());
  }
  threads = std::max<std::size_t>(threads, 1);
  Engine engine(what, forcing, land, seeded, threads);
  return Crew(engine, what, threads, sink).work();
}

}  // namespace jinglue::drift
