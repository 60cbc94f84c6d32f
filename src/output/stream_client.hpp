// SPDX-License-Identifier: Apache-2.0
// StreamClient: a sender that connects to a TCP port, again and again with growing pauses, until
// the approval ends.
#pragma once

#include "output/sender.hpp"

namespace jinglue::output {

class StreamClient : public Sender {
 protected:
  using Sender::Sender;

  /// The socket is there: its options, what must not be sent late.
  virtual void begin() = 0;
  /// Until the connection or the approval ends; whether it was of any use, so that the next attempt
  /// comes soon.
  virtual bool serve() = 0;
  /// Now and then while nobody is connected.
  virtual void idle() {}

  observe::link::Descriptor m_socket;

 private:
  void run() final;
  bool connect();
};

}  // namespace jinglue::output
