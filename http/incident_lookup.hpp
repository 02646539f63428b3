#pragma once
#include "http/configured.hpp"

/// What the operations on one incident share.
namespace gochron::http {

/// Looks the incident in the path up in the caller's organisation, then goes on with it.
template <class F>
void with_incident(const call& c, F f) {
  auto id = c.id<incident_id>();
  if (!id)
    return;
  incident_query wanted;
  wanted.ids = {*id};
  wanted.horizon = horizon_of(c);
  c.with().queries.incidents(c.org(), std::move(wanted), {1, {}},
                             reply_to<page<incident>>{[c, f](result<page<incident>> x) {
                               if (!x)
                                 return c.refuse(x.error());
                               if (x->rows.empty())
                                 return c.refuse({errc::not_found, "No such incident.", {}, {}, {}});
                               f(x->rows.front());
                             }});
}

/// The body of an action, which may be left out; the refusal is on its way when it is wrong.
template <class T>
std::optional<T> action_body(const call& c, const core::object_schema<T>& schema) {
  if (c.request().body->empty())
    return T{};
  auto body = core::read_body(schema, *c.request().body);
  if (!body)
    c.refuse(body.error());
  return body ? std::optional{std::move(*body)} : std::nullopt;
}

} // namespace gochron::http
