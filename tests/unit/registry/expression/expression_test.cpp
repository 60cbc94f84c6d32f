// SPDX-License-Identifier: Apache-2.0
// Expressions of definitions: values, absent ones, and what is refused while they are read.
#include "registry/expression/expression.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

using namespace jinglue;
using namespace jinglue::registry::expression;
using base::Decimal;

namespace {

Value number(const char* text) {
  return Value(*Decimal::parse(text));
}
Value day(const char* text) {
  Day out;
  EXPECT_TRUE(read_day(text, out)) << text;
  return Value(out);
}

const std::map<std::string, Type> kFields{
    {"total", Type::kNumber},      {"paid", Type::kNumber},      {"name", Type::kText},
    {"done", Type::kBoolean},      {"due", Type::kDay},          {"at", Type::kInstant},
    {"orientations", Type::kList}, {"right.state", Type::kText}, {"right.area", Type::kNumber}};

std::string joined(const Path& path) {
  std::string out;
  for (const auto& part : path) out += (out.empty() ? "" : ".") + part;
  return out;
}

const Names kNames{[](const Path& path) -> std::optional<Type> {
                     const auto found = kFields.find(joined(path));
                     return found == kFields.end() ? std::nullopt : std::optional(found->second);
                   },
                   [](const std::string& book, const std::string& link,
                      const std::string& field) -> std::optional<Type> {
                     return book == "payment" && link == "project" && field == "amount"
                                ? std::optional(Type::kNumber)
                                : std::nullopt;
                   },
                   [](const Path& of) -> std::shared_ptr<const Names> {
                     if (of != Path{"checklist"} && of != Path{"task", "goal"}) return nullptr;
                     return std::make_shared<const Names>(
                         Names{[](const Path& path) -> std::optional<Type> {
                                 if (joined(path) == "done") return Type::kBoolean;
                                 if (joined(path) == "hours") return Type::kNumber;
                                 return std::nullopt;
                               },
                               [](const std::string&, const std::string&, const std::string&) {
                                 return std::optional<Type>();
                               }});
                   }};

/// A row of the checklist, within the record.
class Row : public Scope {
 public:
  Row(const std::map<std::string, Value>& values, const Scope& around)
      : m_values(values), m_around(around) {}
  Value field(const Path& path) const override {
    const auto found = m_values.find(joined(path));
    return found == m_values.end() ? m_around.field(path) : found->second;
  }
  List linked(const std::string&, const std::string&, const std::string&) const override {
    return {};
  }
  base::Instant now() const override { return m_around.now(); }
  Day today() const override { return m_around.today(); }

 private:
  const std::map<std::string, Value>& m_values;
  const Scope& m_around;
};

class Record : public Scope {
 public:
  std::map<std::string, Value> values;
  List payments;
  Value field(const Path& path) const override {
    const auto found = values.find(joined(path));
    return found == values.end() ? Value() : found->second;
  }
  List linked(const std::string&, const std::string&, const std::string&) const override {
    return payments;
  }
  std::vector<std::map<std::string, Value>> checklist;
  void each(const Path&, const std::function<void(const Scope&)>& visit) const override {
    for (const auto& row : checklist) visit(Row(row, *this));
  }
  base::Instant now() const override { return {1'714'536'000'000}; }
  Day today() const override { return std::get<Day>(day("2024-05-01")); }
};

Record sample() {
  Record out;
  out.values = {{"total", number("100.50")},
                {"paid", number("40.20")},
                {"name", Value(std::string("远遥渔港"))},
                {"done", Value(false)},
                {"due", day("2024-06-30")},
                {"right.state", Value(std::string("registered"))}};
  out.payments = {number("0.1"), Value(), number("0.2")};
  return out;
}

Value worked(const std::string& text, const Record& record = sample()) {
  const auto read = Expression::read(text, kNames);
  if (!read) {
    ADD_FAILURE() << text << ": " << read.error().text();
    return {};
  }
  return read->value(record);
}
bool holds(const std::string& text, const Record& record = sample()) {
  const auto read = Expression::read(text, kNames);
  if (!read) ADD_FAILURE() << text << ": " << read.error().text();
  return read && read->holds(record);
}
std::string refused(const std::string& text) {
  const auto read = Expression::read(text, kNames);
  if (read) {
    ADD_FAILURE() << "read: " << text;
    return {};
  }
  return read.error().where;
}

}  // namespace

