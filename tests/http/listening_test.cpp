#include <catch2/catch.hpp>

#include <filesystem>
#include <future>
#include <set>
#include <string>
#include <vector>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <unistd.h>

#include "http/raw_client.hpp"
#include "http/server/socket.hpp"
#include "http/test_server.hpp"

using namespace gochron;
using namespace gochron::test;
using namespace std::chrono_literals;

TEST_CASE("the server speaks through a socket file, whose stale copy it replaces and which it removes") {
  auto path = (std::filesystem::temp_directory_path() / ("gochron-" + std::to_string(::getpid()) + ".sock")).string();
  {
    test_server world({}, "unix:" + path);
    CHECK(world.address == "unix:" + path);
    raw_client client(world.address);
    auto r = client.ask(get("/echo"));
    CHECK(r.body == "GET /echo ");
    CHECK(r.header("X-Peer") == "unix");
    client.send(get("/later"));
    client.close();
    http::reply(world.take_held(), text("nobody reads this"));
    CHECK(eventually([&] { return world.server.stats().connections == 0; }));

    http::server other({}, [](http::request, http::ticket) {});
    auto taken = other.listen("unix:" + path);
    REQUIRE_FALSE(taken);
    CHECK(taken.error().code == errc::conflict);
    std::filesystem::rename(path, path + ".kept"); // as a killed server leaves it: a file without a listener
  }
  std::filesystem::rename(path + ".kept", path);
  test_server again({}, "unix:" + path);
  CHECK(raw_client(again.address).ask(get("/echo")).status == 200);
  again.server.stop();
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("the server speaks IPv6, and IPv4 on the same socket") {
  if (!http::listening_socket::open("[::1]:0", 1)) {
    WARN("this machine has no ::1");
    return;
  }
  test_server v6({}, "[::1]:0");
  CHECK(raw_client(v6.address).ask(get("/echo")).header("X-Peer") == "::1");
  test_server both({}, "[::]:0");
  auto port = both.address.substr(both.address.rfind(':'));
  CHECK(raw_client("http://[::1]" + port).ask(get("/echo")).header("X-Peer") == "::1");
  CHECK(raw_client("http://127.0.0.1" + port).ask(get("/echo")).header("X-Peer") == "127.0.0.1");
}

TEST_CASE("an address that cannot be listened on is an error, not an exception") {
  test_server world;
  http::server server({}, [](http::request, http::ticket) {});
  CHECK(server.listen(world.address.substr(7)).error().code == errc::conflict);
  for (auto bad :
       {"", "localhost", ":80", "example.com:80", "127.0.0.1:99999", "127.0.0.1:", "[::1:80", "unix:", "::1:80"}) {
    INFO(bad);
    auto r = server.listen(bad);
    REQUIRE_FALSE(r);
    CHECK(r.error().code == errc::invalid);
  }
  CHECK(server.listen("unix:/" + std::string(200, 'a')).error().code == errc::invalid);
}

TEST_CASE("more connections than allowed are answered with 503, and others come in when some have left") {
  http::options o;
  o.limits.connections = 2;
  test_server world(o);
  raw_client one(world.address), two(world.address);
  CHECK(one.ask(get("/echo")).status == 200);
  CHECK(two.ask(get("/echo")).status == 200);
  raw_client three(world.address);
  auto turned_away = three.read_reply();
  CHECK(turned_away.status == 503);
  CHECK(turned_away.header("Retry-After") == "1");
  CHECK(three.read_to_end().empty());
  CHECK(world.server.stats().shed_full == 1);
  one.close();
  REQUIRE(eventually([&] { return world.server.stats().connections == 1; }));
  CHECK(raw_client(world.address).ask(get("/echo")).status == 200);
}

TEST_CASE("one address gets its share of connections; a trusted proxy is not counted") {
  auto third_status = [](std::vector<std::string> trusted) {
    http::options o;
    o.limits.connections_per_ip = 2;
    o.trusted_proxies = std::move(trusted);
    test_server world(o);
    raw_client one(world.address), two(world.address), three(world.address);
    three.send(get("/echo"));
    return three.read_reply().status;
  };
  CHECK(third_status({}) == 503);
  CHECK(third_status({"127.0.0.1"}) == 200);
}

TEST_CASE("without descriptors clients are let go instead of keeping the accept thread busy, and it recovers") {
  test_server world;
  rlimit old{};
  ::getrlimit(RLIMIT_NOFILE, &old);
  std::vector<int> hoard;
  raw_client early(world.address);
  CHECK(early.ask(get("/echo")).status == 200);
  int client_fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); // the client's own comes out of the same purse
  rlimit tight{open_descriptors() + 4, old.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &tight);
  for (int fd = 0; (fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;)
    hoard.push_back(fd);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(static_cast<std::uint16_t>(std::stoi(world.address.substr(world.address.rfind(':') + 1))));
  // No CHECK in here: the sanitizer's own checks need a descriptor.
  int connected = ::connect(client_fd, reinterpret_cast<sockaddr*>(&at), sizeof at);
  char c = 0;
  auto received = ::recv(client_fd, &c, 1, 0);
  auto meanwhile = early.ask(get("/echo")).status;
  for (int fd : hoard)
    ::close(fd);
  ::close(client_fd);
  ::setrlimit(RLIMIT_NOFILE, &old);
  CHECK(connected == 0);
  CHECK(received <= 0);
  CHECK(meanwhile == 200);
  CHECK(world.server.stats().shed_no_fds == 1);
  CHECK(raw_client(world.address).ask(get("/echo")).status == 200);
}

TEST_CASE("a child process inherits none of the server's descriptors") {
  auto inheritable = [] {
    std::set<int> fds;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      int fd = std::stoi(entry.path().filename());
      int flags = ::fcntl(fd, F_GETFD);
      if (flags >= 0 && (flags & FD_CLOEXEC) == 0)
        fds.insert(fd);
    }
    return fds;
  };
  auto before = inheritable();
  test_server world;
  raw_client client(world.address);
  CHECK(client.ask(get("/echo")).status == 200);
  CHECK(inheritable() == before);
}

TEST_CASE("a draining server finishes what is in work, closes what is idle and takes nobody in") {
  http::options o;
  o.deadlines.linger = 50ms;
  test_server world(o);
  raw_client idle(world.address), busy(world.address), sending(world.address);
  CHECK(idle.ask(get("/echo")).status == 200);
  busy.send(get("/later"));
  auto held = world.take_held();
  sending.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na");
  CHECK(eventually([&] { return world.server.stats().connections == 3; }));
  auto drained = std::async(std::launch::async, [&] { return world.server.drain(5s); });
  CHECK(idle.read_to_end().empty());
  CHECK_THROWS(raw_client(world.address));
  sending.send("bc");
  auto sent = sending.read_reply();
  CHECK(sent.body == "POST /echo abc");
  CHECK(sent.header("Connection") == "close");
  http::reply(held, text("in work"));
  auto r = busy.read_reply();
  CHECK(r.body == "in work");
  CHECK(r.header("Connection") == "close");
  CHECK(drained.get());
  CHECK(world.server.stats().connections == 0);
}

TEST_CASE("draining ends at its deadline when a request is never answered") {
  test_server world;
  raw_client busy(world.address);
  busy.send(get("/later"));
  auto held = world.take_held();
  CHECK_FALSE(world.server.drain(30ms));
  world.server.stop();
  CHECK(busy.read_to_end().empty());
  http::reply(held, text("late"));
}
