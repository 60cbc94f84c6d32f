// SPDX-License-Identifier: Apache-2.0
// RegisterStory: a scenario of registers as text (tests/scenario/registers/README.md), run against
// a registry with real tables and accounts. Each mistake names file and line.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "registry/detail/value.hpp"
#include "registry/inbox.hpp"
#include "support/records_fixture.hpp"

namespace jinglue::test {

/// A line that begins at the margin, and those that are indented below it.
struct StoryStep {
  int line{0};
  std::vector<std::string> words;
  struct Given {
    std::string key, value;
    std::vector<std::vector<std::string>> table;  ///< with its head
  };
  std::vector<Given> given;
  std::string refused;  ///< what the refusal must say; empty = it must be carried out
};

inline std::string trimmed(const std::string& text) {
  const auto from = text.find_first_not_of(" \t");
  return from == std::string::npos ? ""
                                   : text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

inline std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> out;
  std::stringstream in(line.substr(1));
  for (std::string cell; std::getline(in, cell, '|');) out.push_back(trimmed(cell));
  if (!out.empty() && out.back().empty()) out.pop_back();
  return out;
}

inline std::vector<StoryStep> read_story(const std::filesystem::path& file) {
  std::vector<StoryStep> out;
  std::ifstream in(file);
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (trimmed(line).empty() || trimmed(line)[0] == '#') continue;
    if (line[0] != ' ') {
      StoryStep step;
      step.line = number;
      std::stringstream words(line);
      for (std::string word; words >> word;) step.words.push_back(word);
      out.push_back(std::move(step));
      continue;
    }
    if (out.empty()) throw std::runtime_error(file.string() + ": it begins with an indented line");
    const std::string text = trimmed(line);
    if (text.starts_with("refused ")) {
      out.back().refused = trimmed(text.substr(8));
    } else if (text[0] == '|') {
      out.back().given.back().table.push_back(cells_of(text));
    } else {
      const auto space = text.find(' ');
      out.back().given.push_back({text.substr(0, space),
                                  space == std::string::npos ? "" : trimmed(text.substr(space)),
                                  {}});
    }
  }
  return out;
}

class RegisterStory {
 public:
  explicit RegisterStory(const std::filesystem::path& file) : m_file(file) {}

  void run() {
    const auto steps = read_story(m_file);
    open(!steps.empty() && steps[0].words[0] == "registers" ? steps[0].words.at(1) : "registers");
    // Everyone is there from the beginning, or nobody could be told.
    for (const auto& step : steps) {
      const bool told =
          step.words[0] == "expect" && step.words.size() > 2 && step.words[1] == "told";
      const std::string who = told ? step.words[2] : step.words[0];
      if (access::role_from(who.substr(0, who.find('@')))) actor(who);
    }
    for (const auto& step : steps) {
      try {
        play(step);
      } catch (const std::exception& error) {
        throw std::runtime_error(m_file.filename().string() + ":" + std::to_string(step.line) +
                                 ": " + error.what());
      }
    }
    if (m_checks == 0) throw std::runtime_error("the scenario expects nothing");
  }

 private:
  using Json = base::Json;
  struct Named {
    std::string register_id, id;
  };

  void play(const StoryStep& step) {
    const auto& w = step.words;
    if (w[0] == "registers") return;  // see run()
    if (w[0] == "at") return move_to(w.at(1) + " " + w.at(2));
    if (w[0] == "expect") return expect(step);
    if (w.size() < 3) throw std::runtime_error("what is to be done?");
    if (w[1] == "makes") return make(step);
    if (w[1] == "changes") return change(step);
    if (w[1] == "runs") return transition(step);
    throw std::runtime_error("unknown word '" + w[1] + "'");
  }

  void open(const std::string& folder) {
    const std::filesystem::path source = JINGLUE_SOURCE_DIR;
    m_fixture = std::make_unique<RecordsFixture>(source / folder);
    registry::Options options;
    options.calendar = source / "data/calendar/cn_holidays.csv";
    m_fixture->open(options);
  }
  registry::Registry& registry() { return m_fixture->registry(); }

