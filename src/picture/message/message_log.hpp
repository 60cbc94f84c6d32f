// SPDX-License-Identifier: Apache-2.0
// MessageLog: every message that a station sent (model/vessel_message.hpp), in messages.db
// (docs/format/messages.md). Derived from the journal: each is there once, and entries that are
// read again after a restart change nothing. append() and advance() belong to the pipeline's
// thread; reads may come from any thread. Throws WorldError when the file cannot be opened.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "model/vessel_message.hpp"

namespace jinglue::picture {

/// Which messages; what is empty asks nothing.
struct MessageQuery {
  std::vector<model::TerminalId> terminals;  ///< sent by or addressed to one of them
  std::optional<model::MessageKind> kind;
  base::Instant from{base::kDistantPast};
  base::Instant to{base::kDistantFuture};  ///< exclusive; of event times
  /// Only what comes behind this one in the order of list().
  struct Place {
    base::Instant time;
    std::int64_t id{0};
  };
  std::optional<Place> after;
  std::size_t limit{100};
};

struct KeptMessage {
  std::int64_t id{0};
  model::VesselMessage message;
};

class MessageLog {
 public:
  explicit MessageLog(const std::filesystem::path& file);
  ~MessageLog();  ///< commits what waits, when the disk lets it

  void append(model::VesselMessage message);
  /// Everything up to this journal offset has been appended. `now_durable`: commit without delay.
  void advance(std::uint64_t offset, bool now_durable = false);
  std::uint64_t applied_offset() const;  ///< committed

  /// Newest first.
  std::vector<KeptMessage> list(const MessageQuery& query) const;
  std::uint64_t count() const;
  /// Removes what was said before.
  void forget_before(base::Instant time);
  /// Why the last commit failed; empty when it did not.
  std::string problem() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::picture
