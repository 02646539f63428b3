#include "http/configured.hpp"

namespace gochron::http {
namespace {

const noun owed{"/api/deliveries", "Deliveries", "deliveries"};

const std::vector<parameter>& filters() {
  static const auto all = list_parameters({
      id_parameter<channel_id>("channel_id", "Only to this channel."),
      id_parameter<incident_id>("incident_id", "Only about this incident."),
      enum_parameter<delivery_state>("state", "Only in these states."),
  });
  return all;
}

void list(call c) {
  query_reader q{c};
  delivery_query wanted;
  wanted.channel = q.id<channel_id>("channel_id");
  wanted.incident = q.id<incident_id>("incident_id");
  wanted.states = q.names<delivery_state>("state");
  auto page = q.page();
  if (auto e = q.problem(filters()))
    return c.refuse(*e);
  c.with().queries.deliveries(c.org(), std::move(wanted), page, list_of<delivery>(c, core::delivery_schema()));
}

// Looks the delivery up in the caller's organisation, then goes on.
template <class F>
void with_delivery(const call& c, F f) {
  auto id = c.id<delivery_id>();
  if (!id)
    return;
  c.with().queries.delivery_by_id(c.org(), *id,
                                  reply_to<delivery>{[c, f](result<delivery> x) { x ? f(*x) : c.refuse(x.error()); }});
}

void get(call c) {
  if (refused_parameters(c))
    return;
  with_delivery(c, [c](const delivery& x) { c.one(result<delivery>{x}, *core::delivery_schema()); });
}

void attempts(call c) {
  query_reader q{c};
  auto page = q.page();
  if (auto e = q.problem(list_parameters()))
    return c.refuse(*e);
  with_delivery(c, [c, page](const delivery& x) {
    c.with().queries.attempts(c.org(), x.id, page, list_of<delivery_attempt>(c, core::delivery_attempt_schema()));
  });
}

void again(call c) {
  if (refused_parameters(c))
    return;
  with_delivery(c, [c](const delivery& x) {
    auto [by, reply] = c.write<delivery>([c](const delivery& y) { return c.shown(y, *core::delivery_schema()); });
    c.with().engine.tell(
        redeliver{c.org(), x.channel, x.id, std::make_shared<const delivery>(x), std::move(by), std::move(reply)});
  });
}

} // namespace

operations delivery_operations() {
  auto type = core::delivery_schema()->info();
  operation_table add{owed};
  add("GET", "", "listDeliveries", false, "List deliveries", "What channels were and are owed, newest first.",
      {200, "A page of deliveries.", type, true}, list)
      .query = filters();
  add("GET", "/{id}", "getDelivery", false, "Get a delivery", "One event owed to one channel.",
      {200, "The delivery.", type}, get);
  add("GET", "/{id}/attempts", "listDeliveryAttempts", false, "List a delivery's attempts",
      "Each try with what the receiver answered and how long each phase took, oldest first.",
      {200, "A page of attempts.", core::delivery_attempt_schema()->info(), true}, attempts)
      .query = list_parameters();
  add("POST", "/{id}/redeliver", "redeliver", true, "Deliver once more",
      "The same event with the same `webhook-id`, its retries begun anew. 409 while it is pending anyway, or while the "
      "channel is not enabled.",
      {200, "The delivery, pending again.", type}, again)
      .problems = {409};
  return std::move(add.all);
}

} // namespace gochron::http
