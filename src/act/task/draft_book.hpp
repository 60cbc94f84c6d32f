// SPDX-License-Identifier: Apache-2.0
// DraftBook: drafts of plans in records.db. A draft belongs to who handed the document in; whoever
// may break down documents (access: plan.edit) for its district reads and edits it, each edit under
// the revision that the editor saw. The text is kept once by its SHA-256, for good, because tasks
// point into it; the bytes handed in lie in the folder of files under theirs.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "act/task/draft.hpp"

namespace jinglue::registry {
class Registry;
}
namespace jinglue::store {
class Database;
class Db;
}  // namespace jinglue::store

namespace jinglue::act::task {

/// A document as it was handed in, and what the reader made of it.
struct NewDraft {
  std::string bytes;
  std::string file_name;  ///< empty for pasted text
  std::string form;
  plan::WorkDocument document;
};

/// Who writes to which draft, and which state of it they saw.
struct DraftAct {
  std::string id;
  std::int64_t revision{0};
  access::Actor actor;
  base::Instant now;
  std::string key;  ///< idempotency: the same again gives the first answer
};

/// Records that were made of a draft.
struct Made {
  std::string document;
  std::vector<std::string> goals, tasks;  ///< ids, in order of the tree
};
struct DraftAndMade {
  Draft draft;
  Made made;
};

class DraftBook {
 public:
  static constexpr std::size_t kMostDrafts = 500;  ///< of one district

  DraftBook(store::Database& records, access::Access& access, registry::Registry& registry,
            std::filesystem::path files);

  /// kTooLarge for a document of more nodes than a draft has, kMissing for one that asks for
  /// nothing.
  base::Result<Draft> create(const NewDraft& from, const access::Actor& actor, base::Instant now,
                             const std::string& key);
  /// Newest first, without their trees.
  base::Result<std::vector<Draft>> list(const access::Actor& actor) const;
  /// kMissing also for a draft of another district.
  base::Result<Draft> find(const std::string& id, const access::Actor& actor) const;
  /// `facts`: members of DocumentFacts to change, or null. kConflict with Error::where "revision"
  /// when somebody else was faster.
  base::Result<Draft> edit(const DraftAct& act, const base::Json& facts, const base::Json& edits);
  base::Status remove(const DraftAct& act);
  /// Goals and tasks of every accepted node that is no record yet, with the nodes that they hang
  /// on, and the record of the document: all in one transaction, or none.
  base::Result<DraftAndMade> make_records(const DraftAct& act);
  std::optional<DraftText> text(const std::string& text_hash) const;

 private:
  base::Result<Draft> change(const DraftAct& act, const std::function<base::Status(Draft&)>& step);
  base::Result<Draft> find_in(store::Db& db, const std::string& id,
                              const access::Actor& actor) const;
  void keep_file(const std::string& hash, const std::string& bytes) const;

  store::Database& m_records;
  access::Access& m_access;
  registry::Registry& m_registry;
  std::filesystem::path m_files;
};

}  // namespace jinglue::act::task
