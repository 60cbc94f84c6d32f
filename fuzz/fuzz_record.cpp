// SPDX-License-Identifier: Apache-2.0
// Fuzz target of what people send to registers. By the first octet the input is the value of one
// field, a whole record, or a question to a list. Whatever it is: a value that is taken is its own
// canonical form and reads back from its text, a record that is taken is read back as it was
// stored, a question gives a page or an error, and never reaches SQL as anything but a value.
#include <fstream>
#include <string>
#include <string_view>

#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "fuzz/require.hpp"
#include "registry/detail/value.hpp"
#include "registry/registry.hpp"
#include "support/records_fixture.hpp"

namespace {

using namespace jinglue;
using base::Json;
using fuzz::require;

constexpr const char* kRegister = R"(schema = 1
id = "thing"
zh = "物"
en = "Thing"
title = "text"
fields = [
  { key = "text", zh = "一", en = "One", type = "text", searched = true, listed = true },
  { key = "form", zh = "二", en = "Two", type = "text", pattern = "[一-龥]{1,3}[A-Z]*(-[0-9]+)?" },
  { key = "long", zh = "三", en = "Three", type = "long_text", searched = true },
  { key = "count", zh = "四", en = "Four", type = "integer" },
  { key = "size", zh = "五", en = "Five", type = "number", max = 1e300 },
  { key = "yes", zh = "六", en = "Six", type = "boolean" },
  { key = "day", zh = "七", en = "Seven", type = "date" },
  { key = "at", zh = "八", en = "Eight", type = "instant" },
  { key = "kind", zh = "九", en = "Nine", type = "choice", choices = [
    { key = "a", zh = "甲", en = "Kind A" }, { key = "b", zh = "乙", en = "Kind B" } ] },
  { key = "kinds", zh = "十", en = "Ten", type = "choices", searched = true },
  { key = "other", zh = "十一", en = "Eleven", type = "link", link = "thing" },
  { key = "rows", zh = "十二", en = "Twelve", type = "rows", columns = [
    { key = "terminal", zh = "号", en = "Number", type = "text" },
    { key = "from", zh = "自", en = "From", type = "instant" },
    { key = "to", zh = "至", en = "To", type = "instant", after = "from" } ] },
  { key = "place", zh = "十三", en = "Thirteen", type = "geometry" },
  { key = "price", zh = "十四", en = "Fourteen", type = "money" },
]
)";

class Things {
 public:
  Things() : m_records(definitions()) {
    for (int i = 0; i < 5; ++i) {
      auto made = registry().create(
          "thing", Json::object({{"text", "物" + std::to_string(i)}, {"count", i / 2}}),
          m_records.by(m_records.program));
      require(made.has_value());
    }
  }
  registry::Registry& registry() { return m_records.registry(); }
  const registry::Definition& definition() { return *registry().definition("thing"); }
  registry::Write write() { return m_records.by(m_records.program); }

 private:
  std::filesystem::path definitions() {
    base::set_log_level(base::Level::kError);
    std::ofstream(m_folder / "thing.toml") << kRegister;
    return m_folder.path();
  }
  test::TempFolder m_folder;
  test::RecordsFixture m_records;
};

Things& things() {
  static Things out;
  return out;
}

void check_value(const registry::Field& field, std::string_view text) {
  using namespace registry::detail;
  const auto json = base::parse_json(text);
  const auto value = json ? canonical(field, *json) : from_text(field, text);
  if (!value) return require(value.error().where.starts_with(field.key));
  const auto again = canonical(field, *value);
  require(again.has_value() && *again == *value);
  const auto back = from_text(field, to_text(field, *value));
  require(back.has_value() && *back == *value);
}

void check_record(std::string_view text) {
  const auto fields = base::parse_json(text);
  if (!fields) return;
  auto& registry = things().registry();
  const auto undone = registry.together([&]() -> base::Status {
    const auto made = registry.create("thing", *fields, things().write());
    if (made) {
      const auto found = registry.find("thing", made->id);
      require(found && registry::to_json(*found) == registry::to_json(*made));
      require(registry::to_json(registry::record_from_json(registry::to_json(*made))) ==
              registry::to_json(*made));
    }
    return base::fail(base::Code::kConflict, "only to see");
  });
  require(!undone);
}

/// Text, sort, cursor (JSON stands for its hexadecimal form), then KEY=VALUE, each a line.
void check_list(std::string_view text) {
  registry::Query query;
  const auto lines = base::split(text, '\n');
  query.limit = 2;
  query.text = lines[0];
  if (lines.size() > 1) query.sort = lines[1];
  if (lines.size() > 2) {
    query.cursor = lines[2].starts_with('{') ? base::to_hex(lines[2]) : std::string(lines[2]);
  }
  for (std::size_t i = 3; i < lines.size() && i < 8; ++i) {
    const auto equals = std::min(lines[i].find('='), lines[i].size());
    query.equals.emplace_back(lines[i].substr(0, equals),
                              lines[i].substr(std::min(equals + 1, lines[i].size())));
  }
  for (int pages = 0; pages < 5; ++pages) {
    const auto page = things().registry().list("thing", query);
    if (!page) return;
    require(page->items.size() <= 2 && page->items.size() <= page->total && page->total <= 5);
    if (page->next.empty()) return;
    query.cursor = page->next;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto& fields = things().definition().fields;
  if (data[0] == '?') {
    check_list(text);
  } else if (data[0] == '+') {
    check_record(text);
  } else {
    check_value(fields[data[0] % fields.size()], text);
  }
  return 0;
}
