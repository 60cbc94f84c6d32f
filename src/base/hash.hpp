// SPDX-License-Identifier: Apache-2.0
// Hashes: SHA-256 for evidence and the audit chain, a 64-bit hash for identities that must be the
// same on every machine, CRC-32C for journal records.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace jinglue::base {

/// Lower-case hexadecimal SHA-256 (FIPS 180-4).
std::string sha256_hex(std::string_view bytes);
/// Of a file's content, read in pieces. Throws WorldError when it cannot be read.
std::string sha256_hex_file(const std::filesystem::path& path);

/// First eight bytes of BLAKE2b-128 (libsodium crypto_generichash), little-endian: stable across
/// builds and CPUs, unlike std::hash.
std::uint64_t stable_hash(std::string_view bytes);

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4).
std::uint32_t crc32c(std::string_view bytes, std::uint32_t seed = 0);

std::string to_hex(std::string_view bytes);
std::string to_hex(std::uint64_t value);  ///< 16 digits
/// False when text is not exactly 16 hexadecimal digits.
bool parse_hex(std::string_view text, std::uint64_t& value);

}  // namespace jinglue::base
