#pragma once
#include <functional>
#include <utility>

#include "gochron/error.hpp"

namespace gochron {

/// Where one answer goes. It travels inside the message, so whoever knows the answer gives it; it holds no thread and
/// no actor, and may be kept or dropped at will (an HTTP client whose answer is dropped gets 503 at the handler
/// deadline). Call it once, from any thread. It must not block and must not throw.
template <class T>
class reply_to {
public:
  reply_to() = default;
  template <class F>
  explicit reply_to(F f) : f_(std::move(f)) {}

  void operator()(result<T> answer) const {
    if (f_)
      f_(std::move(answer));
  }
  explicit operator bool() const { return static_cast<bool>(f_); }

private:
  std::function<void(result<T>)> f_;
};

} // namespace gochron
