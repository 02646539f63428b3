#include "actors/channel.hpp"
#include "core/audit_entries.hpp"
#include "core/contact_codes.hpp"
#include "core/event_body.hpp"

/// A contact method is its user's when a code that was sent there has come back.
namespace gochron::actors {

void channel_actor_state::write(const send_code& x) {
  auto refuse = [&](tl::unexpected<error> why) {
    x.reply(std::move(why));
    lane.done();
  };
  auto t = now();
  if (!record->spec.enabled)
    return refuse(fail(errc::conflict, "The contact method is not enabled."));
  if (auto may = core::may_send_code(record->proof, t); !may)
    return refuse(fail(may.error()));
  if (tests.size() >= 8)
    return refuse(try_later(errc::busy, "Too much is waiting for this contact method."));
  auto code = core::make_code();
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::send_code, t, record->org,
                                       audited_resource::contact_method, contact_method_of(record->id).str()));
  prove(core::with_code(*record, code, t), std::move(note), [this, x, code](status s) {
    if (!s)
      return x.reply(fail(s.error()));
    x.by.dry ? x.reply(delivery_attempt{}) : post_code(code, x.reply);
  });
}

void channel_actor_state::write(const verify_code& x) {
  auto answered = [this, &x](auto answer) {
    x.reply(std::move(answer));
    lane.done();
  };
  if (record->proof.verified_at)
    return answered(*record);
  auto t = now();
  auto verdict = core::answer_code(*record, x.code, t);
  if (!verdict)
    return answered(tl::unexpected<error>{verdict.error()});
  if (x.by.dry) // a rehearsal costs no try, so it does not tell either
    return answered(*record);
  auto next = *record;
  next.proof = verdict->proof;
  write_note note;
  if (verdict->right)
    note = x.by.note(core::entry_of(x.by.origin(), audit_action::verify, t, record->org,
                                    audited_resource::contact_method, contact_method_of(record->id).str()),
                     &next);
  auto left = verdict->tries_left;
  prove(verdict->proof, std::move(note), [this, x, right = verdict->right, left](status s) {
    if (!s)
      return x.reply(fail(s.error()));
    if (right)
      return x.reply(*record);
    auto detail = left > 0 ? "Another code; tries left: " + std::to_string(left) + "."
                           : std::string{"Another code, and no tries are left: ask for a new code."};
    x.reply(fail(error{errc::invalid, "That is not the code.", {{"/code", "wrong_code", detail}}, {}, {}}));
  });
}

// In the lane, which it leaves.
void channel_actor_state::prove(contact_proof x, write_note note, std::function<void(status)> then) {
  auto next = *record;
  next.proof = x;
  bool dry = note.dry;
  deps->channels.prove(std::move(next), std::move(note),
                       reply_to<void>{later([this, x = std::move(x), dry, then = std::move(then)](status s) {
                         if (s && !dry && !gone) {
                           auto proved_now = *record;
                           proved_now.proof = x;
                           publish(std::move(proved_now));
                         }
                         then(std::move(s));
                         lane.done();
                         claim();
                       })});
}

void channel_actor_state::post_code(std::string code, reply_to<delivery_attempt> reply) {
  event e;
  e.id = event_id::make(now());
  e.org = record->org;
  e.type = event_type::contact_method_verification;
  e.at = now();
  e.body = std::make_shared<const std::string>(core::render_verification(e, *record, {}, deps->base_url));
  send_by_hand(std::move(e), std::move(reply), std::move(code));
}

// Some providers repeat what they were sent.
void channel_actor_state::hide_code(const delivery_id& id, delivery_attempt& x) {
  auto code = codes.find(id);
  if (code == codes.end())
    return;
  core::hide_code(x.message, code->second);
  core::hide_code(x.response_body, code->second);
  for (auto& [header, value] : x.response_headers)
    core::hide_code(value, code->second);
}

} // namespace gochron::actors
