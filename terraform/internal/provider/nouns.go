package provider

import (
	"strings"

	"github.com/gochron/terraform-provider-gochron/internal/model"
	"github.com/gochron/terraform-provider-gochron/internal/openapi"
)

// noun is a kind of thing that the API keeps, and the resource that stands for it.
type noun struct {
	name   string // of the resource, without the provider's
	path   string // of the collection; {parent} is a parent's id
	in     string // schema of what is written
	out    string // schema of what is answered
	doc    string
	kind   string   // one variant of a union: its object's properties stand among the others
	parent string   // the attribute that names the parent; empty: none
	fixed  []string // cannot be edited: a change makes another one
	noEdit bool     // nothing can be edited
	byKey  bool     // has keys
	single bool     // has no batch get
}

// nouns are all resources but those of channels, of which there is one a type.
var nouns = []noun{
	{name: "monitor", path: "/api/monitors", in: "MonitorInput", out: "Monitor", byKey: true,
		doc: "Something that is watched: exactly one of its types' objects says how."},
	{name: "alert_rule", path: "/api/alert-rules", in: "AlertRuleInput", out: "AlertRule", byKey: true,
		doc: "Which events of which monitors are told to whom."},
	{name: "escalation_policy", path: "/api/escalation-policies", in: "EscalationPolicyInput", out: "EscalationPolicy", byKey: true,
		doc: "Who is told after whom while nobody takes an incident."},
	{name: "schedule", path: "/api/schedules", in: "ScheduleInput", out: "Schedule", byKey: true,
		doc: "Who is on call when."},
	{name: "schedule_override", path: "/api/schedules/{parent}/overrides", in: "ScheduleOverrideRequestInput", out: "ScheduleOverride",
		parent: "of_schedule_id", noEdit: true, single: true, doc: "Somebody else is on call for a while."},
	{name: "user", path: "/api/users", in: "UserInput", out: "User", single: true, doc: "A person."},
}

// Facts of running things are not configuration: they would make a plan of what nobody planned. Data sources have them.
var runtime = map[string]bool{
	"status": true, "transition": true, "status_since": true, "status_reason": true, "last_checked_at": true,
	"next_check_at": true, "open_incident_id": true, "uptime_24h": true, "quarantined": true, "health": true,
	"version": true, "updated_at": true, "secret": true, "last_used_at": true, "last_used_ip": true, "ical_created_at": true,
}

// allNouns adds a resource for each type of channel that the API has.
func allNouns() []noun {
	all := append([]noun{}, nouns...)
	for kind := range openapi.Embedded().Components.Schemas["ChannelInput"].Discriminator.Mapping {
		all = append(all, noun{name: "channel_" + kind, path: "/api/channels", in: "ChannelInput", out: "Channel", kind: kind,
			byKey: true, doc: "A receiver of type `" + kind + "`."})
	}
	return all
}

// shape is a noun's properties as Terraform has them, and how they become JSON.
type shape struct {
	*model.Node
	variants map[string]bool // objects of which exactly one is there, by name
	lifted   map[string]bool // properties that are in the variant's object in JSON
}

// shape leaves out the facts of running things.
func (n noun) shape() shape {
	s := n.wholeShape()
	for name, f := range s.Fields {
		if f.ReadOnly && runtime[name] {
			delete(s.Fields, name)
		}
	}
	return s
}

func (n noun) wholeShape() shape {
	doc := openapi.Embedded()
	in, out := doc.Schema(n.in), doc.Schema(n.out)
	s := shape{Node: &model.Node{Kind: model.Object}, variants: map[string]bool{}, lifted: map[string]bool{}}
	switch {
	case in.Discriminator == nil:
		s.Fields = model.Fields(doc, in, out)
	case n.kind != "":
		s.Fields = model.Fields(doc, variant(doc, in, n.kind), variant(doc, out, n.kind))
		target := s.Fields[n.kind]
		delete(s.Fields, n.kind)
		for name, f := range target.Fields {
			s.Fields[name] = f
			s.lifted[name] = true
		}
	default:
		s.Fields = map[string]*model.Node{}
		for kind := range in.Discriminator.Mapping {
			for name, f := range model.Fields(doc, variant(doc, in, kind), variant(doc, out, kind)) {
				if name == kind {
					f.Required = false
					s.variants[kind] = true
				}
				s.Fields[name] = f
			}
		}
	}
	if n.parent != "" {
		s.Fields[n.parent] = &model.Node{Kind: model.String, Required: true, Description: "Where it belongs."}
	}
	return s
}

func variant(doc *openapi.Document, union *openapi.Schema, kind string) *openapi.Schema {
	return doc.Schema(strings.TrimPrefix(union.Discriminator.Mapping[kind], "#/components/schemas/"))
}