TEST(ExpressionTest, numbers_are_exact_and_bind_as_in_school) {
  EXPECT_EQ(worked("0.1 + 0.2"), number("0.3"));
  EXPECT_EQ(worked("1 + 2 * 3 - 4 / 2"), number("5"));
  EXPECT_EQ(worked("(1 + 2) * 3"), number("9"));
  EXPECT_EQ(worked("10 - 3 - 2"), number("5"));
  EXPECT_EQ(worked("-2 * -3"), number("6"));
  EXPECT_EQ(worked("paid / total * 100"), number("40"));
  EXPECT_EQ(worked("round(2.345, 2)"), number("2.35"));
}

TEST(ExpressionTest, conditions_read_as_sentences) {
  EXPECT_TRUE(holds("paid / total * 100 >= 30 and not done"));
  EXPECT_TRUE(holds("right.state in ['registered', 'renewed']"));
  EXPECT_FALSE(holds("right.state in ['cancelled']"));
  EXPECT_TRUE(holds("done or total > paid"));
  EXPECT_TRUE(holds("1 < 2 and 2 < 3 or false"));
  EXPECT_TRUE(holds("not done == true"));
  EXPECT_EQ(worked("if(total > 100, 'large', 'small')"), Value(std::string("large")));
  EXPECT_EQ(worked("length(name)"), number("4"));
}

TEST(ExpressionTest, days_are_counted_on_the_calendar) {
  EXPECT_EQ(worked("days(today, due)"), number("60"));
  EXPECT_EQ(worked("due - today"), number("60"));
  EXPECT_EQ(worked("today + 60"), day("2024-06-30"));
  EXPECT_EQ(worked("date('2024-02-28') + 1"), day("2024-02-29"));
  EXPECT_EQ(worked("year(due) * 100 + month(due)"), number("202406"));
  EXPECT_EQ(worked("max(due, date('2025-01-01'))"), day("2025-01-01"));
  EXPECT_TRUE(holds("due < date('2024-07-01')"));
}

TEST(ExpressionTest, records_that_point_here_are_summed) {
  EXPECT_EQ(worked("sum(linked('payment', 'project', 'amount'))"), number("0.3"));
  EXPECT_EQ(worked("count(linked('payment', 'project', 'amount'))"), number("2"));
  EXPECT_EQ(worked("max(linked('payment', 'project', 'amount'))"), number("0.2"));
  auto none = sample();
  none.payments.clear();
  EXPECT_EQ(worked("sum(linked('payment', 'project', 'amount'))", none), number("0"));
  EXPECT_TRUE(worked("max(linked('payment', 'project', 'amount'))", none).absent());
}

TEST(ExpressionTest, absent_values_make_no_numbers_and_no_truth) {
  const Record nothing;
  EXPECT_TRUE(worked("total + 1", nothing).absent());
  EXPECT_FALSE(holds("total > 0", nothing));
  EXPECT_FALSE(holds("total <= 0", nothing));
  EXPECT_TRUE(holds("total == null", nothing));
  EXPECT_FALSE(holds("total != null", nothing));
  EXPECT_TRUE(holds("total != null"));
  EXPECT_TRUE(holds("empty(total) and empty(orientations)", nothing));
  EXPECT_EQ(worked("coalesce(total, 7)", nothing), number("7"));
  EXPECT_TRUE(worked("total / 0").absent());
  EXPECT_TRUE(worked("999999999999999999 * 10").absent());
  EXPECT_TRUE(worked("today + 999999999").absent());
}

TEST(ExpressionTest, what_it_looks_at_is_known) {
  const auto read = Expression::read("paid + paid > right.area", kNames);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->paths(), (std::vector<Path>{{"paid"}, {"right", "area"}}));
  EXPECT_EQ(read->type(), Type::kBoolean);
}

TEST(ExpressionTest, mistakes_are_named_with_their_column) {
  EXPECT_EQ(refused("paid + nothing"), "column 8");
  EXPECT_EQ(refused("paid + name"), "column 6");
  EXPECT_EQ(refused("paid and done"), "column 6");
  EXPECT_EQ(refused("name > 3"), "column 6");
  EXPECT_EQ(refused("(1 + 2"), "column 7");
  EXPECT_EQ(refused("1 +"), "column 4");
  EXPECT_EQ(refused("1 2"), "column 3");
  EXPECT_EQ(refused("'open"), "column 1");
  EXPECT_EQ(refused("paid = 3"), "column 6");
  EXPECT_EQ(refused("total in [1, 'a']"), "column 14");
  EXPECT_EQ(refused("name in [1]"), "column 6");
  EXPECT_EQ(refused("sum(total)"), "column 1");
  EXPECT_EQ(refused("sum()"), "column 1");
  EXPECT_EQ(refused("shell('x')"), "column 1");
  EXPECT_EQ(refused("linked('payment', 'vessel', 'amount')"), "column 1");
  EXPECT_EQ(refused("date('2023-02-29')"), "column 1");
  EXPECT_EQ(refused("1.2.3"), "column 1");
  EXPECT_EQ(refused("if(done, 1, 'a')"), "column 1");
  EXPECT_EQ(refused(""), "column 1");
  EXPECT_FALSE(Expression::read(std::string(2001, '1'), kNames));
}

