#pragma once
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace gochron {

/// An optional that takes one word while it is empty: for what each of a million may have and few do.
template <class T>
class boxed {
public:
  using value_type = T;

  boxed() = default;
  boxed(std::nullopt_t) {}
  template <class U>
  requires std::is_convertible_v<U&&, T> boxed(U&& x) : held_(std::make_unique<T>(std::forward<U>(x))) {}
  boxed(std::optional<T> x) : held_(x ? std::make_unique<T>(std::move(*x)) : nullptr) {}
  boxed(const boxed& x) : held_(x ? std::make_unique<T>(*x) : nullptr) {}
  boxed(boxed&&) noexcept = default;
  boxed& operator=(boxed x) noexcept {
    held_ = std::move(x.held_);
    return *this;
  }
  ~boxed() = default;

  bool has_value() const { return held_ != nullptr; }
  explicit operator bool() const { return has_value(); }
  T& operator*() { return *held_; }
  const T& operator*() const { return *held_; }
  T* operator->() { return held_.get(); }
  const T* operator->() const { return held_.get(); }
  T value_or(T otherwise) const { return has_value() ? *held_ : std::move(otherwise); }
  operator std::optional<T>() const { return has_value() ? std::optional<T>{*held_} : std::nullopt; }
  T& emplace() { return *(held_ = std::make_unique<T>()); }
  void reset() { held_.reset(); }

  friend bool operator==(const boxed& a, const boxed& b) { return a && b ? *a == *b : a.has_value() == b.has_value(); }

private:
  std::unique_ptr<T> held_;
};

} // namespace gochron
