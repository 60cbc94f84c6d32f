// SPDX-License-Identifier: Apache-2.0
#include "act/plan/sentence.hpp"

#include <algorithm>

namespace jinglue::act::plan {
namespace {

using View = std::u32string_view;

constexpr View kOpening = U"“‘（(《〈【「『";
constexpr View kClosing = U"”’）)》〉】」』";
constexpr View kNumerals = U"一二三四五六七八九十百";

bool among(View set, char32_t c) {
  return set.find(c) != View::npos;
}
bool starts(View text, View with) {
  return text.substr(0, with.size()) == with;
}
bool is_digit(char32_t c) {
  return (c >= '0' && c <= '9') || (c >= U'０' && c <= U'９');
}

/// How deep in quotes and brackets each place is; a bracket that nothing closes opens none.
class Depth {
 public:
  explicit Depth(View text) : m_text(text) {}
  /// Whether the character at `i` stands outside of all; call in order of i.
  bool outside(std::size_t i) {
    const char32_t c = m_text[i];
    if (const auto kind = kOpening.find(c); kind != View::npos) {
      if (m_text.find(kClosing[kind], i + 1) != View::npos) m_open.push_back(kClosing[kind]);
    } else if (!m_open.empty() && c == m_open.back()) {
      m_open.pop_back();
    }
    return m_open.empty();
  }

 private:
  View m_text;
  std::u32string m_open;
};

Span trimmed(View text, Span span) {
  const View blank = U" \t\u3000";
  const View marks = U"，,、；;。！!？?：:";
  while (span.begin < span.end && among(blank, text[span.begin])) ++span.begin;
  while (span.end > span.begin &&
         (among(blank, text[span.end - 1]) || among(marks, text[span.end - 1])))
    --span.end;
  return span;
}

std::optional<Marker> numeral_marker(View text) {
  std::size_t n = 0;
  while (n < text.size() && among(kNumerals, text[n])) ++n;
  if (n == 0 || n > 4 || n >= text.size()) return std::nullopt;
  if (text[n] == U'、' || text[n] == U'.' || text[n] == U'．')
    return Marker{1, std::u32string(text.substr(0, n)), n + 1};
  if (text[n] == U'要' || text[n] == U'是')
    return Marker{5, std::u32string(text.substr(0, n)), n + 1};
  return std::nullopt;
}

std::optional<Marker> part_marker(View text) {
  if (text.empty() || text[0] != U'第') return std::nullopt;
  std::size_t n = 1;
  while (n < text.size() && among(kNumerals, text[n])) ++n;
  if (n == 1 || n >= text.size()) return std::nullopt;
  if (starts(text.substr(n), U"部分"))
    return Marker{1, std::u32string(text.substr(0, n + 2)), n + 2};
  if (among(U"章，,、", text[n])) return Marker{1, std::u32string(text.substr(0, n)), n + 1};
  return std::nullopt;
}

std::optional<Marker> bracket_marker(View text) {
  if (text.empty() || !among(U"（(", text[0])) return std::nullopt;
  std::size_t n = 1;
  while (n < text.size() && (among(kNumerals, text[n]) || is_digit(text[n]))) ++n;
  if (n == 1 || n > 4 || n >= text.size() || !among(U"）)", text[n])) return std::nullopt;
  const int level = is_digit(text[1]) ? 4 : 2;
  return Marker{level, std::u32string(text.substr(1, n - 1)), n + 1};
}

std::optional<Marker> number_marker(View text) {
  constexpr View kCircled = U"①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳";
  if (!text.empty() && among(kCircled, text[0])) return Marker{4, {text[0]}, 1};
  std::size_t n = 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  if (n == 0 || n > 3 || n >= text.size() || !among(U".．、)）", text[n])) return std::nullopt;
  if (n + 1 < text.size() && is_digit(text[n + 1])) return std::nullopt;  // 1.5
  return Marker{3, std::u32string(text.substr(0, n)), n + 1};
}

std::optional<Marker> spoken_marker(View text) {
  for (const View word : {View(U"首先"), View(U"其次"), View(U"再次"), View(U"最后")})
    if (starts(text, word)) return Marker{5, std::u32string(word), word.size()};
  return std::nullopt;
}

enum class Piece { kAction, kAim, kLead, kOther };

/// Adverbs off the front, as many as there are.
View without_adverbs(View text, const Dictionary& words) {
  for (bool found = true; found;) {
    found = false;
    for (const auto& adverb : words.adverbs) {
      if (!starts(text, adverb) || text.size() == adverb.size()) continue;
      text.remove_prefix(adverb.size());
      found = true;
      break;
    }
  }
  return text;
}

bool begins_with_any(View text, const std::vector<std::u32string>& list) {
  return std::any_of(list.begin(), list.end(),
                     [&](const auto& word) { return starts(text, word); });
}

bool holds_any(View text, const std::vector<std::u32string>& list) {
  return std::any_of(list.begin(), list.end(), [&](const auto& word) {
    return word.size() > 1 && text.find(word) != View::npos;
  });
}

/// 向深海要空间; 对考核进行优化; 利用遥感影像核查: what is done stands behind its object or means.
bool acts_behind(View text, const Dictionary& words) {
  if (starts(text, U"向")) return text.find(U'要', 2) != View::npos;
  if (starts(text, U"对") && text.find(U"进行", 2) != View::npos) return true;
  return text.size() > 4 && begins_with_any(text, words.means) &&
         holds_any(text.substr(2), words.actions);
}

/// 6月底前, 上半年 off the front.
View without_time(View text) {
  for (const View word :
       {View(U"上半年"), View(U"下半年"), View(U"年底前"), View(U"年内"), View(U"第一季度"),
        View(U"第二季度"), View(U"第三季度"), View(U"第四季度"), View(U"一季度"), View(U"二季度"),
        View(U"三季度"), View(U"四季度")})
    if (starts(text, word)) return text.substr(word.size());
  if (text.empty() || !is_digit(text.front())) return text;
  const auto end = text.substr(0, 14).find(U'前');
  return end == View::npos ? text : text.substr(end + 1);
}

Piece kind_of(View text, const Dictionary& words) {
  text = without_time(text);
  if (begins_with_any(text, words.aims)) return Piece::kAim;
  if (acts_behind(text, words)) return Piece::kAction;
  if (begins_with_any(text, words.leads)) return Piece::kLead;
  const View verb = without_adverbs(text, words);
  if (begins_with_any(verb, words.actions)) return Piece::kAction;
  // Some adverbs are verbs too ("突出", "加快"): what they precede need not be one.
  if (verb.size() < text.size() && begins_with_any(text, words.actions)) return Piece::kAction;
  return begins_with_any(verb, words.aims) ? Piece::kAim : Piece::kOther;
}

bool is_body(View subject) {
  constexpr View kEnds = U"市局门位镇县区科办企心队会站";
  return subject.size() >= 2 && subject.size() <= 14 && among(kEnds, subject.back()) &&
         subject.find_first_of(U"，,、。“”") == View::npos;
}

struct Cut {
  Span span;
  char32_t before{0};  ///< the mark between it and the piece before
};

std::vector<Cut> cut(View text, Span sentence, View at) {
  std::vector<Cut> out;
  Depth depth(text.substr(0, sentence.end));
  std::size_t begin = sentence.begin;
  char32_t before = 0;
  for (std::size_t i = sentence.begin; i < sentence.end; ++i) {
    if (!depth.outside(i) || !among(at, text[i])) continue;
    out.push_back({{begin, i}, before});
    before = text[i];
    begin = i + 1;
  }
  out.push_back({{begin, sentence.end}, before});
  return out;
}

/// Collects the pieces of one sentence.
class Collector {
 public:
  Collector(View text, const Dictionary& words) : m_text(text), m_words(words) {}

