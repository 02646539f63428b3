#pragma once
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/operation.hpp"

/// What the document says of all operations alike. Each list is the one place for its words.
namespace gochron::http::openapi {

/// A component under `responses`, for a status that is no success.
struct problem_text {
  std::string_view name, doc;
};
const std::map<unsigned, problem_text>& problem_texts();

/// What a reader sees above the operations of a tag. Tags of one group stand together.
struct tag_text {
  std::string_view name, group, doc;
};
std::span<const tag_text> tag_texts();

/// A component under `headers`; `schema` is JSON.
struct header_text {
  std::string_view component, name, schema, doc;
};
std::span<const header_text> header_texts();

/// What is above all: Markdown.
std::string_view introduction();

/// The schema of a problem's body; `codes` are those that `problem.cpp` knows.
std::string problem_schema();

/// Statuses beyond success that the operation can answer with.
std::set<unsigned> problems_of(const operation& op);

/// Names in header_texts() of what the operation's answer with this status carries.
std::vector<std::string_view> headers_of(const operation& op, unsigned status);

/// All headers that mean something to the operation, beyond those of HTTP itself.
std::vector<parameter> headers_read_by(const operation& op);

/// Whether a 304 is among the answers.
bool is_conditional(const operation& op);

/// `next_cursor` as `NextCursor`, `updateMonitor` as `UpdateMonitor`.
std::string camel(std::string_view name);

/// Key and text.
void put(core::json_writer& w, std::string_view key, std::string_view value);

/// Key and `{"$ref": "#/components/<kind>/<name>"}`; the second without a key.
void refer(core::json_writer& w, std::string_view key, std::string_view kind, std::string_view name);
void refer(core::json_writer& w, std::string_view kind, std::string_view name);

/// Writes operations, and remembers which components they refer to.
class paths_writer {
public:
  explicit paths_writer(const operations& all);

  void write_paths(core::json_writer& w);
  void write_webhooks(core::json_writer& w);
  void write_components(core::json_writer& w);

private:
  void write_webhook(core::json_writer& w, const core::type_info& type, std::string_view id, std::string_view summary,
                     std::string_view doc);
  void write_operation(core::json_writer& w, const operation& op);
  void write_parameters(core::json_writer& w, const operation& op);
  void write_path_parameters(core::json_writer& w, const operation& op);
  void write_parameter(core::json_writer& w, const parameter& p, std::string_view in);
  void write_or_refer(core::json_writer& w, const parameter& p, std::string_view in);
  void write_body(core::json_writer& w, const operation& op);
  static void write_examples(core::json_writer& w, const std::vector<std::pair<std::string, std::string>>& all);
  void write_body_schema(core::json_writer& w, const operation& op);
  void write_success(core::json_writer& w, const operation& op, const success& ok);
  void write_content(core::json_writer& w, const success& ok);
  void write_headers(core::json_writer& w, const std::vector<std::string_view>& names);
  void write_responses(core::json_writer& w, const operation& op);
  void write_links(core::json_writer& w, const operation& op, const success& ok);
  void write_list(core::json_writer& w, const core::type_info& row);
  void write_shared_parameters(core::json_writer& w);
  void write_shared_responses(core::json_writer& w);
  core::type_info_ptr id_of(std::string_view noun) const;
  /// The name of the component for the body of many writes of such a resource.
  std::string bulk_component(const core::type_info& of);

  const operations& all_;
  core::schema_book book_;
  std::map<std::string, std::pair<std::string, parameter>> shared_; ///< by component name: where, and what
  std::map<std::string, core::type_info_ptr, std::less<>> shown_;   ///< what a GET of `{id}` under a path answers
  std::map<std::string, core::type_info_ptr, std::less<>> ids_;     ///< what `{id}` is under a path
  std::map<std::string, std::string, std::less<>> id_names_;        ///< its component name, by path
  std::set<std::string_view> headers_;
  std::set<unsigned> problems_;
  std::set<std::string> used_ids_;
  std::map<std::string, std::string> written_; ///< schemas that no property table describes: JSON, by component name
};

} // namespace gochron::http::openapi
