// SPDX-License-Identifier: Apache-2.0
// Compression of bodies: gzip for answers made on the fly, gzip and Brotli for the web bundle.
#pragma once

#include <string>
#include <string_view>

namespace jinglue::serve {

std::string gzip(std::string_view bytes, int level);
/// quality 0..11
std::string brotli(std::string_view bytes, int quality);
/// Whether the list of an Accept-Encoding header takes `coding` (quality 0 refuses it).
bool accepts(std::string_view header, std::string_view coding);
/// Text-like types are worth it; images, fonts and archives are compressed already.
bool is_compressible(std::string_view content_type);

}  // namespace jinglue::serve
