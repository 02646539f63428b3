#include "actors/channel.hpp"

#include "core/event_body.hpp"
#include "core/webhook_signature.hpp"

namespace gochron::actors {

void channel_actor_state::send(delivery d) {
  ++d.attempts;
  ++in_flight;
  ++deps->counts.delivery_attempts;
  auto id = d.id;
  auto& held = sending.emplace(id, std::move(d)).first->second;
  auto what = rendered(held);
  if (what)
    return hand_over(id, std::move(*what));
  delivery_attempt unsent;
  unsent.started_at = now();
  unsent.error = reason::send_failed;
  unsent.message = what.error().detail;
  later([this, id](delivery_attempt x) { on_attempt(id, std::move(x)); })(std::move(unsent));
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

void channel_actor_state::hand_over(delivery_id id, core::outgoing what) {
  auto done = later([this, id](delivery_attempt x) { on_attempt(id, std::move(x)); });
  if (auto post = std::get_if<webhook_post>(&what))
    deps->senders.post(std::move(*post), std::move(done));
  else
    deps->senders.mail(std::move(std::get<mail_post>(what)), std::move(done));
}

} // namespace gochron::actors
