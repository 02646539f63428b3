#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "core/bytes.hpp"
#include "core/names.hpp"
#include "gochron/boxed.hpp"
#include "gochron/clock.hpp"
#include "gochron/ids.hpp"
#include "storage/postgres/params.hpp"

namespace gochron::storage {

/// Writes rows as JSON objects whose properties are the columns of a table, for `jsonb_populate_recordset`.
class json_writer {
public:
  json_writer& begin_object() { return writer_.StartObject(), *this; }
  json_writer& end_object() { return writer_.EndObject(), *this; }
  json_writer& begin_array() { return writer_.StartArray(), *this; }
  json_writer& end_array() { return writer_.EndArray(), *this; }
  json_writer& key(const char* name) { return writer_.Key(name), *this; }

  template <class T>
  json_writer& operator()(const char* name, const T& x) {
    key(name);
    value(x);
    return *this;
  }

  /// A value that is JSON already.
  json_writer& raw(const char* name, std::string_view json) {
    key(name);
    return writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType), *this;
  }

  void value(std::string_view x) {
    auto clean = clean_text(x);
    writer_.String(clean.data(), static_cast<rapidjson::SizeType>(clean.size()));
  }
  void value(const std::string& x) { value(std::string_view{x}); }
  void value(const char* x) { value(std::string_view{x}); }
  void value(bool x) { writer_.Bool(x); }
  void value(const uuid& x) { value(std::string_view{to_string(x)}); }
  void value(timestamp x) { value(std::string_view{to_iso(x)}); }
  void value(milliseconds x) { writer_.Int64(x.count()); }

  template <class Int>
  requires(std::is_integral_v<Int> && !std::is_same_v<Int, bool>) void value(Int x) {
    writer_.Int64(static_cast<std::int64_t>(x));
  }

  template <class Enum>
  requires std::is_enum_v<Enum>
  void value(Enum x) { value(core::name_of(x)); }

  template <class Tag>
  void value(const id<Tag>& x) {
    value(x.value);
  }

  template <class T>
  void value(const std::optional<T>& x) {
    if (x)
      value(*x);
    else
      writer_.Null();
  }

  template <class T>
  void value(const boxed<T>& x) {
    if (x)
      value(*x);
    else
      writer_.Null();
  }

  template <class T>
  void value(const std::vector<T>& xs) {
    begin_array();
    for (const auto& x : xs)
      value(x);
    end_array();
  }

  /// As Postgres reads a bytea.
  void value(const binary& x) { value("\\x" + core::to_hex(core::octets(x.bytes))); }

  template <class A, class B>
  void value(const std::pair<A, B>& x) {
    begin_array();
    value(x.first);
    value(x.second);
    end_array();
  }

  std::string_view text() const { return {buffer_.GetString(), buffer_.GetSize()}; }

private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

} // namespace gochron::storage