TEST(ExpressionTest, depth_has_an_end) {
  EXPECT_FALSE(Expression::read(std::string(200, '(') + "1" + std::string(200, ')'), kNames));
  EXPECT_FALSE(Expression::read(std::string(900, '-') + "1", kNames));
  std::string nots;
  for (int i = 0; i < 400; ++i) nots += "not ";
  EXPECT_FALSE(Expression::read(nots + "done", kNames));
  EXPECT_TRUE(Expression::read(std::string(20, '(') + "1" + std::string(20, ')'), kNames));
}

RC_GTEST_PROP(ExpressionTest, any_text_is_read_or_refused, ()) {
  static const std::vector<std::string> kParts{
      "1",  "paid", "done", "name",  "due",  "(",    ")",   "[",    "]",    ",",
      "+",  "-",    "*",    "/",     "<",    "==",   "and", "or",   "not",  "in",
      "if", "sum",  "'x'",  "today", "null", "true", ".",   "date", "round"};
  const auto picks = *rc::gen::container<std::vector<std::size_t>>(
      rc::gen::inRange<std::size_t>(0, kParts.size()));
  std::string text;
  for (const auto pick : picks) text += kParts[pick] + " ";
  const auto read = Expression::read(text, kNames);
  if (read) {
    const auto value = read->value(sample());
    RC_ASSERT(value.absent() || read->type() == Type::kAbsent || type_of(value) == read->type());
  }
}

TEST(Expression, AsksEachRowOfAChecklist) {
  Record record = sample();
  const auto holds = [&](const char* text) { return worked(text, record) == Value(true); };
  EXPECT_TRUE(holds("all(checklist, done)"));  // nothing left to do
  EXPECT_FALSE(holds("any(checklist, done)"));
  record.checklist = {{{"done", Value(true)}, {"hours", number("1.5")}},
                      {{"done", Value(false)}, {"hours", number("2")}},
                      {{"hours", Value()}, {"done", Value()}}};
  EXPECT_FALSE(holds("all(checklist, done)"));
  EXPECT_TRUE(holds("any(checklist, not done and hours > 1)"));
  EXPECT_TRUE(holds("count(checklist, done) == 1"));
  EXPECT_TRUE(holds("sum(checklist, hours * 2) == 7"));
  EXPECT_TRUE(holds("all(linked('task', 'goal'), hours != 5) and count(checklist, true) == 3"));
}

TEST(Expression, TheNamesOfARowComeBeforeThoseOfTheRecord) {
  Record record = sample();  // its own `done` is false
  record.checklist = {{{"done", Value(true)}}};
  EXPECT_EQ(worked("all(checklist, done) and not done", record), Value(true));
  EXPECT_EQ(worked("all(checklist, total > 100)", record), Value(true));
  const auto read = Expression::read("all(checklist, done and total > 1)", kNames);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->paths(), (std::vector<Path>{{"checklist"}, {"total"}}));
  EXPECT_TRUE(read->own_fields_only());
  EXPECT_FALSE(Expression::read("any(linked('task', 'goal'), done)", kNames)->own_fields_only());
}

TEST(Expression, WhatIsNotAskedOfRowsIsRefusedWithItsColumn) {
  const auto refused = [](const char* text) {
    const auto read = Expression::read(text, kNames);
    return read ? std::string("accepted") : read.error().text();
  };
  EXPECT_NE(refused("all(total, done)").find("has no rows"), std::string::npos);
  EXPECT_NE(refused("done or all(checklist, missing)").find("column 24"), std::string::npos);
  EXPECT_NE(refused("all(checklist, hours)").find("one condition"), std::string::npos);
  EXPECT_NE(refused("sum(checklist, done)").find("one number"), std::string::npos);
  EXPECT_NE(refused("any(checklist)").find("rows and a condition"), std::string::npos);
  EXPECT_NE(refused("all(linked('x', 'y'), done)").find("has no rows"), std::string::npos);
}
