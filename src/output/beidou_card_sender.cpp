// SPDX-License-Identifier: Apache-2.0
// A BeiDou card behind a TCP port (a serial device server): messages to boats leave as $CCTXA, one
// an interval, which the card itself is asked for (observe/beidou/outbox.hpp); its answers come by
// the same connection. No AIS goes here. A message that was not written when the connection broke
// waits again; one that was written and not answered stays "given": the card may have sent it.
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "base/text.hpp"
#include "observe/beidou/outbox.hpp"
#include "observe/link/line_splitter.hpp"
#include "observe/nmea/sentence.hpp"
#include "output/boat_messages.hpp"
#include "output/stream_client.hpp"

namespace jinglue::output {
namespace {

using observe::beidou::Outbox;
using std::string_view;

constexpr std::size_t kMostLine = 1024;
constexpr string_view kAnswers[] = {"FKI", "ICI"};
constexpr int kLook = 250;  ///< ms between looks at what waits

class BeidouCardSender final : public StreamClient {
 public:
  BeidouCardSender(const Destination& destination, base::Instant until,
                   std::shared_ptr<Counters> counters, const SenderOptions& options)
      : StreamClient(destination, until, std::move(counters), options) {}
  ~BeidouCardSender() override { stop(); }

 private:
  void begin() override { observe::link::keep_alive(m_socket); }

  /// Until the connection or the approval ends; whether the card answered at all.
  bool serve() override {
    m_outbox.emplace();
    m_lines.emplace(kMostLine);
    bool sound = true;
    while (sound && !ended()) {
      const short events = wait(m_socket.get(), POLLIN, kLook);
      if (ended()) break;
      if ((events & (POLLIN | POLLERR | POLLHUP)) != 0) sound = hear();
      settle();
      if (sound) sound = speak();
    }
    let_go();
    return m_outbox->interval().has_value();
  }

  bool hear() {
    std::array<char, 4096> bytes;
    const auto n = recv(m_socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (n <= 0) {
      set_error(n == 0 ? "the port closed the connection"
                       : "the connection broke: " + base::errno_text(errno));
      return false;
    }
    m_lines->feed({bytes.data(), static_cast<std::size_t>(n)}, [this](string_view line) {
      observe::nmea::Sentence sentence;
      auto check = observe::nmea::find(line, 0, kAnswers, sentence);
      while (check != observe::nmea::Check::kNone) {
        if (check == observe::nmea::Check::kSound) m_outbox->take(sentence);
        check = observe::nmea::find(line, line.size() - sentence.after.size(), kAnswers, sentence);
      }
      return true;
    });
    return true;
  }

  /// What became of the message that the card has.
  void settle() {
    if (!m_message) return;
    const auto& counts = m_outbox->counts();
    if (counts.sent > m_sent_before) {
      count_sent(1, 0);
      finish(BoatState::kSent);
    } else if (counts.given_up > m_given_up_before) {
      m_counters->drop(Dropped::kRefused);
      finish(BoatState::kRefused);
    }
  }

  bool speak() {
    const auto now = m_options.wall();
    if (!m_message && m_outbox->interval()) take_next(now);
    const auto sentence = m_outbox->next(now);
    settle();  // next() may have found that the former one landed
    if (!sentence) return true;
    const std::string line = *sentence + "\r\n";
    const auto n = ::send(m_socket.get(), line.data(), line.size(), MSG_NOSIGNAL);
    if (n != static_cast<ssize_t>(line.size())) {
      set_error(n < 0 ? base::errno_text(errno) : "the port took half a sentence");
      return false;
    }
    m_counters->bytes += line.size();
    if (m_message && line.starts_with("$CCTXA")) m_written = true;
    return true;
  }

  void take_next(base::Instant now) {
    auto message = m_options.boats->next(m_destination.name, now);
    if (!message) return;
    ++m_counters->seen;
    m_message = std::move(message);
    m_written = false;
    m_sent_before = m_outbox->counts().sent;
    m_given_up_before = m_outbox->counts().given_up;
    const auto good = m_outbox->push(m_message->to.number(), m_message->text);
    if (good) return;
    m_counters->drop(Dropped::kRefused);
    set_error(good.error().text());
    finish(BoatState::kRefused);
  }

  void finish(BoatState state) {
    m_options.boats->became(m_message->id, state, m_options.wall());
    m_message.reset();
  }

  /// The connection or the approval has ended.
  void let_go() {
    if (!m_message) return;
    if (m_written) {
      count_sent(1, 0);  // the card has it and did not refuse: as far as anybody can tell
      m_message.reset();
      return;
    }
    m_counters->drop(ended() ? Dropped::kStopped : Dropped::kNotConnected);
    finish(BoatState::kWaiting);
  }

  std::optional<Outbox> m_outbox;  ///< of this connection: another card may be behind the next
  std::optional<observe::link::LineSplitter> m_lines;
  std::optional<BoatMessage> m_message;  ///< that the outbox has
  bool m_written{false};                 ///< to the port
  std::uint64_t m_sent_before{0}, m_given_up_before{0};
};

}  // namespace

std::unique_ptr<Sender> open_beidou_card(const Destination& destination, base::Instant until,
                                         std::shared_ptr<Counters> counters,
                                         const SenderOptions& options) {
  return std::make_unique<BeidouCardSender>(destination, until, std::move(counters), options);
}

}  // namespace jinglue::output