  /// Local time of the authority. Clocks are looked at as the program does, once in a while.
  void move_to(const std::string& text) {
    const std::string whole = text.size() == 16 ? text + ":00" : text;
    const auto at = base::parse_iso(whole.substr(0, 10) + "T" + whole.substr(11) + "+08:00");
    if (!at) throw std::runtime_error("no time: " + text);
    m_fixture->now = *at;
    registry().sweep(m_fixture->now);
  }

  /// "clerk" or "clerk@rongcheng"; the account is made when it is first named.
  access::Actor actor(const std::string& who) {
    const auto at = who.find('@');
    const auto role = access::role_from(who.substr(0, at));
    if (!role) throw std::runtime_error("no role: " + who);
    if (*role == access::Role::kSystem) return access::Actor::system();
    access::Actor out;
    out.user = who;
    std::replace(out.user.begin(), out.user.end(), '@', '.');
    out.display_name = out.user;
    out.roles = {*role};
    out.district = at == std::string::npos ? "" : who.substr(at + 1);
    if (!m_accounts.insert(out.user).second) return out;
    access::Access quick(m_fixture->database(), access::PasswordCost::least());
    access::User user{out.user, out.user, out.roles, out.district, false, {}};
    const auto added =
        quick.add_user(user, "a long enough Passw0rd", access::Actor::system(), m_fixture->now);
    if (!added) throw std::runtime_error(added.error().text());
    return out;
  }

  const Named& named(const std::string& name) const {
    const auto it = m_names.find(name);
    if (it == m_names.end()) throw std::runtime_error("no record is called " + name);
    return it->second;
  }

  Json value(const registry::Field& f, const StoryStep::Given& given) {
    if (!given.table.empty()) return rows(f, given.table);
    const bool link = f.type == registry::FieldType::kLink || f.type == registry::FieldType::kLinks;
    std::string text = given.value == "-" ? "" : given.value;
    if (link) {
      Json ids = Json::array();
      std::stringstream names(text);
      for (std::string name; names >> name;) ids.push(named(name).id);
      if (ids.items().empty()) return {};
      return f.type == registry::FieldType::kLink ? ids.items()[0] : ids;
    }
    auto read = registry::detail::from_text(f, text);
    if (!read) throw std::runtime_error(read.error().text());
    return *read;
  }

  Json rows(const registry::Field& f, const std::vector<std::vector<std::string>>& table) {
    Json out = Json::array();
    for (std::size_t i = 1; i < table.size(); ++i) {
      Json row = Json::object();
      for (std::size_t c = 0; c < table[0].size() && c < table[i].size(); ++c) {
        const auto column = find(f.columns, table[0][c]);
        Json cell = value(column, {column.key, table[i][c], {}});
        if (!cell.is_null()) row.set(column.key, std::move(cell));
      }
      out.push(std::move(row));
    }
    return out;
  }

  static registry::Field find(const std::vector<registry::Field>& fields, const std::string& key) {
    const auto it = std::find_if(fields.begin(), fields.end(), [&](const registry::Field& f) {
      return f.key == key || f.name.zh == key;
    });
    if (it == fields.end()) throw std::runtime_error("there is no field '" + key + "'");
    return *it;
  }

  Json values(const std::vector<registry::Field>& fields, const StoryStep& step) {
    Json out = Json::object();
    for (const auto& given : step.given) {
      const auto f = find(fields, given.key);
      out.set(f.key, value(f, given));
    }
    return out;
  }

  void judge(const StoryStep& step, const base::Result<registry::Record>& done) {
    if (!step.refused.empty()) {
      ++m_checks;
      if (done) throw std::runtime_error("it was carried out");
      if (done.error().text().find(step.refused) == std::string::npos)
        throw std::runtime_error("it was refused otherwise: " + done.error().text());
    } else if (!done) {
      throw std::runtime_error(done.error().text());
    }
  }

  const registry::Definition& definition(const std::string& id) {
    const auto* d = registry().definition(id);
    if (d == nullptr) throw std::runtime_error("there is no register '" + id + "'");
    return *d;
  }

  void make(const StoryStep& step) {
    const auto& w = step.words;
    const auto& d = definition(w[2]);
    const auto who = actor(w[0]);
    const auto made = registry().create(d.id, values(d.fields, step), m_fixture->by(who));
    judge(step, made);
    if (made) m_names[w.at(3)] = {d.id, made->id};
  }

