// SPDX-License-Identifier: Apache-2.0
// ShareWriter and ShareReader: the state of the watches as bytes. Checkpoints, trackers and
// published findings share senders, views and marks; each is written once and named by number
// afterwards, so that a snapshot is as small as the memory, and shares again when read. Not a file
// format: the snapshot of another program version is refused as a whole by its owner.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "detect/episode/state.hpp"
#include "model/finding.hpp"

namespace jinglue::detect {

class ShareWriter {
 public:
  explicit ShareWriter(base::ByteWriter& to) : out(to) {}
  void put(const std::shared_ptr<const Sender>& sender);
  void put(const std::shared_ptr<const Marks>& marks);
  void put(const ViewPtr& view);
  void put(const Mark& mark);
  void put(const model::Subject& subject);
  void put(const State& state);

  base::ByteWriter& out;

 private:
  using Numbers = std::map<const void*, std::uint32_t>;
  /// Writes the number of `shared`; true when it is new and the body must follow.
  bool number(Numbers& known, const void* shared);
  void put(const Tracker& tracker);
  Numbers m_senders, m_marks, m_views;
};

class ShareReader {
 public:
  ShareReader(base::ByteReader& from, const RulePack* pack) : in(from), m_pack(pack) {}
  std::shared_ptr<const Sender> sender();
  std::shared_ptr<const Marks> marks();
  ViewPtr view();
  Mark mark();
  model::Subject subject();
  State state();
  std::uint32_t count();  ///< of a list; 0 and not ok when longer than the bytes left
  bool ok() const { return m_ok && in.ok(); }
  void refuse() { m_ok = false; }
  const RulePack* pack() const { return m_pack; }

  base::ByteReader& in;

 private:
  Tracker tracker();
  /// Numbers of a rule, group or zone that the pack does not have would be read as wild positions.
  std::uint32_t rule_number();
  std::uint32_t group_number();
  std::uint32_t zone_number();
  template <class T, class Read>
  std::shared_ptr<const T> shared(std::vector<std::shared_ptr<const T>>& known, const Read& read);

  const RulePack* m_pack;
  bool m_ok{true};
  std::vector<std::shared_ptr<const Sender>> m_senders;
  std::vector<std::shared_ptr<const Marks>> m_marks;
  std::vector<ViewPtr> m_views;
};

}  // namespace jinglue::detect
