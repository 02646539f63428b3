#pragma once
#include <functional>
#include <string>
#include <vector>

#include <curl/curl.h>

#include "net/mail_lane.hpp"

namespace gochron::net {

/// One mail with libcurl's handle for it. Does not move: libcurl holds its address.
struct mail_lane::transfer {
  transfer(mail_post x, std::function<void(delivery_attempt)> f);
  ~transfer();
  transfer(const transfer&) = delete;
  transfer& operator=(const transfer&) = delete;

  /// Everything libcurl has to know. Error: what it says when it has no memory. With a guard no address is connected to
  /// that it does not permit.
  CURLcode prepare(const smtp_options& of_the_operator, std::shared_ptr<const egress_guard> permitted);
  /// What came of it.
  delivery_attempt conclude(CURLcode how) const;
  /// Ends its connections, so that libcurl, which would wait for the relay's last reply, lets go of it at once.
  void abandon() const;

  mail_post post;
  std::function<void(delivery_attempt)> done;
  std::chrono::steady_clock::time_point give_up; ///< how long it may wait for its turn
  timestamp started_at{};
  std::string replies; ///< what the relay said, a line each
  std::size_t sent = 0;
  std::shared_ptr<const egress_guard> guard;
  std::string denied;                 ///< an address that the guard did not permit
  std::vector<curl_socket_t> sockets; ///< that libcurl has open for it
  char trouble[CURL_ERROR_SIZE] = {};
  CURL* easy = nullptr;
  curl_slist* recipients = nullptr;
};

/// The last line with this code in what the relay said, `550 5.1.1 no such user`; the code alone when there is none.
std::string reply_of(const std::string& replies, long code);

} // namespace gochron::net
