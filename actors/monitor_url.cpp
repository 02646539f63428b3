#include "actors/monitor.hpp"
#include "actors/random.hpp"
#include "core/audit_entries.hpp"

/// The capability in a monitor's URL: another one, while the present one is good for a while.
namespace gochron::actors {

void monitor_state::on(const rotate_url& x) {
  if (lane.refuses())
    return x.reply(not_taken());
  lane.push([this, x] { write_rotation(x); }, give_up(x.reply));
}

void monitor_state::write_rotation(const rotate_url& x) {
  auto refuse = [&](auto e) {
    x.reply(std::move(e));
    lane.done();
  };
  if (gone)
    return refuse(no_longer<rotate_url>());
  if (auto e = outdated(x))
    return refuse(fail(*e));
  if (record->ping_token.empty())
    return refuse(fail(errc::conflict, "Only heartbeats and manual monitors have a URL of their own."));
  auto next = *record;
  next.retired.reset();
  if (x.overlap.count() > 0)
    next.retired = retired_token{record->ping_token, now() + x.overlap};
  next.ping_token = make_url_token();
  ++next.version;
  next.updated_at = now();
  auto shown_then = view();
  shown_then.record = next;
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::rotate, next.updated_at, record->org,
                                       audited_resource::monitor, record->id.str()),
                        &shown_then);
  auto done = [this, x](result<monitor_record> saved) {
    editing = false;
    if (!saved) {
      bool behind = saved.error().code == errc::stale;
      x.reply(fail(saved.error()));
      return behind ? self->quit(caf::exit_reason::unhandled_exception) : lane.done(); // as with edits
    }
    if (!x.by.dry)
      adopt_url(std::move(*saved));
    x.reply(view());
    lane.done();
  };
  editing = !x.by.dry; // a heartbeat is not answered at the door meanwhile
  catch_up();
  deps->monitors.update(std::move(next), std::nullopt, std::move(note),
                        reply_to<monitor_record>{later(std::move(done))});
}

// What was heard under the present token is taken first: nobody asks for it afterwards.
void monitor_state::adopt_url(monitor_record x) {
  catch_up();
  deps->pings.erase(*record);
  deps->pings.put(x, where);
  adopt_record(std::move(x));
}

} // namespace gochron::actors
