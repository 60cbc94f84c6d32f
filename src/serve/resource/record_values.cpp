// SPDX-License-Identifier: Apache-2.0
// /registers/{register}: what surrounds the values of records: defaults of the form, a masked value
// in full (logged), attachments; and /units, the tree that districts and units are chosen from.
#include <fstream>
#include <iterator>

#include "registry/organisation.hpp"
#include "registry/registry.hpp"
#include "registry/sight.hpp"
#include "serve/api/call.hpp"
#include "serve/form/find_record.hpp"
#include "serve/form/picture_form.hpp"
#include "serve/form/record_form.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

Answer get_defaults(Call& call) {
  const auto definition = find_readable_register(call);
  if (!definition) return tl::unexpected(definition.error());
  const registry::Write write{call.actor(), call.now, {}, {}};
  return json_response(
      Json::object({{"fields", call.services.registry->defaults((*definition)->id, write)}}));
}

Answer reveal_value(Call& call) {
  const auto record = find_record(call, call.part("register"));
  if (!record) return tl::unexpected(record.error());
  const auto field = call.required_text("field");
  if (!field) return tl::unexpected(field.error());
  const registry::Write write{call.actor(), call.now, {}, call.json["reason"].as_string()};
  const auto value = call.services.registry->reveal(record->register_id, record->id, *field, write);
  if (!value) return call.refused(value.error());
  Response out = json_response(Json::object({{"value", *value}}));
  out.headers.emplace_back("Cache-Control", "no-store");
  return out;
}

Answer upload_file(Call& call) {
  const auto definition = find_readable_register(call);
  if (!definition) return tl::unexpected(definition.error());
  const std::string field = call.text("field");
  const std::string name = call.text("name");
  for (const auto& [what, text] :
       {std::pair<const char*, const std::string*>{"field", &field}, {"name", &name}}) {
    if (text->empty()) {
      return base::fail(base::Code::kMalformed, "the parameter is required", what);
    }
  }
  const registry::Write write{call.actor(), call.now, {}, {}};
  const auto file =
      call.services.registry->add_file((*definition)->id, field, name, call.request.body, write);
  if (!file) return call.refused(file.error());
  return json_response(*file, 201);
}

/// RFC 6266 with the name in UTF-8 (RFC 8187): a plain name beside it for old readers.
std::string disposition(bool shown, const std::string& name) {
  std::string coded;
  for (const char c : name) {
    const auto octet = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-' || c == '_';
    constexpr std::string_view kHex = "0123456789ABCDEF";
    if (plain) {
      coded += c;
    } else {
      coded += '%';
      coded += kHex[octet >> 4];
      coded += kHex[octet & 15];
    }
  }
  return std::string(shown ? "inline" : "attachment") + "; filename*=UTF-8''" + coded;
}

Answer get_file(Call& call) {
  const auto record = find_record(call, call.part("register"));
  if (!record) return tl::unexpected(record.error());
  const auto file = call.services.registry->file_for(call.actor(), record->register_id, record->id,
                                                     call.part("sha256"));
  if (!file) return tl::unexpected(file.error());
  std::ifstream in(file->path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (!in && !in.eof()) throw base::WorldError("cannot read an attachment", file->path.string());
  const bool shown = file->shown && call.text("download").empty();
  Response out = bytes_response(std::move(bytes), file->media);
  // The name of the file is its content: what a browser keeps of it is right for ever, but another
  // person at the same desk must not find it.
  out.headers.emplace_back("Cache-Control", "private, no-store");
  out.headers.emplace_back("Content-Disposition", disposition(shown, file->name));
  return out;
}

Json unit_json(const registry::Unit& unit) {
  Json out =
      Json::object({{"key", unit.key}, {"name", words_json(unit.name)}, {"kind", unit.kind}});
  for (const auto& [name, text] :
       {std::pair<const char*, const std::string*>{"parent", &unit.parent},
        {"from", &unit.from},
        {"until", &unit.until},
        {"merged_into", &unit.merged_into}}) {
    if (!text->empty()) out.set(name, *text);
  }
  Json former = Json::array();
  for (const auto& one : unit.former) {
    former.push(Json::object({{"name", words_json(one.name)}, {"until", one.until}}));
  }
  if (!unit.former.empty()) out.set("former", std::move(former));
  return out;
}

Answer list_units(Call& call) {
  const auto units = call.services.registry->organisation();
  Json items = Json::array();
  for (const auto& [key, unit] : units->units()) items.push(unit_json(unit));
  return json_response(Json::object({{"items", std::move(items)}}));
}

}  // namespace

void add_record_values(Router& router) {
  const std::string one = "/registers/{register}/records/{record}";
  router.add({Method::kGet, "/units", list_units});
  router.add({Method::kGet, "/registers/{register}/defaults", get_defaults});
  router.add({Method::kPost, one + "/reveal", reveal_value, Body::kJson});
  router.add({Method::kGet, one + "/files/{sha256}", get_file});
  router.add({.method = Method::kPost,
              .pattern = "/registers/{register}/files",
              .handler = upload_file,
              .body = Body::kBytes,
              .large = true});
}

}  // namespace jinglue::serve
