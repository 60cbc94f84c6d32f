// SPDX-License-Identifier: Apache-2.0
// TLS with a certificate made for the test; the client is OpenSSL's own.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <memory>

#include "unit/serve/web_client.hpp"
#include "unit/serve/world.hpp"

namespace jinglue::serve {
namespace {

template <class T, void (*kFree)(T*)>
struct Free {
  void operator()(T* object) const { kFree(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509, X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Free<SSL_CTX, SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Free<SSL, SSL_free>>;

void write_pem(const std::filesystem::path& file, const std::function<int(FILE*)>& write) {
  FILE* out = std::fopen(file.c_str(), "w");
  ASSERT_NE(out, nullptr);
  EXPECT_EQ(write(out), 1);
  std::fclose(out);
}

void make_certificate(const std::filesystem::path& certificate, const std::filesystem::path& key) {
  const Key pair(EVP_EC_gen("P-256"));
  const Certificate x509(X509_new());
  X509_set_version(x509.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x509.get()), 3600);
  X509_set_pubkey(x509.get(), pair.get());
  X509_NAME* name = X509_get_subject_name(x509.get());
  const unsigned char text[] = "127.0.0.1";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
  X509_set_issuer_name(x509.get(), name);
  ASSERT_GT(X509_sign(x509.get(), pair.get(), EVP_sha256()), 0);
  write_pem(certificate, [&](FILE* out) { return PEM_write_X509(out, x509.get()); });
  write_pem(key, [&](FILE* out) {
    return PEM_write_PrivateKey(out, pair.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

/// One request over TLS; the whole answer as text, empty when the handshake failed.
std::string ask_tls(std::uint16_t port, const std::string& request, int highest_version = 0) {
  const Context context(SSL_CTX_new(TLS_client_method()));
  if (highest_version != 0) {
    SSL_CTX_set_security_level(context.get(), 0);  // or this client itself refuses the old version
    SSL_CTX_set_max_proto_version(context.get(), highest_version);
  }
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const Session session(SSL_new(context.get()));
  SSL_set_fd(session.get(), socket);
  std::string out;
  if (SSL_connect(session.get()) == 1) {
    SSL_write(session.get(), request.data(), static_cast<int>(request.size()));
    char bytes[4096];
    for (int size = 0; (size = SSL_read(session.get(), bytes, sizeof bytes)) > 0;) {
      out.append(bytes, static_cast<std::size_t>(size));
    }
  }
  ::close(socket);
  return out;
}

class TlsTest : public testing::Test {
 protected:
  TlsTest() {
    make_certificate(m_folder / "cert.pem", m_folder / "key.pem");
    m_settings.certificate = m_folder / "cert.pem";
    m_settings.key = m_folder / "key.pem";
  }
  test::TempFolder m_folder;
  Settings m_settings;
};

TEST_F(TlsTest, answers_over_tls_with_a_secure_cookie) {
  test::World world(m_settings);
  const std::string body = R"({"name":"duty","password":")" + world.password("duty") + "\"}";
  const auto reply =
      ask_tls(world.server->port(),
              "POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
              "Content-Type: application/json\r\nContent-Length: " +
                  std::to_string(body.size()) + "\r\n\r\n" + body);
  EXPECT_EQ(reply.substr(0, 15), "HTTP/1.1 200 OK") << reply;
  EXPECT_NE(reply.find("; HttpOnly; Secure"), std::string::npos) << reply;
  EXPECT_NE(reply.find("Strict-Transport-Security: max-age="), std::string::npos);
}

TEST_F(TlsTest, old_versions_and_plain_requests_get_no_answer) {
  test::World world(m_settings);
  const std::string request = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  EXPECT_EQ(ask_tls(world.server->port(), request, TLS1_1_VERSION), "");
  EXPECT_NE(ask_tls(world.server->port(), request, TLS1_2_VERSION), "");
  test::Socket plain(world.server->port());
  plain.write(request);
  EXPECT_FALSE(test::read_reply(plain));
}

TEST_F(TlsTest, a_network_address_is_allowed_with_tls) {
  m_settings.address = "0.0.0.0";
  test::World world(m_settings);
  EXPECT_NE(ask_tls(world.server->port(),
                    "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
            "");
}

}  // namespace
}  // namespace jinglue::serve
