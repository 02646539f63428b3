#pragma once
#include <optional>
#include <string>
#include <utility>

#include "storage/audit/note_rows.hpp"
#include "storage/rehearsal.hpp"
#include "storage/repository.hpp"

/// The secrets of calendar feeds, in the rows of whatever has one.
namespace gochron::storage {

/// Sets or ends the feed of one row. $1 its id, $2 organisation; $3 digest and $4 since when, null: none; $5 the note.
inline std::string feed_secret_sql(const std::string& table) {
  return R"(
WITH gate AS (
  UPDATE )" +
         table + R"( SET ical_digest = $3, ical_created_at = $4::timestamptz
  WHERE id = $1 AND org_id = $2 AND ($3::bytea IS NOT NULL OR ical_digest IS NOT NULL) RETURNING id))" +
         note_ctes("$5::jsonb") + "SELECT id FROM gate";
}

struct feed_change {
  const statement& sql; ///< of feed_secret_sql()
  uuid id;
  org_id org;
  uuid entity; ///< whose writes keep their order
  std::optional<sha256_digest> digest;
  timestamp now;
};

/// `gone`: there is no such row; `none`: or it has no feed that could end.
inline void change_feed(const repository_deps& deps, const feed_change& x, write_note note, reply_to<void> done,
                        error gone, error none) {
  params p;
  p << x.id << x.org;
  if (x.digest)
    p << binary{{reinterpret_cast<const char*>(x.digest->data()), x.digest->size()}} << x.now;
  else
    p << std::nullopt << std::nullopt;
  p << note_document(note, *deps.sealer, deps.clock->now());
  auto judge = [refusal = x.digest ? std::move(gone) : std::move(none)](const rows& answer) -> result<void> {
    return answer.empty() ? fail(refusal) : result<void>{};
  };
  submit(deps, x.entity, one_command<void>({&x.sql, std::move(p)}, std::move(done), judge), note.dry);
}

} // namespace gochron::storage
