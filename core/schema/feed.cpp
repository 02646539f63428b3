#include "core/event_body.hpp"
#include "core/schema/common.hpp"
#include "core/schema/read_models.hpp"

namespace gochron::core {
namespace {

using how = const write_options&;
using bytes = std::shared_ptr<const std::string>;

/// A body that was rendered once, byte for byte.
class sent_body final : public type<bytes> {
public:
  sent_body() : type<bytes>(*event_body_schema()->info()) {}
  void read(const json_value& from, bytes&, reader& r) const override { fail_type(r, "nothing", from); }
  void write(const bytes& x, json_writer& w, const write_options&) const override { w.raw(*x); }
};

} // namespace

object_ptr<event> feed_event_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<event>>("FeedEvent", "Something that happened, at its place in the feed.");
    s->computed("id", identifier<event_id>(), {.doc = "The `webhook-id` of each delivery."},
                [](const event& x, how) { return x.id; });
    s->computed("type", enumeration<event_type>(), {.doc = "What happened.", .example = R"("incident.opened")"},
                [](const event& x, how) { return x.type; });
    s->computed("timestamp", instant(), {.doc = "When it happened.", .example = R"("2026-01-31T12:00:00.000Z")"},
                [](const event& x, how) { return x.at; });
    s->computed("position", count<std::int64_t>(),
                {.doc = "Its place in the order of the feed, and its `id` in a stream. Grows, with holes.",
                 .example = "1769860800000000"},
                [](const event& x, how) { return x.position; });
    s->maybe("incident_id", identifier<incident_id>(), {.doc = "What it is about.", .example = "null"},
             [](const event& x, how) { return x.incident; });
    s->computed<bytes>("body", std::make_shared<sent_body>(), {.doc = "As every receiver gets it."},
                       [](const event& x, how) { return x.body; });
    return s;
  }();
  return schema;
}

object_ptr<feed_answer> feed_answer_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<feed_answer>>("FeedPage", "A page of the feed, and where to go on.");
    s->property("data", &feed_answer::data, array_of<event>(feed_event_schema()),
                {.doc = "Oldest first. May be shorter than `limit`, even empty, while `next_cursor` is set.",
                 .read_only = true});
    s->property(
        "next_cursor", &feed_answer::next_cursor, any_text(),
        {.doc = "For the next page; null when this page reaches the present.", .example = "null", .read_only = true});
    s->property("resume_cursor", &feed_answer::resume_cursor, any_text(),
                {.doc = "Goes on behind this page, now or later: keep it to ask for what happens from here on.",
                 .example = R"("2hZpQ3yq")",
                 .read_only = true});
    s->property("gap", &feed_answer::gap, boolean(),
                {.doc = "Events between the cursor and this page are past their retention, and gone.",
                 .example = "false",
                 .read_only = true});
    return s;
  }();
  return schema;
}

} // namespace gochron::core
