// SPDX-License-Identifier: Apache-2.0
#include "store/block/block.hpp"

#include "store/block/block_model.hpp"
#include "store/block/sealed.hpp"
#include "store/block/vectors.hpp"

namespace jinglue::store {

std::string encode_block(std::span<const model::Fix> rows) {
  BlockLanes lanes;
  const auto model = make_model(rows, lanes);
  std::string out(1, static_cast<char>(kBlockVersion));
  put_model(out, model);
  for (std::size_t c = 0; c < kColumns; ++c) {
    if (model.stores(BlockColumn(c))) {
      put_packed(out, std::span(lanes[c].at).first(rows.size()));
    }
  }
  seal(out);
  return out;
}

base::Status decode_block(std::string_view bytes, BlockColumns& out, Columns columns, Speed speed) {
  const auto body = unsealed(bytes, kBlockVersion, "block");
  if (!body) return tl::unexpected(body.error());
  const auto damaged = [](const char* reason) {
    return base::fail(base::Code::kMalformed, std::string("the block is damaged: ") + reason);
  };
  VarintReader in(*body);
  BlockModel model;
  if (!get_model(in, model)) return damaged("its head is broken");
  BlockLanes lanes;
  const std::size_t end = columns == Columns::kAll ? kColumns : kWayColumns;
  for (std::size_t c = 0; c < end; ++c) {
    if (!model.stores(BlockColumn(c))) continue;
    if (!get_packed(in, model.rows, lanes[c], speed)) return damaged("a column is broken");
  }
  if (end == kColumns && !in.rest().empty()) return damaged("bytes follow the last column");
  restore(model, lanes, out, columns, speed);
  return {};
}

}  // namespace jinglue::store
