#include "net/support/certificates.hpp"
#include "net/support/loopback_server.hpp"
#include "net/support/printing.hpp"
#include "net/support/probing.hpp"

using namespace gochron;
using namespace gochron::testing;

TEST_CASE("a port that accepts is up, one that does not is down") {
  loopback_server server{[](peer& c) { c.wait_for_end(); }};
  probing p;
  auto x = p.check(tcp_spec("127.0.0.1", server.port()));
  CHECK(x.verdict == verdict::up);
  CHECK(x.timings.connect);
  CHECK_FALSE(x.http);
  CHECK(p.check(tcp_spec("localhost", server.port())).verdict == verdict::up);
  CHECK(p.check(tcp_spec("127.0.0.1", unused_port())).reason == reason::connect_refused);
  black_hole hole;
  CHECK(p.check(tcp_spec("127.0.0.1", hole.port(), 300ms)).reason == reason::connect_timeout);
  CHECK(p.check(tcp_spec("127.0.0.2", server.port())).reason == reason::egress_denied);
  CHECK(p.check(tcp_spec("not a host", server.port())).verdict == verdict::error);
  CHECK(p.check(tcp_spec("127.0.0.1", 0)).verdict == verdict::error);
}

TEST_CASE("a script is played step by step") {
  loopback_server server{[](peer& c) {
    c.send("220 ready\r\n25");
    if (c.read_some() == "EHLO x\r\n")
      c.send("0 hello\r\n");
    if (c.read_some() == "QUIT\r\n")
      c.send("221 bye\r\n");
  }};
  probing p;
  auto spec = tcp_spec("127.0.0.1", server.port());
  tcp_of(spec).script = {{{}, "220"}, {"EHLO x\r\n", "250 hello"}, {"QUIT\r\n", "221"}};
  auto x = p.check(spec);
  INFO(x.message);
  CHECK(x.verdict == verdict::up);
  CHECK(x.timings.first_byte);
}

TEST_CASE("what was expected and did not come is named, with the way in which it did not") {
  probing p;
  const auto check = [&](loopback_server::script script) {
    loopback_server server{std::move(script)};
    auto spec = tcp_spec("127.0.0.1", server.port(), 300ms);
    tcp_of(spec).script = {{{}, "250"}};
    return p.check(spec);
  };
  auto silent = check([](peer& c) { c.wait_for_end(); });
  CHECK(silent.reason == reason::first_byte_timeout);
  CHECK(silent.response_time < 2s);
  auto wrong = check([](peer& c) {
    c.send("500 no\r\n");
    c.wait_for_end();
  });
  CHECK(wrong.reason == reason::keyword_missing);
  CHECK(wrong.response_time < 2s);
  CHECK(check([](peer& c) { c.send("500 no\r\n"); }).reason == reason::keyword_missing);
  CHECK(check([](peer& c) {
          while (c.send(std::string(4096, 'x'))) {
          }
        }).reason == reason::keyword_missing);
  CHECK(check([](peer& c) { c.reset(); }).reason == reason::connect_reset);
}

TEST_CASE("TLS comes before the script when implicit and after it when negotiated") {
  auto root = make_identity({"Test", -3600, 3600, true});
  auto context = server_context(make_identity({}, &root));
  probing p;
  loopback_server implicit{[](peer& c) {
                             if (c.handshake())
                               c.send("220 ready\r\n");
                             c.wait_for_end();
                           },
                           "127.0.0.1", context.get()};
  auto spec = tcp_spec("127.0.0.1", implicit.port());
  tcp_of(spec).tls = tcp_tls::implicit;
  tcp_of(spec).tls_options.ca_pem = root.pem();
  tcp_of(spec).script = {{{}, "220"}};
  CHECK(p.check(spec).verdict == verdict::up);
  tcp_of(spec).tls_options.ca_pem.reset();
  CHECK(p.check(spec).reason == reason::tls_untrusted);

  asio::ssl::context* tls = context.get();
  loopback_server negotiated{[tls](peer& c) {
    c.send("220 ready\r\n");
    if (c.read_some() == "STARTTLS\r\n" && c.send("220 go\r\n") && c.upgrade(*tls))
      c.wait_for_end();
  }};
  auto upgrade = tcp_spec("127.0.0.1", negotiated.port());
  tcp_of(upgrade).tls = tcp_tls::starttls;
  tcp_of(upgrade).tls_options.ca_pem = root.pem();
  tcp_of(upgrade).script = {{{}, "220"}, {"STARTTLS\r\n", "220 go\r\n"}};
  auto x = p.check(upgrade);
  INFO(x.message);
  CHECK(x.verdict == verdict::up);
  CHECK(x.timings.tls);
  tcp_of(upgrade).tls_options.server_name = "mail.example.test";
  CHECK(p.check(upgrade).reason == reason::tls_hostname);
}
