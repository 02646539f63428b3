#include <atomic>

#include <catch2/catch.hpp>

#include "net/mail_transfer.hpp"
#include "support/loopback_server.hpp"
#include "support/probing.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

mail_post some_mail(seconds timeout = 10s) {
  mail_post x;
  x.from = "alerts@gochron.example";
  x.to = {"a@example.com", "b@example.com"};
  x.content = std::make_shared<const std::string>("Subject: x\r\n\r\nline\r\n.\r\nafter the dot\r\n");
  x.timeout = timeout;
  return x;
}

/// A relay without TLS that takes everything, but for what `reply` says instead of the usual answer to a command.
class plain_relay {
public:
  using answers = std::function<std::string(const std::string& line)>;
  explicit plain_relay(answers instead = nullptr)
    : server_([this, instead = std::move(instead)](peer& c) { serve(c, instead); }) {}

  std::string url() const { return "smtp://127.0.0.1:" + std::to_string(server_.port()); }
  int accepted() const { return server_.accepted(); }
  /// All that clients have said, a connection after another.
  std::string heard() {
    std::lock_guard lock{mutex_};
    return heard_;
  }

private:
  void serve(peer& c, const answers& instead) {
    c.send("220 relay.example ESMTP\r\n");
    std::string pending;
    bool in_data = false;
    for (auto more = c.read_some(); !more.empty(); more = c.read_some()) {
      {
        std::lock_guard lock{mutex_};
        heard_ += more;
      }
      pending += more;
      for (auto end = pending.find("\r\n"); end != std::string::npos; end = pending.find("\r\n")) {
        auto line = pending.substr(0, end);
        pending.erase(0, end + 2);
        if (in_data && line != ".")
          continue;
        auto special = instead ? instead(in_data ? "." : line) : "";
        if (special == "cut")
          return c.reset();
        bool data = line == "DATA" && special.empty();
        c.send(!special.empty() ? special : data ? "354 go on\r\n" : "250 fine\r\n");
        in_data = data;
      }
    }
  }

  std::mutex mutex_;
  std::string heard_;
  loopback_server server_;
};

net::network_options through(const std::string& url) {
  auto options = loopback_only();
  options.smtp = net::smtp_options{url, {}, {}, false, {}};
  return options;
}

delivery_attempt mailed(net::network& network, mail_post x) {
  auto answer = std::make_shared<std::promise<delivery_attempt>>();
  auto future = answer->get_future();
  network.senders().mail(std::move(x), [answer](delivery_attempt a) { answer->set_value(std::move(a)); });
  REQUIRE(future.wait_for(20s) == std::future_status::ready);
  return future.get();
}

} // namespace

TEST_CASE("a mail is one transaction for all its addresses, its dots doubled, and the relay's replies are kept") {
  plain_relay relay;
  probing p{through(relay.url())};
  auto x = mailed(p.network, some_mail());
  CHECK(x.ok());
  CHECK(x.status == 250);
  CHECK(x.remote_ip == "127.0.0.1");
  CHECK(x.response_body.starts_with("220 relay.example ESMTP\r\n"));
  CHECK(x.response_body.find("354 go on") != std::string::npos);
  auto heard = relay.heard();
  CHECK(heard.find("MAIL FROM:<alerts@gochron.example>") != std::string::npos);
  CHECK(heard.find("RCPT TO:<a@example.com>\r\nRCPT TO:<b@example.com>\r\n") != std::string::npos);
  CHECK(heard.find("line\r\n..\r\nafter the dot\r\n.\r\n") != std::string::npos);
}

TEST_CASE("a reply of the relay's is the attempt's status and message") {
  struct row {
    const char* command;
    const char* reply;
    std::uint16_t status;
  };
  for (auto [command, reply, status] :
       {row{"MAIL", "451 4.3.2 come back later\r\n", 451}, row{"RCPT", "550 5.1.1 no such user\r\n", 550},
        row{".", "554-5.7.1 that is\r\n554 5.7.1 spam\r\n", 554}, row{"DATA", "452 full\r\n", 452}}) {
    INFO(command);
    plain_relay relay{
        [&](const std::string& line) { return line.starts_with(command) ? std::string{reply} : std::string{}; }};
    probing p{through(relay.url())};
    auto x = mailed(p.network, some_mail());
    CHECK_FALSE(x.ok());
    CHECK(x.status == status);
    CHECK(x.error == reason::status_mismatch);
    CHECK(x.message == "The relay answered " + net::reply_of(reply, status) + '.');
  }
}

TEST_CASE("of what a relay said the last line with the code is told") {
  CHECK(net::reply_of("220 hello\r\n550 5.1.1 no such user\r\n221 bye\r\n", 550) == "550 5.1.1 no such user");
  CHECK(net::reply_of("554-5.7.1 that is\r\n554 5.7.1 spam\r\n", 554) == "554 5.7.1 spam");
  CHECK(net::reply_of("550 x", 550) == "550 x");
  CHECK(net::reply_of("220 550 no", 550) == "550");
}

TEST_CASE("an address that is refused keeps the mail from nobody else") {
  plain_relay relay{[](const std::string& line) {
    return line.starts_with("RCPT TO:<a@") ? std::string{"550 5.1.1 no such user\r\n"} : std::string{};
  }};
  probing p{through(relay.url())};
  auto x = mailed(p.network, some_mail());
  CHECK(x.ok());
  CHECK(x.response_body.find("550 5.1.1 no such user") != std::string::npos);
}

