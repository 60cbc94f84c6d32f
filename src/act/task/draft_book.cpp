// SPDX-License-Identifier: Apache-2.0
#include "act/task/draft_book.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "act/task/draft_edit.hpp"
#include "act/task/draft_limits.hpp"
#include "act/task/draft_rows.hpp"
#include "act/task/record_maker.hpp"
#include "base/hash.hpp"
#include "base/ids.hpp"
#include "base/utf32.hpp"
#include "registry/registry.hpp"

namespace jinglue::act::task {
namespace {

using access::Action;
using base::Code;
using base::Json;

base::Status may_edit(const access::Actor& actor, const std::string& district) {
  return access::authorise(actor, Action::kEditPlans, {"plan", district});
}

tl::unexpected<base::Error> missing(const std::string& id) {
  return base::fail(Code::kMissing, "there is no such plan: " + id, "plan");
}

/// What kind of document its title names.
std::string kind_of(const std::string& title) {
  struct Word {
    std::string_view word, kind;
  };
  constexpr std::array<Word, 12> kWords = {{{"任务清单", "task_list"},
                                            {"任务分解", "task_list"},
                                            {"责任清单", "task_list"},
                                            {"工作要点", "work_points"},
                                            {"工作计划", "work_points"},
                                            {"行动计划", "work_points"},
                                            {"讲话", "speech"},
                                            {"纪要", "minutes"},
                                            {"通知", "notice"},
                                            {"方案", "notice"},
                                            {"意见", "notice"},
                                            {"会议", "conference"}}};
  for (const auto& [word, kind] : kWords)
    if (title.find(word) != std::string::npos) return std::string(kind);
  return "other";
}

DocumentFacts facts_of(const plan::WorkDocument& document, const std::string& file_name) {
  DocumentFacts out;
  auto title = base::to_utf32(document.title.empty() ? file_name : document.title);
  if (title.size() > kMostTitle) title.resize(kMostTitle);
  out.title = base::to_utf8(title);
  if (out.title.empty()) out.title = "…";
  out.kind = kind_of(out.title);
  if (is_date(document.date)) out.date = document.date;
  out.year = document.year;
  return out;
}

Draft draft_of(const NewDraft& from, const access::Actor& actor, base::Instant now) {
  Draft out;
  out.id = base::new_uuid7(now);
  out.revision = 1;
  out.owner = actor.user;
  out.district = actor.district;
  out.created = out.changed = now;
  out.facts = facts_of(from.document, from.file_name);
  out.file_name = from.file_name;
  out.form = from.form;
  out.file_hash = base::sha256_hex(from.bytes);
  out.text_hash = hash_of(from.document.text);
  out.han = from.document.text.han;
  out.noise = from.document.text.removed.size();
  out.nodes = draft_nodes(from.document.nodes, out.next_node);
  out.counts = counts_of(out.nodes);
  return out;
}

base::Status check_size(const Draft& draft) {
  if (draft.nodes.empty())
    return base::fail(Code::kMissing, "nothing that is to be done was found in the text", "text",
                      "measures begin with a verb or 要, or stand in numbered items");
  if (draft.next_node > std::int64_t(kMostNodes))
    return base::fail(Code::kTooLarge,
                      fmt::format("the document has {} items, a plan has at most {}",
                                  draft.next_node - 1, kMostNodes),
                      "text", "hand it in by parts");
  return {};
}

Json made_json(const Made& made) {
  Json goals = Json::array(), tasks = Json::array();
  for (const auto& id : made.goals) goals.push(id);
  for (const auto& id : made.tasks) tasks.push(id);
  return Json::object(
      {{"document", made.document}, {"goals", std::move(goals)}, {"tasks", std::move(tasks)}});
}

Made made_of(const Json& json) {
  Made out;
  out.document = json["document"].as_string();
  for (const auto& id : json["goals"].items()) out.goals.push_back(id.as_string());
  for (const auto& id : json["tasks"].items()) out.tasks.push_back(id.as_string());
  return out;
}

base::Status check_revision(const Draft& draft, std::int64_t seen) {
  if (draft.revision == seen) return {};
  return base::fail(Code::kConflict,
                    fmt::format("the plan is at revision {}, you saw {}", draft.revision, seen),
                    "revision", "load it again");
}

}  // namespace

DraftBook::DraftBook(store::Database& records, access::Access& access, registry::Registry& registry,
                     std::filesystem::path files)
    : m_records(records), m_access(access), m_registry(registry), m_files(std::move(files)) {
  m_records.migrate("plan", draft_migrations());
}

/// Under a name of its own until it is whole; the name of its hash is then true.
void DraftBook::keep_file(const std::string& hash, const std::string& bytes) const {
  const auto file = m_files / hash;
  if (std::filesystem::exists(file)) return;
  std::filesystem::create_directories(m_files);
  const auto part = m_files / (hash + "." + base::random_token(6) + ".part");
  std::ofstream out(part, std::ios::binary);
  out.write(bytes.data(), std::streamsize(bytes.size()));
  out.close();
  if (!out) {
    std::filesystem::remove(part);
    throw base::WorldError("the document cannot be kept", part.string(),
                           "check the free space of the data folder");
  }
  std::filesystem::rename(part, file);
}

base::Result<Draft> DraftBook::create(const NewDraft& from, const access::Actor& actor,
                                      base::Instant now, const std::string& key) {
  if (auto may = may_edit(actor, actor.district); !may) return tl::unexpected(may.error());
  const Draft fresh = draft_of(from, actor, now);
  if (auto fits = check_size(fresh); !fits) return tl::unexpected(fits.error());
  keep_file(fresh.file_hash, from.bytes);
  return m_records.write([&](store::Db& db) -> base::Result<Draft> {
    if (auto there = draft_by_key(db, key)) return std::move(*there);
    std::size_t open = 0;
    for (const auto& other : all_drafts(db)) open += other.district == fresh.district ? 1 : 0;
    if (open >= kMostDrafts)
      return base::fail(Code::kTooMany, fmt::format("there are {} plans already", open), "plan",
                        "remove those that are not needed");
    keep_text(db, fresh.text_hash, from.document.text);
    insert_draft(db, fresh, key);
    m_access.audit(actor, "plan.create", "plan/" + fresh.id,
                   Json::object({{"title", fresh.facts.title},
                                 {"file_hash", fresh.file_hash},
                                 {"measures", std::uint64_t{fresh.counts.measures}}}),
                   now);
    return fresh;
  });
}

base::Result<std::vector<Draft>> DraftBook::list(const access::Actor& actor) const {
  if (auto may = may_edit(actor, actor.district); !may) return tl::unexpected(may.error());
  auto all = m_records.read([](store::Db& db) { return all_drafts(db); });
  std::erase_if(all, [&](const Draft& draft) { return !may_edit(actor, draft.district); });
  return all;
}

base::Result<Draft> DraftBook::find_in(store::Db& db, const std::string& id,
                                       const access::Actor& actor) const {
  if (auto may = may_edit(actor, actor.district); !may) return tl::unexpected(may.error());
  auto draft = draft_by_id(db, id);
  // A row of another district does not exist for this person.
  if (!draft || !may_edit(actor, draft->district)) return missing(id);
  return std::move(*draft);
}

base::Result<Draft> DraftBook::find(const std::string& id, const access::Actor& actor) const {
  return m_records.read([&](store::Db& db) { return find_in(db, id, actor); });
}

std::optional<DraftText> DraftBook::text(const std::string& text_hash) const {
  return m_records.read([&](store::Db& db) { return text_by_hash(db, text_hash); });
}

base::Result<Draft> DraftBook::change(const DraftAct& act,
                                      const std::function<base::Status(Draft&)>& step) {
  return m_records.write([&](store::Db& db) -> base::Result<Draft> {
    auto draft = find_in(db, act.id, act.actor);
    if (!draft) return draft;
    if (!act.key.empty() && last_act(db, act.id).key == act.key) return draft;
    if (auto same = check_revision(*draft, act.revision); !same)
      return tl::unexpected(same.error());
    if (auto done = step(*draft); !done) return tl::unexpected(done.error());
    ++draft->revision;
    draft->changed = act.now;
    update_draft(db, *draft, {act.key, {}});
    return draft;
  });
}

base::Result<Draft> DraftBook::edit(const DraftAct& act, const Json& facts, const Json& edits) {
  return change(act, [&](Draft& draft) -> base::Status {
    if (facts.is_object()) {
      if (!draft.document.empty())
        return base::fail(Code::kConflict, "the document is a record already", "facts",
                          "edit the record instead");
      if (auto read = read_facts(facts, draft.facts); !read) return read;
    }
    const auto text = this->text(draft.text_hash);
    return apply_edits(edits, text.value_or(DraftText{}), draft);
  });
}

base::Status DraftBook::remove(const DraftAct& act) {
  return m_records.write([&](store::Db& db) -> base::Status {
    const auto draft = find_in(db, act.id, act.actor);
    if (!draft) return tl::unexpected(draft.error());
    if (auto same = check_revision(*draft, act.revision); !same) return same;
    delete_draft(db, act.id);
    m_access.audit(act.actor, "plan.remove", "plan/" + act.id,
                   Json::object({{"title", draft->facts.title}}), act.now);
    return {};
  });
}

base::Result<DraftAndMade> DraftBook::make_records(const DraftAct& act) {
  base::Result<DraftAndMade> out;
  // One write around all of it: every record of the plan, or none.
  const auto done = m_registry.together([&]() -> base::Status {
    return m_records.write([&](store::Db& db) -> base::Status {
      auto draft = find_in(db, act.id, act.actor);
      if (!draft) return tl::unexpected(draft.error());
      if (const auto last = last_act(db, act.id); !act.key.empty() && last.key == act.key) {
        out = DraftAndMade{std::move(*draft), made_of(last.answer)};
        return {};
      }
      if (auto same = check_revision(*draft, act.revision); !same) return same;
      const auto text = text_by_hash(db, draft->text_hash);
      auto made = RecordMaker(m_registry, text.value_or(DraftText{}), act).make(*draft);
      if (!made) return tl::unexpected(made.error());
      ++draft->revision;
      draft->changed = act.now;
      draft->counts = counts_of(draft->nodes);
      update_draft(db, *draft, {act.key, made_json(*made)});
      m_access.audit(act.actor, "plan.make_tasks", "plan/" + act.id,
                     Json::object({{"document", made->document},
                                   {"goals", std::uint64_t{made->goals.size()}},
                                   {"tasks", std::uint64_t{made->tasks.size()}}}),
                     act.now);
      out = DraftAndMade{std::move(*draft), std::move(*made)};
      return {};
    });
  });
  if (!done) return tl::unexpected(done.error());
  return out;
}

}  // namespace jinglue::act::task
