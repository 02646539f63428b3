#include <unistd.h>

#include "net/openssl_library.hpp"
#include "net/support/certificates.hpp"
#include "net/support/loopback_server.hpp"
#include "net/support/printing.hpp"
#include "net/support/probing.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

struct tls_world {
  identity root = make_identity({"Test", -3600, 3600, true});
  probing p;

  check_outcome check(const identity& own, const identity* intermediate = nullptr,
                      const std::string& host = "127.0.0.1", void (*adjust)(http_check&) = nullptr) {
    auto context = server_context(own, intermediate);
    loopback_server server{answering(http_answer(200)), "127.0.0.1", context.get()};
    auto spec = http_spec(server.url("/", host));
    http_of(spec).tls.ca_pem = root.pem();
    if (adjust)
      adjust(http_of(spec));
    return p.check(std::move(spec));
  }
};

} // namespace

TEST_CASE_METHOD(tls_world, "a certificate from the monitor's own authority is trusted") {
  auto x = check(make_identity({}, &root));
  INFO(x.message);
  CHECK(x.verdict == verdict::up);
  CHECK(x.timings.tls);
}

TEST_CASE_METHOD(tls_world, "certificates with keys of every kind are understood") {
  for (const auto* kind : {"P-256", "P-384", "P-521", "RSA", "ED25519", "ED448"}) {
    auto middle = make_identity({"Middle", -3600, 3600, true, kind}, &root);
    auto x = check(make_identity({"127.0.0.1", -3600, 3600, false, kind}, &middle), &middle);
    INFO(kind << ": " << x.message);
    CHECK(x.verdict == verdict::up);
  }
}

TEST_CASE_METHOD(tls_world, "a check sees when the target's own certificate ends") {
  auto soon = std::chrono::system_clock::now() + std::chrono::seconds{86400};
  auto ends = timestamp{std::chrono::duration_cast<milliseconds>(soon.time_since_epoch())};
  auto x = check(make_identity({"127.0.0.1", -3600, 86400}, &root));
  REQUIRE(x.certificate_expires_at);
  CHECK(std::chrono::abs(*x.certificate_expires_at - ends) < std::chrono::seconds{30});
  CHECK_FALSE(check(make_identity({"127.0.0.1", -7200, -3600}, &root)).certificate_expires_at); // no handshake
}

TEST_CASE("the lean library offers servers what the whole one does") {
  using context_ptr = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
  using ssl_ptr = std::unique_ptr<SSL, decltype(&SSL_free)>;
  const auto offered = [](OSSL_LIB_CTX* library) {
    context_ptr context{SSL_CTX_new_ex(library, nullptr, TLS_client_method()), SSL_CTX_free};
    ssl_ptr ssl{SSL_new(context.get()), SSL_free};
    auto* suites = SSL_get1_supported_ciphers(ssl.get());
    std::vector<std::string> names;
    for (int i = 0; i < sk_SSL_CIPHER_num(suites); ++i)
      names.emplace_back(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(suites, i)));
    sk_SSL_CIPHER_free(suites);
    return names;
  };
  CHECK(offered(nullptr).size() > 3);
  CHECK(offered(net::openssl_library()) == offered(nullptr));
}

TEST_CASE_METHOD(tls_world, "a chain through an intermediate needs the intermediate") {
  auto middle = make_identity({"Middle", -3600, 3600, true}, &root);
  auto leaf = make_identity({}, &middle);
  CHECK(check(leaf, &middle).verdict == verdict::up);
  CHECK(check(leaf).reason == reason::tls_untrusted);
}

TEST_CASE_METHOD(tls_world, "certificates that are not in force are told apart from untrusted ones") {
  auto old = check(make_identity({"127.0.0.1", -7200, -3600}, &root));
  CHECK(old.verdict == verdict::down);
  CHECK(old.reason == reason::tls_expired);
  CHECK(old.message == "The certificate of 127.0.0.1 has expired.");
  auto young = check(make_identity({"127.0.0.1", 3600, 7200}, &root));
  CHECK(young.reason == reason::tls_expired);
  CHECK(young.message == "The certificate of 127.0.0.1 is not valid yet.");
}

