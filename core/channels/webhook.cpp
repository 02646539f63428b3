#include <algorithm>
#include <iterator>

#include "core/channels/provider.hpp"
#include "core/schema/formats.hpp"
#include "core/webhook_signature.hpp"

namespace gochron::core {
namespace {

object_ptr<webhook_target> schema() {
  auto s = std::make_shared<object_schema<webhook_target>>("WebhookTarget", "Where signed events are posted.");
  s->property("url", &webhook_target::url, url_text(),
              {.doc = "An http or https URL without user information.",
               .example = R"("https://hooks.example.com/gochron")",
               .required = true});
  s->property(
      "headers", &webhook_target::headers,
      header_list({"host", "content-length", "content-type", "transfer-encoding", "connection", "keep-alive",
                   "proxy-connection", "upgrade", "te", "trailer", "expect", "webhook-*", "x-gochron-signature*"}),
      {.doc = "Sent with each attempt, in this order. Encrypted at rest.",
       .example = R"([{"name":"Authorization","value":"Bearer abc"}])",
       .sealed = true});
  s->property("timeout_seconds", &webhook_target::timeout, integer<seconds>(1, 30),
              {.doc = "For one whole attempt.", .example = "10"});
  return s;
}

result<outgoing> render(const webhook_target& to, const letter& x) {
  const auto& e = x.delivery.event;
  webhook_post post;
  post.url = to.url;
  post.body = e.body;
  post.timeout = to.timeout;
  post.headers = to.headers;
  post.headers.push_back({"Content-Type", "application/json"});
  std::ranges::move(x.signer->headers(e.id.str(), *e.body, x.sent_at), std::back_inserter(post.headers));
  return post;
}

receipt judge_webhook(const delivery_attempt& x) {
  return {.outcome = judge(x)};
}

} // namespace

const channel_kind& webhook_kind() {
  static const provider<webhook_target> kind{
      {.doc = "An HTTP endpoint.", .schema = schema(), .render = render, .judge = judge_webhook, .is_signed = true}};
  return kind;
}

} // namespace gochron::core
