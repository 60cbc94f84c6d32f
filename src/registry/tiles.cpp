// SPDX-License-Identifier: Apache-2.0
#include "registry/tiles.hpp"

#include <algorithm>
#include <chrono>
#include <memory>

#include <fmt/format.h>

#include "registry/cql/filter.hpp"
#include "registry/detail/query.hpp"
#include "registry/detail/rights.hpp"
#include "registry/sight.hpp"
#include "registry/span.hpp"
#include "registry/standing.hpp"
#include "store/database.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using base::Result;
using expression::Day;
using std::chrono::days;
using std::chrono::month;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year_month;
using std::chrono::year_month_day;

constexpr std::int64_t kMostDaysAway = 36'525;  // a century

year_month_day civil(Day day) {
  return year_month_day{sys_days{days{day.days}}};
}
Day day_of(const year_month_day& date) {
  return {sys_days{date}.time_since_epoch().count()};
}

int months_of(TilePeriod period) {
  if (period == TilePeriod::kMonth) return 1;
  return period == TilePeriod::kQuarter ? 3 : 12;
}

year_month begin_of(TilePeriod period, Day day) {
  const auto date = civil(day);
  const int length = months_of(period);
  const unsigned first = (unsigned(date.month()) - 1) / unsigned(length) * unsigned(length) + 1;
  return date.year() / month{first};
}

/// What stands in one pair of braces.
Result<std::string> filled_name(std::string_view name, Day today) {
  const std::string shown = expression::to_text(today);
  if (name == "today") return shown;
  if (name == "year") return shown.substr(0, 4);
  if (name == "month") return shown.substr(0, 7);
  const bool moved = name.starts_with("today+") || name.starts_with("today-");
  const auto count = moved ? base::parse_json(name.substr(6)) : tl::unexpected(base::Error{});
  if (count && count->is_int() && count->as_int() >= 0 && count->as_int() <= kMostDaysAway) {
    return expression::to_text({today.days + (name[5] == '+' ? 1 : -1) * count->as_int()});
  }
  return base::fail(Code::kMalformed, "'{" + std::string(name) + "}' is not known", "filter",
                    "{today}, {today+30}, {today-7}, {year} or {month}");
}

std::string bounds_of(const Field& by, const TileSpan& span, const LocalDays& local) {
  if (by.type == FieldType::kInstant) {
    return fmt::format("{0} >= TIMESTAMP('{1}') AND {0} < TIMESTAMP('{2}')", by.key,
                       base::to_iso(local.begin(span.from)), base::to_iso(local.end(span.to)));
  }
  return fmt::format("{0} >= DATE('{1}') AND {0} <= DATE('{2}')", by.key,
                     expression::to_text(span.from), expression::to_text(span.to));
}

std::string both(const std::string& one, const std::string& other) {
  if (one.empty() || other.empty()) return one + other;
  return "(" + one + ") AND " + other;
}

/// One tile while it is worked out for one person.
class Working {
 public:
  Working(const Registry& registry, const Definition& d, const Tile& tile,
          const access::Actor& actor, base::Instant now)
      : m_registry(registry),
        m_definition(d),
        m_tile(tile),
        m_actor(actor),
        m_now(now),
        m_local{zone_of(d)} {}

  Result<TileValue> run() {
    if (auto may = check(); !may) return tl::unexpected(may.error());
    const Day today = m_local.of(m_now);
    const auto filter = filled_filter(m_tile.cql, today);
    if (!filter) return tl::unexpected(filter.error());
    TileValue out;
    out.definition = &m_definition;
    out.tile = &m_tile;
    out.cql = *filter;
    if (m_tile.period != TilePeriod::kNone) {
      out.span = span_of(m_tile.period, today);
      out.before = span_before(m_tile.period, today);
      out.cql = both(*filter, bounds(*out.span));
    }
    const auto now = totals(out.cql);
    if (!now) return tl::unexpected(now.error());
    take(*now, out);
    if (out.before) {
      const auto then = totals(both(*filter, bounds(*out.before)));
      if (!then) return tl::unexpected(then.error());
      out.previous = number_of(*then);
    }
    const auto judged = m_tile.against.empty() ? out.value : out.percent;
    out.warns = judged && ((m_tile.warn_above && *judged > *m_tile.warn_above) ||
                           (m_tile.warn_below && *judged < *m_tile.warn_below));
    return out;
  }

