// SPDX-License-Identifier: Apache-2.0
// SmtpPost: one letter to one person over SMTP (RFC 5321) with STARTTLS or TLS from the start, as
// UTF-8 text (RFC 2045 to 2047, 5322). Blocks until the server has taken or refused it, at most
// kPatience. libcurl stays inside smtp_post.cpp.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "base/result.hpp"

namespace jinglue::output {

struct SmtpServer {
  std::string url;                  ///< "smtp://host:587", "smtps://host:465"
  std::string user, password;       ///< empty: the server asks for none
  std::filesystem::path ca_file{};  ///< empty = the system's
};

struct Letter {
  std::string from;       ///< address
  std::string from_name;  ///< beside it
  std::string to;         ///< address
  std::string subject;
  std::string text;
  std::string id;  ///< of the letter, the same when it is sent again: Message-ID
  base::Instant at;
};

constexpr std::chrono::seconds kSmtpPatience{30};

/// "smtp://" or "smtps://", host and port; without TLS (smtp:// alone) letters go only to this
/// machine, to others STARTTLS is required. kMalformed says why not.
base::Status check_smtp_url(std::string_view url);
/// One address as people write it, without names, comments and control characters.
bool is_mail_address(std::string_view text);
/// =?UTF-8?B?...?= words of at most 75 characters (RFC 2047); plain ASCII stays as it is.
std::string encoded_header(std::string_view utf8);
/// kUnavailable when the server cannot be reached or refuses for now (4xx), kMalformed when it
/// refuses for good (5xx); the message names the step and the server's answer.
base::Status post_letter(const SmtpServer& server, const Letter& letter);

}  // namespace jinglue::output
