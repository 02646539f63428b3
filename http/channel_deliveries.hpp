#pragma once
#include <utility>

#include "http/configured.hpp"

/// `GET /{id}/deliveries` of a channel, and of a contact method, which is the channel of a person.
namespace gochron::http {

inline const std::vector<parameter>& channel_delivery_filters() {
  static const auto all = list_parameters({enum_parameter<delivery_state>("state", "Only in these states.")});
  return all;
}

/// Answers with a page of what is owed to the channel in the path, which is a noun `N`.
template <class N>
void channel_deliveries(call c) {
  query_reader q{c};
  delivery_query wanted;
  wanted.states = q.names<delivery_state>("state");
  auto page = q.page();
  if (auto e = q.problem(channel_delivery_filters()))
    return c.refuse(*e);
  auto id = c.id<typename N::id>();
  if (!id)
    return;
  wanted.channel = channel_id{id->value};
  auto found = [c, wanted, page](result<typename N::shown> x) {
    if (!x)
      return c.refuse(x.error());
    c.with().queries.deliveries(c.org(), wanted, page, list_of<delivery>(c, core::delivery_schema()));
  };
  c.with().engine.tell(N::get(c, *id, reply_to<typename N::shown>{std::move(found)}));
}

} // namespace gochron::http
