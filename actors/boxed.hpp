#pragma once
#include <memory>
#include <optional>
#include <utility>

namespace gochron::actors {

/// An optional that takes one word while it is empty: for what each of a million may have and few do.
template <class T>
class boxed {
public:
  boxed() = default;
  boxed(std::nullopt_t) {}
  boxed(T x) : held_(std::make_unique<T>(std::move(x))) {}
  boxed(std::optional<T> x) : held_(x ? std::make_unique<T>(std::move(*x)) : nullptr) {}

  bool has_value() const { return held_ != nullptr; }
  explicit operator bool() const { return has_value(); }
  T& operator*() { return *held_; }
  const T& operator*() const { return *held_; }
  T* operator->() { return held_.get(); }
  const T* operator->() const { return held_.get(); }
  void reset() { held_.reset(); }

private:
  std::unique_ptr<T> held_;
};

} // namespace gochron::actors
