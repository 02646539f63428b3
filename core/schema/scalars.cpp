#include "core/schema/scalars.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <re2/re2.h>

#include "core/schema/nearest.hpp"
#include "core/schema/time.hpp"

namespace gochron::core {
namespace {

std::size_t code_points(std::string_view x) {
  return static_cast<std::size_t>(
      std::count_if(x.begin(), x.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

type_info describe(const text_rules& rules) {
  type_info x;
  x.kind = json_kind::text;
  if (rules.one_of.empty()) {
    x.min_length = rules.min > 0 ? std::optional{rules.min} : std::nullopt;
    x.max_length = rules.max;
  }
  x.pattern = rules.pattern.empty() ? rules.shape : rules.pattern;
  x.format = rules.format;
  x.names = rules.one_of;
  return x;
}

class text_type final : public type<std::string> {
public:
  explicit text_type(text_rules rules) : type(describe(rules)), rules_(std::move(rules)) {
    if (!rules_.pattern.empty())
      pattern_ = std::make_unique<re2::RE2>(rules_.pattern, re2::RE2::Quiet);
  }

  void read(const json_value& from, std::string& x, reader& r) const override {
    auto s = read_text(from, r);
    if (!s)
      return;
    if (!r.trusted())
      if (auto wrong = check(from, *s, r)) {
        if (!wrong->code.empty())
          r.fail(wrong->code, std::move(wrong->detail));
        return;
      }
    x = *s;
  }
  void write(const std::string& x, json_writer& w, const write_options&) const override { w.text(x); }

private:
  // A complaint without a code has been reported already.
  std::optional<complaint> check(const json_value& from, const std::string& s, reader& r) const {
    if (!rules_.one_of.empty())
      return read_name(from, rules_.one_of, r) ? std::nullopt : std::optional{complaint{}};
    auto length = code_points(s);
    if (length < rules_.min)
      return complaint{"too_short", fmt::format("At least {} characters.", rules_.min)};
    if (length > rules_.max)
      return complaint{"too_long", fmt::format("At most {} characters, got {}.", rules_.max, length)};
    if (pattern_ && !re2::RE2::PartialMatch(s, *pattern_))
      return complaint{"invalid_format", fmt::format("Must match {}", rules_.pattern)};
    return rules_.check ? rules_.check(s) : std::nullopt;
  }

  text_rules rules_;
  std::unique_ptr<re2::RE2> pattern_;
};

class boolean_type final : public type<bool> {
public:
  boolean_type() : type({.kind = json_kind::boolean}) {}
  void read(const json_value& from, bool& x, reader& r) const override {
    if (auto b = from.as<bool>())
      x = *b;
    else
      fail_type(r, "a boolean", from);
  }
  void write(const bool& x, json_writer& w, const write_options&) const override { w.boolean(x); }
};

class number_type final : public type<double> {
public:
  number_type() : type({.kind = json_kind::number, .format = "double"}) {}
  void read(const json_value& from, double& x, reader& r) const override {
    if (auto d = from.as<double>())
      x = *d;
    else if (auto i = from.as<std::int64_t>())
      x = static_cast<double>(*i);
    else
      fail_type(r, "a number", from);
  }
  void write(const double& x, json_writer& w, const write_options&) const override {
    std::isfinite(x) ? w.number(x) : w.null();
  }
};

// RFC 3339 has other offsets and finer instants, too; those would come back changed. This is what libraries write.
constexpr auto utc = R"(^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,3}0{0,6})?(Z|[+]00:00)$)";

class instant_type final : public type<timestamp> {
public:
  instant_type() : type({.kind = json_kind::text, .pattern = utc, .format = "date-time"}) {}
  void read(const json_value& from, timestamp& x, reader& r) const override {
    auto s = read_text(from, r);
    if (!s)
      return;
    if (auto at = parse_rfc3339(*s))
      x = *at;
    else
      r.fail("invalid_format", "Expected RFC 3339 in UTC with milliseconds, as 2026-01-31T12:00:00.000Z.");
  }
  void write(const timestamp& x, json_writer& w, const write_options&) const override { w.text(to_rfc3339(x)); }
};

} // namespace

void fail_type(reader& r, std::string_view expected, const json_value& got) {
  r.fail("wrong_type", fmt::format("Expected {}, got {}.", expected, got.kind_name()));
}

type_ptr<std::string> text(text_rules rules) {
  return std::make_shared<text_type>(std::move(rules));
}

type_ptr<bool> boolean() {
  static const auto one = std::make_shared<boolean_type>();
  return one;
}

type_ptr<double> number() {
  static const auto one = std::make_shared<number_type>();
  return one;
}

type_ptr<timestamp> instant() {
  static const auto one = std::make_shared<instant_type>();
  return one;
}

type_info integer_reader::describe(std::int64_t min, std::int64_t max, std::optional<std::int64_t> but) {
  type_info x;
  x.kind = json_kind::integer;
  x.minimum = min;
  x.maximum = max;
  x.but = but;
  return x;
}

std::optional<std::int64_t> integer_reader::read(const json_value& from, const type_info& info, reader& r) {
  auto n = from.as<std::int64_t>();
  if (!n) {
    fail_type(r, "an integer", from);
    return std::nullopt;
  }
  if (!r.trusted() && (*n < *info.minimum || *n > *info.maximum)) {
    r.fail("out_of_range", fmt::format("Must be between {} and {}.", *info.minimum, *info.maximum));
    return std::nullopt;
  }
  if (!r.trusted() && info.but == *n) {
    r.fail("out_of_range", fmt::format("Must not be {}.", *n));
    return std::nullopt;
  }
  return *n;
}

std::optional<std::size_t> read_name(const json_value& from, std::span<const std::string_view> names, reader& r) {
  auto s = read_text(from, r);
  if (!s)
    return std::nullopt;
  auto i = std::find(names.begin(), names.end(), *s);
  if (i != names.end())
    return static_cast<std::size_t>(i - names.begin());
  auto near = nearest(*s, names);
  r.fail("not_one_of", fmt::format("Must be one of: {}.{}", fmt::join(names, ", "),
                                   near ? fmt::format(" Did you mean \"{}\"?", *near) : ""));
  return std::nullopt;
}

std::string enum_component(std::string_view signature) {
  auto type = signature.substr(signature.find("Enum = ") + 7);
  type = type.substr(0, type.find_first_of(";],"));
  if (auto scope = type.rfind(':'); scope != std::string_view::npos)
    type.remove_prefix(scope + 1);
  std::string name;
  bool upper = true;
  for (char c : type) {
    if (c != '_')
      name += upper ? static_cast<char>(c & ~0x20) : c;
    upper = c == '_';
  }
  return name;
}

type_info describe_id(std::string_view prefix) {
  type_info x;
  x.kind = json_kind::text;
  x.pattern = fmt::format("^{}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$", prefix);
  return x;
}

const std::string* read_text(const json_value& from, reader& r) {
  auto s = from.as<std::string>();
  if (!s)
    fail_type(r, "a string", from);
  return s;
}

} // namespace gochron::core
