#include "actors/channel.hpp"

#include "core/alert_grouping.hpp"
#include "core/event_body.hpp"
#include "core/webhook_signature.hpp"

namespace gochron::actors {

void channel_actor_state::send(delivery d) {
  ++d.attempts;
  auto id = d.id;
  carry({id}, sending.emplace(id, std::move(d)).first->second);
}

// One message for all of them.
void channel_actor_state::send_together(std::vector<delivery> ds) {
  std::vector<delivery_id> ids;
  for (auto& d : ds) {
    ++d.attempts;
    ids.push_back(d.id);
  }
  auto together = ds.front();
  auto e = core::grouped_event(ds, deps->base_url);
  if (!e)
    throw std::logic_error(e.error().detail); // we wrote the bodies ourselves
  together.event = std::move(*e);
  together.reference.clear();
  for (auto& d : ds)
    sending.emplace(d.id, std::move(d));
  carry(std::move(ids), together);
}

void channel_actor_state::carry(std::vector<delivery_id> ids, const delivery& d) {
  ++in_flight;
  ++deps->counts.delivery_attempts;
  auto what = rendered(d);
  if (what)
    return hand_over(std::move(ids), std::move(*what));
  delivery_attempt unsent;
  unsent.started_at = now();
  unsent.error = reason::send_failed;
  unsent.message = what.error().detail;
  later([this, ids](delivery_attempt x) { on_attempt(ids, std::move(x)); })(std::move(unsent));
}

// A code is in no row: the event that is kept has none.
result<core::outgoing> channel_actor_state::rendered(const delivery& d) {
  if (d.event.type != event_type::contact_method_verification)
    return render(d);
  auto code = codes.find(d.id);
  if (code == codes.end())
    return fail(errc::unavailable, "The code was not sent before the engine stopped.");
  auto with_code = d;
  with_code.event.body =
      std::make_shared<const std::string>(core::render_verification(d.event, *record, code->second, deps->base_url));
  return render(with_code);
}

result<core::outgoing> channel_actor_state::render(const delivery& d) {
  auto& kind = core::kind_of(*record);
  if (kind.is_signed() && !signer) {
    auto made = core::webhook_signer::of(record->secret);
    if (!made)
      throw std::logic_error(made.error().detail); // we made the secret ourselves
    signer = std::move(*made);
  }
  // Receivers refuse what seems old or early to them, so this one time is the host's.
  return kind.render({d, *record, deps->host.now(), deps->sending, signer ? &*signer : nullptr});
}

void channel_actor_state::hand_over(std::vector<delivery_id> ids, core::outgoing what) {
  auto done = later([this, ids = std::move(ids)](delivery_attempt x) { on_attempt(ids, std::move(x)); });
  if (auto post = std::get_if<webhook_post>(&what))
    deps->senders.post(std::move(*post), std::move(done));
  else
    deps->senders.mail(std::move(std::get<mail_post>(what)), std::move(done));
}

} // namespace gochron::actors
