#pragma once
#include <string>
#include <string_view>

#include "core/channels/kind.hpp"
#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/object.hpp"

/// Rows that the settings of several channel types share.
namespace gochron::core {

/// 16 hexadecimal digits.
std::string secret_fingerprint(const std::string& secret);

/// Never shown, sealed at rest; beside it a fingerprint, by which two can be told apart.
template <class T>
void add_secret(object_schema<T>& s, std::string_view name, std::string T::*member, type_ptr<std::string> t,
                property_facts facts) {
  facts.write_only = facts.sealed = true;
  s.property(name, member, std::move(t), facts);
  s.maybe(std::string{name} + "_fingerprint", any_text(),
          {.doc = "Tells secrets apart and gives nothing away: the first 16 hexadecimal digits of its SHA-256.",
           .example = R"("9f86d081884c7d65")"},
          [member](const T& x, const write_options&) {
            return (x.*member).empty() ? std::nullopt : std::optional{secret_fingerprint(x.*member)};
          });
}
template <class T>
void add_secret(object_schema<T>& s, std::string_view name, std::optional<std::string> T::*member,
                type_ptr<std::string> t, property_facts facts) {
  facts.write_only = facts.sealed = true;
  s.property(name, member, std::move(t), facts);
  s.maybe(std::string{name} + "_fingerprint", any_text(),
          {.doc = "Null without one, otherwise the first 16 hexadecimal digits of its SHA-256.", .example = "null"},
          [member](const T& x, const write_options&) {
            return x.*member ? std::optional{secret_fingerprint(*(x.*member))} : std::nullopt;
          });
}

/// A URL that is a secret itself; beside it the part that is none.
std::string shown_url(const std::string& url);
template <class T, class Member>
void add_secret_url(object_schema<T>& s, std::string_view name, Member T::*member, property_facts facts) {
  add_secret(s, name, member, url_text(), facts);
  s.maybe(std::string{name} + "_masked", any_text(),
          {.doc = "The part of it that is no secret.", .example = R"("https://hooks.example.com/***")"},
          [member](const T& x, const write_options&) -> std::optional<std::string> {
            if constexpr (std::is_same_v<Member, std::string>)
              return (x.*member).empty() ? std::nullopt : std::optional{shown_url(x.*member)};
            else
              return x.*member ? std::optional{shown_url(*(x.*member))} : std::nullopt;
          });
}

template <class T>
void add_base_url(object_schema<T>& s, std::optional<std::string> T::*member) {
  s.property("base_url", member, url_text(),
             {.doc = "In place of the provider's own, for a gateway or another region.", .example = "null"});
}

/// The channel's, the operator's, or the provider's own; without a slash at its end.
std::string base_url_of(const std::optional<std::string>& own, const letter& x, std::string_view usual);

/// A token as it goes into a header or a path: visible ASCII.
type_ptr<std::string> token_text(std::size_t max = 1024);

/// A POST of one of these to `url`, within ten seconds.
outgoing json_post(std::string url, std::string body, std::vector<name_value> headers = {});
outgoing form_post(std::string url, std::string body, std::vector<name_value> headers = {});

/// Writes one object; `fill` puts its members there.
template <class F>
std::string json_object_text(F fill) {
  json_writer w;
  w.begin_object();
  fill(w);
  w.end_object();
  return w.str();
}
void put(json_writer& w, std::string_view name, std::string_view value);
void put_integer(json_writer& w, std::string_view name, std::int64_t value);
void put_boolean(json_writer& w, std::string_view name, bool value);
template <class F>
void put_object(json_writer& w, std::string_view name, F fill) {
  w.key(name);
  w.begin_object();
  fill();
  w.end_object();
}
template <class F>
void put_array(json_writer& w, std::string_view name, F fill) {
  w.key(name);
  w.begin_array();
  fill();
  w.end_array();
}

} // namespace gochron::core
