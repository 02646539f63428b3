#include "storage/maintenance/window_rows.hpp"
#include "storage/query/query_repository.hpp"

/// What happened of maintenance windows.
namespace gochron::storage {
namespace {

// More are not read: the latest of them count.
constexpr std::int64_t most_stretches = 5'000;

const statement stretches_of_window{"stretches_of_window", "SELECT" + stretch_columns() + R"(
FROM maintenance_stretches x
WHERE x.org_id = $1 AND x.window_id = $2 AND x.to_at > $3::timestamptz AND x.from_at < $4::timestamptz
ORDER BY x.from_at DESC LIMIT $5::bigint)"};

} // namespace

void query_repository::stretches(org_id org, window_id of, timestamp from, timestamp to,
                                 reply_to<std::vector<maintenance_stretch>> done) {
  using found_all = std::vector<maintenance_stretch>;
  auto body = [=](connection& db) -> sql_result<result<found_all>> {
    auto found = db.run(stretches_of_window, params{} << org << of << from << to << most_stretches);
    if (!found)
      return sql_fail(found.error());
    found_all all;
    for (int i = found->size(); i-- > 0;) {
      row_reader in{*found, i};
      all.push_back(stretch_from_row(in));
    }
    return result<found_all>{std::move(all)};
  };
  deps_.reads->read<found_all>(std::move(done), std::move(body));
}

} // namespace gochron::storage
