#include "http/server/framer.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "http/server/text.hpp"

namespace gochron::http {
namespace beast = boost::beast::http;
namespace {

using beast_request = beast::request<beast::string_body>;

// Boost 1.74 asserts five bytes when it is called again at the last chunk, and whatever is missing of a chunked body
// is never shorter than the last chunk: `0 CR LF CR LF`.
constexpr std::size_t last_chunk_size = 5;

constexpr std::size_t keep_capacity = 16 * 1024;

std::string_view view(boost::beast::string_view x) {
  return {x.data(), x.size()};
}

} // namespace

struct framer::message {
  beast::request_parser<beast::string_body> parser;
  beast_request::header_type head; ///< of chunked requests: Beast adds trailers to the headers, where they can lie

  bool chunked() { return parser.chunked(); }
};

framer::framer(const options& o) : options_(o) {}
framer::~framer() = default;

void framer::append(std::string_view bytes) {
  if (read_ == input_.size() || read_ > keep_capacity) {
    input_.erase(0, read_);
    read_ = 0;
  }
  input_ += bytes;
}

framer::step framer::advance() {
  if (!message_)
    return read_head();
  return message_->parser.is_done() ? step::ready : read_body();
}

framer::phase framer::at() const {
  if (!message_)
    return unread().empty() ? phase::idle : phase::head;
  return message_->parser.is_done() ? phase::ready : phase::body;
}

bool framer::is_head() const {
  return refused_head_ ||
         (message_ ? message_->parser.get().method() == beast::verb::head : unread().starts_with("HEAD "));
}

// RFC 9112 2.2: an empty line before a request line is ignored (old clients end a body with one). Only one: a
// client that sends nothing else would never be late with a head.
void framer::skip_empty_line() {
  if (skipped_line_ || scanned_ > 0 || !unread().starts_with("\r\n"))
    return;
  read_ += 2;
  skipped_line_ = true;
}

framer::step framer::refuse(refusal r) {
  refused_head_ = is_head();
  why_ = r;
  message_.reset();
  input_.clear();
  read_ = scanned_ = 0;
  return step::refused;
}

framer::step framer::read_head() {
  skip_empty_line();
  auto text = unread();
  if (text.empty() || text == "\r")
    return step::hungry;
  auto end = text.find("\r\n\r\n", scanned_ < 3 ? 0 : scanned_ - 3);
  auto seen = end == std::string_view::npos ? text : text.substr(0, end + 4);
  if (auto no = refuse_bytes(seen, scanned_, options_.limits))
    return refuse(*no);
  if (seen.size() > options_.limits.head)
    return refuse({431, "The head of the request is too long."});
  scanned_ = seen.size();
  return end == std::string_view::npos ? step::hungry : accept_head(seen);
}

framer::step framer::accept_head(std::string_view head) {
  if (auto no = refuse_head(head, options_.limits))
    return refuse(*no);
  auto m = std::make_unique<message>();
  m->parser.header_limit(static_cast<std::uint32_t>(head.size() + 1));
  m->parser.body_limit(std::numeric_limits<std::uint64_t>::max()); // the route's own comes below, before the body
  boost::beast::error_code ec;
  auto used = m->parser.put(boost::asio::const_buffer{head.data(), head.size()}, ec);
  if (ec || used != head.size() || !m->parser.is_header_done())
    return refuse({400, "The head of the request is malformed."});
  const auto& fields = m->parser.get();
  auto limit = options_.limits.body;
  if (options_.body_limit) {
    auto target = view(fields.target());
    limit = std::min(limit, options_.body_limit(view(fields.method_string()), target.substr(0, target.find('?'))));
  }
  if (m->parser.content_length().value_or(0) > limit)
    return refuse({413, "The body is larger than this resource takes."});
  m->parser.body_limit(limit);
  m->parser.eager(true);
  if (m->chunked())
    m->head = fields.base();
  read_ += head.size();
  scanned_ = 0;
  skipped_line_ = false;
  owes_continue_ =
      !m->parser.is_done() && unread().empty() && fields.version() == 11 && fields.count(beast::field::expect);
  message_ = std::move(m);
  return advance();
}

framer::step framer::read_body() {
  auto& parser = message_->parser;
  while (!parser.is_done()) {
    auto text = unread();
    if (text.size() < (message_->chunked() ? last_chunk_size : 1))
      return step::hungry;
    boost::beast::error_code ec;
    auto used = parser.put(boost::asio::const_buffer{text.data(), text.size()}, ec);
    read_ += used;
    owes_continue_ = false;
    if (ec == beast::error::body_limit)
      return refuse({413, "The body is larger than this resource takes."});
    if (ec && ec != beast::error::need_more)
      return refuse({400, "The chunked body is malformed."});
    if (used == 0 && text.size() > options_.limits.head)
      return refuse({400, "A chunk header or trailer is too long."});
    if (used == 0)
      return step::hungry;
  }
  return step::ready;
}

bool framer::is_safe() const {
  auto method = message_->parser.get().method();
  return method == beast::verb::get || method == beast::verb::head || method == beast::verb::options;
}

bool framer::keeps_alive() const {
  return message_->parser.keep_alive();
}

bool framer::take_continue() {
  return std::exchange(owes_continue_, false);
}

void framer::forget() {
  std::string{}.swap(input_);
  message_.reset();
  read_ = scanned_ = 0;
}

request framer::take() {
  auto chunked = message_->chunked();
  auto kept = std::make_shared<beast_request>(message_->parser.release());
  if (chunked)
    kept->base() = std::move(message_->head);
  message_.reset();
  owes_continue_ = false;
  if (read_ == input_.size() && input_.capacity() > keep_capacity) {
    input_ = {};
    read_ = 0;
  }
  request r;
  r.method = view(kept->method_string());
  r.target = view(kept->target());
  for (const auto& field : *kept)
    r.headers.push_back({view(field.name_string()), view(field.value())});
  r.body = std::shared_ptr<const std::string>(kept, &kept->body());
  r.storage = std::move(kept);
  return r;
}

} // namespace gochron::http
