#include "http/shapes.hpp"

using namespace std::string_literals;

namespace gochron::test {
namespace {

std::string line(std::string request_line) {
  return request_line + "\r\nHost: test\r\n\r\n";
}
std::string posted(std::string lines, std::string body = "") {
  return "POST /echo HTTP/1.1\r\nHost: test\r\n" + lines + "\r\n" + body;
}
std::string chunked(std::string body) {
  return posted("Transfer-Encoding: chunked\r\n", body);
}

std::string many_headers(int n) {
  std::string s = "GET /echo HTTP/1.1\r\nHost: a\r\n";
  for (int i = 1; i < n; ++i)
    s += "X-" + std::to_string(i) + ": 1\r\n";
  return s + "\r\n";
}

const std::string next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
} // namespace

const std::vector<shape> refused_shapes{
    {"two empty lines before a request", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", {400}},
    {"no Host", "GET / HTTP/1.1\r\n\r\n", {400}},
    {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", {400}},
    {"two Hosts on 1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", {400}},
    {"Host that is not UTF-8", "GET / HTTP/1.1\r\nHost: a\xb3\r\n\r\n", {400}},
    {"Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", {400}},
    {"Host with a user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", {400}},
    {"Host with a quote", "GET / HTTP/1.1\r\nHost: \"a\"\r\n\r\n", {400}},
    {"Host that is two words", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", {400}},
    {"Content-Length with a tail", posted("Content-Length: 5abc\r\n", "abcde"), {400}},
    {"signed Content-Length", posted("Content-Length: +5\r\n", "abcde"), {400}},
    {"Content-Length list", posted("Content-Length: 5,5\r\n", "abcde"), {400}},
    {"Content-Length list with a space", posted("Content-Length: 5, 5\r\n", "abcde"), {400}},
    {"two equal Content-Lengths", posted("Content-Length: 5\r\nContent-Length: 5\r\n", "abcde"), {400}},
    {"two different Content-Lengths", posted("Content-Length: 5\r\nContent-Length: 4\r\n", "abcde"), {400}},
    {"hexadecimal Content-Length", posted("Content-Length: 0x5\r\n", "abcde"), {400}},
    {"Content-Length of letters", posted("Content-Length: abc\r\n", "abcde"), {400}},
    {"empty Content-Length", posted("Content-Length:\r\n"), {400}},
    {"negative Content-Length", posted("Content-Length: -1\r\n"), {400}},
    {"Content-Length of 2^70", posted("Content-Length: 1180591620717411303424\r\n"), {400}},
    {"Content-Length of 10^12", posted("Content-Length: 1000000000000\r\n"), {413}},
    {"Content-Length of 8 GB", posted("Content-Length: 8000000000\r\n"), {413}},
    {"space before the colon of Content-Length", posted("Content-Length : 5\r\n", "abcde"), {400}},
    {"space before the colon of Transfer-Encoding", posted("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), {400}},
    {"header line without a colon", "GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n", {400}},
    {"header with an empty name", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", {400}},
    {"cut Transfer-Encoding", posted("Transfer-Encoding: ch\r\n", "0\r\n\r\n"), {501}},
    {"Transfer-Encoding gzip, chunked", posted("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), {501}},
    {"Transfer-Encoding identity", posted("Transfer-Encoding: identity\r\n"), {501}},
    {"Transfer-Encoding xchunked", posted("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), {501}},
    {"Transfer-Encoding twice",
     posted("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
     {501}},
    {"Content-Length with Transfer-Encoding",
     posted("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
     {400}},
    {"Transfer-Encoding with Content-Length",
     posted("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
     {400}},
    {"Transfer-Encoding on 1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}},
    {"chunk data without CRLF", chunked("5\r\nabcdeX0\r\n\r\n"), {400}},
    {"chunk size with a sign", chunked("+5\r\nabcde\r\n0\r\n\r\n"), {400}},
    {"chunk size with 0x", chunked("0x5\r\nabcde\r\n0\r\n\r\n"), {400}},
    {"chunk size that overflows", chunked("11111111111111111\r\nabcde\r\n0\r\n\r\n"), {400}},
    {"chunk line with a bare line feed", chunked("5\nabcde\r\n0\r\n\r\n"), {400}},
    {"chunk of more than the limit", chunked("FFFFFFF\r\nabcde"), {413}},
    {"endless chunk extension", chunked("5;a=" + std::string(20'000, 'x')), {400}},
    {"Content-Length among the trailers", chunked("5\r\nabcde\r\n0\r\nContent-Length: 3\r\n\r\n"), {400}},
    {"obs-fold", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", {400}},
    {"obs-fold before the first header", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", {400}},
    {"NUL in the path", line("GET /\0 HTTP/1.1"s), {400}},
    {"NUL in a header", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\0002\r\n\r\n"s, {400}},
    {"DEL in a header", "GET / HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n", {400}},
    {"tab in the path", line("GET /a\tb HTTP/1.1"), {400}},
    {"raw UTF-8 in the path", line("GET /\xc3\xa9 HTTP/1.1"), {400}},
    {"space in the path", line("GET /a b HTTP/1.1"), {400}},
    {"carriage return alone", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", {400}},
    {"line feed alone", "GET / HTTP/1.1\nHost: a\n\n", {400}},
    {"line feed alone, more to come", "GET / HTTP/1.1\n", {400}},
    {"TLS hello", "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"s, {400}},
    {"SSH banner", "SSH-2.0-OpenSSH_9.2\r\n", {400}},
    {"lower-case method", line("get / HTTP/1.1"), {400}},
    {"method without end", std::string(40, 'A'), {400}},
    {"version H", line("GET / H"), {400}},
    {"no version", line("GET /"), {400}},
    {"no target", line("GET  HTTP/1.1"), {400}},
    {"HTTP/2.0", line("GET / HTTP/2.0"), {505}},
    {"HTTP/1.2", line("GET / HTTP/1.2"), {505}},
    {"HTTP/3.1", line("GET / HTTP/3.1"), {505}},
    {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {505}},
    {"absolute form", line("GET http://test/ HTTP/1.1"), {400}},
    {"authority form", line("CONNECT test:443 HTTP/1.1"), {400}},
    {"asterisk with GET", line("GET * HTTP/1.1"), {400}},
    {"unknown expectation", "GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n", {417}},
    {"request line over 8 KB", line("GET /" + std::string(9'000, 'a') + " HTTP/1.1"), {414}},
    {"15,000 slashes", line("GET " + std::string(15'000, '/') + " HTTP/1.1"), {414}},
    {"request line that never ends", "GET /" + std::string(9'000, 'a'), {414}},
    {"head over 16 KB", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(17'000, 'a') + "\r\n\r\n", {431}},
    {"head that never ends", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(17'000, 'a'), {431}},
};

const std::vector<shape> accepted_shapes{
    {"no Connection header", line("GET /echo HTTP/1.1") + next, {200, 200}},
    {"100 headers", many_headers(100) + next, {200, 200}},
    {"HTTP/1.0 without Host", "GET /echo HTTP/1.0\r\n\r\n", {200}},
    {"chunk extensions", chunked("5;a=b\r\nabcde\r\n0\r\n\r\n") + next, {200, 200}},
    {"quoted chunk extension", chunked("5;a=\"b;c\"\r\nabcde\r\n0;x\r\n\r\n") + next, {200, 200}},
    {"trailers", chunked("5\r\nabcde\r\n0\r\nX-Sum: 1\r\n\r\n") + next, {200, 200}},
    {"empty chunked body", chunked("0\r\n\r\n") + next, {200, 200}},
    {"Chunked in capitals", posted("Transfer-Encoding: Chunked\r\n", "0\r\n\r\n") + next, {200, 200}},
    {"GET with a body", "GET /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + next, {200, 200}},
    {"leading zeros in Content-Length", posted("Content-Length: 003\r\n", "abc") + next, {200, 200}},
    {"odd Accept", "GET /echo HTTP/1.1\r\nHost: a\r\nAccept: garbage;q=1.0000\r\n\r\n" + next, {200, 200}},
    {"odd Cache-Control, Date, Cookie and Host",
     "GET /echo HTTP/1.1\r\nHost: a:b:c\r\nCache-Control: stale-while-revalidate=30\r\nDate: x\r\nCookie: foo\r\n\r\n" +
         next,
     {200, 200}},
    {"Host that is an IPv6 address", "GET /echo HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n" + next, {200, 200}},
    {"empty Host", "GET /echo HTTP/1.1\r\nHost:\r\n\r\n" + next, {200, 200}},
    {"empty header value", "GET /echo HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n" + next, {200, 200}},
    {"an empty line between requests", posted("Content-Length: 3\r\n", "abc") + "\r\n" + next, {200, 200}},
    {"a bad escape is answered, the connection lives", line("GET /%zz HTTP/1.1") + next, {400, 200}},
    {"an escaped NUL is answered, the connection lives", line("GET /%00 HTTP/1.1") + next, {400, 200}},
    {"escaped bytes that are not UTF-8", line("GET /%ff HTTP/1.1") + next, {400, 200}},
};

} // namespace gochron::test
