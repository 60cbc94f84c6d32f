// SPDX-License-Identifier: Apache-2.0
#include "base/charset.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>

#include "base/result.hpp"
#include "base/text.hpp"
#include "base/utf32.hpp"

namespace jinglue::base {
namespace {

/// The most frequent characters of modern Chinese: about a third of any text, and one in two
/// hundred of octets read in a wrong encoding.
constexpr std::u32string_view kFrequent =
    U"的一是在不了有和人这中大为上个国以要时来用们生到作地于出就分对成会可主发年动同工也能下过"
    U"产种面而方后多定行学法所民得经进展重点海安全建设区市业推开保强化理管";

bool is_of_texts(char32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n' || c == '\r' || c == '\f';
  if (c >= 0x7F && c < 0xA0) return false;
  return c != 0xFFFD && !(c >= 0xE000 && c <= 0xF8FF) && c < 0xF0000;
}

struct Looks {
  double texts{0};     ///< share of characters that texts hold
  double frequent{0};  ///< share of frequent ones among ideographs; 1 when there are none
};

Looks looks(std::string_view utf8) {
  std::size_t all = 0;
  std::size_t fit = 0;
  std::size_t han = 0;
  std::size_t frequent = 0;
  std::size_t ascii = 0;
  for (const char32_t c : to_utf32(utf8.substr(0, 1U << 18))) {
    ++all;
    fit += is_of_texts(c) ? 1 : 0;
    ascii += c < 0x80 ? 1 : 0;
    if (!is_han(c)) continue;
    ++han;
    frequent += kFrequent.find(c) != std::u32string_view::npos ? 1 : 0;
  }
  if (all == 0) return {};
  // Without an ideograph only what ASCII writes speaks for a reading: GBK read as UTF-16 is Hangul.
  return {double(fit) / double(all),
          han == 0 ? double(ascii) / double(all) : double(frequent) / double(han)};
}

struct Mark {
  std::string_view octets;
  const char* charset;
};
constexpr std::array<Mark, 3> kMarks{
    {{"\xEF\xBB\xBF", "UTF-8"}, {"\xFF\xFE", "UTF-16LE"}, {"\xFE\xFF", "UTF-16BE"}}};

std::optional<std::string> as_utf8(std::string_view bytes, std::string_view charset) {
  if (charset != "UTF-8") return Charset("UTF-8", charset.data()).convert(bytes);
  if (!is_utf8(bytes)) return std::nullopt;
  return std::string(bytes);
}

}  // namespace

Charset::Charset(const char* to, const char* from) : m_iconv(iconv_open(to, from)) {
  // The C library marks failure by this address.
  if (m_iconv == reinterpret_cast<iconv_t>(-1)) {  // NOLINT(performance-no-int-to-ptr)
    throw WorldError("the C library cannot read text of this encoding",
                     std::string(from) + " to " + to,
                     "install its conversions (gconv modules of package libc6)");
  }
}

Charset::~Charset() {
  iconv_close(m_iconv);
}

std::optional<std::string> Charset::convert(std::string_view text) {
  std::string in(text);
  std::string out(text.size() * 4 + 8, '\0');
  iconv(m_iconv, nullptr, nullptr, nullptr, nullptr);
  char* from = in.data();
  char* to = out.data();
  std::size_t from_left = in.size();
  std::size_t to_left = out.size();
  const auto lossy = iconv(m_iconv, &from, &from_left, &to, &to_left);
  if (lossy != 0 || from_left != 0) return std::nullopt;
  out.resize(out.size() - to_left);
  return out;
}

std::optional<ReadText> read_text(std::string_view bytes) {
  constexpr double kAlmostAll = 0.999;  // a stray control character does not make a text binary
  constexpr double kSome = 0.05;
  for (const auto& mark : kMarks) {
    if (bytes.substr(0, mark.octets.size()) != mark.octets) continue;
    auto text = as_utf8(bytes.substr(mark.octets.size()), mark.charset);
    if (!text || looks(*text).texts < kAlmostAll) return std::nullopt;
    return ReadText{std::move(*text), mark.charset};
  }
  std::optional<ReadText> best;
  double best_share = kSome;
  for (const char* charset : {"UTF-8", "GB18030", "UTF-16LE", "UTF-16BE"}) {
    auto text = as_utf8(bytes, charset);
    if (!text) continue;
    const auto seen = looks(*text);
    if (seen.texts < kAlmostAll || seen.frequent <= best_share) continue;
    best_share = seen.frequent;
    best = ReadText{std::move(*text), charset};
    if (best->charset == "UTF-8") break;  // octets of another encoding are never UTF-8 by chance
  }
  return best;
}

}  // namespace jinglue::base
