#include <catch2/catch.hpp>

#include <stdexcept>

#include "http/server/admission.hpp"
#include "http/server/peer.hpp"

using namespace gochron::http;

TEST_CASE("the client behind proxies is the last address that no trusted proxy stands behind") {
  trusted_proxies known({"10.0.0.0/8", "2001:db8::/32", "192.0.2.1"});
  peer proxy{"10.0.0.1", true, false};
  struct row {
    std::string_view forwarded_for, client;
  };
  for (auto [forwarded_for, client] : std::initializer_list<row>{
           {"", "10.0.0.1"},
           {"203.0.113.9", "203.0.113.9"},
           {"1.1.1.1, 203.0.113.9", "203.0.113.9"},
           {"1.1.1.1, 203.0.113.9 ,10.2.3.4", "203.0.113.9"},
           {"10.9.9.9, 10.2.3.4", "10.9.9.9"},
           {"1.1.1.1, garbage, 10.2.3.4", "10.2.3.4"},
           {"garbage", "10.0.0.1"},
           {"203.0.113.9, ", "10.0.0.1"},
           {"2001:DB8::1, 192.0.2.1", "2001:db8::1"},
           {"::ffff:203.0.113.9", "203.0.113.9"},
           {"9.9.9.9, ::ffff:10.1.1.1", "9.9.9.9"},
       }) {
    INFO(forwarded_for);
    CHECK(known.client_of(proxy, forwarded_for) == client);
  }
  CHECK(known.client_of({"203.0.113.1", false, true}, "1.1.1.1") == "203.0.113.1");
}

TEST_CASE("a proxy list that makes no sense is refused") {
  for (auto bad : {"", "nonsense", "10.0.0.0/33", "10.0.0.0/", "::1/129", "10.0.0.0/-1", "10.0.0.0/8x"})
    CHECK_THROWS_AS(trusted_proxies({bad}), std::invalid_argument);
}

TEST_CASE("admission counts the process and each address, and forgets who left") {
  limits l;
  l.connections = 3;
  l.connections_per_ip = 2;
  admission doors(l);
  peer a{"a", false, true}, b{"b", false, true}, proxy{"p", true, false};
  CHECK(doors.enter(a));
  CHECK(doors.enter(a));
  CHECK_FALSE(doors.enter(a));
  CHECK(doors.enter(proxy));
  CHECK_FALSE(doors.enter(b));
  doors.leave(a);
  CHECK(doors.enter(b));
  CHECK(doors.open() == 3);
  doors.leave(a);
  doors.leave(b);
  CHECK_FALSE(doors.wait_until_empty(std::chrono::steady_clock::now()));
  doors.leave(proxy);
  CHECK(doors.wait_until_empty(std::chrono::steady_clock::now()));
}
