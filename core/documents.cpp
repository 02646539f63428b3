#include "core/documents.hpp"

#include "core/schema/read_models.hpp"
#include "core/schema/resources.hpp"

namespace gochron::core {
namespace {

template <class Spec>
stored_document write(const object_schema<Spec>& schema, const Spec& x) {
  json_writer plain, secret;
  schema.write(x, plain, {.to = audience::plain});
  schema.write(x, secret, {.to = audience::sealed});
  return {plain.str(), secret.view() == "{}" ? std::string{} : secret.str()};
}

// The sealed half is laid over the plain one like a patch.
template <class Spec>
status overlay(const object_schema<Spec>& schema, Spec& x, std::string_view json, read_mode mode) {
  auto body = parse_json(json);
  if (!body)
    return fail(body.error());
  reader r{mode, true};
  schema.read(*body, x, r);
  if (r.count() > 0)
    return fail(r.take_error());
  return {};
}

template <class Spec>
result<Spec> read(const object_schema<Spec>& schema, std::string_view plain, std::string_view secret) {
  Spec x;
  if (auto ok = overlay(schema, x, plain, read_mode::whole); !ok)
    return fail(ok.error());
  if (secret.empty())
    return x;
  if (auto ok = overlay(schema, x, secret, read_mode::patch); !ok)
    return fail(ok.error());
  return x;
}

} // namespace

stored_document to_document(const monitor_spec& x) {
  return write(*monitor_spec_schema(), x);
}
stored_document to_document(const channel_spec& x) {
  return write(*channel_spec_schema(), x);
}
stored_document to_document(const alert_rule_spec& x) {
  return write(*alert_rule_spec_schema(), x);
}
stored_document to_document(const schedule_spec& x) {
  return write(*schedule_spec_schema(), x);
}
stored_document to_document(const escalation_policy_spec& x) {
  return write(*escalation_policy_spec_schema(), x);
}
stored_document to_document(const maintenance_window_spec& x) {
  return write(*maintenance_window_spec_schema(), x);
}

stored_document to_document(const team_spec& x) {
  return write(*team_spec_schema(), x);
}

result<monitor_spec> monitor_spec_of(std::string_view plain, std::string_view secret) {
  return read(*monitor_spec_schema(), plain, secret);
}
result<channel_spec> channel_spec_of(std::string_view plain, std::string_view secret) {
  return read(*channel_spec_schema(), plain, secret);
}
result<alert_rule_spec> alert_rule_spec_of(std::string_view plain, std::string_view secret) {
  return read(*alert_rule_spec_schema(), plain, secret);
}
result<schedule_spec> schedule_spec_of(std::string_view plain, std::string_view secret) {
  return read(*schedule_spec_schema(), plain, secret);
}
result<escalation_policy_spec> escalation_policy_spec_of(std::string_view plain, std::string_view secret) {
  return read(*escalation_policy_spec_schema(), plain, secret);
}
result<maintenance_window_spec> maintenance_window_spec_of(std::string_view plain, std::string_view secret) {
  return read(*maintenance_window_spec_schema(), plain, secret);
}

result<team_spec> team_spec_of(std::string_view plain, std::string_view secret) {
  return read(*team_spec_schema(), plain, secret);
}

std::string pending_document(const std::vector<pending_page>& x) {
  json_writer w;
  pending_pages_type()->write(x, w, {});
  return w.str();
}

result<std::vector<pending_page>> pending_of(std::string_view json) {
  auto body = parse_json(json);
  if (!body)
    return fail(body.error());
  std::vector<pending_page> x;
  reader r{read_mode::whole, true};
  pending_pages_type()->read(*body, x, r);
  if (r.count() > 0)
    return fail(r.take_error());
  return x;
}

} // namespace gochron::core
