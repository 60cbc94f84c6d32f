// SPDX-License-Identifier: Apache-2.0
// Units in which sensors say a quantity, and the exact way to our unit: a fraction and an offset.
// Sources: the definitions of the international nautical mile (1852 m), foot (0.3048 m), inch and
// conventional mercury (133.322387415 Pa a mmHg); oxygen: 31.9988 g/mol, 1.42905 mg a ml (ICES).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/sensor.hpp"

namespace jinglue::observe::sensor {

struct Unit {
  model::Quantity quantity;
  std::string_view key;
  double times;    ///< our unit = (value + plus) * times / over
  double over{1};  ///< apart, so that kn * 1852 / 3600 is rounded once
  double plus{0};
};

/// Null when the quantity has no such unit.
const Unit* unit_of(model::Quantity quantity, std::string_view key);
/// "m, cm, ft": for messages.
std::string units_of(model::Quantity quantity);
/// Thousandths of our unit, the nearest; absent when the value is not finite or beyond 9e15.
std::optional<std::int64_t> to_milli(const Unit& unit, double value);

}  // namespace jinglue::observe::sensor
