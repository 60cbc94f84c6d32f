// SPDX-License-Identifier: Apache-2.0
// bench_drift [RUN]: particle-steps a second of processor time, 100,000 particles x 288 steps of
// 600 s with hourly output and stranding, on the weihai reference case (RUN, by default
// ../shared/data/drift/weihai-run.json; without it a GENERATED sea of the same size, no land).
// Beside it, in turn in the same run: a bare kernel that does the least that the model needs, on
// flat degrees, with no output, no land, no second source: what the machine could give. The
// reference program was measured at 0.71 M/s on another machine of this kind
// (docs/design/0006-drift.md).
#include <time.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "app/drift_reference.hpp"
#include "base/config.hpp"
#include "bench/figures.hpp"
#include "drift/run.hpp"
#include "drift/seed.hpp"

using namespace jinglue;

namespace {

constexpr std::size_t kParticles = 100'000;
constexpr double kReferenceRate = 0.71e6;  // of particle-steps, per second of processor time
constexpr int kTimes = 5;

/// Processor time of the whole program.
double processor_s() {
  timespec at{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
  return double(at.tv_sec) + double(at.tv_nsec) / 1e9;
}

template <class T>
T good(base::Result<T> result) {
  if (!result) {
    fmt::print("{}\n", result.error().text());
    std::exit(1);
  }
  return std::move(*result);
}

/// A tide and a front over 101 x 81 places and 55 hours.
std::shared_ptr<model::Forecast> generated_sea(base::Instant start) {
  using V = model::ForecastVariable;
  auto out = std::make_shared<model::Forecast>();
  out->name = "generated";
  for (int i = 0; i < 101; ++i) out->grid.x.push_back(121 + i * 0.05);
  for (int i = 0; i < 81; ++i) out->grid.y.push_back(36 + i * 0.05);
  out->fields = {{V::kWindX, {}}, {V::kWindY, {}}, {V::kCurrentX, {}}, {V::kCurrentY, {}}};
  for (int hour = 0; hour < 55; ++hour) {
    out->times.push_back(start + base::Duration(std::int64_t{hour} * 3'600'000));
    for (const double y : out->grid.y) {
      for (const double x : out->grid.x) {
        const double tide = hour / 12.42 * 6.283 + x, front = 8 + 6 * std::tanh((hour - 24) / 6.0);
        out->fields[0].values.push_back(float(front * std::sin(hour / 20.0 + y)));
        out->fields[1].values.push_back(float(-front * std::cos(hour / 20.0)));
        out->fields[2].values.push_back(float(0.6 * std::cos(tide)));
        out->fields[3].values.push_back(float(0.3 * std::sin(tide + y)));
      }
    }
  }
  return out;
}

std::unique_ptr<app::ReferenceCase> sea_of(const std::filesystem::path& run) {
  if (std::filesystem::exists(run)) return good(app::read_reference(run));
  fmt::print("not here: {}: a generated sea without land\n", run.string());
  auto out = std::make_unique<app::ReferenceCase>();
  out->base.start = {1'709'078'400'000};
  out->base.steps = 288;
  out->place = {37.72, 122.35};
  out->radius_m = 2000;
  if (!out->forcing.add(generated_sea(out->base.start))) std::abort();
  return out;
}

struct Rate {
  double processor, clock;  ///< particle-steps a second
};

Rate ours(const app::ReferenceCase& sea, const drift::Case& what, std::size_t particles,
          std::size_t threads, std::size_t& stranded) {
  std::vector<drift::Seeded> seeded;
  const drift::Seeding seeding{drift::Disc{sea.place, sea.radius_m}, 0, particles, {}, 0};
  if (!drift::seed(what, seeding, {}, seeded)) std::abort();
  std::vector<float> shown;  // as a file would be written: places and states of each hour
  double steps = 0;
  std::int32_t before = 0;
  const auto sink = [&](std::int32_t step, base::Instant, const drift::Particles& p) {
    shown.clear();
    std::size_t drifting = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      shown.push_back(float(p.lon_deg[i]));
      shown.push_back(float(p.lat_deg[i]));
      drifting += p.state[i] == drift::State::kDrifting ? 1u : 0u;
    }
    steps += double(step - before) * double(drifting);  // stranded ones are not counted as stepped
    before = step;
    stranded = p.size() - drifting;
    return true;
  };
  const double from = processor_s();
  const bench::Stopwatch watch;
  good(drift::run(what, sea.forcing, sea.land, seeded, threads, sink));
  return {steps / (processor_s() - from), steps / watch.seconds()};
}

/// The least: two bilinear vectors of one instant, a leeway, a step in degrees.
double bare_kernel(const model::Forecast& sea) {
  const auto width = sea.grid.x.size();
  const auto cells = sea.grid.cells();
  std::vector<float> grid(cells * 4);
  for (std::size_t i = 0; i < cells; ++i) {
    for (std::size_t k = 0; k < 4; ++k) grid[i * 4 + k] = sea.fields[k].values[i];
  }
  std::vector<double> lon(kParticles, 123.5), lat(kParticles, 38);
  constexpr int kSteps = 40;
  const double from = processor_s();
  for (int step = 0; step < kSteps; ++step) {
    for (std::size_t p = 0; p < kParticles; ++p) {
      const double column = (lon[p] - 121) * 20, row = (lat[p] - 36) * 20;
      const auto i = std::min(std::size_t(column), width - 2);
      const auto j = std::min(std::size_t(row), sea.grid.y.size() - 2);
      const auto fx = float(column - double(i)), fy = float(row - double(j));
      float value[4];
      for (std::size_t k = 0; k < 4; ++k) {
        const float* south = &grid[(j * width + i) * 4 + k];
        const float* north = south + width * 4;
        const float west = south[0] + (north[0] - south[0]) * fy;
        value[k] = west + (south[4] + (north[4] - south[4]) * fy - west) * fx;
      }
      const float speed = std::sqrt(value[0] * value[0] + value[1] * value[1]);
      const float down = 0.037f + 0.01f / speed;
      lon[p] += double(down * value[0] + value[2]) * 600 / 88'000;
      lat[p] += double(down * value[1] + value[3]) * 600 / 111'000;
      lon[p] = std::clamp(lon[p], 121.1, 125.9);
      lat[p] = std::clamp(lat[p], 36.1, 39.9);
    }
  }
  return double(kParticles) * kSteps / (processor_s() - from);
}

}  // namespace