TEST_CASE_METHOD(tls_world, "a self-signed certificate and one of an unknown authority are untrusted") {
  auto own = check(make_identity({}));
  CHECK(own.reason == reason::tls_untrusted);
  CHECK(own.message == "The certificate of 127.0.0.1 is self-signed.");
  auto other = make_identity({"Other", -3600, 3600, true});
  CHECK(check(make_identity({}, &other)).reason == reason::tls_untrusted);
  auto system_store = [](http_check& c) { c.tls.ca_pem.reset(); };
  CHECK(check(make_identity({}, &root), nullptr, "127.0.0.1", system_store).reason == reason::tls_untrusted);
}

TEST_CASE_METHOD(tls_world, "a certificate for another host is a mismatch, unless that host is the expected one") {
  auto named = make_identity({"www.example.test"}, &root);
  CHECK(check(named).reason == reason::tls_hostname);
  CHECK(check(make_identity({"127.0.0.2"}, &root)).reason == reason::tls_hostname);
  CHECK(check(named, nullptr, "localhost").reason == reason::tls_hostname);
  auto expect_it = [](http_check& c) { c.tls.server_name = "www.example.test"; };
  CHECK(check(named, nullptr, "127.0.0.1", expect_it).verdict == verdict::up);
}

TEST_CASE_METHOD(tls_world, "verification can be turned off") {
  auto trust_all = [](http_check& c) { c.tls.verify = false; };
  CHECK(check(make_identity({"other.test", -7200, -3600}), nullptr, "127.0.0.1", trust_all).verdict == verdict::up);
}

TEST_CASE_METHOD(tls_world, "an unreadable authority is our fault, not the target's") {
  auto broken = [](http_check& c) { c.tls.ca_pem = "-----BEGIN CERTIFICATE-----\nnonsense\n"; };
  auto x = check(make_identity({}, &root), nullptr, "127.0.0.1", broken);
  CHECK(x.verdict == verdict::error);
  CHECK(x.reason == reason::probe_error);
}

TEST_CASE_METHOD(tls_world, "a server that speaks only TLS 1.1 has no version in common") {
  auto context = server_context(make_identity({}, &root));
  SSL_CTX_set_min_proto_version(context->native_handle(), 0);
  SSL_CTX_set_max_proto_version(context->native_handle(), TLS1_1_VERSION);
  SSL_CTX_set_cipher_list(context->native_handle(), "ALL:@SECLEVEL=0");
  loopback_server server{answering(http_answer(200)), "127.0.0.1", context.get()};
  auto x = p.check(http_spec(server.url()));
  INFO(x.message);
  CHECK(x.verdict == verdict::down);
  CHECK(x.reason == reason::tls_protocol);
}

TEST_CASE_METHOD(tls_world, "a server that does not speak TLS at all is a protocol failure") {
  loopback_server plain{[](peer& c) {
    c.read_some();
    c.send("HTTP/1.1 400 Bad Request\r\n\r\n");
  }};
  CHECK(p.check(http_spec(plain.url().replace(0, 4, "https"))).reason == reason::tls_protocol);
  loopback_server closing{[](peer& c) { c.read_some(); }};
  CHECK(p.check(http_spec(closing.url().replace(0, 4, "https"))).reason == reason::tls_protocol);
  loopback_server resetting{[](peer& c) {
    c.read_some();
    c.reset();
  }};
  CHECK(p.check(http_spec(resetting.url().replace(0, 4, "https"))).reason == reason::connect_reset);
}

TEST_CASE_METHOD(tls_world, "a handshake that hangs ends at the timeout") {
  loopback_server silent{[](peer& c) { c.wait_for_end(); }};
  auto x = p.check(http_spec(silent.url().replace(0, 4, "https"), 300ms));
  CHECK(x.reason == reason::tls_timeout);
  CHECK(x.response_time >= 290ms);
  CHECK(x.response_time < 2s);
}

TEST_CASE("the authorities of the extra file are trusted") {
  auto root = make_identity({"Test", -3600, 3600, true});
  char path[] = "/tmp/gochron-ca-XXXXXX";
  const int fd = ::mkstemp(path);
  REQUIRE(fd >= 0);
  const auto pem = root.pem();
  REQUIRE(::write(fd, pem.data(), pem.size()) == static_cast<ssize_t>(pem.size()));
  ::close(fd);
  auto options = loopback_only();
  options.extra_ca_file = path;
  {
    probing p{options};
    auto context = server_context(make_identity({}, &root));
    loopback_server server{answering(http_answer(200)), "127.0.0.1", context.get()};
    CHECK(p.check(http_spec(server.url())).verdict == verdict::up);
  }
  ::unlink(path);
  CHECK_THROWS_AS(net::network{options}, std::runtime_error);
}
