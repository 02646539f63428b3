#include "storage/schedule/schedule_rows.hpp"

#include "core/documents.hpp"

namespace gochron::storage {
namespace {

std::vector<std::int64_t> offsets_of(const std::vector<std::string>& texts) {
  std::vector<std::int64_t> all;
  for (const auto& x : texts)
    all.push_back(std::stoll(x)); // of a bigint
  return all;
}

tl::unexpected<error> unreadable(const std::string& what, const error& why) {
  return fail(errc::internal, "The stored " + what + " does not read: " + why.detail);
}

} // namespace

const std::string& schedule_columns() {
  static const std::string text =
      " s.id, s.org_id, s.version, s.created_at, s.updated_at, s.spec, s.ical_created_at, s.told, "
      "(SELECT r.effective_from FROM schedule_revisions r WHERE r.schedule_id = s.id ORDER BY r.version DESC LIMIT 1), "
      "(SELECT r.turn_offsets::text[] FROM schedule_revisions r WHERE r.schedule_id = s.id ORDER BY r.version DESC "
      "LIMIT 1) ";
  return text;
}

result<schedule_record> schedule_from_row(row_reader& in) {
  schedule_record x;
  std::string plain;
  std::vector<std::string> offsets;
  in >> x.id >> x.org >> x.version >> x.created_at >> x.updated_at >> plain >> x.ical_created_at >> x.told >>
      x.present.effective_from >> offsets;
  auto spec = core::schedule_spec_of(plain, {});
  if (!spec)
    return unreadable("schedule " + x.id.str(), spec.error());
  x.spec = std::move(*spec);
  // An edit that changes the timetable is one that makes a revision: the last one's is the present one.
  x.present.time_zone = x.spec.time_zone;
  x.present.layers = x.spec.layers;
  x.present.turn_offsets = offsets_of(offsets);
  return x;
}

const std::string& revision_columns() {
  static const std::string text = " r.effective_from, r.spec, r.turn_offsets::text[] ";
  return text;
}

result<schedule_revision> revision_from_row(row_reader& in) {
  schedule_revision x;
  std::string plain;
  std::vector<std::string> offsets;
  in >> x.effective_from >> plain >> offsets;
  auto spec = core::schedule_spec_of(plain, {});
  if (!spec)
    return unreadable("revision of a schedule", spec.error());
  x.time_zone = std::move(spec->time_zone);
  x.layers = std::move(spec->layers);
  x.turn_offsets = offsets_of(offsets);
  return x;
}

const std::string& override_columns() {
  static const std::string text = " o.id, o.org_id, o.schedule_id, o.kind, o.start_at, o.end_at, o.reason, o.user_ids, "
                                  "o.replaced_user_ids, o.other_id, o.created_at ";
  return text;
}

schedule_override override_from_row(row_reader& in) {
  schedule_override x;
  in >> x.id >> x.org >> x.of >> x.kind >> x.start_at >> x.end_at >> x.reason >> x.user_ids >> x.replaced_user_ids >>
      x.other >> x.created_at;
  return x;
}

error no_such_schedule() {
  return {errc::not_found, "No such schedule.", {}, {}, {}};
}

} // namespace gochron::storage
