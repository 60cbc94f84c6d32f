// SPDX-License-Identifier: Apache-2.0
// Reader: positions from the bytes of a file, in pieces of any size, so that memory does not grow
// with the file. A row that cannot be read is an Error that says why; the rows after it are still
// read. Every row says where the file goes on behind it, so that an import can be resumed there.
// What is read and how columns are named: docs/format/exchange.md. Arrival is the event time and
// the offset 0: when such a position reached anybody is not known.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "model/fix.hpp"
#include "picture/exchange/mapping.hpp"

namespace jinglue::picture::exchange {

/// Where a file goes on. `context`: what the reader must know of the part before.
struct Place {
  std::uint64_t position{0};  ///< bytes from the beginning, unpacked
  std::uint64_t line{1};
  std::string context;
};

struct ReadOptions {
  /// Our column (kColumns of value_text.hpp, or speed_mps, speed_kmh) and the file's heading.
  std::vector<std::pair<std::string, std::string>> mapping;
  /// Of a number without a kind in the column of the track.
  model::TerminalKind terminal{model::TerminalKind::kMmsi};
  /// IANA zone of times without an offset; empty: such times are refused.
  std::string zone;
  /// Of a kind of CSV files: stands for all of the above.
  std::optional<Mapping> described{};
};

class Reader {
 public:
  using Row = std::function<void(std::uint64_t line, base::Result<model::Fix> row)>;

  virtual ~Reader() = default;
  /// What follows in the file. An error: the file as a whole cannot be read.
  virtual base::Status feed(std::string_view bytes, const Row& row) = 0;
  /// There is no more.
  virtual base::Status finish(const Row& row) = 0;
  /// Behind the last row that was given out.
  virtual Place place() const = 0;
};

std::unique_ptr<Reader> make_csv_reader(const ReadOptions& options, const Place& from);
std::unique_ptr<Reader> make_geojson_reader(const ReadOptions& options, const Place& from);

}  // namespace jinglue::picture::exchange
