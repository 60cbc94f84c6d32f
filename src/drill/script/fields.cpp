// SPDX-License-Identifier: Apache-2.0
#include "drill/script/fields.hpp"

#include <charconv>
#include <string_view>

namespace jinglue::drill::script {
namespace {

constexpr std::int64_t kHour_ms = 3'600'000;

/// Numbers of one or two digits with signs between; what does not fit makes it bad.
class Reader {
 public:
  explicit Reader(std::string_view text) : m_rest(text) {}
  int number(int least, int greatest) {
    int value = 0;
    std::size_t digits = 0;
    for (; digits < 2 && digits < m_rest.size() && is_digit(m_rest[digits]); ++digits) {
      value = value * 10 + (m_rest[digits] - '0');
    }
    m_rest.remove_prefix(digits);
    m_good = m_good && digits > 0 && value >= least && value <= greatest;
    return value;
  }
  void sign(char expected) {
    m_good = m_good && !m_rest.empty() && m_rest.front() == expected;
    if (m_good) m_rest.remove_prefix(1);
  }
  bool at_end() const { return m_rest.empty(); }
  bool good() const { return m_good; }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  std::string_view m_rest;
  bool m_good{true};
};

}  // namespace

void Fields::complain(const base::ConfigNode& node, const std::string& message,
                      const std::string& hint) {
  if (!m_error) m_error = node.error(base::Code::kMalformed, message, hint).value();
}

void Fields::only(const base::ConfigNode& table, std::initializer_list<std::string_view> keys) {
  if (const auto status = table.only(keys); !status && !m_error) m_error = status.error();
}

std::string Fields::text(const base::ConfigNode& node) {
  auto out = take(node.string(), std::string());
  if (out.empty()) complain(node, "must not be empty");
  return out;
}

std::string Fields::text(const base::ConfigNode& node, std::string otherwise) {
  return take(node.string_or(std::move(otherwise)), std::string());
}

std::vector<std::string> Fields::texts(const base::ConfigNode& node) {
  if (!node) return {};
  return take(node.strings(), std::vector<std::string>());
}

std::int64_t Fields::whole(const base::ConfigNode& node, std::int64_t otherwise) {
  constexpr std::int64_t kMost = 2'000'000'000;  // fits an int; an MMSI is smaller
  const std::int64_t value = take(node.integer_or(otherwise), otherwise);
  if (value >= -kMost && value <= kMost) return value;
  complain(node, std::to_string(value) + " is out of range");
  return otherwise;
}

double Fields::number(const base::ConfigNode& node, double otherwise) {
  return take(node.number_or(otherwise), otherwise);
}

bool Fields::flag(const base::ConfigNode& node) {
  return take(node.boolean_or(false), false);
}

std::optional<Range> Fields::range(const base::ConfigNode& node) {
  if (!node) return std::nullopt;
  Range out;
  if (node.kind() == base::ConfigNode::Kind::kArray) {
    if (node.items().size() != 2) complain(node, "a range is [LOW, HIGH]");
    if (node.items().size() != 2) return out;
    out = {take(node.items()[0].number(), 0.0), take(node.items()[1].number(), 0.0)};
  } else {
    out.low = out.high = take(node.number(), 0.0);
  }
  if (out.low < 0 || out.high < out.low) complain(node, "a range is not negative and ascends");
  return out;
}

std::optional<geo::LatLon> Fields::point(const base::ConfigNode& node) {
  if (!node) return std::nullopt;
  if (node.items().size() != 2) {
    complain(node, "a point is [LATITUDE, LONGITUDE] in degrees");
    return std::nullopt;
  }
  const geo::LatLon p{take(node.items()[0].number(), 0.0), take(node.items()[1].number(), 0.0)};
  if (!(std::abs(p.lat_deg) < 85 && std::abs(p.lon_deg) <= 180)) {
    complain(node, "a point is not on the sea", "latitude comes first");
  }
  return p;
}

base::Words Fields::words(const base::ConfigNode& table, const std::string& key) {
  return {text(table[key + "_zh"]), text(table[key + "_en"])};
}

base::Instant Fields::local(const base::ConfigNode& node) {
  const auto civil = take(node.local_time(), base::CivilTime{});
  return take(base::to_instant(civil, m_calendar.timezone), base::Instant{});
}

std::int64_t Fields::clock_ms(const base::ConfigNode& node, bool daily) {
  const std::string form = text(node);
  Reader in(form);
  int month = 1, day = 1;
  if (!daily) {
    month = in.number(1, 12);
    in.sign('-');
    day = in.number(1, 31);
    in.sign(' ');
  }
  const int hour = in.number(0, 23);
  in.sign(':');
  const int minute = in.number(0, 59);
  int second = 0;
  if (!in.at_end()) {
    in.sign(':');
    second = in.number(0, 59);
  }
  if (!in.good() || !in.at_end()) {
    complain(node, "'" + form + "' is no time",
             daily ? "in a daily plan: \"05:30\"" : "month-day hour:minute: \"05-01 13:20\"");
    return 0;
  }
  if (daily) return (std::int64_t{hour} * 3600 + std::int64_t{minute} * 60 + second) * 1000;
  const base::CivilTime civil{m_calendar.year, month, day, hour, minute, second};
  return take(base::to_instant(civil, m_calendar.timezone), base::Instant{}).ms;
}

std::optional<base::Instant> Fields::moment(const base::ConfigNode& node) {
  if (!node) return std::nullopt;
  return base::Instant{clock_ms(node, false)};
}

std::optional<Window> Fields::window(const base::ConfigNode& node, bool daily) {
  if (!node) return std::nullopt;
  Window out;
  if (node.kind() == base::ConfigNode::Kind::kArray && node.items().size() == 2) {
    out = {clock_ms(node.items()[0], daily), clock_ms(node.items()[1], daily)};
  } else {
    out.low_ms = out.high_ms = clock_ms(node, daily);
  }
  if (out.high_ms < out.low_ms) complain(node, "a window ends before it begins");
  return out;
}

std::int64_t Fields::duration_ms(const base::ConfigNode& node) {
  const std::string form = text(node);
  std::int64_t count = -1;
  const char* end = form.data() + form.size();
  const auto parsed = std::from_chars(form.data(), end, count);
  const char unit = parsed.ec == std::errc{} && end - parsed.ptr == 1 ? *parsed.ptr : '\0';
  const std::int64_t scale = unit == 's' ? 1000 : unit == 'm' ? 60'000 : unit == 'h' ? kHour_ms : 0;
  constexpr std::int64_t kMost = std::int64_t{366} * 24 * kHour_ms;
  if (scale == 0 || count < 0 || count > kMost / scale) {
    complain(node, "'" + form + "' is no duration of up to a year",
             "such as \"90s\", \"45m\" or \"2h\"");
    return 0;
  }
  return count * scale;
}

std::optional<Window> Fields::duration(const base::ConfigNode& node) {
  if (!node) return std::nullopt;
  Window out;
  if (node.kind() == base::ConfigNode::Kind::kArray && node.items().size() == 2) {
    out = {duration_ms(node.items()[0]), duration_ms(node.items()[1])};
  } else {
    out.low_ms = out.high_ms = duration_ms(node);
  }
  if (out.high_ms < out.low_ms) complain(node, "a window ends before it begins");
  return out;
}

}  // namespace jinglue::drill::script
