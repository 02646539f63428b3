#include "net/support/certificates.hpp"

#include <atomic>
#include <stdexcept>

#include "net/asio.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace gochron::testing {

namespace {

void extend(X509* cert, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
  auto* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (!extension)
    throw std::runtime_error("cannot make the extension " + value);
  X509_add_ext(cert, extension, -1);
  X509_EXTENSION_free(extension);
}

std::string drained(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  std::string out{data, static_cast<std::size_t>(size)};
  BIO_free(bio);
  return out;
}

EVP_PKEY* make_key(const std::string& kind) {
  if (kind.starts_with("RSA"))
    return EVP_PKEY_Q_keygen(nullptr, nullptr, kind.c_str(), std::size_t{2048});
  return kind.starts_with("ED") ? EVP_PKEY_Q_keygen(nullptr, nullptr, kind.c_str()) : EVP_EC_gen(kind.c_str());
}

// Keys of Edwards curves digest by themselves.
const EVP_MD* digest_for(EVP_PKEY* key) {
  return EVP_PKEY_is_a(key, "ED25519") == 1 || EVP_PKEY_is_a(key, "ED448") == 1 ? nullptr : EVP_sha256();
}

} // namespace

std::string identity::pem() const {
  auto* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, cert.get());
  return drained(bio);
}

identity make_identity(const certificate_options& x, const identity* issuer) {
  static std::atomic<long> serial{1};
  identity out{{make_key(x.key), EVP_PKEY_free}, {X509_new(), X509_free}};
  auto* cert = out.cert.get();
  X509_set_version(cert, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++);
  X509_gmtime_adj(X509_getm_notBefore(cert), x.from_seconds);
  X509_gmtime_adj(X509_getm_notAfter(cert), x.to_seconds);
  X509_set_pubkey(cert, out.key.get());
  const auto common_name = x.name + (x.authority ? " authority" : "");
  X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
  auto* parent = issuer ? issuer->cert.get() : cert;
  X509_set_issuer_name(cert, X509_get_subject_name(parent));
  extend(cert, parent, NID_basic_constraints, x.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  extend(cert, parent, NID_subject_key_identifier, "hash");
  const bool address = x.name.find_first_not_of("0123456789.:") == std::string::npos;
  if (!x.authority)
    extend(cert, parent, NID_subject_alt_name, (address ? "IP:" : "DNS:") + x.name);
  auto* signer = issuer ? issuer->key.get() : out.key.get();
  X509_sign(cert, signer, digest_for(signer));
  return out;
}

std::unique_ptr<boost::asio::ssl::context> server_context(const identity& own, const identity* intermediate) {
  auto out = std::make_unique<boost::asio::ssl::context>(boost::asio::ssl::context::tls_server);
  auto* raw = out->native_handle();
  SSL_CTX_use_certificate(raw, own.cert.get());
  SSL_CTX_use_PrivateKey(raw, own.key.get());
  if (intermediate)
    SSL_CTX_add1_chain_cert(raw, intermediate->cert.get());
  return out;
}

} // namespace gochron::testing