int main(int argc, char** argv) {
  const auto run = argc > 1 ? argv[1] : JINGLUE_SOURCE_DIR "/../shared/data/drift/weihai-run.json";
  const auto sea = sea_of(run);
  const auto objects = good(
      drift::read_objects(good(base::read_config(JINGLUE_SOURCE_DIR "/data/drift/objects.toml"))));
  auto what = sea->base;
  what.objects = {objects[0]};
  const auto generated = generated_sea(what.start);
  std::vector<double> one, two, clock_one, clock_two, bare;
  std::size_t stranded = 0;
  for (int i = 0; i < kTimes; ++i) {
    const auto alone = ours(*sea, what, kParticles, 1, stranded);
    const auto pair = ours(*sea, what, kParticles, 2, stranded);
    bare.push_back(bare_kernel(*generated));
    one.push_back(alone.processor);
    two.push_back(pair.processor);
    clock_one.push_back(alone.clock);
    clock_two.push_back(pair.clock);
  }
  const auto middle = [](const std::vector<double>& all) { return bench::percentile(all, 0.5); };
  bench::figure("drift_steps_one_core", middle(one) / 1e6, "M particle-steps/s of processor time");
  bench::figure("drift_bare_kernel", middle(bare) / 1e6, "M particle-steps/s of processor time");
  bench::figure("drift_of_bare_kernel", middle(one) / middle(bare), "ratio");
  bench::figure("drift_of_reference", middle(one) / kReferenceRate, "x (floor 15, goal 25)");
  bench::figure("drift_two_threads", middle(clock_two) / middle(clock_one),
                "x by the clock (bar 1.8)");
  bench::figure("drift_100000_for_48_h", double(kParticles) * what.steps / middle(clock_two),
                "s at most on two cores (bar 5)");
  bench::figure("drift_stranded", double(stranded) / double(kParticles) * 100, "%");
  return 0;
}
