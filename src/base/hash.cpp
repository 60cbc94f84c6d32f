// SPDX-License-Identifier: Apache-2.0
#include "base/hash.hpp"

#include <sodium.h>

#include <charconv>
#include <cstring>
#include <fstream>
#include <vector>

#include "base/result.hpp"

namespace jinglue::base {
namespace {

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::string digest_hex(const std::array<unsigned char, crypto_hash_sha256_BYTES>& digest) {
  return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

/// Table k advances a byte over k zero bytes that follow it, so that eight bytes take one step
/// (Kounavis and Berry, "Novel table lookup-based algorithms for high-performance CRC generation").
using CrcTables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr CrcTables make_crc_tables() {
  CrcTables tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int k = 0; k < 8; ++k) c = (c & 1) != 0 ? 0x82F63B78U ^ (c >> 1) : c >> 1;
    tables[0][i] = c;
  }
  for (std::size_t k = 1; k < tables.size(); ++k) {
    for (std::size_t i = 0; i < 256; ++i) {
      const std::uint32_t before = tables[k - 1][i];
      tables[k][i] = tables[0][before & 0xFF] ^ (before >> 8);
    }
  }
  return tables;
}

constexpr CrcTables kCrcTables = make_crc_tables();

std::uint32_t crc32c_tables(std::string_view bytes, std::uint32_t seed) {
  std::uint32_t c = ~seed;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes.data(), sizeof eight);
    eight ^= c;
    c = 0;
    for (std::size_t k = 0; k < 8; ++k) c ^= kCrcTables[7 - k][(eight >> (8 * k)) & 0xFF];
  }
  for (const char ch : bytes) {
    c = kCrcTables[0][(c ^ static_cast<unsigned char>(ch)) & 0xFF] ^ (c >> 8);
  }
  return ~c;
}

#if defined(__x86_64__)
bool has_crc_instruction() {
  static const bool has = __builtin_cpu_supports("sse4.2") != 0;
  return has;
}

/// Advances a check sum over a fixed number of zero octets: the sum of what its four octets give.
using CrcShift = std::array<std::array<std::uint32_t, 256>, 4>;

constexpr CrcShift make_crc_shift(std::size_t octets) {
  CrcShift out{};
  for (std::size_t bit = 0; bit < 32; ++bit) {
    std::uint32_t c = std::uint32_t{1} << bit;
    for (std::size_t i = 0; i < octets; ++i) c = kCrcTables[0][c & 0xFF] ^ (c >> 8);
    auto& table = out[bit / 8];
    for (std::size_t v = 0; v < 256; ++v) {
      if ((v >> bit % 8 & 1) != 0) table[v] ^= c;
    }
  }
  return out;
}

std::uint32_t shifted(const CrcShift& shift, std::uint64_t c) {
  return shift[0][c & 0xFF] ^ shift[1][c >> 8 & 0xFF] ^ shift[2][c >> 16 & 0xFF] ^
         shift[3][c >> 24 & 0xFF];
}

/// The instruction takes three cycles but a new one may start in each: three parts of `Part` octets
/// are summed side by side, then put together, as long as they last.
template <std::size_t Part>
__attribute__((target("sse4.2"))) std::uint64_t crc32c_in_three(std::string_view& bytes,
                                                                std::uint64_t c) {
  static constexpr CrcShift kShift = make_crc_shift(Part);
  const auto eight = [&](std::size_t at) {
    std::uint64_t v = 0;
    std::memcpy(&v, bytes.data() + at, sizeof v);
    return v;
  };
  while (bytes.size() >= 3 * Part) {
    std::uint64_t second = 0;
    std::uint64_t third = 0;
    for (std::size_t i = 0; i < Part; i += 8) {
      c = __builtin_ia32_crc32di(c, eight(i));
      second = __builtin_ia32_crc32di(second, eight(i + Part));
      third = __builtin_ia32_crc32di(third, eight(i + 2 * Part));
    }
    c = shifted(kShift, shifted(kShift, c) ^ second) ^ third;
    bytes.remove_prefix(3 * Part);
  }
  return c;
}

__attribute__((target("sse4.2"))) std::uint32_t crc32c_instruction(std::string_view bytes,
                                                                   std::uint32_t seed) {
  std::uint64_t c = static_cast<std::uint32_t>(~seed);
  c = crc32c_in_three<256>(bytes, c);
  c = crc32c_in_three<64>(bytes, c);
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes.data(), sizeof eight);
    c = __builtin_ia32_crc32di(c, eight);
  }
  auto rest = static_cast<std::uint32_t>(c);
  for (const char ch : bytes) {
    rest = __builtin_ia32_crc32qi(rest, static_cast<unsigned char>(ch));
  }
  return ~rest;
}
#else
bool has_crc_instruction() {
  return false;
}
std::uint32_t crc32c_instruction(std::string_view bytes, std::uint32_t seed) {
  return crc32c_tables(bytes, seed);
}
#endif

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), octets(bytes), bytes.size());
  return digest_hex(digest);
}

std::string sha256_hex_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw WorldError("cannot read file", path.string());
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  std::vector<char> piece(1 << 16);
  while (in.read(piece.data(), std::streamsize(piece.size())) || in.gcount() > 0) {
    const std::string_view got(piece.data(), std::size_t(in.gcount()));
    crypto_hash_sha256_update(&state, octets(got), got.size());
  }
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256_final(&state, digest.data());
  return digest_hex(digest);
}

std::uint64_t stable_hash(std::string_view bytes) {
  std::array<unsigned char, 16> digest{};
  crypto_generichash(digest.data(), digest.size(), octets(bytes), bytes.size(), nullptr, 0);
  std::uint64_t value = 0;
  std::memcpy(&value, digest.data(), sizeof value);
  return value;
}

std::uint32_t crc32c(std::string_view bytes, std::uint32_t seed) {
  return has_crc_instruction() ? crc32c_instruction(bytes, seed) : crc32c_tables(bytes, seed);
}

std::string to_hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char ch : bytes) {
    const auto octet = static_cast<unsigned char>(ch);
    out += kDigits[octet >> 4];
    out += kDigits[octet & 15];
  }
  return out;
}

std::string to_hex(std::uint64_t value) {
  std::string out(16, '0');
  for (std::size_t i = 16; i-- > 0; value >>= 4) out[i] = "0123456789abcdef"[value & 15];
  return out;
}

bool parse_hex(std::string_view text, std::uint64_t& value) {
  if (text.size() != 16) return false;
  auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return error == std::errc{} && stop == text.data() + text.size();
}

}  // namespace jinglue::base
