#include "bench/peers/tls.hpp"

#include <cerrno>
#include <stdexcept>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "net/support/certificates.hpp"

namespace gochron::bench {
namespace {

std::string key_text(EVP_PKEY* key) {
  auto* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  auto size = BIO_get_mem_data(bio, &data);
  std::string text{data, static_cast<std::size_t>(size)};
  BIO_free(bio);
  return text;
}

using x509_ptr = std::unique_ptr<X509, decltype(&X509_free)>;

BIO* reading(const std::string& pem) {
  return BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
}

x509_ptr next_certificate(BIO* bio) {
  return {PEM_read_bio_X509(bio, nullptr, nullptr, nullptr), X509_free};
}

// As a socket would say it.
long verdict(SSL* ssl, int n) {
  switch (SSL_get_error(ssl, n)) {
  case SSL_ERROR_WANT_READ:
  case SSL_ERROR_WANT_WRITE:
    errno = EAGAIN;
    return -1;
  case SSL_ERROR_ZERO_RETURN:
    return 0;
  default:
    errno = EPROTO;
    return -1;
  }
}

} // namespace

tls_identity make_tls_identity() {
  testing::certificate_options authority{.name = "bench root", .authority = true};
  auto root = testing::make_identity(authority);
  authority.name = "bench intermediate";
  auto intermediate = testing::make_identity(authority, &root);
  auto leaf = testing::make_identity({.name = tls_name}, &intermediate);
  return {leaf.pem() + intermediate.pem(), key_text(leaf.key.get()), root.pem()};
}

ssl_ctx_ptr server_context(const std::string& chain_pem, const std::string& key_pem) {
  ssl_ctx_ptr context{SSL_CTX_new(TLS_server_method())};
  auto* bio = reading(chain_pem);
  SSL_CTX_use_certificate(context.get(), next_certificate(bio).get());
  while (auto x = next_certificate(bio))
    SSL_CTX_add1_chain_cert(context.get(), x.get());
  BIO_free(bio);
  bio = reading(key_pem);
  auto* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  auto fits = SSL_CTX_use_PrivateKey(context.get(), key) == 1;
  EVP_PKEY_free(key);
  if (!fits)
    throw std::runtime_error("the key does not fit the certificate");
  return context;
}

ssl_ctx_ptr client_context(const std::string& root_pem) {
  ssl_ctx_ptr context{SSL_CTX_new(TLS_client_method())};
  auto* bio = reading(root_pem);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), next_certificate(bio).get());
  BIO_free(bio);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  return context;
}

ssl_ptr server_side(SSL_CTX* context, int fd) {
  ssl_ptr ssl{SSL_new(context)};
  SSL_set_fd(ssl.get(), fd);
  SSL_set_accept_state(ssl.get());
  return ssl;
}

ssl_ptr client_side(SSL_CTX* context, int fd, const std::string& name) {
  ssl_ptr ssl{SSL_new(context)};
  SSL_set_fd(ssl.get(), fd);
  SSL_set_tlsext_host_name(ssl.get(), name.c_str());
  SSL_set1_host(ssl.get(), name.c_str());
  SSL_set_connect_state(ssl.get());
  return ssl;
}

long receive_tls(SSL* ssl, char* block, std::size_t size) {
  auto n = SSL_read(ssl, block, static_cast<int>(size));
  return n > 0 ? n : verdict(ssl, n);
}

long send_tls(SSL* ssl, const char* text, std::size_t size) {
  auto n = SSL_write(ssl, text, static_cast<int>(size));
  return n > 0 ? n : verdict(ssl, n);
}

void say_goodbye(SSL* ssl) {
  SSL_shutdown(ssl);
}

} // namespace gochron::bench