TEST_CASE("a relay that breaks off, refuses or falls silent is a failure with its reason, and then it recovers") {
  std::atomic<bool> broken{true};
  plain_relay relay{
      [&](const std::string& line) { return broken && line == "." ? std::string{"cut"} : std::string{}; }};
  probing p{through(relay.url())};
  auto cut = mailed(p.network, some_mail());
  CHECK_FALSE(cut.ok());
  CHECK(cut.status == 0);
  CHECK(cut.error == reason::connect_reset);
  broken = false;
  CHECK(mailed(p.network, some_mail()).ok());

  probing nobody{through("smtp://127.0.0.1:" + std::to_string(unused_port()))};
  CHECK(mailed(nobody.network, some_mail()).error == reason::connect_refused);

  loopback_server silent{[](peer& c) { c.wait_for_end(); }};
  probing waits{through("smtp://127.0.0.1:" + std::to_string(silent.port()))};
  auto late = mailed(waits.network, some_mail(1s));
  CHECK(late.error == reason::first_byte_timeout);
  CHECK(late.duration < 5s);
}

TEST_CASE("of many mails eight are under way, the others wait, and a stop answers all") {
  loopback_server silent{[](peer& c) { c.wait_for_end(); }};
  auto options = through("smtp://127.0.0.1:" + std::to_string(silent.port()));
  net::network network{options};
  network.start();
  std::atomic<int> answered{0};
  for (int i = 0; i < 20; ++i)
    network.senders().mail(some_mail(60s), [&](const delivery_attempt& x) { answered += x.ok() ? 100 : 1; });
  for (int i = 0; i < 10'000 && network.stats().mails.in_flight < 8; ++i)
    std::this_thread::sleep_for(1ms);
  CHECK(network.stats().mails.in_flight == 8);
  CHECK(network.stats().mails.queued == 12);
  const auto begun = std::chrono::steady_clock::now();
  network.stop();
  CHECK(std::chrono::steady_clock::now() - begun < 5s);
  CHECK(answered == 20);
  CHECK(mailed(network, some_mail()).message == "The sender has stopped.");
}

TEST_CASE("a mail that waits longer than it may take is given up") {
  loopback_server silent{[](peer& c) { c.wait_for_end(); }};
  probing p{through("smtp://127.0.0.1:" + std::to_string(silent.port()))};
  for (int i = 0; i < 8; ++i)
    p.network.senders().mail(some_mail(60s), [](const delivery_attempt&) {});
  CHECK(mailed(p.network, some_mail(1s)).message == "It waited too long for its turn.");
}

TEST_CASE("credentials do not travel without TLS") {
  plain_relay relay{[](const std::string& line) {
    return line.starts_with("EHLO") ? std::string{"250-relay.example\r\n250 AUTH PLAIN LOGIN\r\n"} : std::string{};
  }};
  auto options = through(relay.url());
  options.smtp->user = "gochron";
  options.smtp->password = "secret";
  probing p{options};
  auto x = mailed(p.network, some_mail());
  CHECK_FALSE(x.ok());
  CHECK(x.error == reason::tls_protocol);
  CHECK(relay.heard().find("AUTH") == std::string::npos);
}

TEST_CASE("without a relay a mail is answered at once") {
  probing p;
  CHECK(mailed(p.network, some_mail()).message == "There is no SMTP relay.");
}

namespace {

mail_post by_relay(const std::string& url, seconds timeout = 10s) {
  auto x = some_mail(timeout);
  x.relay = std::make_shared<const mail_relay>(mail_relay{url, {}, {}, false});
  return x;
}

} // namespace

TEST_CASE("a user's relay is used without the operator's, and beside it") {
  plain_relay own, operators;
  probing alone;
  CHECK(mailed(alone.network, by_relay(own.url())).ok());
  probing both{through(operators.url())};
  CHECK(mailed(both.network, by_relay(own.url())).ok());
  CHECK(operators.accepted() == 0);
  CHECK(mailed(both.network, some_mail()).ok());
  CHECK(own.accepted() == 2);
  CHECK(operators.accepted() == 1);
}

TEST_CASE("a user's relay is connected to where the guard permits, and the operator's wherever it is") {
  plain_relay relay;
  net::network_options guarded;
  guarded.smtp = net::smtp_options{relay.url(), {}, {}, false, {}};
  probing p{guarded};
  for (auto host : {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "0.0.0.0"}) {
    INFO(host);
    auto x = mailed(p.network, by_relay("smtp://" + std::string{host} + relay.url().substr(relay.url().rfind(':'))));
    CHECK_FALSE(x.ok());
    CHECK(x.error == reason::egress_denied);
    CHECK(x.message.find("address, which may not be connected to.") != std::string::npos);
  }
  CHECK(relay.accepted() == 0);
  CHECK(mailed(p.network, some_mail()).ok());
}

TEST_CASE("a user's relay that is silent is in nobody else's way") {
  loopback_server silent{[](peer& c) { c.wait_for_end(); }};
  auto url = "smtp://127.0.0.1:" + std::to_string(silent.port());
  plain_relay good;
  probing p{through(good.url())};
  std::atomic<int> answered{0};
  for (int i = 0; i < 50; ++i)
    p.network.senders().mail(by_relay(url, 60s), [&](const delivery_attempt&) { ++answered; });
  CHECK(mailed(p.network, by_relay(good.url())).ok());
  CHECK(mailed(p.network, some_mail()).ok());
  for (int i = 0; i < 500 && p.network.stats().mails.in_flight != 2; ++i)
    std::this_thread::sleep_for(10ms); // a mail is counted until its answer has been heard
  CHECK(p.network.stats().mails.in_flight == 2);
  CHECK(p.network.stats().mails.queued == 48);
  CHECK(answered == 0);
  CHECK(mailed(p.network, by_relay(url, 1s)).message == "It waited too long for its turn.");
  p.network.stop();
  CHECK(answered == 50);
}
