#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace gochron::core {

/// Writes one compact JSON value. The caller keeps brackets balanced and gives valid UTF-8.
class json_writer {
public:
  json_writer();
  ~json_writer();
  json_writer(const json_writer&) = delete;
  json_writer& operator=(const json_writer&) = delete;

  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view name);
  void text(std::string_view x);
  void integer(std::int64_t x);
  void number(double x); ///< finite
  void boolean(bool x);
  void null();
  void raw(std::string_view json); ///< one whole value, already JSON

  std::string_view view() const; ///< valid until the next call that writes
  std::string str() const { return std::string{view()}; }

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace gochron::core
