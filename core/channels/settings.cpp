#include "core/channels/settings.hpp"

#include "core/channels/text.hpp"
#include "core/webhook_signature.hpp"

namespace gochron::core {
namespace {

outgoing post(std::string url, std::string body, std::vector<name_value> headers, std::string type) {
  headers.push_back({"Content-Type", std::move(type)});
  webhook_post x;
  x.url = std::move(url);
  x.headers = std::move(headers);
  x.body = std::make_shared<const std::string>(std::move(body));
  return x;
}

} // namespace

std::string secret_fingerprint(const std::string& secret) {
  return fingerprint(secret);
}

std::string shown_url(const std::string& url) {
  return masked_url(url);
}

std::string base_url_of(const std::optional<std::string>& own, const letter& x, std::string_view usual) {
  if (own)
    return std::string{without_slash(*own)};
  auto set = x.options.base_urls.find(x.channel.spec.type());
  return std::string{without_slash(set == x.options.base_urls.end() ? usual : std::string_view{set->second})};
}

type_ptr<std::string> token_text(std::size_t max) {
  return text({.min = 1, .max = max, .pattern = "^[\\x21-\\x7e]*$"});
}

outgoing json_post(std::string url, std::string body, std::vector<name_value> headers) {
  return post(std::move(url), std::move(body), std::move(headers), "application/json; charset=utf-8");
}

outgoing form_post(std::string url, std::string body, std::vector<name_value> headers) {
  return post(std::move(url), std::move(body), std::move(headers), "application/x-www-form-urlencoded");
}

void put(json_writer& w, std::string_view name, std::string_view value) {
  w.key(name);
  w.text(value);
}

void put_integer(json_writer& w, std::string_view name, std::int64_t value) {
  w.key(name);
  w.integer(value);
}

void put_boolean(json_writer& w, std::string_view name, bool value) {
  w.key(name);
  w.boolean(value);
}

} // namespace gochron::core
