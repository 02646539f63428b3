#pragma once
#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

namespace gochron::test {

/// A unix socket in front of Postgres's that can lose the answer to a COMMIT: the server gets the statement, the
/// client gets a closed connection. One connection after the other, which is what a writer makes.
class cutting_proxy {
public:
  enum class cut : int {
    never,
    after_commit,  ///< once, when the server has answered COMMIT: it took effect
    before_commit, ///< once, instead of passing COMMIT on: it never did
  };

  /// Listens in `directory` (made by the caller) as `.s.PGSQL.5432`, passes on to `target`'s socket.
  cutting_proxy(const std::filesystem::path& directory, const std::filesystem::path& target);
  ~cutting_proxy();
  cutting_proxy(const cutting_proxy&) = delete;
  cutting_proxy& operator=(const cutting_proxy&) = delete;

  void arm(cut x) { armed_ = x; }
  /// How many connections were cut.
  int cuts() const { return cuts_; }

private:
  void serve();
  void pass(int client);
  bool client_says(int client, int server);
  bool server_says(int client, int server);

  std::filesystem::path target_;
  int listener_ = -1;
  std::atomic<cut> armed_{cut::never};
  std::atomic<int> cuts_{0};
  std::atomic<bool> stopping_{false};
  bool committing_ = false;
  std::thread thread_;
};

} // namespace gochron::test
