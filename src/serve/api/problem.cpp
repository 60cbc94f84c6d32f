// SPDX-License-Identifier: Apache-2.0
#include "serve/api/problem.hpp"

#include <array>

#include "base/text.hpp"
#include "registry/standing.hpp"

namespace jinglue::serve {
namespace {

struct Title {
  std::string_view code, zh, en;
};
constexpr std::array<Title, 18> kTitles = {{
    {"malformed", "请求内容无法识别", "The request cannot be read"},
    {"unknown", "内容未登记或不存在", "Something is named that is not known"},
    {"out_of_range", "数值超出允许范围", "A value is outside its range"},
    {"missing", "未找到或缺少必填内容", "Not found, or a required value is absent"},
    {"conflict", "内容已被他人更改或重复", "It was changed meanwhile or is not unique"},
    {"forbidden", "无权进行此操作", "You may not do this"},
    {"register_disabled", "该台账未启用", "This register is not enabled"},
    {"unauthorised", "请先登录", "Please sign in"},
    {"too_large", "内容超过大小限制", "Over the size limit"},
    {"too_many", "操作过于频繁，请稍后再试", "Too many attempts, try again later"},
    {"unavailable", "服务暂不可用", "Not available at the moment"},
    {"csrf", "页面校验已失效，请刷新后重试", "The page's token is not valid, reload and try again"},
    {"origin", "请求来源不被允许", "The request comes from another site"},
    {"method_not_allowed", "不支持此操作", "This method is not supported here"},
    {"unsupported_media", "不支持的内容格式", "This content type is not supported"},
    {"idempotency_key_missing", "缺少请求标识", "The header Idempotency-Key is absent"},
    {"timed_out", "请求超时", "The request took too long to arrive"},
    {"internal", "系统内部错误", "Internal error"},
}};

/// Sentences of guards stand in both languages: "中文 / English".
std::string in_language(const std::string& sentence, std::string_view language) {
  const auto at = sentence.find(" / ");
  const bool both = at != std::string::npos && (static_cast<unsigned char>(sentence[0]) & 0x80);
  if (!both) return sentence;
  return language == "zh" ? sentence.substr(0, at) : sentence.substr(at + 3);
}

int status_of(base::Code code) {
  switch (code) {
    case base::Code::kMalformed:
    case base::Code::kOutOfRange:
      return 400;
    case base::Code::kUnknown:
    case base::Code::kMissing:
      return 404;
    case base::Code::kConflict:
      return 409;
    case base::Code::kForbidden:
      return 403;
    case base::Code::kUnauthorised:
      return 401;
    case base::Code::kTooLarge:
      return 413;
    case base::Code::kTooMany:
      return 429;
    case base::Code::kUnavailable:
      return 503;
  }
  return 500;
}

}  // namespace

Response to_response(const Problem& problem, std::string_view language) {
  base::Words title{problem.code, problem.code};
  for (const auto& known : kTitles) {
    if (known.code == problem.code) title = {std::string(known.zh), std::string(known.en)};
  }
  base::Json json = base::Json::object({{"type", "urn:jinglue:problem:" + problem.code},
                                        {"title", title.in(language)},
                                        {"status", problem.status},
                                        {"code", problem.code},
                                        {"detail", in_language(problem.detail, language)}});
  if (!problem.field.empty()) json.set("field", problem.field);
  if (!problem.hint.empty()) json.set("hint", problem.hint);
  if (!problem.conflicts.is_null()) json.set("conflicts", problem.conflicts);
  Response out = json_response(json, problem.status);
  out.type = "application/problem+json";
  return out;
}

Problem to_problem(const base::Error& error) {
  if (error.code == base::Code::kMissing && error.where == "Idempotency-Key") {
    return {400, "idempotency_key_missing", error.message, error.where, error.hint};
  }
  if (error.code == base::Code::kForbidden && error.where == registry::kNotEnabled) {
    return {403, "register_disabled", error.message, {}, error.hint};
  }
  return {status_of(error.code), base::to_text(error.code), error.message, error.where, error.hint};
}

Problem refused_write(const base::Error& error) {
  Problem out = to_problem(error);
  if (out.status == 400 || out.status == 404) out.status = 422;
  return out;
}

}  // namespace jinglue::serve
