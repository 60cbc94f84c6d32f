// SPDX-License-Identifier: Apache-2.0
#include "serve/api/call.hpp"

#include <array>
#include <cassert>
#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace jinglue::serve {
namespace {

constexpr std::size_t kMaxIdempotencyKey = 128;

tl::unexpected<base::Error> bad(std::string_view name, std::string message) {
  return base::fail(base::Code::kMalformed, std::move(message), std::string(name));
}

template <class T>
std::optional<T> parse_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

const std::string& Call::part(std::string_view name) const {
  for (const auto& [known, value] : parameters) {
    if (known == name) return value;
  }
  assert(!"the route's pattern has no such part");
  static const std::string kNone;
  return kNone;
}

std::string Call::text(std::string_view name) const {
  return std::string(request.query_value(name).value_or(""));
}

base::Result<std::optional<base::Instant>> Call::instant(std::string_view name) const {
  const auto value = request.query_value(name);
  if (!value || value->empty()) return std::nullopt;
  const auto parsed = base::parse_iso(*value);
  if (!parsed) return bad(name, "not an instant such as 2024-05-01T04:00:00.000Z");
  return *parsed;
}

base::Result<base::Instant> Call::required_instant(std::string_view name) const {
  const auto value = instant(name);
  if (!value) return tl::unexpected(value.error());
  if (!*value) return bad(name, "the parameter is required");
  return **value;
}

base::Result<std::optional<bool>> Call::flag(std::string_view name) const {
  const auto value = request.query_value(name);
  if (!value || value->empty()) return std::nullopt;
  if (*value == "true") return true;
  if (*value == "false") return false;
  return bad(name, "neither true nor false");
}

base::Result<std::int64_t> Call::integer(std::string_view name, std::int64_t otherwise,
                                         std::int64_t least, std::int64_t most) const {
  const auto value = request.query_value(name);
  if (!value || value->empty()) return otherwise;
  const auto parsed = parse_number<std::int64_t>(*value);
  if (!parsed || *parsed < least || *parsed > most) {
    return bad(name,
               "not an integer from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return *parsed;
}

base::Result<double> Call::number(std::string_view name, double otherwise, double least,
                                  double most) const {
  const auto value = request.query_value(name);
  if (!value || value->empty()) return otherwise;
  const auto parsed = parse_number<double>(*value);
  if (!parsed || !std::isfinite(*parsed) || *parsed < least || *parsed > most) {
    return bad(name, "not a number in its range");
  }
  return *parsed;
}

base::Result<std::optional<geo::Box>> Call::bbox() const {
  const auto value = request.query_value("bbox");
  if (!value || value->empty()) return std::nullopt;
  const auto parts = base::split(*value, ',');
  std::array<double, 4> edges{};
  bool good = parts.size() == edges.size();
  for (std::size_t i = 0; good && i < edges.size(); ++i) {
    const auto edge = parse_number<double>(base::trim(parts[i]));
    good = edge && std::abs(*edge) <= (i % 2 == 0 ? 180 : 90);
    if (good) edges[i] = *edge;
  }
  const geo::Box box{edges[0], edges[1], edges[2], edges[3]};
  if (!good || box.empty()) return bad("bbox", "not west,south,east,north in degrees");
  return box;
}

std::vector<std::string> Call::list(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto part : base::split(request.query_value(name).value_or(""), ',')) {
    if (!base::trim(part).empty()) out.emplace_back(base::trim(part));
  }
  return out;
}

base::Result<std::size_t> Call::limit(std::size_t otherwise, std::size_t most) const {
  const auto value =
      integer("limit", static_cast<std::int64_t>(otherwise), 1, static_cast<std::int64_t>(most));
  if (!value) return tl::unexpected(value.error());
  return static_cast<std::size_t>(*value);
}

Pairs Call::filters() const {
  Pairs out;
  for (const auto& [name, value] : request.query) {
    const std::string_view view = name;
    if (view.starts_with("filter[") && view.ends_with("]")) {
      out.emplace_back(view.substr(7, view.size() - 8), value);
    }
  }
  return out;
}

base::Result<std::string> Call::idempotency_key(bool required) const {
  const auto key = request.header("idempotency-key");
  if (key.size() > kMaxIdempotencyKey || !base::is_utf8(key)) {
    return bad("Idempotency-Key", "the header is longer than 128 characters or not UTF-8");
  }
  if (key.empty()) {
    if (!required) return std::string();
    return base::fail(base::Code::kMissing, "this write needs the header Idempotency-Key",
                      "Idempotency-Key", "send a new UUID for each act and repeat it on a retry");
  }
  // Another user with the same key means another act.
  return actor().user + "/" + std::string(key);
}

base::Result<std::string> Call::required_text(std::string_view member) const {
  const auto& value = json[member];
  if (!value.is_string() || value.as_string().empty()) {
    return bad(member, "a text is required");
  }
  return value.as_string();
}

base::Json only_fields(const base::Json& item, const std::vector<std::string>& fields) {
  if (fields.empty()) return item;
  base::Json out = base::Json::object();
  for (const auto& field : fields) {
    if (item.has(field)) out.set(field, item[field]);
  }
  return out;
}

Response page_response(base::Json::Array items, const std::string& next,
                       std::optional<std::uint64_t> total, const Call& call) {
  const auto fields = call.list("fields");
  if (!fields.empty()) {
    for (auto& item : items) item = only_fields(item, fields);
  }
  base::Json out = base::Json::object({{"items", base::Json(std::move(items))}});
  if (!next.empty()) out.set("next", next);
  if (total) out.set("total", *total);
  return json_response(out);
}

}  // namespace jinglue::serve
