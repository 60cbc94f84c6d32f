// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/value_kinds.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "base/ids.hpp"
#include "base/text.hpp"
#include "registry/detail/characters.hpp"
#include "registry/detail/file_kind.hpp"
#include "registry/expression/value.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Code;
using base::Json;
using base::Result;

constexpr std::size_t kMostFilesOfField = 20;
constexpr std::size_t kMostNameCharacters = 120;

tl::unexpected<base::Error> wrong(const Field& f, Code code, std::string message,
                                  std::string hint = {}) {
  return base::fail(code, std::move(message), f.key, std::move(hint));
}

bool is_day(std::string_view text) {
  expression::Day day;
  return expression::read_day(text, day);
}

/// Digits only, `width` of them.
std::optional<int> digits(std::string_view text, std::size_t width) {
  int out = 0;
  if (text.size() != width) return std::nullopt;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    out = out * 10 + (c - '0');
  }
  return out;
}

/// From the first of a month to the last of the month `months` later, less one.
Period months_from(int year, unsigned month, unsigned months) {
  using namespace std::chrono;
  const auto last = year_month(std::chrono::year(year), std::chrono::month(month)) +
                    std::chrono::months(months - 1);
  const year_month_day_last end{last.year(), month_day_last{last.month()}};
  return {fmt::format("{:04}-{:02}-01", year, month),
          fmt::format("{:04}-{:02}-{:02}", int(last.year()), unsigned(last.month()),
                      unsigned(end.day()))};
}

/// "2024", "2024-H2", "2024-Q3", "2024-05".
std::optional<Period> whole_period(std::string_view text) {
  const auto year = digits(text.substr(0, 4), 4);
  if (!year || *year == 0) return std::nullopt;
  const auto rest = text.substr(std::min<std::size_t>(4, text.size()));
  if (rest.empty()) return months_from(*year, 1, 12);
  if (rest.size() != 3 || rest[0] != '-') return std::nullopt;
  const unsigned number = unsigned(rest[2] - '0');
  if (rest[1] == 'Q' && number >= 1 && number <= 4) return months_from(*year, number * 3 - 2, 3);
  if (rest[1] == 'H' && number >= 1 && number <= 2) return months_from(*year, number * 6 - 5, 6);
  const auto month = digits(rest.substr(1), 2);
  if (!month || *month < 1 || *month > 12) return std::nullopt;
  return months_from(*year, unsigned(*month), 1);
}

std::optional<std::string> end_of_period(std::string_view text) {
  if (text.empty() || text == "..") return std::string();
  return is_day(text) ? std::optional(std::string(text)) : std::nullopt;
}

Result<Json> canonical_file(const Field& f, const Json& file) {
  const std::string& hash = file["sha256"].as_string();
  const bool hex = hash.size() == 64 && std::all_of(hash.begin(), hash.end(), [](char c) {
                     return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                   });
  if (!hex) return wrong(f, Code::kMalformed, "must be files that were uploaded for this register");
  const std::string name(base::trim(file["name"].as_string()));
  if (!is_file_name(name)) {
    return wrong(f, Code::kMalformed, "'" + name + "' is not the name of a file",
                 "no folders, no control characters, at most 120 characters");
  }
  if (!kind_of_media(file["media"].as_string()) || !file["size"].is_int() ||
      file["size"].as_int() <= 0) {
    return wrong(f, Code::kMalformed, "has a file without its size or kind",
                 "send what the upload answered");
  }
  return Json::object({{"sha256", hash},
                       {"name", name},
                       {"size", file["size"].as_int()},
                       {"media", file["media"].as_string()}});
}

}  // namespace

std::optional<Period> read_period(std::string_view text) {
  text = base::trim(text);
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) {
    if (is_day(text)) return Period{std::string(text), std::string(text)};
    return whole_period(text);
  }
  auto from = end_of_period(base::trim(text.substr(0, slash)));
  auto to = end_of_period(base::trim(text.substr(slash + 1)));
  if (!from || !to || (from->empty() && to->empty())) return std::nullopt;
  if (!from->empty() && !to->empty() && *to < *from) return std::nullopt;
  return Period{std::move(*from), std::move(*to)};
}

std::string to_text(const Period& p) {
  return (p.from.empty() ? ".." : p.from) + "/" + (p.to.empty() ? ".." : p.to);
}

Result<Json> canonical_period(const Field& f, const Json& value) {
  if (value.is_string() && base::trim(value.as_string()).empty()) return Json();
  std::string text = value.as_string();
  if (value.is_object()) text = value["from"].as_string() + "/" + value["to"].as_string();
  const auto period = read_period(text);
  if (!period) {
    return wrong(f, Code::kMalformed, "must be a period, its end not before its begin",
                 "2024-05-01/2024-05-31, 2024-05, 2024-Q2, 2024-H1 or 2024; .. for an open end");
  }
  return Json(to_text(*period));
}

Result<Json> canonical_person(const Field& f, const Json& value) {
  if (!value.is_string()) return wrong(f, Code::kMalformed, "must be an account or a person's id");
  const std::string text(base::trim(value.as_string()));
  if (text.empty()) return Json();
  const bool account =
      text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
      });
  if (!account)
    return wrong(f, Code::kMalformed, "'" + text + "' is no account and no person's id");
  return Json(text);
}

bool is_unit_key(std::string_view text) {
  return !text.empty() && text.size() <= 40 && text[0] >= 'a' && text[0] <= 'z' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

Result<Json> canonical_unit(const Field& f, const Json& value) {
  if (!value.is_string()) return wrong(f, Code::kMalformed, "must be the key of a unit");
  const std::string text(base::trim(value.as_string()));
  if (text.empty()) return Json();
  if (!is_unit_key(text)) return wrong(f, Code::kMalformed, "'" + text + "' is not a unit's key");
  return Json(text);
}

bool is_file_name(std::string_view text) {
  if (text.empty() || text == "." || text == ".." || !base::is_utf8(text)) return false;
  const bool clean = std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '/' || c == '\\' || c == '"';
  });
  return clean && character_count(text) <= kMostNameCharacters;
}

Result<Json> canonical_files(const Field& f, const Json& value) {
  if (!value.is_array()) return wrong(f, Code::kMalformed, "must be a list of files");
  const std::size_t most = f.max_files > 0 ? f.max_files : kMostFilesOfField;
  Json out;
  for (const auto& item : value.items()) {
    auto file = canonical_file(f, item);
    if (!file) return file;
    const auto& seen = out.items();
    const bool twice = std::any_of(seen.begin(), seen.end(), [&](const Json& other) {
      return other["sha256"] == (*file)["sha256"];
    });
    if (!twice) out.push(std::move(*file));
  }
  if (out.items().size() > most) {
    return wrong(f, Code::kTooLarge, "has more than " + std::to_string(most) + " files");
  }
  return out;
}

}  // namespace jinglue::registry::detail
