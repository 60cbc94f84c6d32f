// SPDX-License-Identifier: Apache-2.0
// Archive: every position ever received, behind a few query verbs: track, box, last. Chunks of 256
// rows per track in tracks.db (a later block archive keeps this interface). The pipeline thread
// appends; a writer thread commits chunks together with the journal offset that they cover, so that
// a restart continues exactly; what is not committed yet is answered from memory. Readers: any
// thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/instant.hpp"
#include "geo/point.hpp"
#include "model/fix.hpp"

namespace jinglue::picture {

struct ArchiveCounts {
  std::uint64_t positions{0};
  std::uint64_t tracks{0};
  std::uint64_t bytes{0};
  std::optional<base::Instant> first, last;
  std::uint64_t applied_offset{0};  ///< committed
};

class Archive {
 public:
  struct Options {
    std::filesystem::path file;
    std::string vfs;
  };
  explicit Archive(Options options);
  ~Archive();

  /// Rows whose offset is not above applied_offset() are skipped (replay after a crash).
  void append(const model::Fix& fix);
  /// Everything up to `offset` has been appended; commits in the background when enough waits, at
  /// once when `now_durable`.
  void advance(std::uint64_t offset, bool now_durable = false);
  std::uint64_t applied_offset() const;

  /// In event-time order, equal times by offset; false from `visit` stops. [from, to).
  void track(model::TrackId track, base::Instant from, base::Instant to,
             const std::function<bool(const model::Fix&)>& visit) const;
  /// Fixes inside the box, grouped by track. Stops after `limit` rows and returns true (cut).
  bool box(const geo::Box& box, base::Instant from, base::Instant to, std::size_t limit,
           const std::function<bool(const model::Fix&)>& visit) const;
  /// The last fix of each track at or before t, not older than `max_age` (for scrubbing).
  void last(base::Instant t, base::Duration max_age,
            const std::function<void(const model::Fix&)>& visit) const;
  /// All fixes in [from, to) in arrival (offset) order; for back-test.
  void all(base::Instant from, base::Instant to,
           const std::function<bool(const model::Fix&)>& visit) const;
  ArchiveCounts counts() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::picture
