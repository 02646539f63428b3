#include "net/tls.hpp"

#include <ctime>
#include <stdexcept>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "net/address.hpp"
#include "net/chain_verdicts.hpp"
#include "net/openssl_library.hpp"

namespace gochron::net {

namespace {

constexpr std::size_t max_ca_contexts = 256;

std::string reason_text(const error_code& ec) {
  const char* text = ERR_reason_error_string(static_cast<unsigned long>(ec.value()));
  return text ? text : ec.message();
}

failure certificate_failure(long code, const std::string& name) {
  const auto down = [](reason r, std::string text) { return failure{r, std::move(text), verdict::down}; };
  switch (code) {
  case X509_V_ERR_CERT_HAS_EXPIRED:
    return down(reason::tls_expired, "The certificate of " + name + " has expired.");
  case X509_V_ERR_CERT_NOT_YET_VALID:
    return down(reason::tls_expired, "The certificate of " + name + " is not valid yet.");
  case X509_V_ERR_HOSTNAME_MISMATCH:
  case X509_V_ERR_IP_ADDRESS_MISMATCH:
    return down(reason::tls_hostname, "The certificate is not for " + name + ".");
  case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    return down(reason::tls_untrusted, "The certificate of " + name + " is self-signed.");
  default:
    return down(reason::tls_untrusted,
                "The certificate of " + name + " is not trusted: " + X509_verify_cert_error_string(code) + ".");
  }
}

} // namespace

/// A context and what it has verified lately: the verdicts are worth nothing to a context that trusts others.
struct tls_contexts::verifying {
  asio::ssl::context context{SSL_CTX_new_ex(openssl_library(), nullptr, TLS_client_method())};
  chain_verdicts verdicts;
};

tls_contexts::context_ptr tls_contexts::base() {
  auto owner = std::make_shared<verifying>();
  auto* out = &owner->context;
  auto* raw = out->native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  out->set_verify_mode(asio::ssl::verify_peer);
  SSL_CTX_set_cert_verify_callback(raw, &chain_verdicts::verify, &owner->verdicts);
  return {owner, &owner->context};
}

tls_contexts::tls_contexts(const std::string& extra_ca_file) : verified_(base()), unverified_(base()) {
  verified_->set_default_verify_paths();
  if (!extra_ca_file.empty()) {
    error_code ec;
    verified_->load_verify_file(extra_ca_file, ec);
    if (ec)
      throw std::runtime_error("cannot read CA certificates from " + extra_ca_file + ": " + ec.message());
  }
  unverified_->set_verify_mode(asio::ssl::verify_none);
}

outcome<tls_contexts::context_ptr> tls_contexts::for_options(const tls_options& x) {
  if (!x.verify)
    return unverified_;
  if (!x.ca_pem)
    return verified_;
  if (auto at = by_ca_.find(*x.ca_pem); at != by_ca_.end())
    return at->second;
  auto made = base();
  error_code ec;
  made->add_certificate_authority(asio::buffer(*x.ca_pem), ec);
  if (ec)
    return our_fault("The monitor's own CA certificates cannot be read: " + reason_text(ec) + ".");
  // Whoever names a certificate trusts it, also when it is an intermediate or the server's own.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(made->native_handle()), X509_V_FLAG_PARTIAL_CHAIN);
  if (by_ca_.size() >= max_ca_contexts)
    by_ca_.erase(by_ca_.begin());
  by_ca_.emplace(*x.ca_pem, made);
  return made;
}

void expect_name(SSL* ssl, const std::string& server_name) {
  auto* param = SSL_get0_param(ssl);
  if (auto address = parse_address(server_name)) {
    X509_VERIFY_PARAM_set1_ip_asc(param, address->to_string().c_str());
    return;
  }
  auto name = server_name.ends_with('.') ? server_name.substr(0, server_name.size() - 1) : server_name;
  SSL_set_tlsext_host_name(ssl, name.c_str());
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  X509_VERIFY_PARAM_set1_host(param, name.c_str(), name.size());
}

std::optional<timestamp> certificate_end(const SSL* ssl) {
  const X509* shown = SSL_get0_peer_certificate(ssl);
  std::tm utc{};
  if (!shown || ASN1_TIME_to_tm(X509_get0_notAfter(shown), &utc) != 1)
    return std::nullopt;
  return timestamp{seconds{timegm(&utc)}};
}

failure handshake_failure(SSL* ssl, const error_code& ec, const std::string& server_name) {
  if (const long code = SSL_get_verify_result(ssl); code != X509_V_OK && (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER))
    return certificate_failure(code, server_name);
  const auto protocol = [](std::string text) { return failure{reason::tls_protocol, std::move(text), verdict::down}; };
  if (ec.category() == asio::error::get_ssl_category())
    return protocol("The TLS handshake failed: " + reason_text(ec) + ".");
  if (ec == asio::error::eof || ec == asio::ssl::error::stream_truncated)
    return protocol("The server closed the connection during the TLS handshake.");
  if (ec == asio::error::connection_reset || ec == asio::error::broken_pipe)
    return {reason::connect_reset, "The server reset the connection during the TLS handshake.", verdict::down};
  return protocol("The TLS handshake failed: " + ec.message() + ".");
}

} // namespace gochron::net
