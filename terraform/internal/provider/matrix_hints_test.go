package provider

import (
	"strings"

	"github.com/gochron/terraform-provider-gochron/internal/model"
)

// What the schema cannot say: which attributes need or exclude which others. By the attribute's path, without the
// resource, so that all kinds of channels and contact methods share a line. Everything else is made from the schema.
var company = map[string]func(root, beside map[string]any, value any){}

// settle gives a resource what it cannot be without though the schema says that it can.
func (c testCase) settle(root map[string]any, salt string) {
	switch c.noun.name {
	case "monitor":
		root["paused"] = true // nothing is asked of anybody
	case "maintenance_window":
		if !strings.Contains("one_off weekly monthly cron rrule", c.path[0]) {
			root["weekly"] = c.v.of("weekly", c.shape.Fields["weekly"], 1, salt)
		}
	}
}

// prepare puts beside an attribute what it needs.
func (c testCase) prepare(root, beside map[string]any, of *model.Node, value any, _ string) {
	if f := company[strings.Join(c.path, ".")]; f != nil {
		f(root, beside, value)
	}
	if f := company[c.noun.name+"."+strings.Join(c.path, ".")]; f != nil {
		f(root, beside, value)
	}
	// A secret that leaves no trace is sent again when its number says so.
	if version := c.name() + "_version"; c.node.WriteOnly && !digested(of, c.name()) && of.Fields[version] != nil && value != nil {
		if _, gone := value.(absent); !gone {
			beside[version] = ordinal(value.(string))
		}
	}
}

func digested(of *model.Node, secret string) bool {
	for _, f := range of.Fields {
		if f.DigestOf == secret {
			return true
		}
	}
	return false
}

// companion says whether a path is of what had to change together with the attribute.
func (i instance) companion(string) bool { return false }