  void change(const StoryStep& step) {
    const auto& record = named(step.words[2]);
    const auto who = actor(step.words[0]);
    const auto stands = *registry().find(record.register_id, record.id);
    judge(step, registry().patch(record.register_id, record.id, stands.revision,
                                 values(definition(record.register_id).fields, step),
                                 m_fixture->by(who)));
  }

  /// "leader runs approve P": also KEY.approve, KEY.refuse, KEY.withdraw and KEY.undo.
  void transition(const StoryStep& step) {
    const auto& w = step.words;
    const auto& record = named(w.at(3));
    const auto& d = definition(record.register_id);
    const auto who = actor(w[0]);
    const auto dot = w[2].find('.');
    const auto* t = d.transition(w[2].substr(0, dot));
    if (t == nullptr) throw std::runtime_error("there is no transition '" + w[2] + "'");
    Json input = Json::object();
    if (dot == std::string::npos) {
      input = values(t->input, step);
    } else {
      for (const auto& given : step.given) input.set(given.key, given.value);
    }
    judge(step, registry().transition(d.id, record.id, w[2], input, m_fixture->by(who)));
  }

  void expect(const StoryStep& step) {
    ++m_checks;
    const auto& w = step.words;
    if (w.at(1) == "told") return expect_told(step);
    if (w.at(1) == "count") return expect_count(step);
    const auto& of = named(w[1]);
    const bool read = w.size() > 5 && w[4] == "as";  // expect P phone 138****5678 as clerk
    const auto found = read ? registry().find_for(actor(w[5]), of.register_id, of.id)
                            : registry().find(of.register_id, of.id);
    if (!found) return same("-", w.at(3), "the record");
    const auto& record = *found;
    if (w.at(2) == "state") return same(record.state, w.at(3), "state");
    if (w[2] == "clock") return same(clock_state(record, w.at(3)), w.at(4), "clock " + w[3]);
    const auto f = find(definition(of.register_id).fields, w[2]);
    const std::string wanted = w.size() > 3 ? w[3] : "-";
    const std::string shown = registry::detail::to_text(f, record.fields[f.key]);
    same(shown.empty() ? "-" : shown, wanted, f.key);
  }

  static void same(const std::string& is, const std::string& wanted, const std::string& what) {
    if (is != wanted) throw std::runtime_error(what + " is '" + is + "', not '" + wanted + "'");
  }

  std::string clock_state(const registry::Record& record, const std::string& key) {
    std::string out = "-";
    const auto all = registry().clocks_of(record, m_fixture->now);
    for (const auto& run : all.items())
      if (run["key"].as_string() == key) out = run["state"].as_string();
    return out;
  }

  /// expect told WHO WORDS; expect told WHO nothing
  void expect_told(const StoryStep& step) {
    const std::string user = actor(step.words.at(2)).user;
    const std::string wanted = step.words.at(3);
    std::string all;
    for (const auto& n : registry::Inbox(m_fixture->database()).list(user, false, 0, 200).items)
      all += n.text.zh + "\n";
    const bool good = wanted == "nothing" ? all.empty() : all.find(wanted) != std::string::npos;
    if (!good) throw std::runtime_error(user + " was told: " + (all.empty() ? "nothing" : all));
  }

  /// expect count REGISTER FIELD=VALUE N (VALUE may be a name)
  void expect_count(const StoryStep& step) {
    const auto& w = step.words;
    const auto equals = w.at(3).find('=');
    std::string value = w[3].substr(equals + 1);
    if (m_names.contains(value)) value = named(value).id;
    registry::Query query;
    query.equals = {{w[3].substr(0, equals), value}};
    query.now = m_fixture->now;
    const auto page = registry().list(w[2], query);
    if (!page) throw std::runtime_error(page.error().text());
    same(std::to_string(page->total), w.at(4), "count");
  }

  std::filesystem::path m_file;
  std::unique_ptr<RecordsFixture> m_fixture;
  std::map<std::string, Named> m_names;
  std::set<std::string> m_accounts;
  int m_checks{0};
};

}  // namespace jinglue::test