 private:
  base::Status check() const {
    if (auto seen = detail::may_see(m_definition, m_actor, ""); !seen) return seen;
    for (const auto& key : {m_tile.field, m_tile.against}) {
      const Field* f = m_definition.field(key);
      if (f == nullptr || sight_of(*f, m_actor) == Sight::kPlain) continue;
      return base::fail(Code::kForbidden, "a number over a field that is not for your roles", key);
    }
    return {};
  }
  std::string bounds(const TileSpan& span) const {
    Field by;
    by.type = FieldType::kInstant;  // created_at, changed_at
    if (const Field* f = m_definition.field(m_tile.by); f != nullptr) by = *f;
    by.key = m_tile.by;
    return bounds_of(by, span, m_local);
  }
  Result<detail::Totals> totals(const std::string& cql) const {
    Query query;
    query.now = m_now;
    query.districts = m_actor.reach();
    if (!m_tile.clock.empty()) query.equals = {{"clock", m_tile.clock}};
    if (!cql.empty()) {
      auto filter = cql::read_filter(cql);
      if (!filter) return tl::unexpected(filter.error());
      query.filter = std::make_shared<const cql::Filter>(std::move(*filter));
    }
    if (auto asked = may_ask(m_definition, query, m_actor); !asked) {
      return tl::unexpected(asked.error());
    }
    std::vector<std::string> fields;
    for (const auto& key : {m_tile.field, m_tile.against}) {
      if (!key.empty()) fields.push_back(key);
    }
    return m_registry.records().read(
        [&](store::Db& db) { return detail::run_totals(db, m_definition, query, fields); });
  }
  std::optional<double> number_of(const detail::Totals& totals) const {
    if (m_tile.kind == TileKind::kCount) return double(totals.records);
    const auto& field = totals.fields.front();
    if (m_tile.kind == TileKind::kSum) return field.sum;
    if (field.records == 0) return std::nullopt;
    return field.sum / double(field.records);
  }
  void take(const detail::Totals& totals, TileValue& out) const {
    out.records = totals.records;
    out.value = number_of(totals);
    if (m_tile.against.empty()) return;
    out.against = totals.fields.back().sum;
    if (*out.against > 0) out.percent = 100 * *out.value / *out.against;
  }

  const Registry& m_registry;
  const Definition& m_definition;
  const Tile& m_tile;
  const access::Actor& m_actor;
  base::Instant m_now;
  LocalDays m_local;
};

}  // namespace

Result<std::string> filled_filter(const std::string& cql, Day today) {
  std::string out;
  for (std::size_t at = 0; at < cql.size();) {
    const auto open = std::min(cql.find('{', at), cql.size());
    out += cql.substr(at, open - at);
    if (open == cql.size()) break;
    const auto close = cql.find('}', open);
    if (close == std::string::npos) {
      return base::fail(Code::kMalformed, "a '{' is not closed", "filter");
    }
    const auto filled =
        filled_name(std::string_view(cql).substr(open + 1, close - open - 1), today);
    if (!filled) return filled;
    out += *filled;
    at = close + 1;
  }
  return out;
}

TileSpan span_of(TilePeriod period, Day day) {
  return {day_of(begin_of(period, day) / 1), day};
}

TileSpan span_before(TilePeriod period, Day day) {
  const auto begin = begin_of(period, day);
  const Day first = day_of((begin - months{months_of(period)}) / 1);
  if (period == TilePeriod::kYear) {  // the same date of the year before, also in leap years
    const auto date = civil(day);
    year_month_day same{date.year() - std::chrono::years{1}, date.month(), date.day()};
    if (!same.ok()) same = same.year() / same.month() / std::chrono::last;
    return {first, day_of(same)};
  }
  const Day last{day_of(begin / 1).days - 1};
  const std::int64_t into = day.days - day_of(begin / 1).days;
  return {first, {std::min(first.days + into, last.days)}};
}

Result<TileValue> tile_value(const Registry& registry, const Definition& d, const Tile& tile,
                             const access::Actor& actor, base::Instant now) {
  return Working(registry, d, tile, actor, now).run();
}

std::vector<TileValue> tiles_for(const Registry& registry, const access::Actor& actor,
                                 base::Instant now) {
  std::vector<TileValue> out;
  for (const auto& d : registry.definitions()) {
    if (!d.enabled()) continue;
    for (const auto& tile : life_of(d).tiles) {
      // What is not for this person is not there.
      if (auto value = tile_value(registry, d, tile, actor, now)) out.push_back(std::move(*value));
    }
  }
  return out;
}

}  // namespace jinglue::registry
