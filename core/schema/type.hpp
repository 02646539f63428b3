#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/schema/json.hpp"
#include "core/schema/json_writer.hpp"
#include "core/schema/reader.hpp"

/// The parts that property tables are made of. `type<V>` reads, checks, writes and describes the JSON form of one V.
namespace gochron::core {

struct type_info;
using type_info_ptr = std::shared_ptr<const type_info>;

/// Facts about a property that do not depend on its C++ type; the author's half of a property table's row.
struct property_facts {
  std::string_view doc = {};     ///< one sentence
  std::string_view example = {}; ///< JSON; empty: none
  bool required = false;         ///< must be there in a whole body
  bool read_only = false;        ///< ours to say: refused in a body
  bool write_only = false;       ///< `null` in every answer
  bool sealed = false;           ///< kept apart from the plain document, encrypted
  bool immutable = false;        ///< set once, when created
  friend bool operator==(const property_facts&, const property_facts&) = default;
};

/// One row of a property table, as documents see it.
struct property_info {
  std::string name;
  property_facts facts;
  type_info_ptr type;
  std::string default_json; ///< what a default-constructed struct holds; empty where it says nothing
  std::string tag;          ///< of a tagged union's alternative: the value of `tag_property` that selects it
  std::string tag_property;
};

enum class json_kind : std::uint8_t { any, boolean, integer, number, text, array, object };

/// What a JSON Schema says of a value. Constraints in here are enforced by the reader of the same type.
struct type_info {
  json_kind kind = json_kind::any;
  std::string component = {}; ///< an object's or enum's name among the OpenAPI components; empty: described in place
  std::string doc = {};
  bool nullable = false;
  std::optional<std::int64_t> minimum = {}, maximum = {};
  std::optional<std::int64_t> but = {};                        ///< the one integer in between that is not allowed
  std::optional<std::size_t> min_length = {}, max_length = {}; ///< in Unicode code points
  std::string pattern = {}, format = {};
  std::vector<std::string_view> names = {}; ///< of an enum
  std::optional<std::size_t> min_items = {}, max_items = {};
  bool set = false;      ///< an array without duplicates, kept sorted
  bool distinct = false; ///< an array without duplicates, in the order given
  std::shared_ptr<const type_info> items = {};
  std::vector<property_info> properties = {};
  std::vector<std::shared_ptr<const type_info>> any_of = {}; ///< of kind `any`: one of these, described in place
  bool open = false; ///< an object of somebody else's format: other members may be there
};

/// Whom a value is written for.
enum class audience : std::uint8_t {
  api,    ///< everything, write-only as null
  plain,  ///< the stored document: no read-only, no sealed properties
  sealed, ///< only sealed properties that differ from their default, and what contains them
  whole,  ///< all that can be configured: the inside of a sealed property
  audit,  ///< all that can be configured, what is sealed or write-only as null
};

struct write_options {
  audience to = audience::api;
  std::string_view base_url = {}; ///< for links; without a trailing slash
  bool show_secret = false;       ///< in the answer that shows it once
};

template <class V>
class type {
public:
  explicit type(type_info x) : info_(std::make_shared<type_info>(std::move(x))) {}
  virtual ~type() = default;
  type(const type&) = delete;
  type& operator=(const type&) = delete;

  /// Reports every broken rule to `r`; `x` is then unspecified but valid.
  virtual void read(const json_value& from, V& x, reader& r) const = 0;
  virtual void write(const V& x, json_writer& w, const write_options& o) const = 0;

  const type_info_ptr& info() const { return info_; }

protected:
  type_info& edit() { return const_cast<type_info&>(*info_); }

private:
  type_info_ptr info_;
};

template <class V>
using type_ptr = std::shared_ptr<const type<V>>;

/// Records `wrong_type`: "Expected a string, got an array."
void fail_type(reader& r, std::string_view expected, const json_value& got);

} // namespace gochron::core