  void add(const Cut& piece) {
    const Span span = trimmed(m_text, piece.span);
    if (span.begin >= span.end) return;
    const bool listed = piece.before == U'、';
    const auto kind =
        in_list(kind_of(m_text.substr(span.begin, span.end - span.begin), m_words), listed);
    if (kind == Piece::kAction)
      begin(span);
    else if (listed)
      extend(span);
    else if (kind != Piece::kOther || !m_out.empty())
      circumstance(span);
    if (!listed || kind == Piece::kAction) m_last = kind;
  }
  std::vector<Action> take() { return std::move(m_out); }

 private:
  bool in_aim() const { return !m_out.empty() && !m_out.back().aims.empty(); }

  /// A list goes on as it began (聚焦高质量发展、高标准服务); what is said to be reached first, or
  /// in a list of things to do, is a thing to do (提升能力，…).
  Piece in_list(Piece kind, bool listed) const {
    if (listed && m_last != Piece::kAction) return Piece::kOther;
    const bool first = m_out.empty() && !m_lead;
    return kind == Piece::kAim && (listed || first) ? Piece::kAction : kind;
  }
  void begin(Span span) {
    // What stood before the first verb (对…, 在…的前提下) belongs to it.
    if (m_lead) span.begin = *m_lead;
    m_lead.reset();
    m_out.push_back({span, {}});
  }
  void extend(Span span) {
    if (m_out.empty()) return;
    if (in_aim())
      m_out.back().aims.back().end = span.end;
    else
      m_out.back().span.end = span.end;
  }
  /// Before the first thing to do it belongs to that (在…的前提下); behind one it is its aim.
  void circumstance(Span span) {
    if (m_out.empty())
      m_lead = m_lead ? m_lead : std::optional<std::size_t>(span.begin);
    else
      m_out.back().aims.push_back(span);
  }

  View m_text;
  const Dictionary& m_words;
  std::vector<Action> m_out;
  std::optional<std::size_t> m_lead;
  Piece m_last{Piece::kOther};
};

}  // namespace

std::vector<Span> sentences(View text, Span within) {
  std::vector<Span> out;
  for (const auto& piece : cut(text, within, U"。！？；!?;")) {
    auto span = piece.span;
    if (span.end < within.end) ++span.end;
    while (span.begin < span.end && among(U" \t\u3000", text[span.begin])) ++span.begin;
    if (trimmed(text, span).begin < trimmed(text, span).end) out.push_back(span);
  }
  return out;
}

std::optional<Marker> marker(View text) {
  for (auto* one : {numeral_marker, part_marker, bracket_marker, number_marker, spoken_marker})
    if (auto found = one(text)) return found;
  return std::nullopt;
}

Duty duty(View sentence) {
  for (const View word :
       {View(U"必须"), View(U"务必"), View(U"应当"), View(U"同时，"), View(U"同时,"), View(U"要")})
    if (starts(sentence, word)) return {word.size(), {}};
  const auto at = sentence.substr(0, 16).find(U'要');
  if (at == View::npos || !is_body(sentence.substr(0, at))) return {};
  return {at + 1, std::u32string(sentence.substr(0, at))};
}

std::vector<Action> actions(View text, Span sentence, const Dictionary& words) {
  sentence.begin += duty(text.substr(sentence.begin, sentence.end - sentence.begin)).size;
  Collector collector(text, words);
  for (const auto& piece : cut(text, sentence, U"，,；;、")) collector.add(piece);
  return collector.take();
}

}  // namespace jinglue::act::plan
