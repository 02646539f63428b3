#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/server/options.hpp"
#include "http/server/refusals.hpp"
#include "http/server/request.hpp"

namespace gochron::http {

/// Cuts the bytes of one connection into requests: Boost.Beast's parser behind our page of refusals. Knows no socket
/// and no clock. Not thread-safe.
class framer {
public:
  enum class step {
    hungry, ///< give it more bytes
    ready,  ///< a whole request waits for `take`
    refused ///< the connection must end; `why` says with which answer
  };
  enum class phase { idle, head, body, ready };

  /// Keeps a reference to `o`.
  explicit framer(const options& o);
  ~framer();

  void append(std::string_view bytes);

  /// Parses as far as the bytes go, at most to the end of one request.
  step advance();

  phase at() const;
  const refusal& why() const { return why_; }
  /// Of the request that is refused or under way, as far as it can be told: its answer has no body.
  bool is_head() const;

  /// Of the request that is `ready`: may it run beside others of its connection (RFC 9110 "safe")?
  bool is_safe() const;
  /// Of the request that is `ready`: may the connection live on after it?
  bool keeps_alive() const;
  /// True once for a request with `Expect: 100-continue` whose body is wanted and has not begun to arrive.
  bool take_continue();

  /// Gives back the memory of what was not parsed: nothing more will be.
  void forget();

  /// The request that is `ready`, all but target, peer and request id decoded; then starts on the next.
  request take();

private:
  struct message;

  std::string_view unread() const { return std::string_view{input_}.substr(read_); }
  void skip_empty_line();
  step refuse(refusal r);
  step read_head();
  step accept_head(std::string_view head);
  step read_body();

  const options& options_;
  std::string input_;
  std::size_t read_ = 0;      ///< of input_: what is parsed
  std::size_t scanned_ = 0;   ///< of unread(): what refuse_bytes has seen
  bool skipped_line_ = false; ///< before the request that comes
  bool owes_continue_ = false;
  refusal why_;
  bool refused_head_ = false;        ///< what was refused is a HEAD
  std::unique_ptr<message> message_; ///< null while there is no complete head
};

} // namespace gochron::http
