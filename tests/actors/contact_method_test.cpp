#include "core/names.hpp"
#include "world.hpp"

using namespace gochron;
using namespace gochron::testing;

namespace {

/// Ada's webhook, not verified yet.
struct owned : world {
  user_id ada = user_id::make(timestamp{2s});
  channel_id method;

  owned() {
    names[ada] = "Ada";
    channel_spec spec;
    spec.name = "Mobile";
    spec.user = ada;
    spec.target = webhook_target{"http://phone/", {}, 10s};
    method = add_channel(spec);
  }
  channel_record now() { return *ask<channel_record>(get_channel{org, method, {}, channel_noun::contact_method}); }
  result<delivery_attempt> send(bool dry = false) {
    return ask<delivery_attempt>(send_code{org, method, {}, by<void>(dry), {}});
  }
  result<channel_record> verify(const std::string& code, bool dry = false) {
    return ask<channel_record>(verify_code{org, method, {}, code, by<channel_record>(dry), {}});
  }
  std::string sent_body() { return *sender.posts.back().post.body; }
  std::string sent_code() {
    auto body = sent_body();
    auto at = body.find("\"code\":\"");
    REQUIRE(at != std::string::npos);
    return body.substr(at + 8, 6);
  }
  std::string another(const std::string& code) { return code == "000000" ? "000001" : "000000"; }
  template <class Change>
  result<channel_record> edit_method(Change change) {
    edit_channel m;
    m.org = org;
    m.id = method;
    m.as = channel_noun::contact_method;
    m.by = by<channel_record>();
    m.edit = [change](const channel_spec& x) -> result<channel_spec> {
      auto next = x;
      change(next);
      return next;
    };
    return ask<channel_record>(std::move(m));
  }
};

} // namespace

TEST_CASE_METHOD(owned, "a code goes to the address and nowhere else, and brings it into use") {
  CHECK_FALSE(alerts.of(org)->channels.at(0).enabled);
  auto attempt = send();
  REQUIRE(attempt);
  CHECK(attempt->ok());
  CHECK(attempt->user == ada);
  auto code = sent_code();
  REQUIRE(channels.outbox.size() == 1);
  CHECK(channels.outbox.begin()->second.event.body->find(code) == std::string::npos);
  CHECK(channels.rows.at(method).proof.code_digest.find(code) == std::string::npos);
  auto verified = verify(code);
  REQUIRE(verified);
  CHECK(verified->proof.verified_at == clock.t);
  CHECK(verified->version == 1);
  CHECK(alerts.of(org)->channels.at(0).enabled);
  REQUIRE(channels.notes.back().entry);
  CHECK(core::name_of(channels.notes.back().entry->action) == "verify");
  CHECK(channels.notes.back().entry->resource == contact_method_of(method).str());
  CHECK(verify("000000")); // verified is verified
  CHECK(send().error().code == errc::conflict);
}

TEST_CASE_METHOD(owned, "five wrong codes end it; the tries are counted before they are answered") {
  REQUIRE(send());
  auto code = sent_code();
  for (int i = 1; i <= 5; ++i) {
    auto refused = verify(another(code));
    CHECK(refused.error().code == errc::invalid);
    CHECK(refused.error().violations.at(0).pointer == "/code");
    CHECK(channels.rows.at(method).proof.tries == i % 5);
  }
  CHECK(verify(code).error().code == errc::conflict);
  CHECK_FALSE(now().proof.verified_at);
}

TEST_CASE_METHOD(owned, "a rehearsal of a try neither costs one nor tells") {
  REQUIRE(send());
  auto code = sent_code();
  CHECK(verify(another(code), true));
  CHECK(verify(code, true));
  CHECK(channels.rows.at(method).proof.tries == 0);
  CHECK_FALSE(now().proof.verified_at);
  clock.t += 1min;
  auto posts = sender.posts.size();
  CHECK(send(true));
  CHECK(sender.posts.size() == posts);
  CHECK(verify(code)); // the code that was sent is still the one that is out
}

