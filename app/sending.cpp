#include <fstream>

#include <re2/re2.h>

#include "app/configuration.hpp"
#include "core/names.hpp"
#include "core/schema/formats.hpp"

/// The settings of what is sent to receivers.
namespace gochron::app {
namespace {

bool is_address(const std::string& x) {
  static const re2::RE2 shape{"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@([A-Za-z0-9.-]+)"};
  std::string host;
  return re2::RE2::FullMatch(x, shape, &host) && core::is_host(host);
}

bool is_smtp_url(const std::string& x) {
  static const re2::RE2 shape{R"(smtps?://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?/?)"};
  return re2::RE2::FullMatch(x, shape);
}

result<std::string> first_line_of(const std::string& path) {
  std::ifstream file{path};
  std::string line;
  if (!std::getline(file, line) || line.empty())
    return fail(errc::unavailable, "The password cannot be read from " + path + ".");
  if (line.back() == '\r')
    line.pop_back();
  return line;
}

} // namespace

result<std::optional<net::smtp_options>> smtp_of(const configuration& c) {
  error e{errc::invalid, "The settings of the SMTP relay do not go together.", {}, {}, {}};
  auto need = [&](bool given, const char* setting, const char* why) {
    if (!given)
      e.violations.push_back({setting, "inconsistent", why});
  };
  bool wanted = !c.smtp_url.empty();
  need(wanted || (c.smtp_from.empty() && c.smtp_user.empty() && c.smtp_password_file.empty()), "smtp_url",
       "The other settings of the relay need it.");
  need(!wanted || is_smtp_url(c.smtp_url), "smtp_url", "Expected smtp://host:port or smtps://host:port.");
  need(!wanted || is_address(c.smtp_from), "smtp_from", "Expected the address that mail comes from.");
  need(c.smtp_user.empty() == c.smtp_password_file.empty(), "smtp_password_file", "Goes with smtp_user.");
  if (!e.violations.empty())
    return fail(std::move(e));
  if (!wanted)
    return std::nullopt;
  net::smtp_options out{c.smtp_url, c.smtp_user, {}, c.smtp_tls == "required", c.extra_ca_file};
  if (!c.smtp_user.empty()) {
    auto password = first_line_of(c.smtp_password_file);
    if (!password)
      return fail(password.error());
    out.password = std::move(*password);
  }
  return out;
}

result<core::sending_options> sending_of(const configuration& c) {
  core::sending_options out;
  out.mail_from = c.smtp_url.empty() ? std::string{} : c.smtp_from;
  error e{errc::invalid, "The base URLs of channels are of the form type=url.", {}, {}, {}};
  for (const auto& text : c.channel_base_urls) {
    auto sign = text.find('=');
    auto type = core::parse_name<channel_type>(std::string_view{text}.substr(0, sign));
    auto fault = sign == std::string::npos ? std::optional<std::string>{"No `=` in it."}
                                           : core::url_fault(std::string_view{text}.substr(sign + 1));
    if (!type)
      fault = "No such type of channel.";
    if (fault)
      e.violations.push_back({"channel_base_url", "invalid_format", "`" + text + "`: " + *fault});
    else
      out.base_urls[*type] = text.substr(sign + 1);
  }
  if (!e.violations.empty())
    return fail(std::move(e));
  return out;
}

} // namespace gochron::app
