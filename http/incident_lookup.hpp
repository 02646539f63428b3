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

} // namespace gochron::http
