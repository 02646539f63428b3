#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gochron::test {

/// One answer as it came over the wire.
struct raw_reply {
  int status = 0;
  std::string head; ///< with its empty line
  std::string body;
  /// Case-insensitive; empty when missing.
  std::string header(std::string_view name) const;
};

/// A blocking socket that says exactly what it is told to. Every read ends after five seconds at the latest.
class raw_client {
public:
  raw_client() = default;
  /// `http://127.0.0.1:port`, `http://[::1]:port` or `unix:/path`. Fails the test when it cannot connect.
  explicit raw_client(std::string_view address, int receive_buffer = 0);
  ~raw_client();
  raw_client(raw_client&& other) noexcept;
  raw_client& operator=(raw_client&& other) noexcept;

  /// False when the server has closed.
  bool send(std::string_view bytes) const;
  /// `send`, then one answer.
  raw_reply ask(std::string_view bytes);
  /// The next answer; status 0 when the connection ended or nothing came. `to_head`: it has no body.
  raw_reply read_reply(bool to_head = false);
  /// Everything up to the end of the stream.
  std::string read_to_end();
  /// True when the server closes within `patience`; what comes before is thrown away.
  bool is_closed_within(std::chrono::milliseconds patience);
  /// At most `n` bytes that are there or come soon.
  std::string read_some(std::size_t n);
  void half_close() const;
  void close();
  /// Closes so that the server gets a reset.
  void reset();
  int fd() const { return fd_; }

private:
  bool fill();

  int fd_ = -1;
  std::string pending_;
};

/// Waits until `done` holds, at most five seconds. The last value of `done`.
bool eventually(const std::function<bool()>& done);

/// `GET path HTTP/1.1` with a Host and whatever lines (each ending with CRLF) are given.
std::string get(std::string_view path, std::string_view lines = {});
std::string post(std::string_view path, std::string_view body);

/// How many descriptors this process has open.
std::size_t open_descriptors();

} // namespace gochron::test
