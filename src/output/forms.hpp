// SPDX-License-Identifier: Apache-2.0
// Forms: the texts that one message is sent as, each made at most once and shared by all
// destinations that want it. Sentences end with CR LF (IEC 61162-1), JSON objects with LF; the
// parts of a message stay together in one text. Owned by one thread.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "observe/ais/applications.hpp"
#include "observe/ais/message_writer.hpp"
#include "output/destination.hpp"
#include "output/heard.hpp"

namespace jinglue::output {

using Text = std::shared_ptr<const std::string>;  // shared by the queues of destinations

class Forms {
 public:
  /// The tables of application data must outlive it; null = none.
  explicit Forms(const observe::ais::Applications* tables);

  /// From here on texts are of this message.
  void begin(const Parcel& parcel);
  Text text(Format format, Wrapping wrapping);

 private:
  std::string make(Format format, Wrapping wrapping);
  void add_bare(std::string_view line, std::string& out) const;
  void add_tagged(std::string_view line, std::size_t number, std::string& out) const;

  observe::ais::MessageWriter m_writer;
  const Parcel* m_parcel{nullptr};
  std::array<Text, 4> m_made;
};

}  // namespace jinglue::output
