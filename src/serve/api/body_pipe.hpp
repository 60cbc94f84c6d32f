// SPDX-License-Identifier: Apache-2.0
// BodyPipe: an answer of unknown length on its way from the worker that makes it to the connection
// that sends it. Bounded: a worker that is faster than the client waits, but not for a client that
// takes less than kMost in kPatience. Without a whole end the connection is cut, so that nobody
// takes a part for the whole.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace jinglue::serve {

class BodyPipe {
 public:
  static constexpr std::size_t kMost = 1u << 20;  ///< bytes that wait
  static constexpr std::chrono::seconds kPatience{60};

  /// The worker: waits while too much waits; false when nobody reads any more.
  bool put(std::string piece);
  /// The worker, once: nothing more comes. `whole` false: it broke off.
  void finish(bool whole);

  /// The connection: `done` gets the next piece; absent at the end. One call at a time; `done` is
  /// called once, perhaps before next() returns.
  void next(std::function<void(std::optional<std::string>)> done);
  /// The connection: it has gone.
  void abandon();
  /// After the end: whether all of it came.
  bool whole() const;

 private:
  mutable std::mutex m_mutex;
  std::condition_variable m_room;
  std::string m_waiting;
  std::function<void(std::optional<std::string>)> m_asked;
  bool m_finished{false}, m_whole{false}, m_abandoned{false};
};

}  // namespace jinglue::serve
