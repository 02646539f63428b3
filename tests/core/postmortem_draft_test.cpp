#include <catch2/catch.hpp>

#include "core/postmortem_draft.hpp"

using namespace gochron;
using namespace gochron::core;

namespace {

constexpr timestamp noon{milliseconds{1769860800000}}; // 2026-01-31

incident an_incident() {
  incident x;
  x.number = 17;
  x.title = "API is down";
  x.monitor_name = "API";
  x.cause = {reason::connect_refused, "It *did* not answer."};
  x.started_at = noon;
  x.opened_at = noon + seconds{30};
  return x;
}

bool has(const postmortem_draft& draft, const std::string& text) {
  return draft.markdown.find(text) != std::string::npos;
}

} // namespace

TEST_CASE("a draft says what is recorded, and where something is to be written") {
  auto x = an_incident();
  x.state = incident_state::resolved;
  x.acknowledged_at = noon + seconds{90};
  x.acknowledged_by = "token:t";
  x.recovered_at = noon + seconds{600};
  x.resolved_at = noon + seconds{630};
  x.resolved_by = "system";
  timeline_entry line;
  line.at = noon + seconds{30};
  line.message = "API is down";
  auto draft = draft_postmortem(x, {line}, false);
  CHECK(draft.summary == "API is down. It \\*did\\* not answer.");
  CHECK(draft.impact == "From 2026-01-31 12:00:00 UTC to 2026-01-31 12:10:00 UTC: 10 min.");
  CHECK(has(draft, "# API is down\n\nIncident 17.\n"));
  CHECK(has(draft, "- Acknowledged: 2026-01-31 12:01:30 UTC by token:t, 1 min after the opening\n"));
  CHECK(has(draft, "- 2026-01-31 12:00:30 UTC \u00b7 system \u00b7 API is down\n"));
  CHECK(has(draft, "## Root cause\n\nTo be written.\n"));
  CHECK_FALSE(has(draft, "more lines"));
}

TEST_CASE("what is still open and what is not whole is said so") {
  auto draft = draft_postmortem(an_incident(), {}, true);
  CHECK(draft.impact == "Since 2026-01-31 12:00:00 UTC; not over yet.");
  CHECK(draft.truncated);
  CHECK(has(draft, "- The timeline has more lines.\n"));
  CHECK_FALSE(has(draft, "- Acknowledged"));
}

TEST_CASE("nothing that somebody wrote becomes markup") {
  auto x = an_incident();
  x.title = "a\n# b <script> [l](u) | `c`";
  timeline_entry line;
  line.message = "one\n\n## two";
  auto draft = draft_postmortem(x, {line}, false);
  CHECK(has(draft, "# a \\# b \\<script\\> \\[l\\](u) \\| \\`c\\`\n"));
  CHECK(has(draft, "one \\#\\# two"));
}
