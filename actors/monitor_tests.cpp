#include "actors/monitor_tests.hpp"

#include <utility>

namespace gochron::actors {
namespace {

// A place that is given back when it is let go; null when there is none.
std::shared_ptr<void> take_place(const std::shared_ptr<monitor_tests>& all, org_id org) {
  {
    std::lock_guard guard{all->mutex};
    auto& mine = all->under_way[org];
    if (mine >= monitor_tests::most)
      return nullptr;
    ++mine;
  }
  return {all.get(), [all, org](void*) {
            std::lock_guard guard{all->mutex};
            if (--all->under_way[org] == 0)
              all->under_way.erase(org);
          }};
}

} // namespace

void run_test(const std::shared_ptr<monitor_tests>& all, prober& with, test_monitor x) {
  auto spec = std::get<std::shared_ptr<const monitor_spec>>(x.what);
  if (spec->type() == monitor_type::heartbeat)
    return x.reply(fail(errc::conflict, "A heartbeat waits for pings; there is nothing to test."));
  if (spec->type() == monitor_type::manual)
    return x.reply(fail(errc::conflict, "A manual monitor checks nothing; there is nothing to test."));
  if (x.dry)
    return x.reply(check_outcome{});
  auto place = take_place(all, x.org);
  if (!place)
    return x.reply(try_later(errc::busy, "As many tests as there may be are under way."));
  probe_job job;
  job.spec = std::move(spec);
  job.keep_response = true;
  with.probe(std::move(job), [reply = std::move(x.reply), place = std::move(place)](check_outcome seen) mutable {
    place.reset(); // before the answer: who hears of it may ask again
    reply(std::move(seen));
  });
}

} // namespace gochron::actors
