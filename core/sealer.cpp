#include "core/sealer.hpp"

#include <memory>
#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "core/bytes.hpp"

namespace gochron::core {
namespace {

constexpr std::size_t nonce_size = 12, tag_size = 16;

struct context_deleter {
  void operator()(EVP_CIPHER_CTX* x) const { EVP_CIPHER_CTX_free(x); }
};
using context = std::unique_ptr<EVP_CIPHER_CTX, context_deleter>;

context make_context() {
  context x{EVP_CIPHER_CTX_new()};
  if (!x)
    throw std::bad_alloc{};
  return x;
}

unsigned char* raw(std::string& x, std::size_t at = 0) {
  return reinterpret_cast<unsigned char*>(x.data()) + at;
}

void must(int ok) {
  if (ok != 1)
    throw std::runtime_error("AES-256-GCM failed in OpenSSL");
}

} // namespace

sealer::sealer(const key& k) : key_(k) {}

sealer::~sealer() {
  OPENSSL_cleanse(key_.data(), key_.size());
}

std::string sealer::seal(std::string_view plain, std::string_view purpose) const {
  std::string sealed(nonce_size + plain.size() + tag_size, '\0');
  fill_random({raw(sealed), nonce_size});
  auto cipher = make_context();
  int n = 0;
  must(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key_.data(), raw(sealed)));
  must(EVP_EncryptUpdate(cipher.get(), nullptr, &n, octets(purpose).data(), static_cast<int>(purpose.size())));
  must(EVP_EncryptUpdate(cipher.get(), raw(sealed, nonce_size), &n, octets(plain).data(),
                         static_cast<int>(plain.size())));
  must(EVP_EncryptFinal_ex(cipher.get(), raw(sealed, nonce_size + plain.size()), &n));
  must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag_size),
                           raw(sealed, nonce_size + plain.size())));
  return sealed;
}

std::optional<std::string> sealer::open(std::string_view sealed, std::string_view purpose) const {
  if (sealed.size() < nonce_size + tag_size)
    return std::nullopt;
  auto body = sealed.substr(nonce_size, sealed.size() - nonce_size - tag_size);
  std::string tag{sealed.substr(sealed.size() - tag_size)};
  std::string plain(body.size() + 1, '\0'); // never an empty buffer for OpenSSL to write to
  auto cipher = make_context();
  int n = 0;
  must(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key_.data(), octets(sealed).data()));
  must(EVP_DecryptUpdate(cipher.get(), nullptr, &n, octets(purpose).data(), static_cast<int>(purpose.size())));
  must(EVP_DecryptUpdate(cipher.get(), raw(plain), &n, octets(body).data(), static_cast<int>(body.size())));
  must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag_size), raw(tag)));
  if (EVP_DecryptFinal_ex(cipher.get(), raw(plain, body.size()), &n) != 1) {
    OPENSSL_cleanse(plain.data(), plain.size());
    return std::nullopt;
  }
  plain.pop_back();
  return plain;
}

} // namespace gochron::core
