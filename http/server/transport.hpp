#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include <pistache/transport.h>

#include "http/server/admission.hpp"
#include "http/server/reply_port.hpp"
#include "http/server/session.hpp"

namespace gochron::http {

/// The connections of one reactor thread, on Pistache's `Tcp::Transport`: it registers, keeps and closes the peers;
/// reading, writing and addressing are ours (docs/adr/0030). Pistache clones the one that it is given for each thread.
///
/// Polling is level-triggered and each tag carries the connection's generation. So a short read needs no second one to
/// find a FIN behind it (Pistache hides EPOLLRDHUP in a private base of its event), and an event that was queued for a
/// descriptor's former owner can never be taken for its present one.
class transport final : public Pistache::Tcp::Transport, private letter_desk {
public:
  transport(const session_context& shared, admission& admitted);
  ~transport() override;

  /// Of a clone that a reactor has taken.
  reply_port& port() const { return *port_; }

  /// Disposes of the connections. After the reactor's threads have ended.
  void close_all();

  std::shared_ptr<Pistache::Aio::Handler> clone() const override;
  void registerPoller(Pistache::Polling::Epoll& poller) override;
  void onReady(const Pistache::Aio::FdSet& fds) override;

private:
  struct connection {
    connection(const session_context& shared, const ticket& self, const newcomer& x, session::instant now);
    session talk;
    std::shared_ptr<Pistache::Tcp::Peer> peer;
    bool reads = true, writes = false; ///< what is registered
  };

  void take(letter x) override;
  void collect_mail();
  void welcome(const newcomer& x);
  void drain();
  void sweep();
  void on_event(const Pistache::Aio::FdSet::Entry& event);
  connection* find(int fd, std::uint64_t tag);
  template <class F>
  void guarded(connection& c, F f);
  void settle_touched();
  void settle(connection& c);
  void remove(int fd);

  const session_context& shared_;
  admission& admitted_;
  reply_port* port_ = nullptr; ///< opened with the poller: the original that is only cloned needs none
  int timer_fd_ = -1;
  bool draining_ = false;
  session::instant now_;
  std::vector<std::unique_ptr<connection>> by_fd_;
  std::vector<int> touched_;  ///< whose state may have changed in this batch
  std::vector<int> settling_; ///< those of them that are being looked at
};

} // namespace gochron::http
