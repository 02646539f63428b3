#include "net/egress_guard.hpp"

#include <catch2/catch.hpp>

using namespace gochron::net;
using enum address_class;

namespace {

ip_address address(const std::string& text) {
  return boost::asio::ip::make_address(text);
}

egress_guard guard(std::vector<std::string> allow, bool allow_private) {
  egress_policy p;
  for (const auto& x : allow)
    p.allow.push_back(parse_cidr(x).value());
  p.allow_private = allow_private;
  return egress_guard{p};
}

} // namespace

TEST_CASE("every special-purpose address is known for what it is") {
  const std::vector<std::pair<std::string, address_class>> cases{
      {"8.8.8.8", global},
      {"1.1.1.1", global},
      {"172.15.255.255", global},
      {"172.32.0.0", global},
      {"100.63.255.255", global},
      {"100.128.0.0", global},
      {"198.17.255.255", global},
      {"223.255.255.255", global},
      {"0.0.0.0", unspecified},
      {"0.1.2.3", unspecified},
      {"::", unspecified},
      {"127.0.0.1", loopback},
      {"127.255.255.254", loopback},
      {"::1", loopback},
      {"10.0.0.1", private_use},
      {"172.16.0.1", private_use},
      {"172.31.255.255", private_use},
      {"192.168.1.1", private_use},
      {"fc00::1", private_use},
      {"fdff::1", private_use},
      {"fec0::1", private_use},
      {"169.254.0.1", link_local},
      {"fe80::1", link_local},
      {"fe80::1%1", link_local},
      {"febf::1", link_local},
      {"100.64.0.1", shared},
      {"100.127.255.255", shared},
      {"224.0.0.1", multicast},
      {"239.255.255.255", multicast},
      {"ff02::1", multicast},
      {"192.0.0.1", reserved},
      {"192.0.2.1", reserved},
      {"198.18.0.1", reserved},
      {"198.51.100.7", reserved},
      {"203.0.113.7", reserved},
      {"192.88.99.1", reserved},
      {"240.0.0.1", reserved},
      {"255.255.255.255", reserved},
      {"2001:db8::1", reserved},
      {"3fff::1", reserved},
      {"2001:2::1", reserved},
      {"100::1", reserved},
      {"64:ff9b:1::1", reserved},
      {"4000::1", reserved},
      {"5f00::1", reserved},
      {"169.254.169.254", metadata},
      {"169.254.170.2", metadata},
      {"100.100.100.200", metadata},
      {"192.0.0.192", metadata},
      {"168.63.129.16", metadata},
      {"fd00:ec2::254", metadata},
      {"fd20:ce::254", metadata},
      {"2606:4700:4700::1111", global},
      {"2a00:1450::1", global},
  };
  for (const auto& [text, kind] : cases) {
    INFO(text);
    CHECK(classify(address(text)) == kind);
  }
}

TEST_CASE("an IPv4 address hidden in an IPv6 address is found") {
  const std::vector<std::pair<std::string, address_class>> cases{
      {"::ffff:127.0.0.1", loopback},
      {"::ffff:10.0.0.1", private_use},
      {"::ffff:8.8.8.8", global},
      {"::127.0.0.1", loopback},
      {"::169.254.169.254", metadata},
      {"::8.8.8.8", reserved},
      {"2002:7f00:1::", loopback},
      {"2002:a9fe:a9fe::1", metadata},
      {"2002:808:808::1", global},
      {"64:ff9b::127.0.0.1", loopback},
      {"64:ff9b::c0a8:101", private_use},
      {"64:ff9b::808:808", global},
      // Teredo: the server in the second 32 bits, the client inverted in the last
      {"2001:0:7f00:1::", loopback},
      {"2001:0:808:808:0:0:80ff:fffe", loopback},
      {"2001:0:808:808:0:0:f7f7:f7f7", global},
  };
  for (const auto& [text, kind] : cases) {
    INFO(text);
    CHECK(classify(address(text)) == kind);
  }
}

TEST_CASE("a hosted installation reaches global addresses only") {
  auto g = guard({}, false);
  CHECK(g.permits(address("8.8.8.8")));
  for (auto text : {"127.0.0.1", "10.1.1.1", "::1", "fe80::1", "169.254.169.254", "100.64.0.1", "::ffff:10.0.0.1"}) {
    INFO(text);
    CHECK_FALSE(g.permits(address(text)));
  }
}

TEST_CASE("an installation of one's own reaches its networks but never the metadata service") {
  auto g = guard({}, true);
  for (auto text : {"127.0.0.1", "10.1.1.1", "::1", "fd12::1", "169.254.3.4", "fe80::1", "::ffff:10.0.0.1"}) {
    INFO(text);
    CHECK(g.permits(address(text)));
  }
  for (auto text : {"169.254.169.254", "fd00:ec2::254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "0.0.0.0",
                    "100.64.0.1", "224.0.0.1", "192.0.2.1", "255.255.255.255"}) {
    INFO(text);
    CHECK_FALSE(g.permits(address(text)));
  }
}

TEST_CASE("what is explicitly allowed is allowed whatever it is, and nothing beside it") {
  auto g = guard({"127.0.0.0/8", "169.254.169.254", "fd00::/8"}, false);
  CHECK(g.permits(address("127.9.9.9")));
  CHECK(g.permits(address("::ffff:127.0.0.1")));
  CHECK(g.permits(address("169.254.169.254")));
  CHECK(g.permits(address("fd00:ec2::254")));
  CHECK_FALSE(g.permits(address("10.0.0.1")));
  CHECK_FALSE(g.permits(address("169.254.169.253")));
  CHECK_FALSE(g.permits(address("::1")));
}

TEST_CASE("every spelling of an address means the address") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"127.0.0.1", "127.0.0.1"},
      {"127.1", "127.0.0.1"},
      {"0", "0.0.0.0"},
      {"2130706433", "127.0.0.1"},
      {"0x7f000001", "127.0.0.1"},
      {"0x7f.1", "127.0.0.1"},
      {"0177.0.0.1", "127.0.0.1"},
      {"127.0.0.1.", "127.0.0.1"},
      {"017700000001", "127.0.0.1"},
      {"10.1", "10.0.0.1"},
      {"169.254.43518", "169.254.169.254"},
      {"::1", "::1"},
      {"[::1]", "::1"},
      {"[::ffff:127.0.0.1]", "::ffff:127.0.0.1"},
      {"0:0:0:0:0:0:0:1", "::1"},
      {"fe80::1%1", "fe80::1%1"},
  };
  for (const auto& [text, expected] : cases) {
    INFO(text);
    auto x = parse_address(text);
    REQUIRE(x);
    CHECK(*x == address(expected));
  }
  for (auto text : {"", ".", "..", "127.0.0.256", "1.2.3.4.5", "08", "0x", "127.0.0.1..", "127.0.0.1 ", "example.com",
                    "[::1", "::1]", "[127.0.0.1]", "1e3", "-1", "4294967296", "[]"}) {
    INFO(text);
    CHECK_FALSE(parse_address(text));
  }
}

TEST_CASE("a block of addresses has a valid prefix and no bits past it") {
  CHECK(parse_cidr("10.0.0.0/8"));
  CHECK(parse_cidr("0.0.0.0/0"));
  CHECK(parse_cidr("::/0"));
  CHECK(parse_cidr("fd00::/8"));
  CHECK(parse_cidr("192.168.1.1")->prefix == 32);
  for (auto text :
       {"", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10/8", "::/129", "x", "10.0.0.0/8 "}) {
    INFO(text);
    CHECK_FALSE(parse_cidr(text));
  }
}