TEST_CASE_METHOD(owned, "codes are rare: one a minute") {
  REQUIRE(send());
  auto refused = send();
  CHECK(refused.error().code == errc::rate_limited);
  CHECK(refused.error().retry_after == 60s);
  clock.t += 60s;
  CHECK(send());
}

TEST_CASE_METHOD(owned, "another address has to be verified again") {
  REQUIRE(send());
  REQUIRE(verify(sent_code()));
  REQUIRE(edit_method([](channel_spec& x) { x.name = "Telephone"; }));
  CHECK(now().proof.verified_at);
  REQUIRE(edit_method([](channel_spec& x) { x.target = webhook_target{"http://other/", {}, 10s}; }));
  CHECK_FALSE(now().proof.verified_at);
  CHECK_FALSE(alerts.of(org)->channels.at(0).enabled);
  CHECK(send().error().code == errc::rate_limited); // the codes of the hour still count
}

TEST_CASE_METHOD(owned, "a code that the receiver repeats is in nothing that is kept") {
  sender.respond = [](const webhook_post& x) {
    delivery_attempt a;
    a.status = 200;
    a.response_body = *x.body;
    a.response_headers = {{"X-Echo", *x.body}};
    return a;
  };
  auto attempt = send();
  REQUIRE(attempt);
  auto code = sent_code();
  CHECK(attempt->response_body.find(code) == std::string::npos);
  CHECK(attempt->response_headers.at(0).second.find(code) == std::string::npos);
  CHECK(channels.outcomes.back().attempt.response_body.find(code) == std::string::npos);
}

TEST_CASE_METHOD(owned, "a code that was not sent before a crash is not sent after it") {
  sender.hold = true;
  begin<delivery_attempt>(send_code{org, method, {}, by<void>(), {}});
  settle();
  auto left = channels.outbox.begin()->second;
  CHECK(left.state == delivery_state::pending);
  REQUIRE(verify(sent_code())); // in use from here on
  auto posts = sender.posts.size();
  caf::anon_send(shard, get_channel{org, method, reply_to<channel_record>{[](auto) {
                                      throw std::runtime_error("a broken channel");
                                    }},
                                    channel_noun::contact_method});
  settle();
  advance(5s);
  CHECK(sender.posts.size() == posts);
  CHECK(channels.outbox.begin()->second.state == delivery_state::failed);
}

TEST_CASE_METHOD(owned, "a failed code is not tried again, and says so") {
  sender.status = 500;
  auto attempt = send();
  REQUIRE(attempt);
  CHECK_FALSE(attempt->ok());
  advance(1h, 1s);
  CHECK(sender.posts.size() == 1);
}

TEST_CASE_METHOD(owned, "who asks for a channel finds no contact method, and the other way round") {
  CHECK(ask<channel_record>(get_channel{org, method, {}}).error().code == errc::not_found);
  auto shared = add_channel("shared");
  CHECK(ask<channel_record>(get_channel{org, shared, {}, channel_noun::contact_method}).error().code ==
        errc::not_found);
  CHECK(ask<delivery_attempt>(send_code{org, shared, {}, by<void>(), {}}).error().code == errc::not_found);
  CHECK(ask<channel_record>(verify_code{org, shared, {}, "123456", by<channel_record>(), {}}).error().code ==
        errc::not_found);
  CHECK(ask<channel_record>(roll_secret{org, method, {}, 0s, by<channel_record>(), {}}).error().code ==
        errc::not_found);
  CHECK(ask<delivery_attempt>(test_channel{org, method, {}, false, {}, channel_noun::contact_method}).error().code ==
        errc::conflict); // not verified
}

TEST_CASE_METHOD(owned, "contact methods are none of the plan's channels") {
  organization x;
  x.id = org;
  auto before = usage.reserve(org, countable::channels);
  CHECK(before);
  remove_channel gone{org, method, {}, by<void>(), {}, {}, channel_noun::contact_method};
  CHECK(ask<void>(gone));
  CHECK(alerts.of(org)->channels.empty());
}
