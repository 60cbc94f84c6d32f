// SPDX-License-Identifier: Apache-2.0
#include "detect/episode/share.hpp"

#include "model/fix_bytes.hpp"
#include "picture/identity/facts_bytes.hpp"

namespace jinglue::detect {
namespace {

constexpr std::uint32_t kNull = UINT32_MAX;

void put_instant(base::ByteWriter& out, const std::optional<base::Instant>& t) {
  out.put_optional(t ? std::optional(t->ms) : std::nullopt);
}
std::optional<base::Instant> get_instant(base::ByteReader& in) {
  const auto ms = in.get_optional<std::int64_t>();
  return ms ? std::optional(base::Instant{*ms}) : std::nullopt;
}

void put_span(base::ByteWriter& out, const TimeSpan& span) {
  out.put(span.from.ms);
  out.put(span.to.ms);
}
TimeSpan get_span(base::ByteReader& in) {
  TimeSpan span;
  span.from = {in.get<std::int64_t>()};
  span.to = {in.get<std::int64_t>()};
  return span;
}

void put_measures(base::ByteWriter& out, const Measures& m) {
  out.put(m.fixes);
  out.put(m.speeds);
  out.put(m.speed_sum_ckn);
  out.put(m.speed_min_ckn);
  out.put(m.speed_max_ckn);
  out.put(m.sailed_m);
}
Measures get_measures(base::ByteReader& in) {
  Measures m;
  m.fixes = in.get<std::uint32_t>();
  m.speeds = in.get<std::uint32_t>();
  m.speed_sum_ckn = in.get<std::uint64_t>();
  m.speed_min_ckn = in.get<std::uint16_t>();
  m.speed_max_ckn = in.get<std::uint16_t>();
  m.sailed_m = in.get<double>();
  return m;
}

void put_numbers(base::ByteWriter& out, const std::vector<std::uint32_t>& list) {
  out.put(std::uint32_t(list.size()));
  for (const auto number : list) out.put(number);
}

void put_view(base::ByteWriter& out, const SubjectView& view) {
  out.put(std::uint8_t(view.vessel != nullptr));
  if (view.vessel) picture::put_facts(out, *view.vessel);
  out.put(view.kind);
  out.put_text(view.name);
  out.put_optional(view.length_m);
  out.put_text(view.side_number);
  out.put_text(view.flag);
  out.put(view.flag_source);
}
SubjectView get_view(base::ByteReader& in) {
  SubjectView view;
  if (in.get<std::uint8_t>() != 0) {
    view.vessel = std::make_shared<const model::VesselFacts>(picture::get_facts(in));
  }
  view.kind = in.get<model::VesselKind>();
  view.name = std::string(in.get_text());
  view.length_m = in.get_optional<double>();
  view.side_number = std::string(in.get_text());
  view.flag = std::string(in.get_text());
  view.flag_source = in.get<picture::FlagSource>();
  return view;
}

}  // namespace

bool ShareWriter::number(Numbers& known, const void* shared) {
  if (shared == nullptr) {
    out.put(kNull);
    return false;
  }
  const auto [at, fresh] = known.emplace(shared, std::uint32_t(known.size()));
  out.put(at->second);
  return fresh;
}

void ShareWriter::put(const std::shared_ptr<const Sender>& sender) {
  if (!number(m_senders, sender.get())) return;
  put_view(out, sender->view);
  out.put(sender->terminal.value);
  out.put(sender->since);
}

void ShareWriter::put(const std::shared_ptr<const Marks>& marks) {
  if (!number(m_marks, marks.get())) return;
  out.put(std::uint32_t(marks->size()));
  for (const auto& mark : *marks) put(mark);
}

void ShareWriter::put(const ViewPtr& view) {
  if (!number(m_views, view.get())) return;
  out.put(view->group);
  out.put(view->rule);
  out.put(view->key);
  out.put(view->severity);
  out.put(view->title);
  put_span(out, view->season);
  out.put(view->begin.ms);
  out.put(view->last.ms);
  put_instant(out, view->end);
  out.put(view->cause);
  out.put(view->berth);
  out.put(view->berth_since.ms);
  put_measures(out, view->measures);
  put_numbers(out, view->replaced);
  put(view->who);
  put(view->marks);
}

void ShareWriter::put(const Mark& mark) {
  out.put(mark.time.ms);
  out.put(mark.position.lat);
  out.put(mark.position.lon);
  out.put_optional(mark.sog_ckn);
  out.put_optional(mark.cog_cdeg);
  model::put_track(out, mark.track);
  out.put(mark.offset);
}

void ShareWriter::put(const model::Subject& subject) {
  out.put(subject.kind);
  out.put_text(subject.id);
  out.put_text(subject.role);
  out.put_text(subject.label);
}

void ShareWriter::put(const Tracker& t) {
  out.put(t.group);
  out.put(t.rule);
  for (const bool flag : {t.open, t.came_in, t.late_return, t.left_berth}) {
    out.put(std::uint8_t(flag));
  }
  out.put(t.out_cause);
  out.put(t.in_count);
  out.put(t.out_count);
  out.put(t.berth);
  out.put(t.berth_since.ms);
  put_span(out, t.season);
  out.put(t.begin.ms);
  out.put(t.key);
  out.put(t.last.ms);
  out.put(t.out_since.ms);
  out.put(t.extensions);
  put_instant(out, t.astray_since);
  out.put(t.nearest_m);
  out.put(t.spacing_ms);
  put_measures(out, t.measures);
  put(t.last_mark);
  put(t.out_mark);
  put_numbers(out, t.replaced);
  put(t.who);
  put(t.marks);
  put(t.view);
}

void ShareWriter::put(const State& state) {
  out.put(std::uint8_t(state.last.has_value()));
  if (state.last) model::put_fix(out, *state.last);
  out.put(state.count);
  state.berth.save(out);
  out.put(std::uint32_t(state.trackers.size()));
  for (const auto& tracker : state.trackers) put(tracker);
}

std::uint32_t ShareReader::count() {
  const auto n = in.get<std::uint32_t>();
  if (n <= in.left()) return n;
  refuse();
  return 0;
}

std::uint32_t ShareReader::rule_number() {
  const auto n = in.get<std::uint32_t>();
  if (m_pack == nullptr || n >= m_pack->rules().size()) refuse();
  return n;
}

std::uint32_t ShareReader::group_number() {
  const auto n = in.get<std::uint32_t>();
  if (m_pack == nullptr || n >= m_pack->groups().size()) refuse();
  return n;
}

std::uint32_t ShareReader::zone_number() {
  const auto n = in.get<std::uint32_t>();
  if (n != kNoIndex && (m_pack == nullptr || n >= m_pack->zones().size())) refuse();
  return n;
}

template <class T, class Read>
std::shared_ptr<const T> ShareReader::shared(std::vector<std::shared_ptr<const T>>& known,
                                             const Read& read) {
  const auto n = in.get<std::uint32_t>();
  if (n == kNull) return nullptr;
  if (n < known.size()) return known[n];
  if (n != known.size() || !ok()) {
    refuse();
    return nullptr;
  }
  known.push_back(nullptr);
  auto value = read();
  known[n] = value;
  return value;
}

std::shared_ptr<const Sender> ShareReader::sender() {
  return shared(m_senders, [&] {
    const SubjectView view = get_view(in);
    const model::TerminalId terminal{in.get<std::uint64_t>()};
    const auto since = in.get<std::uint64_t>();
    return make_sender(view, terminal, since, m_pack);
  });
}

std::shared_ptr<const Marks> ShareReader::marks() {
  return shared(m_marks, [&] {
    auto out = std::make_shared<Marks>();
    for (auto n = count(); n > 0 && ok(); --n) out->push_back(mark());
    return std::shared_ptr<const Marks>(std::move(out));
  });
}

ViewPtr ShareReader::view() {
  return shared(m_views, [&] {
    auto v = std::make_shared<View>();
    v->group = group_number();
    v->rule = rule_number();
    v->key = in.get<std::uint64_t>();
    v->severity = in.get<model::Severity>();
    v->title = in.get<Title>();
    v->season = get_span(in);
    v->begin = {in.get<std::int64_t>()};
    v->last = {in.get<std::int64_t>()};
    v->end = get_instant(in);
    v->cause = in.get<Cause>();
    v->berth = zone_number();
    v->berth_since = {in.get<std::int64_t>()};
    v->measures = get_measures(in);
    for (auto n = count(); n > 0 && ok(); --n) v->replaced.push_back(rule_number());
    v->who = sender();
    v->marks = marks();
    if (!v->who || !v->marks || v->cause > Cause::kMoment) refuse();
    return ViewPtr(std::move(v));
  });
}

Mark ShareReader::mark() {
  Mark m;
  m.time = {in.get<std::int64_t>()};
  m.position.lat = in.get<std::int32_t>();
  m.position.lon = in.get<std::int32_t>();
  m.sog_ckn = in.get_optional<std::uint16_t>();
  m.cog_cdeg = in.get_optional<std::uint16_t>();
  m.track = model::get_track(in);
  m.offset = in.get<std::uint64_t>();
  return m;
}

model::Subject ShareReader::subject() {
  model::Subject s;
  s.kind = in.get<model::SubjectKind>();
  s.id = std::string(in.get_text());
  s.role = std::string(in.get_text());
  s.label = std::string(in.get_text());
  return s;
}

Tracker ShareReader::tracker() {
  Tracker t;
  t.group = group_number();
  t.rule = rule_number();
  for (bool* flag : {&t.open, &t.came_in, &t.late_return, &t.left_berth}) {
    *flag = in.get<std::uint8_t>() != 0;
  }
  t.out_cause = in.get<Cause>();
  t.in_count = in.get<std::uint32_t>();
  t.out_count = in.get<std::uint32_t>();
  t.berth = zone_number();
  t.berth_since = {in.get<std::int64_t>()};
  t.season = get_span(in);
  t.begin = {in.get<std::int64_t>()};
  t.key = in.get<std::uint64_t>();
  t.last = {in.get<std::int64_t>()};
  t.out_since = {in.get<std::int64_t>()};
  t.extensions = in.get<std::int64_t>();
  t.astray_since = get_instant(in);
  t.nearest_m = in.get<double>();
  t.spacing_ms = in.get<std::int64_t>();
  t.measures = get_measures(in);
  t.last_mark = mark();
  t.out_mark = mark();
  for (auto n = count(); n > 0 && ok(); --n) t.replaced.push_back(rule_number());
  t.who = sender();
  t.marks = marks();
  t.view = view();
  if (!t.who || !t.marks) refuse();
  return t;
}

State ShareReader::state() {
  State s;
  if (in.get<std::uint8_t>() != 0) s.last = model::get_fix(in);
  s.count = in.get<std::uint64_t>();
  s.berth = picture::BerthState::load(in);
  for (auto n = count(); n > 0 && ok(); --n) s.trackers.push_back(tracker());
  return s;
}

}  // namespace jinglue::detect
