#include "core/schema/json_writer.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace gochron::core {

struct json_writer::impl {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
};

namespace {
rapidjson::SizeType size_of(std::string_view x) {
  return static_cast<rapidjson::SizeType>(x.size());
}
// RapidJSON asserts on a null pointer, which an empty view may hold.
const char* data_of(std::string_view x) {
  return x.data() ? x.data() : "";
}
} // namespace

json_writer::json_writer() : impl_(std::make_unique<impl>()) {}
json_writer::~json_writer() = default;

void json_writer::begin_object() {
  impl_->writer.StartObject();
}
void json_writer::end_object() {
  impl_->writer.EndObject();
}
void json_writer::begin_array() {
  impl_->writer.StartArray();
}
void json_writer::end_array() {
  impl_->writer.EndArray();
}
void json_writer::key(std::string_view name) {
  impl_->writer.Key(data_of(name), size_of(name));
}
void json_writer::text(std::string_view x) {
  impl_->writer.String(data_of(x), size_of(x));
}
void json_writer::integer(std::int64_t x) {
  impl_->writer.Int64(x);
}
void json_writer::number(double x) {
  impl_->writer.Double(x);
}
void json_writer::boolean(bool x) {
  impl_->writer.Bool(x);
}
void json_writer::null() {
  impl_->writer.Null();
}

void json_writer::raw(std::string_view json) {
  impl_->writer.RawValue(json.data(), json.size(), rapidjson::kObjectType);
}

std::string_view json_writer::view() const {
  return {impl_->buffer.GetString(), impl_->buffer.GetSize()};
}

} // namespace gochron::core
