// SPDX-License-Identifier: Apache-2.0
// Relay: from the pipeline to the approved destinations. The pipeline gives batches of lines and
// goes on at once; a thread of the relay joins the parts of messages, asks each destination's
// filter and hands texts to its sender. When the relay is behind, batches are left out and counted;
// nothing here holds up the pipeline. With no approved destination nothing is even copied.
// Live only: what was received while a destination was not approved, not connected, or while the
// program did not run is never sent later.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/bounded_queue.hpp"
#include "output/destination.hpp"
#include "output/forms.hpp"
#include "output/heard.hpp"
#include "output/selector.hpp"
#include "output/sender.hpp"
#include "output/senders_seen.hpp"

namespace jinglue::output {

/// A destination with a valid approval.
struct Approved {
  Destination destination;
  base::Instant until;
  std::string approval;  ///< which one: a sender goes on while this stays the same
  base::Json counts;     ///< of earlier runs of the program
};

class Relay {
 public:
  struct Options {
    /// Area of a zone of the rule pack; null when there is none.
    std::function<std::shared_ptr<const geo::Area>(const std::string&)> zone;
    const observe::ais::Applications* applications{nullptr};  ///< must outlive the relay
    SenderOptions sender;
    std::size_t most_lines{200'000};  ///< that wait for the relay's thread
  };
  explicit Relay(Options options);
  ~Relay();

  /// These and no others from here on. When it returns, nothing is sent any more to a destination
  /// that is not among them. Zones are looked up anew.
  void use(const std::vector<Approved>& approved, Hidden hidden);
  /// Ends all senders; nothing is sent afterwards.
  void stop();

  /// False while no destination is approved: then the pipeline need not give anything.
  bool wanted() const { return m_wanted; }
  /// From the pipeline; never waits.
  void give(std::vector<Heard> lines);

  /// Of a destination that was approved since start; null when it was not. {connection{state, peer,
  /// clients, error}, counts{}}.
  base::Json state_of(const std::string& name) const;
  /// As Counters::to_json(), by name; for the next start.
  std::map<std::string, base::Json> counts() const;
  std::uint64_t lines_left_out() const { return m_left_out; }
  /// Waits until everything given so far has been handed to the senders; for tests.
  void drain() const;

 private:
  struct Channel;
  void run();
  void take(const Heard& heard);
  void give_out(Parcel& parcel);
  std::shared_ptr<const geo::Area> area_of(const std::string& zone) const;
  std::shared_ptr<Channel> open(const Approved& approved);

  const Options m_options;
  base::BoundedQueue<std::vector<Heard>> m_inbox{4096};
  std::atomic<std::size_t> m_waiting_lines{0};
  std::atomic<std::uint64_t> m_left_out{0};
  std::atomic<bool> m_wanted{false};

  // Of the relay's thread.
  observe::ais::Decoder m_decoder;
  std::uint64_t m_calls{0};
  std::map<std::uint64_t, std::string> m_parts;  ///< lines that may complete a message, by call
  SendersSeen m_senders;
  Forms m_forms;

  mutable std::mutex m_mutex;                        // the list, the filters' memories, the hidden
  std::vector<std::shared_ptr<Channel>> m_channels;  // shared with whoever is ending one
  std::map<std::string, std::shared_ptr<Counters>> m_counters;  // shared with senders
  Hidden m_hidden;
  std::mutex m_use_mutex;  // one use() at a time
  std::thread m_thread;
};

}  // namespace jinglue::output
