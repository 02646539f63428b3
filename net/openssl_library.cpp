#include "net/openssl_library.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <openssl/core_dispatch.h>
#include <openssl/crypto.h>
#include <openssl/provider.h>

namespace gochron::net {

namespace {

/// OpenSSL's own provider, in a context where nothing is left out.
OSSL_PROVIDER* whole() {
  static auto* const provider = OSSL_PROVIDER_load(OSSL_LIB_CTX_new(), "default");
  return provider;
}

constexpr std::array<std::string_view, 6> key_kinds{"RSA", "RSA-PSS", "EC", "ED25519", "ED448", "DSA"};
constexpr std::array<std::string_view, 6> other_kinds{"X25519", "X448", "DH", "HMAC", "HKDF", "TLS1-PRF"};

/// Its first name, of several that colons divide.
std::string_view name_of(const OSSL_ALGORITHM& x) {
  const std::string_view names{x.algorithm_names};
  return names.substr(0, names.find(':'));
}

bool is_key_kind(const OSSL_ALGORITHM& x) {
  return std::ranges::count(key_kinds, name_of(x)) > 0;
}

// Of a certificate's key, and of what TLS agrees on.
bool is_used(const OSSL_ALGORITHM& x) {
  return is_key_kind(x) || std::ranges::count(other_kinds, name_of(x)) > 0;
}

// Whatever the default list of cipher suites may use; 3DES and the like are not in it.
bool is_cipher_of_tls(const OSSL_ALGORITHM& x) {
  const auto name = name_of(x);
  return name.starts_with("AES-128-") || name.starts_with("AES-256-") || name == "ChaCha20-Poly1305";
}

bool reads_certificates(const OSSL_ALGORITHM& x) {
  const std::string_view properties{x.property_definition};
  return is_key_kind(x) && properties.find("input=der") != std::string_view::npos &&
         properties.find("structure=SubjectPublicKeyInfo") != std::string_view::npos;
}

std::vector<OSSL_ALGORITHM> those(int operation, bool (*wanted)(const OSSL_ALGORITHM&)) {
  int no_cache = 0;
  std::vector<OSSL_ALGORITHM> out;
  for (const auto* x = OSSL_PROVIDER_query_operation(whole(), operation, &no_cache); x && x->algorithm_names; ++x)
    if (wanted(*x))
      out.push_back(*x);
  out.push_back({});
  return out;
}

const OSSL_ALGORITHM* query(void*, int operation, int* no_cache) {
  static const auto decoders = those(OSSL_OP_DECODER, reads_certificates);
  static const auto ciphers = those(OSSL_OP_CIPHER, is_cipher_of_tls);
  static const auto keys = those(OSSL_OP_KEYMGMT, is_used);
  *no_cache = 0;
  switch (operation) {
  case OSSL_OP_CIPHER:
    return ciphers.data();
  case OSSL_OP_DECODER:
    return decoders.data();
  case OSSL_OP_KEYMGMT:
    return keys.data();
  default:
    return OSSL_PROVIDER_query_operation(whole(), operation, no_cache);
  }
}

// TLS learns the groups of a key exchange from here.
int capabilities(void*, const char* capability, OSSL_CALLBACK* told, void* argument) {
  return OSSL_PROVIDER_get_capabilities(whole(), capability, told, argument);
}

// The algorithms are those of the whole provider, and are called with its context.
int begin(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** functions, void** context) {
  static const OSSL_DISPATCH own[] = {
      {OSSL_FUNC_PROVIDER_QUERY_OPERATION, reinterpret_cast<void (*)()>(&query)},
      {OSSL_FUNC_PROVIDER_GET_CAPABILITIES, reinterpret_cast<void (*)()>(&capabilities)},
      {0, nullptr},
  };
  *functions = own;
  *context = OSSL_PROVIDER_get0_provider_ctx(whole());
  return 1;
}

OSSL_LIB_CTX* make() {
  constexpr const char* name = "gochron";
  auto* out = OSSL_LIB_CTX_new();
  if (!out || !whole() || OSSL_PROVIDER_add_builtin(out, name, &begin) != 1 || !OSSL_PROVIDER_load(out, name))
    throw std::runtime_error("OpenSSL cannot load its default provider");
  return out;
}

} // namespace

OSSL_LIB_CTX* openssl_library() {
  static auto* const library = make();
  return library;
}

} // namespace gochron::net
